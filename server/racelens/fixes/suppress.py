"""Comments that suppress findings: at the end of a line or for the whole file, and their end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair
from racelens.fixes.plan import Lines, Plan, Replace
from racelens.source.span import Position, Span

if TYPE_CHECKING:
    from racelens.findings.finding import Finding
    from racelens.source.text import SourceFile

TITLE = "Suppress this finding"
TITLE_OF_FILE = "Suppress {rule} in this file"
TITLE_OF_REMOVAL = "Remove what suppresses nothing"
_LIST = re.compile(r"#\s*racelens:\s*ignore\[([^\]]*)\]")
_FILE_LIST = re.compile(r"^\s*#\s*racelens:\s*ignore-file\[([^\]]*)\]")
_REASON = "safe because …"


def suppress(source: SourceFile, finding: Finding) -> Plan | None:
    """Return the fix that adds the rule to the comment of the finding's first line."""
    for number in range(finding.span.start.line, finding.span.end.line + 1):
        line = source.line(number)
        if existing := _LIST.search(line):
            place = Position(number, existing.end(1))
            return _plan(Replace(finding.path, Span(place, place), f", {finding.name}"))
        if not line.endswith("\\"):
            place = Position(number, len(line))
            text = f"  # racelens: ignore[{finding.name}] {_REASON}"
            return _plan(Replace(finding.path, Span(place, place), text))
    return None


def suppress_in_file(source: SourceFile, finding: Finding) -> Plan:
    """Return the fix that names the rule in a comment at the top of the file."""
    title = TITLE_OF_FILE.format(rule=finding.name)
    for number in range(len(source.lines)):
        if existing := _FILE_LIST.search(source.line(number)):
            place = Position(number, existing.end(1))
            return _plan(Replace(finding.path, Span(place, place), f", {finding.name}"), title)
    line = 0
    while line < 2 and source.line(line).startswith("#") and _is_special(source.line(line)):
        line += 1
    text = f"# racelens: ignore-file[{finding.name}] {_REASON}"
    return _plan(Lines(finding.path, line, line, (text,)), title)


def unsuppress(source: SourceFile, finding: Finding) -> Plan:
    """Return the fix that removes what of the comment at the finding's place is useless."""
    start, end = finding.span
    line = source.line(start.line)
    text = line[start.column : end.column]
    names = re.search(r"\[([^\]]*)\]", text) if finding.subject else None
    left = (
        [name for name in re.findall(r"[^\s,]+", names[1]) if name != finding.subject]
        if names
        else []
    )
    change: Replace | Lines
    if names is not None and left:
        first, last = (start.column + names.start(1), start.column + names.end(1))
        place = Span(Position(start.line, first), Position(start.line, last))
        change = Replace(finding.path, place, ", ".join(left))
    elif not line[: start.column].strip() and not line[end.column :].strip():
        change = Lines(finding.path, start.line, start.line + 1, ())
    else:
        before, behind = line[: start.column].rstrip(), line[end.column :].strip()
        kept = f"{before}  {behind}" if behind and before.strip() else before + behind
        change = Lines(finding.path, start.line, start.line + 1, (kept,))
    return Plan(TITLE_OF_REMOVAL, Repair.TIDY, (change,))


def _is_special(line: str) -> bool:
    return line.startswith("#!") or "coding" in line


def _plan(change: Replace | Lines, title: str = TITLE) -> Plan:
    return Plan(title, Repair.SUPPRESS, (change,))
