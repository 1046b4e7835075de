"""The live workspace: files of one folder, from the disk and from the editor, and their program.

Summaries go in by path; the program that they link to comes out, linked when it is asked for and
with what the one before knew. A buffer wins over the file. Of closed files no texts are kept. All
of it belongs to one thread; what a `Reading` does elsewhere is handed over whole.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from racelens.engine.workspace_answers import Answers
from racelens.engine.workspace_reading import (
    DiskFile,
    Reading,
    code_digest,
    in_order,
    stamp_of,
)
from racelens.program.program import link
from racelens.source.text import SourceFile, UndecodableError, decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racelens.engine.settings import Settings
    from racelens.libraries.table import Libraries
    from racelens.model.summary import ModuleSummary
    from racelens.program.program import Program

_log = logging.getLogger(__name__)


class Workspace:
    """The files of `folder`, an absolute path; None stands for a document on its own."""

    def __init__(self, folder: str | None = None) -> None:
        self.folder = folder
        self.answers = Answers(self._digest)
        self.roots: tuple[str, ...] = ()
        self.needs_reading = folder is not None
        self._is_whole = False
        self._disk: dict[str, DiskFile] = {}
        self._buffers: dict[str, ModuleSummary] = {}
        self._sources: dict[str, SourceFile] = {}
        self._modules: dict[str, ModuleSummary] = {}
        self._program: Program | None = None
        self._is_stale = True
        self._tables: tuple[Libraries, ...] = ()
        self._answered = -1
        self._said: set[str] = set()

    def put(self, module: ModuleSummary, source: SourceFile) -> None:
        """Let a buffer stand for the file of that path."""
        self._buffers[module.path] = module
        self._sources[module.path] = source
        self._set(module.path, module)

    def drop(self, path: str) -> None:
        """Take the file of `path` from the disk from now on, or leave it out if there is none."""
        if self._buffers.pop(path, None) is None:
            return
        del self._sources[path]
        self.answers.forget(path)
        before = self._disk.get(path)
        self._set(path, before.module if before is not None and self._is_whole else None)

    def is_as_read(self, path: str, absolute: str) -> bool:
        """Say whether what was read of `path` is what is on the disk."""
        before = self._disk.get(path)
        try:
            return before is not None and before.stamp == stamp_of(absolute)
        except OSError:
            return before is None

    def absolute(self, path: str) -> str | None:
        """Return where a file that was read from the disk lies; None where none was."""
        known = self._disk.get(path)
        return known.file.absolute if known is not None else None

    def reading(self, settings: Settings, paths: frozenset[str] | None) -> Reading | None:
        """Return what is to be run to learn of the files at `paths`, all if None; see `adopt`.

        All are read as well where the folder has never been read to the end. None where there is
        nothing to read.
        """
        if self.folder is None or (not paths and paths is not None and not self.needs_reading):
            return None
        known, buffers = dict(self._disk), dict(self._buffers)
        wanted = None if self.needs_reading else paths
        return Reading(
            self.folder,
            settings,
            wanted,
            known,
            buffers,
            is_first=not self._is_whole,
            tables=self._tables,
        )

    def adopt(self, reading: Reading) -> bool:
        """Take over what `reading` has found; return whether the program is another one now.

        What was read before somebody stopped it is kept for the next one, but not linked.
        """
        self._say(reading)
        self._disk.update(reading.found)
        if not reading.is_complete:
            return False
        for path in reading.gone:
            self._disk.pop(path, None)
        if reading.is_whole:
            self.needs_reading = False
            self.roots = reading.roots
        changed = reading.gone | reading.found.keys()
        if reading.program is not None:
            self._is_whole = True
            self._program, self._modules = reading.program, dict(reading.program.modules)
            self._is_stale, self._answered = False, -1
            changed = self._modules.keys() | self._buffers.keys()
        for path in changed:
            known = self._disk.get(path)
            module = self._buffers.get(path) or (known.module if known is not None else None)
            self._set(path, module)
        return reading.program is not None or self._is_stale

    def use_tables(self, tables: tuple[Libraries, ...]) -> None:
        """Link with these tables of library facts from now on."""
        self._is_stale = self._is_stale or tables != self._tables
        self._tables = tables

    def program(self) -> Program:
        """Return the program as it is now."""
        if self._is_stale or self._program is None:
            modules = in_order(self._modules)
            self._program = link(modules, previous=self._program, tables=self._tables)
        elif self._answered == self.answers.revision:
            return self._program
        self._is_stale, self._answered = False, self.answers.revision
        answers = self.answers.placed(self._program)
        if answers or self._program.answers:
            self._program = self._program.answered(answers)
        return self._program

    def relinked(self, before: Program, modules: Sequence[ModuleSummary]) -> Program:
        """Return the program `before` as if some of its files were `modules`."""
        changed = {**before.modules, **{module.path: module for module in modules}}
        program = link(in_order(changed), previous=before.on_trial(), tables=self._tables)
        return program.answered(self.answers.placed(program))

    def text(self, path: str) -> SourceFile | None:
        """Return the text of a file as it was read; None where it is another one by now."""
        known = self._disk.get(path)
        content = known.file.read() if known is not None else None
        if known is None or not isinstance(content, bytes):
            return None
        try:
            text = decode(content)
        except UndecodableError:
            return None
        return SourceFile(path, text) if code_digest(text) == known.digest else None

    def _digest(self, path: str) -> bytes | None:
        """Return what stands for the code of the file `path`; None where there is none."""
        if path in self._sources:
            return code_digest(self._sources[path].text)
        known = self._disk.get(path)
        return known.digest if known is not None else None

    def _set(self, path: str, module: ModuleSummary | None) -> None:
        if self._modules.get(path) is module:
            return
        self._is_stale = True
        if module is None:
            del self._modules[path]
        else:
            self._modules[path] = module

    def _say(self, reading: Reading) -> None:
        """Write to the log what could not be read, once."""
        for problem in reading.problems:
            text = f"{problem.path}: {problem.message}"
            if text not in self._said:
                self._said.add(text)
                _log.warning("%s", text)
