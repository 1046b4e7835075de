"""Checking files from the command line: files and settings in, a `Report` out.

All files are linked to one program. A file that cannot be read or understood becomes a problem of
the report; the others are still checked.
"""

from __future__ import annotations

import gc
import os
import time
from collections import Counter
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from racelens.engine.analysis import too_large
from racelens.engine.copies import by_copies
from racelens.engine.file_layer import Distribution, contents, read_file
from racelens.engine.library_tables import read_tables
from racelens.engine.report import Report
from racelens.engine.shown import found_in, shown
from racelens.engine.sources import read_source
from racelens.findings.finding import Problem
from racelens.program.awaiting import open_queries
from racelens.program.program import link
from racelens.source.named_tuple import NamedTuple
from racelens.summarize.detail import TreeBudget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from racelens.engine.files import InputFile
    from racelens.engine.settings import Settings
    from racelens.findings.finding import Finding
    from racelens.model.summary import ModuleSummary
    from racelens.program.program import Program
    from racelens.program.resolve import Query
    from racelens.source.text import SourceFile

    Progress = Callable[[int, int], None]

_MOST_LINES_OF_TREES = 40_000  # 40 megabytes, so that most functions are parsed once only
_SHARE_OF_HEAD = 50  # of the files: one of so many
_MOST_ROOTS = 20  # more only slow jedi's search down


def check(
    files: Sequence[InputFile],
    settings: Settings,
    project: str,
    progress: Progress | None = None,
    distribution: Distribution | None = None,
) -> Report:
    """Return what the rules find in `files`, whose paths are relative to the folder `project`.

    `progress` is told how many files of how many have been read. Tests are read for evidence;
    findings in them are reported if the settings say so. A `distribution` has other processes
    read the files, or leaves a part of the findings to other runs.
    """
    started = time.perf_counter()
    collecting = gc.isenabled()
    gc.disable()  # parsing makes many objects and no cycles that matter: half of the time is saved
    try:
        run = _Run(settings, project, distribution or Distribution())
        return run.check(files, started, progress)
    finally:
        if collecting:
            gc.freeze()  # the program lives until the command ends: going through it is no use
            gc.enable()


class _Found(NamedTuple):
    """What is found in some files, and those of them with findings."""

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    sources: dict[str, SourceFile]


