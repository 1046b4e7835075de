"""Reading a workspace folder, or some of its files: paths go in, summaries come out.

A `Reading` is made in one thread, run in another and then handed back: it shares nothing that
changes. Texts and trees are dropped as soon as a file is summarized.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import os
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from racelens.engine.analysis import Known, summarize
from racelens.engine.check import source_roots
from racelens.engine.files import InputFile, find_file, found_below
from racelens.findings.finding import Problem
from racelens.program.program import link
from racelens.source.named_tuple import NamedTuple
from racelens.source.text import SourceFile, UndecodableError, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from racelens.engine.settings import Settings
    from racelens.libraries.table import Libraries
    from racelens.model.summary import ModuleSummary
    from racelens.program.program import Program

    GoOn = Callable[[int, int], bool]

MOST_FILES = 20_000  # of one folder; `exclude` chooses which
_MOST_BYTES = 4_000_000  # of one file: no person wrote more
_NO_CODE = re.compile(r"^[ \t\f]*(?:#.*)?(?:\r?\n|\r|\Z)", re.MULTILINE)
_log = logging.getLogger(__name__)


class Stamp(NamedTuple):
    """By what a file on the disk is taken to be the same one."""

    modified_ns: int
    size: int


@dataclass(frozen=True, slots=True)
class DiskFile:
    """A file as it was read last; `module` is None for what is generated or cannot be read.

    `digest` stands for its code, see `code_digest`.
    """

    file: InputFile
    stamp: Stamp
    module: ModuleSummary | None
    digest: bytes


class Reading:
    """One pass over a folder's files; `paths` are absolute, None stands for the whole folder.

    `known` holds by path what was read before, `buffers` what is open: its files are read for when
    it is closed. The first whole reading links what it has read; later only what changed is.
    """

    def __init__(  # noqa: PLR0913 - all that another thread is to know, at once
        self,
        folder: str,
        settings: Settings,
        paths: frozenset[str] | None,
        known: Mapping[str, DiskFile],
        buffers: Mapping[str, ModuleSummary],
        *,
        is_first: bool,
        tables: tuple[Libraries, ...] = (),
    ) -> None:
        self.folder = folder
        self.is_whole = paths is None
        self.is_complete = False
        self.found: dict[str, DiskFile] = {}
        self.gone: set[str] = set()
        self.problems: list[Problem] = []
        self.roots: tuple[str, ...] = ()
        self.program: Program | None = None
        self._settings = settings
        self._paths = paths or frozenset()
        self._known = known
        self._buffers = buffers
        self.is_first = is_first
        self._tables = tables

    def run(self, go_on: GoOn) -> bool:
        """Read until done, or until `go_on`, told how many files of how many are, says no."""
        collecting = gc.isenabled()
        gc.disable()  # as in `engine.check`
        try:
            files = self._whole(go_on) if self.is_whole else self._some()
            self.is_complete = files is not None and self._read_all(files, go_on)
        finally:
            if collecting:
                gc.enable()
        if self.is_first and self.is_complete:
            self._link()
        return self.is_complete

    def _whole(self, go_on: GoOn) -> list[InputFile] | None:
        """Return all files of the folder, by path; None where somebody said to stop."""
        files: list[InputFile] = []
        for entry in found_below(self.folder, self._settings):
            if isinstance(entry, Problem):
                self.problems.append(entry)
                continue
            files.append(entry)
            if not go_on(0, 0):
                return None
            if len(files) == MOST_FILES:
                message = f"only {MOST_FILES} files are read; `exclude` leaves out others"
                self.problems.append(Problem(self.folder, None, message))
                break
        self.roots = source_roots(file.absolute for file in files)
        self.gone = set(self._known) - {file.path for file in files}
        return sorted(files, key=lambda file: file.path)

    def _some(self) -> list[InputFile]:
        """Return the files at `paths`. Also find out which folders have gone.

        A client that watches files is not told of each file in a folder that goes.
        """
        by_folder: defaultdict[str, list[str]] = defaultdict(list)
        for path, known in self._known.items():
            by_folder[os.path.split(known.file.absolute)[0]].append(path)
        for folder, inside in by_folder.items():
            if not os.path.lexists(folder):
                self.gone.update(inside)
        found = (find_file(path, self.folder, self._settings) for path in sorted(self._paths))
        return [file for file in found if file is not None]

    def _read_all(self, files: list[InputFile], go_on: GoOn) -> bool:
        for number, file in enumerate(files):
            if not go_on(number, len(files)):
                return False
            try:
                self._read(file)
            except Exception:  # noqa: BLE001 - one file must not cost the others
                _log.exception("%s could not be analysed", file.absolute)
        return True

    def _read(self, file: InputFile) -> None:
        try:
            stamp = stamp_of(file.absolute)
        except OSError:
            self.gone.add(file.path)
            return
        before = self._known.get(file.path)
        if self.is_whole and before is not None and before.stamp == stamp:
            self.found[file.path] = before
            return
        source = self._source(file, stamp)
        module = summarize(source, Known()).module if source is not None else None
        digest = code_digest(source.text) if source is not None else b""
        self.found[file.path] = DiskFile(file, stamp, module, digest)

    def _source(self, file: InputFile, stamp: Stamp) -> SourceFile | None:
        reason = ""
        if stamp.size > _MOST_BYTES:
            reason = f"is larger than {_MOST_BYTES} bytes"
        else:
            content = file.read()
            if content is None:
                return None
            try:
                if not isinstance(content, Problem):
                    return SourceFile(file.path, decode(content))
                reason = content.message
            except UndecodableError as error:
                reason = str(error)
        self.problems.append(Problem(file.path, None, reason))
        return None

    def _link(self) -> None:
        read = {path: each.module for path, each in self.found.items() if each.module is not None}
        self.program = link(in_order({**read, **self._buffers}), tables=self._tables)
        gc.freeze()  # what lives as long as the server need not be searched for garbage


def in_order(modules: Mapping[str, ModuleSummary]) -> Iterable[ModuleSummary]:
    """Return the modules in the order in which the command line links them."""
    return [modules[path] for path in sorted(modules)]


def code_digest(text: str) -> bytes:
    """Return what tells two texts apart, but for blank lines and lines of comments."""
    code = _NO_CODE.sub("", text).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(code, digest_size=16).digest()


def stamp_of(absolute: str) -> Stamp:
    """Return the stamp of a file. Raises OSError where there is none."""
    status = os.stat(absolute)  # noqa: PTH116 - once for each file of a workspace
    return Stamp(status.st_mtime_ns, status.st_size)
