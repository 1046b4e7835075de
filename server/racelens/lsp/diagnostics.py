"""What is known of a document, as the client's diagnostics.

A snapshot goes in, diagnostics and the id of the answer come out; nothing here sends them.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from lsprotocol import types

from racelens.findings.interleaving import Role
from racelens.findings.rule import page_url
from racelens.source.span import Position, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from racelens.engine.document import Snapshot
    from racelens.engine.settings import Settings
    from racelens.findings.finding import Finding, Problem
    from racelens.findings.interleaving import Step
    from racelens.lsp.client import ClientSupport
    from racelens.lsp.convert import Places
    from racelens.source.text import SourceFile

SOURCE = "racelens"
PROBLEM_CODE = "problem"
_ROLES_OF_A = frozenset({Role.READ, Role.CHECK, Role.SPAWN, Role.WRITE})


def diagnostics(
    snapshot: Snapshot, places: Places, support: ClientSupport
) -> tuple[types.Diagnostic, ...]:
    """Return a diagnostic for each finding and then for each problem of `snapshot`."""
    encoding, source = places.encoding, snapshot.source
    return (
        *(
            diagnostic(finding, encoding.range(source, finding.span), places, support)
            for finding in snapshot.findings
        ),
        *(
            _of_problem(problem, encoding.range(source, _whole_line(source, problem.line or 0)))
            for problem in snapshot.problems
            if problem.path == source.path
        ),
    )


def diagnostic(
    finding: Finding, area: types.Range, places: Places, support: ClientSupport
) -> types.Diagnostic:
    """Return the diagnostic of `finding`, which lies at `area`, with what the client can show."""
    return types.Diagnostic(
        range=area,
        message=finding.message,
        severity=types.DiagnosticSeverity(int(finding.severity)),
        code=finding.code,
        code_description=(
            types.CodeDescription(page_url(finding.name)) if support.code_description else None
        ),
        source=SOURCE,
        related_information=(
            list(_related(finding, places)) if support.related_information else None
        ),
        data={"fingerprint": finding.fingerprint} if support.diagnostic_data else None,
    )


def result_id(text: str, settings: Settings, items: Sequence[types.Diagnostic]) -> str:
    """Return an id that is the same exactly when text, settings and diagnostics are.

    The document's version is no part of it: clients begin to count anew.
    """
    digest = hashlib.sha256(repr(settings).encode(errors="backslashreplace"))
    digest.update(b"\0")
    digest.update(text.encode())
    for item in items:
        related = item.related_information or ()
        shown = (
            _numbers(item.range), item.message, item.severity, item.code, item.data,
            [(each.location.uri, _numbers(each.location.range), each.message) for each in related],
        )  # fmt: skip
        digest.update(json.dumps(shown).encode())
    return digest.hexdigest()[:32]


def _related(finding: Finding, places: Places) -> Iterator[types.DiagnosticRelatedInformation]:
    """Yield the steps that the squiggle does not show, then the evidence."""
    steps = finding.interleaving.steps if finding.interleaving else ()
    shown: list[tuple[str, Span, str]] = [
        (step.path, step.span, step.text) for step in steps if _is_shown(step)
    ]
    shown += ((item.path, item.span, item.text) for item in finding.evidence)
    for path, span, text in shown:
        yield types.DiagnosticRelatedInformation(places.location(path, span), text)


def _is_shown(step: Step) -> bool:
    if step.task == "A":
        return step.role in _ROLES_OF_A
    return step.role is Role.WRITE


def _of_problem(problem: Problem, area: types.Range) -> types.Diagnostic:
    return types.Diagnostic(
        range=area,
        message=problem.message,
        severity=types.DiagnosticSeverity.Information,
        code=PROBLEM_CODE,
        source=SOURCE,
    )


def _whole_line(source: SourceFile, number: int) -> Span:
    text = source.line(number)
    start = len(text) - len(text.lstrip())
    return Span(Position(number, start), Position(number, len(text)))


def _numbers(area: types.Range) -> tuple[int, int, int, int]:
    return (area.start.line, area.start.character, area.end.line, area.end.character)
