"""Columns of a syntax tree: UTF-8 bytes in, code points out."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LINE_END = re.compile(r"\r\n|\n|\r")
_WIDE = re.compile(r"[^\x00-\x7f]")


def column_converter(text: str, before: int = 0) -> Callable[[int, int], int] | None:
    """Return a function from (1-based line, column in UTF-8 bytes) to a column in code points.

    Lines are counted with as many lines `before` those of `text`. None where both are the same
    throughout.
    """
    if text.isascii():
        return None
    lines = LINE_END.split(text)
    wide: dict[int, tuple[list[int], list[int]]] = {}

    def convert(line: int, column: int) -> int:
        line -= before
        if line > len(lines) or lines[line - 1].isascii():
            return column
        if line not in wide:
            wide[line] = _wide_characters(lines[line - 1])
        starts, extra = wide[line]
        return column - extra[bisect_left(starts, column)]

    return convert


def _wide_characters(line: str) -> tuple[list[int], list[int]]:
    """Return at which bytes the characters of several bytes begin, and how many those add up to.

    The second list says for each count of such characters how many bytes more than characters
    they are.
    """
    starts: list[int] = []
    extra = [0]
    for match in _WIDE.finditer(line):
        starts.append(match.start() + extra[-1])
        code = ord(match[0])
        extra.append(extra[-1] + 1 + (code > 0x7FF) + (code > 0xFFFF))
    return starts, extra