class _Run:
    """One run over a set of files."""

    def __init__(self, settings: Settings, project: str, distribution: Distribution) -> None:
        self._settings = settings
        self._shard = distribution.shard
        self._workers = distribution.workers
        self._copies = distribution.copies
        self._project = project
        self._problems: list[Problem] = []
        self._modules: list[ModuleSummary] = []
        self._lines = 0
        self._budget = TreeBudget(_MOST_LINES_OF_TREES)
        self._roots: tuple[str, ...] = ()
        self._commented: set[str] = set()
        self._outside: tuple[str, ...] | None = ()  # files that jedi has read

    def check(
        self, files: Sequence[InputFile], started: float, progress: Progress | None
    ) -> Report:
        by_path = {file.path: file for file in files}
        self._roots = source_roots(file.absolute for file in files)
        self._read(files, progress)
        tables, _ = read_tables(self._settings.libraries)
        program = link(self._modules, tables=tables, whole=True)
        reported = [
            module.path
            for module in self._modules
            if self._settings.include_tests or not by_path[module.path].is_test
        ]
        part, parts = self._shard or (1, 1)
        reported = reported[part - 1 :: parts]
        program = self._resolved(program, reported, by_path)
        found: list[Finding] = []
        sources: dict[str, SourceFile] = {}
        find = partial(self._find, program, by_path)
        # What all files need of the program is computed for the first ones, before it is copied.
        head = len(reported) // _SHARE_OF_HEAD if self._copies > 1 else 0
        first = (find(reported[:head]),)
        for one in chain(first, by_copies(find, _parts(program, reported[head:], self._copies))):
            found += one.findings
            self._problems += one.problems
            sources.update(one.sources)
        self._add_places(found, by_path, sources)
        return Report(
            files=len(self._modules),
            lines=self._lines,
            functions=sum(len(m.functions) for m in program.names.modules.values()),
            seconds=time.perf_counter() - started,
            findings=tuple(sorted(found, key=lambda finding: finding.order)),
            problems=tuple(sorted(self._problems, key=_order)),
            sources=sources,
            program=program,
            outside=self._outside,
            shard=self._shard,
        )

    def _find(
        self, program: Program, by_path: dict[str, InputFile], paths: Sequence[str]
    ) -> _Found:
        """Return what is found in the files `paths`."""
        before = len(self._problems)
        found: list[Finding] = []
        sources: dict[str, SourceFile] = {}
        for path in paths:
            own = found_in(program, path, self._settings, self._problems)
            self._problems += too_large(program, path)
            program.forget_usage(path)
            is_read = bool(own) or path in self._commented
            source = self._source(by_path[path]) if is_read else None
            if source is not None:
                own = shown(source, own, self._settings)
                found += own
                sources.update({path: source} if own else {})
        problems = tuple(self._problems[before:])
        del self._problems[before:]
        return _Found(tuple(found), problems, sources)

    def _add_places(
        self,
        found: list[Finding],
        by_path: dict[str, InputFile],
        sources: dict[str, SourceFile],
    ) -> None:
        """Add to `sources` the other files in which steps and evidence lie."""
        for finding in found:
            for path in finding.paths:
                source = None if path in sources else self._source(by_path[path])
                if source is not None:
                    sources[path] = source

    def _source(self, file: InputFile) -> SourceFile | None:
        source = read_source(file)
        if isinstance(source, Problem):
            self._problems.append(source)
            return None
        return source

    def _read(self, files: Sequence[InputFile], progress: Progress | None) -> None:
        found = contents(files, self._problems)
        here = (read_file(file, self._budget) for file in found)
        reading = here if self._workers is None else self._workers.read(found)
        for number, read in enumerate(reading, 1):
            self._problems += read.problems
            self._lines += read.lines
            if read.module is not None:
                self._modules.append(read.module)
                if read.commented:
                    self._commented.add(read.module.path)
            if progress is not None:
                progress(number, len(files))

    def _resolved(
        self, program: Program, paths: list[str], by_path: dict[str, InputFile]
    ) -> Program:
        """Ask jedi what own inference left open, within its budget."""
        if self._settings.resolve != "jedi":
            return program
        queries = [query for path in paths for query in open_queries(program, path)]
        if not queries:
            return program
        # Most of what this imports is for processes, which a run without jedi does not need.
        from racelens.engine.jedi_process import JediProcess, Limits  # noqa: PLC0415

        limits = Limits(queries=self._settings.jedi_queries)
        jedi = JediProcess(
            self._project, python=self._settings.python, roots=self._roots, limits=limits
        )
        try:
            answers = jedi.resolve(queries, self._buffers(queries, by_path))
            self._problems += jedi.take_problems()
            self._outside = jedi.files_read()
        finally:
            jedi.stop()
        return program.answered(answers)

    def _buffers(self, queries: list[Query], by_path: dict[str, InputFile]) -> dict[str, str]:
        """Return by path the texts of the files asked about that may be others on the disk."""
        asked = dict.fromkeys(query.path for query in queries)
        buffered = [by_path[path] for path in asked if by_path[path].buffer is not None]
        sources = [source for file in buffered if (source := self._source(file)) is not None]
        return {source.path: source.text for source in sources}


def source_roots(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the folders in which the packages of the files `paths` lie, the fullest first.

    A package is a folder with an `__init__.py` among the files.
    """
    folders = Counter(os.path.split(path) for path in paths)
    packages = {folder for folder, name in folders if name == "__init__.py"}
    counts: Counter[str] = Counter()
    for folder, _ in folders:
        root = folder
        while root in packages and root != os.path.split(root)[0]:
            root = os.path.split(root)[0]
        counts[root] += 1
    return tuple(root for root, _ in counts.most_common(_MOST_ROOTS))


def _parts(program: Program, paths: Sequence[str], count: int) -> list[Sequence[str]]:
    """Divide `paths` into parts of about as many functions: neighbours stay together.

    Files of one package ask the program for the same things.
    """
    sizes = [len(program.names.module(path).functions) + 1 for path in paths]
    share = sum(sizes) / count
    parts: list[list[str]] = [[] for _ in range(count)]
    done = 0.0
    for path, size in zip(paths, sizes, strict=True):
        parts[min(int(done / share), count - 1)].append(path)
        done += size
    return [part for part in parts if part]


def _order(problem: Problem) -> tuple[str, int, str]:
    return (problem.path, -1 if problem.line is None else problem.line, problem.message)
