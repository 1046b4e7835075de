"""Open documents and their findings: a text goes in, a snapshot comes out."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from racelens.engine.analysis import Known, find, summarize
from racelens.engine.jedi_process import JediProcess, Limits
from racelens.engine.suppression import unsuppressed
from racelens.fixes.planning import plan_fixes
from racelens.program.awaiting import open_queries
from racelens.program.program import link
from racelens.source.edit import apply_edits
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from racelens.engine.settings import Settings
    from racelens.findings.finding import Finding, Problem
    from racelens.findings.fix import Fix
    from racelens.program.program import Program
    from racelens.program.resolve import Answer, Query


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known of one document at one version. `version` is None where the client has none.

    `unresolved` says whether jedi may add findings: `Session.resolve` asks it.
    """

    source: SourceFile
    version: int | None
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    unresolved: bool


@dataclass(frozen=True, slots=True)
class _Analysed:
    snapshot: Snapshot
    program: Program
    queries: tuple[Query, ...]


class Session:
    """The documents that are open in an editor.

    `analyse`, `fixes` and `close` are called from one thread; `resolve` and `stop` may be called
    from another one at the same time. No method raises for any text.
    """

    def __init__(self, settings: Settings, project: str | None = None) -> None:
        """Analyse with `settings`; `project` is the folder for which jedi resolves."""
        self._settings = settings
        self._project = project or str(Path.cwd())
        self._known: dict[str, Known] = {}
        self._analysed: dict[str, _Analysed] = {}
        self._answers: dict[str, Mapping[str, Mapping[Query, Answer]]] = {}
        self._jedi: JediProcess | None = None
        self._lock = threading.Lock()

    def analyse(self, path: str, text: str, version: int | None) -> Snapshot:
        """Return the findings of the document `path` whose text is now `text`. Never asks jedi."""
        answers = self._answers.get(path, {}).get(text, {})
        analysed = self._analyse(SourceFile(path, text), version, answers, self._known_of(path))
        with self._lock:
            self._analysed[path] = analysed
        return analysed.snapshot

    def _known_of(self, path: str) -> Known:
        return self._known.setdefault(path, Known())

    def _analyse(
        self,
        source: SourceFile,
        version: int | None,
        answers: Mapping[Query, Answer],
        known: Known,
    ) -> _Analysed:
        summarized = summarize(source, known)
        before = self._analysed.get(source.path)
        previous = before.program if before is not None else None
        program = link([summarized.module], answers, previous=previous)
        queries: tuple[Query, ...] = ()
        if self._settings.resolve == "jedi":
            queries = tuple(q for q in open_queries(program, source.path) if q not in answers)
        findings = unsuppressed(source, find(program, source.path, self._settings))
        snapshot = Snapshot(source, version, findings, summarized.problems, bool(queries))
        return _Analysed(snapshot, program, queries)

    def resolve(self, path: str) -> Snapshot | None:
        """Ask jedi for what the last analysis of `path` left open; None where nothing changed.

        Takes up to seconds: not for the path of a keystroke.
        """
        with self._lock:
            analysed = self._analysed.get(path)
            texts = {other: known.snapshot.source.text for other, known in self._analysed.items()}
            jedi = self._jedi_process()
        if analysed is None or not analysed.queries:
            return None
        asked = analysed.queries[: self._settings.jedi_queries]
        jedi.begin_generation()
        answers = {**analysed.program.answers, **jedi.resolve(asked, texts)}
        before = analysed.snapshot
        program = replace(analysed.program, answers=answers)
        findings = unsuppressed(before.source, find(program, path, self._settings))
        problems = (*before.problems, *(p for p in jedi.take_problems() if p.path == path))
        after = replace(before, findings=findings, problems=problems, unresolved=False)
        with self._lock:
            self._answers[path] = {before.source.text: answers}
            if self._analysed.get(path) is analysed:
                self._analysed[path] = _Analysed(after, program, ())
        changed = (findings, problems) != (before.findings, before.problems)
        return after if changed else None

    def _jedi_process(self) -> JediProcess:
        if self._jedi is None:
            limits = Limits(queries=self._settings.jedi_queries)
            roots = [str(Path(self._project, folder)) for folder in ("", "src")]
            self._jedi = JediProcess(
                self._project, python=self._settings.python, roots=roots, limits=limits
            )
        return self._jedi

    def fixes(self, path: str, finding: Finding) -> tuple[Fix, ...]:
        """Return the fixes of `finding`, best first, each one re-analysed before it is offered."""
        analysed = self._analysed.get(path)
        if analysed is None or finding not in analysed.snapshot.findings:
            return ()
        plans = plan_fixes(analysed.program, analysed.snapshot.source, finding)
        return tuple(fix for fix in plans if self._removes(fix, finding, analysed))

    def _removes(self, fix: Fix, finding: Finding, analysed: _Analysed) -> bool:
        """Say whether after `fix` the finding is gone and no new one has come."""
        source = analysed.snapshot.source
        changed = SourceFile(source.path, apply_edits(source, fix.edits))
        known = self._known_of(source.path).copy()
        after = self._analyse(changed, None, {}, known).snapshot
        if after.problems != analysed.snapshot.problems:
            return False
        left = {_identity(other) for other in after.findings}
        before = {_identity(other) for other in analysed.snapshot.findings}
        return _identity(finding) not in left and left <= before

    def close(self, path: str) -> None:
        """Forget the document `path`."""
        with self._lock:
            self._analysed.pop(path, None)
            self._answers.pop(path, None)
        self._known.pop(path, None)

    def stop(self) -> None:
        """End jedi's process, if there is one."""
        with self._lock:
            jedi = self._jedi
        if jedi is not None:
            jedi.stop()


def _identity(finding: Finding) -> tuple[str, str, str | None, str]:
    """Return what stays the same of a finding when lines move and steps change."""
    span = finding.span
    width = span.end.column - span.start.column
    return (finding.code, finding.function, finding.state, f"{width}" if not finding.state else "")
