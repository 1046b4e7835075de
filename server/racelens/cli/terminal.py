"""What a terminal shows: the width of texts, colours, and characters that must not reach it.

Widths are in columns: an East Asian wide character takes two, a combining one none.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from typing import TYPE_CHECKING

from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

MIN_WIDTH = 60
DEFAULT_WIDTH = 100
TAB_WIDTH = 4

_STYLES = {
    "bold": "1",
    "dim": "2",
    "red": "1;31",
    "green": "32",
    "yellow": "1;33",
    "blue": "1;34",
    "cyan": "36",
}


class Appearance(NamedTuple):
    """How a text report looks: its width in columns, and whether it is coloured."""

    width: int = DEFAULT_WIDTH
    coloured: bool = False

    def paint(self, text: str, style: str) -> str:
        """Return `text` in a style, where the report is coloured; it takes no more columns."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.coloured and text else text


def appearance_of(stream: TextIO | None) -> Appearance:
    """Return how a report looks on `stream`; None is a file.

    NO_COLOR forbids colours and FORCE_COLOR asks for them, whatever the stream
    (https://no-color.org, https://force-color.org).
    """
    is_terminal = stream is not None and stream.isatty()
    width = _terminal_width() if is_terminal else DEFAULT_WIDTH
    wanted = bool(os.environ.get("FORCE_COLOR")) and stream is not None
    able = is_terminal and os.environ.get("TERM") != "dumb" and _understands_colours()
    forbidden = bool(os.environ.get("NO_COLOR"))
    return Appearance(max(width, MIN_WIDTH), coloured=(wanted or able) and not forbidden)


def _terminal_width() -> int:
    import shutil  # noqa: PLC0415 - takes long to import, and most reports are no terminal's

    return shutil.get_terminal_size((DEFAULT_WIDTH, 24)).columns


def _understands_colours() -> bool:
    # The console of old Windows versions prints the codes of colours as text.
    return sys.platform != "win32" or "WT_SESSION" in os.environ or "TERM" in os.environ


def column_width(character: str) -> int:
    """Return how many columns a printable character takes: 0, 1 or 2."""
    if character < "\u0300":
        return 1
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def text_width(text: str) -> int:
    """Return how many columns a printable text takes."""
    return len(text) if text.isascii() else sum(map(column_width, text))


def printable(text: str) -> str:
    """Return `text` with control characters and those that change its direction escaped.

    Names of files and source code are written by others: they must not steer the terminal.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(character) if _steers(character) else character for character in text)


def expanded(line: str) -> tuple[str, list[int]]:
    """Return a line of source as it is shown, and the column at which each character begins.

    Tabs reach to the next multiple of four columns, and what would steer the terminal becomes one
    replacement character. The list ends with the width of the whole line.
    """
    shown: list[str] = []
    columns = [0]
    for character in line:
        if character == "\t":
            piece = " " * (TAB_WIDTH - columns[-1] % TAB_WIDTH)
        else:
            piece = "\ufffd" if _steers(character) else character
        shown.append(piece)
        columns.append(columns[-1] + text_width(piece))
    return "".join(shown), columns


def wrapped(text: str, width: int) -> list[str]:
    """Return `text` in lines of at most `width` columns, cut at spaces where there are any."""
    lines = [""]
    for word in text.split():
        for piece in _cut(word, width):
            if lines[-1] and text_width(lines[-1]) + 1 + text_width(piece) > width:
                lines.append(piece)
            else:
                lines[-1] = f"{lines[-1]} {piece}" if lines[-1] else piece
    return lines


def padded(text: str, width: int) -> str:
    """Return `text` with spaces up to `width` columns."""
    return text + " " * (width - text_width(text))


def _cut(word: str, width: int) -> Iterator[str]:
    piece = ""
    for character in word:
        if text_width(piece) + column_width(character) > width:
            yield piece
            piece = ""
        piece += character
    yield piece


def _steers(character: str) -> bool:
    # Categories: control, surrogate, line and paragraph separator; and the direction marks.
    return (
        unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
        or "\u202a" <= character <= "\u202e"
        or "\u2066" <= character <= "\u2069"
    )


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
