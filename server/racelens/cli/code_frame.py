"""Lines of source with line numbers in a gutter and marks below: places go in, lines come out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from racelens.cli.terminal import column_width, expanded, printable, text_width, wrapped
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from racelens.cli.terminal import Appearance
    from racelens.source.span import Span
    from racelens.source.text import SourceFile

_ELLIPSIS = "..."


class Mark(NamedTuple):
    """A place to point at, and the words beside it. The main mark is the finding's own place."""

    span: Span
    label: str
    is_main: bool = False


class _Line(NamedTuple):
    number: int
    text: str
    columns: list[int]
    marks: tuple[Mark, ...]


def code_frame(
    source: SourceFile, marks: Iterable[Mark], gutter: int, appearance: Appearance
) -> list[str]:
    """Return the marked lines of `source`, each with its marks below.

    `gutter` is the width of the line numbers. The indentation that all shown lines have is left
    out, as are lines between that are not marked; a line too long for the width is cut around its
    marks. Of a mark over several lines the first line is shown.
    """
    lines = _shown_lines(source, tuple(marks))
    indent = min((_indentation(line) for line in lines if line.text), default=0)
    frame: list[str] = []
    previous = lines[0].number - 1 if lines else 0
    for line in lines:
        if line.number > previous + 1:
            frame.append(_ELLIPSIS.rjust(gutter))
        frame += _framed(line, indent, gutter, appearance)
        previous = line.number
    return frame


def gutter_line(gutter: int, appearance: Appearance, content: str = "") -> str:
    """Return `content` behind a gutter without a line number."""
    bar = appearance.paint("|", "blue")
    return f"{' ' * gutter} {bar} {content}".rstrip() if content else f"{' ' * gutter} {bar}"


def note_lines(name: str, text: str, gutter: int, appearance: Appearance) -> Iterator[str]:
    """Yield a named note below a gutter, in lines that fit the width."""
    head = f"{' ' * gutter} {appearance.paint('=', 'blue')} {appearance.paint(name, 'bold')}: "
    indent = gutter + 5 + len(name)
    first, *more = wrapped(printable(text), max(appearance.width - indent, 20))
    yield head + first
    yield from (" " * indent + line for line in more)


def _shown_lines(source: SourceFile, marks: Sequence[Mark]) -> list[_Line]:
    """Return the marked lines, and a single line that stands between two of them."""
    marked = {mark.span.start.line for mark in marks}
    numbers = marked | {line + 1 for line in marked if line + 2 in marked}
    lines: list[_Line] = []
    for number in sorted(numbers):
        text, columns = expanded(source.line(number))
        own = tuple(mark for mark in marks if mark.span.start.line == number)
        lines.append(_Line(number, text.rstrip(), columns, own))
    return lines


def _indentation(line: _Line) -> int:
    """Return how many columns may be left out on the left: none that a mark lies in."""
    spaces = len(line.text) - len(line.text.lstrip(" "))
    return min([spaces, *(_columns(mark, line)[0] for mark in line.marks)])


def _framed(line: _Line, indent: int, gutter: int, appearance: Appearance) -> list[str]:
    number = appearance.paint(str(line.number + 1).rjust(gutter), "blue")
    bar = appearance.paint("|", "blue")
    room = appearance.width - gutter - 3
    ranges = [(*_columns(mark, line), mark) for mark in line.marks]
    left = _first_column(line, indent, room, ranges)
    code = _cropped(line.text, left, room)
    framed = [f"{number} {bar} {code}".rstrip()]
    if ranges:
        shifted = [(max(0, start - left), min(end - left, room), m) for start, end, m in ranges]
        below = _marks_below([each for each in shifted if each[0] < each[1]], room, appearance)
        framed.append(gutter_line(gutter, appearance, below))
    return framed


def _columns(mark: Mark, line: _Line) -> tuple[int, int]:
    """Return the columns between which `mark` lies on its first line; it is never empty."""
    last = len(line.columns) - 1
    start = min(mark.span.start.column, last)
    end = mark.span.end.column if mark.span.end.line == line.number else last
    first, behind = line.columns[start], line.columns[min(max(end, start), last)]
    return first, max(behind, first + 1)


def _first_column(
    line: _Line, indent: int, room: int, ranges: Sequence[tuple[int, int, Mark]]
) -> int:
    """Return the column at which a line is shown from: the indentation, or near its main mark."""
    if text_width(line.text) - indent <= room or not ranges:
        return indent
    start, end, _mark = max(ranges, key=lambda each: each[2].is_main)
    if end - indent <= room:
        return indent
    return max(indent, min(start - room // 4, text_width(line.text) - room))


def _cropped(text: str, left: int, room: int) -> str:
    """Return the columns of `text` from `left` on that fit `room`, with dots where it goes on."""
    before, shown = "", ""
    column = 0
    for character in text:
        if column < left:
            before += character
        elif column + column_width(character) <= left + room:
            shown += character
        column += column_width(character)
    shown = " " * (text_width(before) - left) + shown  # half a wide character may be cut off
    if before.strip():
        shown = _ELLIPSIS + _without_columns(shown, len(_ELLIPSIS))
    if column > left + room:
        shown = _without_columns(shown[::-1], len(_ELLIPSIS))[::-1] + _ELLIPSIS
    return shown


def _without_columns(text: str, columns: int) -> str:
    """Return `text` without its first `columns` columns; half a wide character becomes a space."""
    width = index = 0
    while index < len(text) and width < columns:
        width += column_width(text[index])
        index += 1
    return " " * (width - columns) + text[index:]


def _marks_below(ranges: Sequence[tuple[int, int, Mark]], room: int, appearance: Appearance) -> str:
    """Return the line of marks, with their labels behind the last one if there is room."""
    cells: dict[int, str] = {}
    for start, end, mark in sorted(ranges, key=lambda each: each[2].is_main):
        cells |= dict.fromkeys(range(start, end), "^" if mark.is_main else "-")
    width = max(cells, default=-1) + 1
    pointers = "".join(cells.get(column, " ") for column in range(width))
    labels = ", ".join(dict.fromkeys(mark.label for *_, mark in ranges if mark.label))
    if width + 1 + text_width(labels) > room:
        labels = ""
    painted = re.sub(r"\^+", lambda run: appearance.paint(run[0], "yellow"), pointers)
    return f"{painted} {labels}".rstrip()
