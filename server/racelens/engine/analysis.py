"""From text to findings: the pipeline that the command line and the editor share.

Sources go in; summaries, a linked program and findings come out. No I/O.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from racelens.engine.registry import all_rules
from racelens.engine.selection import selected
from racelens.findings.finding import Problem
from racelens.source.parse import parse
from racelens.summarize.module import summarize_chunk, summarize_module

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from racelens.engine.settings import Settings
    from racelens.findings.finding import Finding
    from racelens.findings.rule import Rule
    from racelens.model.summary import ChunkSummary, ModuleSummary
    from racelens.program.program import Program
    from racelens.source.text import SourceFile

_log = logging.getLogger(__name__)


class Summarized(NamedTuple):
    """One file's summary, and what of it could not be read."""

    module: ModuleSummary
    problems: tuple[Problem, ...]


def summarize(source: SourceFile, known: MutableMapping[str, ChunkSummary]) -> Summarized:
    """Return the summary of `source`.

    Chunks whose text is in `known` are taken from there; afterwards `known` holds exactly the
    chunks of this text that were read in full.
    """
    chunks, problems = parse(source, known)
    summaries: list[tuple[int, ChunkSummary]] = []
    kept: dict[str, ChunkSummary] = {}
    for chunk in chunks:
        summary = known.get(chunk.text) if chunk.tree is None else None
        summary = summary or summarize_chunk(chunk)
        summaries.append((chunk.start, summary))
        if not chunk.broken:
            kept[chunk.text] = summary
    known.clear()
    known.update(kept)
    return Summarized(
        summarize_module(source.path, summaries),
        tuple(Problem(source.path, problem.line, problem.message) for problem in problems),
    )


def find(program: Program, path: str, settings: Settings) -> tuple[Finding, ...]:
    """Return the findings in the file `path` at the level of `settings`, unsuppressed, in order.

    A rule that fails costs its findings in the function at hand and a line in the log.
    """
    found: list[Finding] = []
    for rule in all_rules():
        if selected(rule, settings):
            found += _run(rule, program, path)
    shown = (finding for finding in found if finding.confidence >= settings.confidence)
    return tuple(sorted(shown, key=lambda finding: finding.order))


def _run(rule: Rule, program: Program, path: str) -> list[Finding]:
    found: list[Finding] = []
    for function in program.functions(path):
        try:
            found.extend(rule.findings(program, function))
        except Exception:  # noqa: BLE001, PERF203 - a bug in a rule costs these findings only
            _log.exception("%s failed in %s of %s", rule.code, function.name, path)
    return found
