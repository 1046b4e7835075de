"""Edits of a text: a tuple of replacements goes in, the new text comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from racelens.source.span import Position, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racelens.source.text import SourceFile


class TextEdit(NamedTuple):
    """Replace the characters of `span` in the file `path` by `new_text`."""

    path: str
    span: Span
    new_text: str


class OverlappingEditsError(ValueError):
    """Two edits of one file touch the same characters."""


def apply_edits(source: SourceFile, edits: Iterable[TextEdit]) -> str:
    """Return the text of `source` after those of `edits` that concern its path.

    Insertions at one place keep the order in which they are given.
    Raises OverlappingEditsError when two edits replace the same characters.
    """
    own = sorted(
        (edit for edit in edits if edit.path == source.path),
        key=lambda edit: (edit.span.start, edit.span.end),
    )
    pieces: list[str] = []
    done = 0
    for edit in own:
        start, end = source.offset(edit.span.start), source.offset(edit.span.end)
        if start < done:
            raise OverlappingEditsError(f"{source.path}:{edit.span.start.line + 1}")
        pieces += (source.text[done:start], edit.new_text)
        done = end
    return "".join((*pieces, source.text[done:]))


def rewriting(before: SourceFile, after: SourceFile) -> TextEdit:
    """Return the one edit that turns a text into another: from the first to the last difference."""
    old, new = before.lines, after.lines
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    end = len(old) - last
    place = Position(end, 0) if last else Position(end - 1, len(old[end - 1].rstrip("\r\n")))
    text = "".join(new[first : len(new) - last])
    return TextEdit(before.path, Span(Position(first, 0), place), text)
