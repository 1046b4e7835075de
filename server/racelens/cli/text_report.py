"""The report as text for people: a `Report` goes in, lines for a terminal come out.

Each finding has one line that editors and scripts can read, then the code that matters, the
interleaving that breaks it, and what is lost. Problems are not part of the text.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from racelens.cli.code_frame import Mark, code_frame, gutter_line, note_lines
from racelens.cli.interleaving_table import interleaving_table
from racelens.cli.terminal import printable
from racelens.findings.interleaving import Role
from racelens.findings.levels import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from racelens.cli.terminal import Appearance
    from racelens.engine.report import Report
    from racelens.findings.finding import Finding
    from racelens.findings.interleaving import Step

_LABELS = {
    Role.READ: "read",
    Role.CHECK: "check",
    Role.SUSPEND: "suspends",
    Role.SPAWN: "spawns",
    Role.WRITE: "write",
    Role.ACQUIRE: "acquire",
    Role.RELEASE: "release",
}


def text_report(report: Report, appearance: Appearance) -> str:
    """Return every finding of `report` in full, each followed by an empty line."""
    lines: list[str] = []
    for finding in report.findings:
        lines += (*_finding_lines(finding, report, appearance), "")
    return "".join(f"{line}\n" for line in lines)


def statistics_text(report: Report) -> str:
    """Return how many findings each rule has, the most frequent first, then by code."""
    counts = Counter((finding.code, finding.name) for finding in report.findings)
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    width = max((len(str(count)) for _rule, count in rows), default=0)
    return "".join(f"{count:>{width}}  {code}  {name}\n" for (code, name), count in rows)


def summary_line(report: Report, fixable: int = 0) -> str:
    """Return how much was found in how many files; races are the findings with a witness.

    What was fixed, how many are `fixable`, and what is known from a baseline is added.
    """
    remarks: list[str] = []
    if report.fixed is not None and report.fixed.findings:
        remarks.append(f"{report.fixed.findings:,} fixed in {_counted(report.fixed.files, 'file')}")
    if fixable:
        remarks.append(f"{fixable:,} fixable with --fix")
    if report.known:
        remarks.append(f"{report.known:,} known from the baseline")
    return _found(report) + (f" ({', '.join(remarks)})" if remarks else "")


def _found(report: Report) -> str:
    races = sum(finding.interleaving is not None for finding in report.findings)
    others = len(report.findings) - races
    files = _counted(report.files, "file")
    if not report.findings:
        return f"No {'new ' if report.known else ''}races in {files}"
    if not races:
        return f"{_counted(others, 'finding')} in {files}"
    rest = f" and {_counted(others, 'other finding')}" if others else ""
    return f"{_counted(races, 'race')}{rest} in {files}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _finding_lines(finding: Finding, report: Report, appearance: Appearance) -> Iterator[str]:
    yield _headline(finding, appearance)
    marks = _marks(finding)
    gutter = max(len(str(mark.span.start.line + 1)) for group in marks.values() for mark in group)
    yield gutter_line(gutter, appearance)
    for path, group in marks.items():
        source = report.sources.get(path)
        if source is None:
            continue
        if path != finding.path:
            yield gutter_line(gutter, appearance)
            yield appearance.paint(f"{' ' * gutter} : ", "blue") + printable(path)
        yield from code_frame(source, group, gutter, appearance)
    if finding.interleaving is not None:
        yield gutter_line(gutter, appearance)
        table = interleaving_table(finding, appearance, appearance.width - gutter - 3)
        yield from (gutter_line(gutter, appearance, row) for row in table)
    yield gutter_line(gutter, appearance)
    yield from _notes(finding, gutter, appearance)
    fixes = report.fixes.get(finding, ()) if report.fixes is not None else ()
    if fixes:
        from racelens.cli.fixes import fix_lines  # noqa: PLC0415 - where it is needed

        yield from fix_lines(fixes, report.sources, gutter, appearance)


def _headline(finding: Finding, appearance: Appearance) -> str:
    line, column = finding.span.start
    style = {Severity.ERROR: "red", Severity.WARNING: "yellow"}.get(finding.severity, "cyan")
    place = appearance.paint(printable(finding.path), "bold")
    rule = appearance.paint(f"{finding.code} {finding.name}", style)
    level = appearance.paint(f"[{finding.confidence.label}]", "dim")
    return f"{place}:{line + 1}:{column + 1}: {rule} {level} {printable(finding.message)}"


def _marks(finding: Finding) -> dict[str, list[Mark]]:
    """Return what to point at, by path, the finding's own file first."""
    steps: Sequence[Step] = finding.interleaving.steps if finding.interleaving else ()
    own = [step for step in steps if step.path == finding.path and step.span == finding.span]
    label = next((_LABELS[step.role] for step in own if step.role in _LABELS), "")
    marks = {finding.path: [Mark(finding.span, label, is_main=True)]}
    seen = {(finding.path, finding.span)}
    # Where both tasks run the same line, task A's words stand there.
    for step in sorted(steps, key=lambda step: step.task != "A"):
        key = (step.path, step.span)
        is_shown = key in seen and (step.task != "A" or step.role is Role.SUSPEND)
        if step.role not in _LABELS or is_shown or step in own:
            continue
        seen.add(key)
        by = f" by task {step.task}" if step.task not in {"", "A"} else ""
        marks.setdefault(step.path, []).append(Mark(step.span, f"{_LABELS[step.role]}{by}"))
    return marks


def _notes(finding: Finding, gutter: int, appearance: Appearance) -> Iterator[str]:
    """Yield what shows that the tasks run together, what is lost, and the other rules that fit."""
    notes = [
        ("evidence", f"{evidence.path}:{evidence.span.start.line + 1}: {evidence.text}")
        for evidence in finding.evidence
    ]
    notes.append(("harm", finding.harm))
    if finding.also:
        notes.append(("also", ", ".join(finding.also)))
    for name, text in notes:
        yield from note_lines(name, text, gutter, appearance)
