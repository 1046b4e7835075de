"""Edits of a text: a tuple of replacements goes in, the new text comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racelens.source.span import Span
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
