"""Adding a missing `await`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.fix import Fix, Safety
from racelens.fixes.syntax import needs_parentheses
from racelens.source.edit import TextEdit
from racelens.source.span import Span

if TYPE_CHECKING:
    from racelens.findings.finding import Finding
    from racelens.program.program import Program
    from racelens.source.text import SourceFile

TITLE = "Add `await`"


def add_await(program: Program, source: SourceFile, finding: Finding) -> Fix | None:
    """Return the fix that awaits the call of a missing-await; None outside coroutine functions."""
    if finding.name != "missing-await":
        return None
    function = program.names.module(finding.path).functions.get(finding.function)
    if function is None or not function.is_async:
        return None
    start, end = finding.span
    before, after = "await ", ""
    if needs_parentheses(source, finding.span):
        before, after = "(await ", ")"
    edits = [TextEdit(finding.path, Span(start, start), before)]
    if after:
        edits.append(TextEdit(finding.path, Span(end, end), after))
    return Fix(TITLE, tuple(edits), Safety.SAFE, preferred=True)
