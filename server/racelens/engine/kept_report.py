"""The report of the run before, for a project in which nothing has changed since.

Kept as JSON in the user's cache folder, by the files' stamps, the settings, the environment that
jedi looks into, and RaceLens's and Python's versions. What jedi has read must not have changed
either.
"""

from __future__ import annotations

import enum
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import racelens
from racelens.engine.cache_folder import CacheFolder, report_damage, user_cache
from racelens.engine.files import InputFile
from racelens.engine.library_paths import active_environment, project_libraries
from racelens.engine.report import Report
from racelens.engine.sources import read_source
from racelens.engine.stamps import (
    Stamps,
    digest_of,
    stamp_of_folder,
    stamps_of,
    state_of_content,
    still_hold,
)
from racelens.findings.finding import Evidence, Finding, Problem
from racelens.findings.interleaving import Interleaving, Role, Step
from racelens.findings.levels import Confidence, Severity
from racelens.source.span import Position, Span
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from racelens.engine.files import Discovered
    from racelens.engine.settings import Settings


class KeptReport:
    """The place in a cache of the report on some files; `arguments` are those that named them."""

    def __init__(
        self,
        found: Discovered,
        arguments: Sequence[str],
        settings: Settings,
        cache: CacheFolder | None = None,
    ) -> None:
        self._files = found.files
        self._cache = cache if cache is not None else user_cache()
        self._usable = not any(file.buffer is not None for file in found.files) and (
            not self._cache.is_inside(found.folder)
        )
        self._name = _name(found.folder, arguments, settings) if self._usable else ""
        self._stamps: Stamps | None = None
        self._began = 0

    def read(self) -> Report | None:
        """Return the report, if the files are as they were; None where it has to be made."""
        started = time.perf_counter()
        entry = self._cache.read(self._name) if self._usable else None
        if entry is not None:
            try:
                stamps, outside, beyond, told = json.loads(entry)
                if still_hold(_stamps(stamps), self._files) and still_hold(
                    _stamps(beyond), _outside(outside)
                ):
                    kept = _report(told, self._files)
                    return kept and kept._replace(seconds=time.perf_counter() - started)
            except (ValueError, TypeError, IndexError, KeyError):
                report_damage(self._name)
        # Before anything is read: what changes from now on differs from these.
        self._began = time.time_ns()
        self._stamps = stamps_of(self._files, self._began) if self._usable else None
        return None

    def write(self, report: Report) -> None:
        """Keep `report`, made after `read` has found none."""
        if self._stamps is None or report.outside is None:
            return
        own = {file.absolute for file in self._files}
        outside = [path for path in report.outside if path not in own]
        beyond = stamps_of(_outside(outside), self._began)
        if beyond.by_content:
            return  # changed since jedi has read it, or just before
        counts = (report.files, report.lines, report.functions)
        told = (*counts, report.findings, report.problems, report.shard)
        entry = json.dumps(
            (self._stamps, outside, beyond, told), default=_plain, separators=(",", ":")
        )
        self._cache.write(self._name, entry.encode())


def _name(folder: str, arguments: Sequence[str], settings: Settings) -> str:
    """Return what tells the report from those of other projects, settings and versions."""
    code = stamp_of_folder(str(Path(racelens.__file__).parent))
    parts = [racelens.__version__, code, sys.version, folder, *arguments, repr(settings)]
    parts += map(state_of_content, settings.libraries)
    if settings.resolve == "jedi":
        parts += ["jedi", active_environment() or "", *project_libraries(folder), *sys.path]
    return digest_of(parts)


def _stamps(told: Any) -> Stamps:
    digest, by_content = told
    return Stamps(digest, tuple(by_content))


def _outside(paths: Iterable[str]) -> tuple[InputFile, ...]:
    return tuple(InputFile(path, path, is_test=False) for path in paths)


def _plain(value: object) -> object:
    assert isinstance(value, enum.Enum), "reports hold tuples, texts, numbers and enumerations"
    return value.value


# What JSON gives is untyped.
def _report(told: Any, files: Iterable[InputFile]) -> Report | None:
    count, lines, functions, findings, problems, shard = told
    found = tuple(map(_finding, findings))
    by_path = {file.path: file for file in files}
    sources = {path: read_source(by_path[path]) for one in found for path in one.paths}
    texts = {path: source for path, source in sources.items() if isinstance(source, SourceFile)}
    if len(texts) < len(sources):
        return None  # gone since
    return Report(
        files=count,
        lines=lines,
        functions=functions,
        seconds=0.0,
        findings=found,
        problems=tuple(Problem(*problem) for problem in problems),
        sources=texts,
        cached=count,
        shard=shard and tuple(shard),
    )


def _finding(told: Any) -> Finding:
    kept = Finding(*told)
    steps: Any = kept.interleaving
    return kept._replace(
        severity=Severity(kept.severity),
        confidence=Confidence(kept.confidence),
        span=_span(kept.span),
        interleaving=steps and Interleaving(tuple(map(_step, steps[0]))),
        covers=kept.covers and _span(kept.covers),
        evidence=tuple(Evidence(path, _span(span), text) for path, span, text in kept.evidence),
        also=tuple(kept.also),
    )


def _step(told: Any) -> Step:
    task, role, path, span, text = told
    return Step(task, Role(role), path, _span(span), text)


def _span(told: Any) -> Span:
    start, end = told
    return Span(Position(*start), Position(*end))
