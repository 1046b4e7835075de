"""The unified diff of two texts, as patch tools read it, and as a terminal shows it."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from racelens.cli.terminal import expanded, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.cli.terminal import Appearance

# Patch tools know this end of a line only; a carriage return before it is a part of the line.
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_NO_NEWLINE = "\n\\ No newline at end of file\n"
_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def diff_of(path: str, before: str, after: str) -> str:
    """Return the unified diff that turns one text of `path` into another; "" for no difference."""
    old, new = _LINE.findall(before), _LINE.findall(after)
    name = printable(path)
    lines = difflib.unified_diff(old, new, name, name)
    return "".join(line if line.endswith("\n") else line + _NO_NEWLINE for line in lines)


def shown(diff: str, appearance: Appearance) -> Iterator[str]:
    """Yield the lines of a diff for a terminal, without their endings and what would steer it."""
    for number, line in enumerate(_LINE.findall(diff)):
        mark, rest = line[:1], expanded(line[1:].rstrip("\r\n"))[0]
        style = "bold" if number < 2 else _STYLES.get(mark)
        text = (mark + rest).rstrip()
        yield appearance.paint(text, style) if style is not None else text
