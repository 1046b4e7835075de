"""The report as JSON for programs: a `Report` goes in, one object comes out.

Lines and columns are 1-based, columns count code points. The same report gives the same bytes.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from racelens import __version__

if TYPE_CHECKING:
    from racelens.engine.report import Report
    from racelens.findings.finding import Evidence, Finding, Problem
    from racelens.findings.fix import Fix
    from racelens.findings.interleaving import Step
    from racelens.source.span import Position, Span

    Object = dict[str, object]

_FORMAT_VERSION = 1


def json_report(report: Report, *, statistics: bool = False) -> str:
    """Return `report` as one JSON object and a line feed; with counts by rule on request."""
    document: Object = {
        "version": _FORMAT_VERSION,
        "tool": {"name": "racelens", "version": __version__},
        "summary": _summary(report),
        **({"shard": list(report.shard)} if report.shard else {}),
        "problems": [_problem(problem) for problem in report.problems],
        "findings": [_finding(finding, report) for finding in report.findings],
    }
    if statistics:
        counts = Counter((finding.code, finding.name) for finding in report.findings)
        document["statistics"] = [
            {"rule": code, "name": name, "count": counts[code, name]}
            for code, name in sorted(counts)
        ]
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _summary(report: Report) -> Object:
    summary: Object = {
        "files": report.files,
        "lines": report.lines,
        "functions": report.functions,
        "seconds": round(report.seconds, 3),
        "cached_files": report.cached,
    }
    if report.known is not None:
        summary["known"] = report.known
    if report.fixed is not None:
        summary["fixed"] = report.fixed.findings
        summary["fixed_files"] = report.fixed.files
    return summary


def _problem(problem: Problem) -> Object:
    line: Object = {} if problem.line is None else {"line": problem.line + 1}
    return {"path": problem.path, **line, "message": problem.message}


def _finding(finding: Finding, report: Report) -> Object:
    document: Object = {
        "rule": finding.code,
        "name": finding.name,
        "severity": finding.severity.name.lower(),
        "confidence": finding.confidence.label,
        "harm": finding.harm,
        "message": finding.message,
        "path": finding.path,
        "function": finding.function,
    }
    if finding.state is not None:
        document["state"] = finding.state
    document["range"] = _range(finding.span)
    if finding.interleaving is not None:
        document["witness"] = [_step(step) for step in finding.interleaving.steps]
    document["evidence"] = [_evidence(evidence) for evidence in finding.evidence]
    if finding.also:
        document["also"] = list(finding.also)
    if report.fixes is not None:
        document["fixes"] = [_fix(fix) for fix in report.fixes.get(finding, ())]
    document["fingerprint"] = finding.fingerprint
    return document


def _step(step: Step) -> Object:
    task: Object = {"task": step.task} if step.task else {}
    line = step.span.start.line + 1
    return {**task, "role": step.role.value, "path": step.path, "line": line, "text": step.text}


def _evidence(evidence: Evidence) -> Object:
    line = evidence.span.start.line + 1
    return {"path": evidence.path, "line": line, "text": evidence.text}


def _fix(fix: Fix) -> Object:
    note: Object = {"note": fix.note} if fix.note else {}
    return {
        "title": fix.title,
        "kind": fix.repair.value,
        "safety": fix.safety.value,
        "preferred": fix.preferred,
        **note,
        "edits": [
            {"path": edit.path, "range": _range(edit.span), "new_text": edit.new_text}
            for edit in fix.edits
        ],
    }


def _range(span: Span) -> Object:
    return {"start": _position(span.start), "end": _position(span.end)}


def _position(position: Position) -> Object:
    return {"line": position.line + 1, "column": position.column + 1}
