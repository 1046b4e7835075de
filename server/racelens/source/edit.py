"""Edits of a text: a tuple of replacements goes in, the new text comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.source.named_tuple import NamedTuple
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


def rewriting(before: SourceFile, after: SourceFile) -> tuple[TextEdit, ...]:
    """Return the edits of whole lines that turn a text into another."""
    import difflib  # noqa: PLC0415 - needed for this alone

    old, new = before.lines, after.lines
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return tuple(
        TextEdit(before.path, _lines(before, first, end), "".join(new[new_first:new_end]))
        for tag, first, end, new_first, new_end in matcher.get_opcodes()
        if tag != "equal"
    )


def _lines(source: SourceFile, first: int, end: int) -> Span:
    """Return the place of whole lines, with their endings as far as they have some."""
    last = len(source.lines) - 1
    behind = Position(last, len(source.line(last)))
    start = Position(first, 0) if first <= last else behind
    return Span(start, Position(end, 0) if end <= last else behind)
