"""Broken syntax in one chunk: finds the broken lines, blanks them out, parses the rest."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING, Any

import parso

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEWLINE = re.compile(r"\r\n|\n|\r")
_ATTEMPTS = 4
_MAX_LINES = 3000  # parso takes 60 ms per 1,000 lines; a larger broken chunk is not worth it


def blank_broken_lines(text: str, error: Exception) -> tuple[ast.Module, frozenset[int]] | None:
    """Return the tree of `text` without its broken lines, and these lines (0-based).

    None where too much is broken. The other lines keep their numbers.
    """
    if not isinstance(error, SyntaxError) or text.count("\n") > _MAX_LINES:
        return None
    lines = _NEWLINE.split(text)
    broken = set(_broken_lines(text))
    for _ in range(_ATTEMPTS):
        if error.lineno:
            broken.add(min(error.lineno, len(lines)) - 1)
        blanked = "\n".join(
            _placeholder(lines, number) if number in broken else line
            for number, line in enumerate(lines)
        )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(blanked), frozenset(broken)
        except SyntaxError as next_error:
            error = next_error
        except (ValueError, RecursionError, MemoryError):
            return None
    return None


def _placeholder(lines: list[str], number: int) -> str:
    """Return a `pass` in the column of the broken line, so that its block keeps a body."""
    line = lines[number]
    indent = line[: len(line) - len(line.lstrip())]
    following = next((text for text in lines[number + 1 :] if text.strip()), "")
    deeper = len(following) - len(following.lstrip()) > len(indent)
    return f"{indent}if 1:" if deeper else f"{indent}pass"


def _broken_lines(text: str) -> Iterator[int]:
    try:
        tree = parso.parse(text)
    except Exception:  # noqa: BLE001 - parso is asked for a hint; whatever it does, we go on
        return
    stack: list[Any] = [tree]
    while stack:
        node = stack.pop()
        if node.type in {"error_node", "error_leaf"}:
            first, last = node.start_pos[0], node.end_pos[0]
            # A definition that lost its end is one error node; its first line is what is broken.
            yield first - 1
            if last - first <= 1:
                yield last - 1
        stack.extend(getattr(node, "children", ()))
