"""The fixes of one finding as text for people: titles, what is unsafe, and a diff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.cli.code_frame import gutter_line, note_lines
from racelens.cli.diff import diff_of, shown
from racelens.findings.fix import Safety
from racelens.source.edit import apply_edits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from racelens.cli.terminal import Appearance
    from racelens.findings.fix import Fix
    from racelens.source.text import SourceFile


def fix_lines(
    fixes: Sequence[Fix], sources: Mapping[str, SourceFile], gutter: int, appearance: Appearance
) -> Iterator[str]:
    """Yield the titles of `fixes`, and what the preferred one changes in `sources`."""
    for fix in fixes:
        title = f"{fix.title} (preferred)" if fix.preferred else fix.title
        yield from note_lines("fix", title, gutter, appearance)
        if fix.safety is Safety.UNSAFE:
            text = fix.note or "it may change what the code does"
            yield from note_lines("unsafe", text, gutter, appearance)
        elif fix.note:
            yield from note_lines("note", fix.note, gutter, appearance)
    for fix in fixes:
        if fix.preferred:
            yield gutter_line(gutter, appearance)
            yield from (
                gutter_line(gutter, appearance, line)
                for path in dict.fromkeys(edit.path for edit in fix.edits)
                for line in _diff(fix, sources[path], appearance)
            )


def _diff(fix: Fix, source: SourceFile, appearance: Appearance) -> Iterator[str]:
    return shown(diff_of(source.path, source.text, apply_edits(source, fix.edits)), appearance)
