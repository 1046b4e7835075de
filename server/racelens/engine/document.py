"""One open document: its text, what it tells, and what has been found in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from racelens.engine.analysis import Known, summarize, too_large
from racelens.engine.shown import found_in, shown
from racelens.source.named_tuple import NamedTuple
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from racelens.engine.files import InputFile
    from racelens.engine.repair import Repairs
    from racelens.engine.settings import Settings
    from racelens.engine.workspace import Workspace
    from racelens.findings.finding import Finding, Problem
    from racelens.model.summary import ChunkSummary, FunctionSummary, ModuleSummary
    from racelens.program.program import Program


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known of one document at one version. `version` is None where the client has none.

    `unresolved` says whether jedi may have something to add: `Session.questions` tells, and
    `complaint` why the baseline that the settings name cannot be used.
    """

    source: SourceFile
    version: int | None
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    unresolved: bool
    complaint: str = ""


class _Look(NamedTuple):
    """What was found in a document of a program, at all levels, and what was not looked at."""

    program: Program
    settings: Settings
    findings: tuple[Finding, ...]
    missing: tuple[Problem, ...]


@dataclass(slots=True)
class Document:
    """An open document. `file` is its file in the folder; `workspace` is None if it is left out.

    `module` is what its text tells, `problems` what of that could not be read: None until it is
    read. `found` holds the findings that the baseline knows, too.
    """

    source: SourceFile
    file: InputFile | None
    workspace: Workspace | None
    settings: Settings
    known: Known = field(default_factory=Known)
    module: ModuleSummary | None = None
    problems: tuple[Problem, ...] | None = None
    jedi_problems: tuple[Problem, ...] = ()
    program: Program | None = None
    found: tuple[Finding, ...] = ()
    snapshot: Snapshot | None = None
    repairs: Repairs | None = None
    _look: _Look | None = None

    def read(self, text: str) -> ModuleSummary:
        """Let `text` be the document's; return what it tells.

        That is what the text before has told, the very object, if nothing that anybody could find
        out of the two differs: only comments have changed.
        """
        self.source = SourceFile(self.source.path, text)
        summarized = summarize(self.source, self.known)
        before = self.module if self.problems == summarized.problems == () else None
        same = before is not None and _tells_the_same(before, summarized.module)
        self.module = before if before is not None and same else summarized.module
        self.problems = summarized.problems
        return self.module

    def look(self, program: Program) -> tuple[Problem, ...]:
        """Find what there is to be found as a part of `program`; return what is not looked at.

        Nothing is looked for again while program and settings are the same.
        """
        self.program = program
        known = self._look
        if known is None or known.program is not program or known.settings != self.settings:
            known = self._look = self._looked(program)
        self.found = shown(self.source, known.findings, self.settings) if self.is_reported else ()
        return known.missing

    def _looked(self, program: Program) -> _Look:
        path = self.source.path
        missing: list[Problem] = []
        wanted = self.is_reported
        found = found_in(program, path, self.settings, missing) if wanted else ()
        return _Look(program, self.settings, found, (*missing, *too_large(program, path)))

    @property
    def is_reported(self) -> bool:
        """Whether findings are shown: those in tests are evidence only, unless wanted."""
        return self.file is None or not self.file.is_test or self.settings.include_tests


def _tells_the_same(before: ModuleSummary, after: ModuleSummary) -> bool:
    """Say whether two summaries of a file tell the same, the lines of all things included."""
    if before.path != after.path or len(before.chunks) != len(after.chunks):
        return False
    return all(
        start == now and (chunk is other or _same_chunk(chunk, other))
        for (start, chunk), (now, other) in zip(before.chunks, after.chunks, strict=True)
    )


def _same_chunk(before: ChunkSummary, after: ChunkSummary) -> bool:
    """Say so of two chunks; those functions that were read anew may stand elsewhere in the list."""
    if before._replace(functions=()) != after._replace(functions=()):
        return False
    named = {each.name: each for each in after.functions}
    if not len(named) == len(before.functions) == len(after.functions):
        return False
    places = zip(before.classes, after.classes, strict=True)
    return all(one.line == other.line for one, other in places) and all(
        each.name in named and _same_function(each, named[each.name]) for each in before.functions
    )


def _same_function(before: FunctionSummary, after: FunctionSummary) -> bool:
    """Say whether two functions are equal, stand in the same lines and do the same with values."""
    if (before.line, before.body_line) != (after.line, after.body_line):
        return False
    if before.body is after.body:
        return before == after
    return before == after and before.outline == after.outline and before.usage == after.usage
