"""Positions and ranges in a text.

Lines and columns are 0-based, columns count code points, ranges are half-open.
Nothing here knows bytes, UTF-16 or the 1-based lines of reports: edges convert.
"""

from __future__ import annotations

from racelens.source.named_tuple import NamedTuple


class Position(NamedTuple):
    """A place between two characters: 0-based line, 0-based column in code points."""

    line: int
    column: int


class Span(NamedTuple):
    """A half-open range from `start` to `end`."""

    start: Position
    end: Position

    def shifted(self, lines: int) -> Span:
        """Return this range moved down by `lines` (up, where negative)."""
        start, end = self
        return Span(
            Position(start.line + lines, start.column), Position(end.line + lines, end.column)
        )

    def contains(self, position: Position) -> bool:
        """Say whether `position` lies in this range, its end included (a caret stands there)."""
        return self.start <= position <= self.end


def span(start_line: int, start_column: int, end_line: int, end_column: int) -> Span:
    """Return the range between two 0-based places."""
    return Span(Position(start_line, start_column), Position(end_line, end_column))
