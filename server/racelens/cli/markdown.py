"""Rule pages for a terminal: their Markdown goes in, text of a given width comes out.

It knows what rule pages are made of: headings, paragraphs, lists and blocks of code. Everything
else passes as it is written.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from racelens.cli.terminal import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.cli.terminal import Appearance

_FENCE = "```"
_HEADING = re.compile(r"#+ +(.*)")
_ITEM = re.compile(r"( *)([-*]|\d+\.) +")
_CODE_INDENT = "    "
_MAX_WIDTH = 88


def rendered(markdown: str, appearance: Appearance) -> str:
    """Return `markdown` as text: paragraphs filled, code indented and never filled."""
    lines: list[str] = []
    for is_code, block in _blocks(markdown):
        if is_code:
            lines += (appearance.paint(f"{_CODE_INDENT}{line}".rstrip(), "cyan") for line in block)
        else:
            lines += _prose(block, appearance)
    return "".join(f"{line}\n" for line in lines)


def _blocks(markdown: str) -> Iterator[tuple[bool, list[str]]]:
    """Yield runs of lines of code, and of other lines, in order; fences are left out."""
    in_fence = False
    kinds: list[tuple[bool, str]] = []
    for line in markdown.split("\n"):
        if line.lstrip().startswith(_FENCE):
            in_fence = not in_fence
        elif in_fence or not line.startswith(_CODE_INDENT):
            kinds.append((in_fence, line))
        else:
            kinds.append((True, line.removeprefix(_CODE_INDENT)))
    for is_code, group in groupby(kinds, key=lambda kind: kind[0]):
        yield is_code, [line for _is_code, line in group]


def _prose(block: list[str], appearance: Appearance) -> Iterator[str]:
    """Yield headings as they are, and paragraphs and items of lists filled."""
    width = min(appearance.width, _MAX_WIDTH)
    pending: list[str] = []
    for line in block:
        heading = _HEADING.fullmatch(line)
        if heading or not line.strip() or _ITEM.match(line):
            yield from _filled(pending, width)
            pending = []
        if heading:
            yield appearance.paint(heading[1], "bold")
        elif line.strip():
            pending.append(line)
        else:
            yield ""
    yield from _filled(pending, width)


def _filled(lines: list[str], width: int) -> Iterator[str]:
    if not lines:
        return
    item = _ITEM.match(lines[0])
    head = item[0] if item else ""
    indent = " " * len(head)
    first, *more = wrapped(" ".join(lines)[len(head) :], width - len(head))
    yield head + first
    yield from (indent + line for line in more)
