"""Suppressing a finding by a comment at the end of its line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from racelens.findings.fix import Fix, Safety
from racelens.source.edit import TextEdit
from racelens.source.span import Position, Span

if TYPE_CHECKING:
    from racelens.findings.finding import Finding
    from racelens.source.text import SourceFile

TITLE = "Suppress this finding"
_LIST = re.compile(r"#\s*racelens:\s*ignore\[([^\]]*)\]")
_REASON = "safe because …"


def suppress(source: SourceFile, finding: Finding) -> Fix | None:
    """Return the fix that adds the rule to the comment of the finding's first line."""
    for number in range(finding.span.start.line, finding.span.end.line + 1):
        line = source.line(number)
        if existing := _LIST.search(line):
            place = Position(number, existing.end(1))
            return _fix(TextEdit(finding.path, Span(place, place), f", {finding.name}"))
        if not line.endswith("\\"):
            place = Position(number, len(line))
            text = f"  # racelens: ignore[{finding.name}] {_REASON}"
            return _fix(TextEdit(finding.path, Span(place, place), text))
    return None


def _fix(edit: TextEdit) -> Fix:
    return Fix(TITLE, (edit,), Safety.SAFE, preferred=False)
