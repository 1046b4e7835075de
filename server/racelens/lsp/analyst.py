"""The analysis thread's own: one session for every folder, and what it says.

Everything here runs in the analysis thread, one job after the other, but for `Session.ask` and
`Reading.run`, which other threads call on what is handed out here. Nothing here sends anything:
results are returned, and complaints are handed to the callbacks.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from racelens.engine.configuration import find_settings_file, load_settings
from racelens.engine.document import Snapshot
from racelens.engine.settings import Settings
from racelens.findings.finding import Problem
from racelens.lsp.configuration import EditorSettings
from racelens.lsp.convert import Places, PositionEncoding, path_of
from racelens.lsp.diagnostics import diagnostics, result_id
from racelens.lsp.texts import Capture, Texts
from racelens.source.named_tuple import NamedTuple
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from lsprotocol import types

    from racelens.engine.session import Answered, Questions, Session
    from racelens.engine.workspace_reading import Reading
    from racelens.findings.finding import Finding
    from racelens.findings.fix import Fix
    from racelens.lsp.client import ClientSupport
    from racelens.source.edit import TextEdit

    SessionFactory = Callable[[Settings, str | None, Path | None], Session]
    _ScopeKey = tuple[str | None, Path | None]

    # What is to be read, and the session that wants to know.
    Readings = tuple[tuple[Session, Reading], ...]

T = TypeVar("T")
_log = logging.getLogger(__name__)
_FAILED = "RaceLens could not analyse this file ({error}); the server's log says more."


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known of a document as it was captured, ready to be sent.

    `places` finds what the snapshot names; `session` is None where the analysis failed.
    """

    capture: Capture
    snapshot: Snapshot
    diagnostics: tuple[types.Diagnostic, ...]
    result_id: str
    places: Places
    session: Session | None


class Circumstances(NamedTuple):
    """What decides the settings: what the editor says, and how often settings files changed."""

    editor: EditorSettings
    disk_changes: int


@dataclass(slots=True, eq=False)
class _Scope:
    """Documents of one session: those of a folder, or those of no folder that one file sets."""

    folder: str | None
    file: Path | None
    settings: Settings
    session: Session
    places: Places


class Analyst:
    """Analyses documents, each in the session of its scope. No method raises for any text.

    `warn` is called with what is wrong in a settings file, `report` with errors of ours.
    """

    def __init__(
        self,
        new_session: SessionFactory,
        encoding: PositionEncoding,
        support: ClientSupport,
        warn: Callable[[tuple[str, ...]], None],
        report: Callable[[Exception], None],
    ) -> None:
        self._new_session = new_session
        self._encoding = encoding
        self._support = support
        self._warn = warn
        self._report = report
        self._circumstances = Circumstances(EditorSettings(), 0)
        self._texts = Texts()
        self._scopes: dict[_ScopeKey, _Scope] = {}
        self._entered: dict[str, tuple[_Scope, Settings]] = {}
        self._warned: dict[Path | str, tuple[str, ...]] = {}
        self._fixes: dict[str, tuple[Snapshot, dict[Finding, tuple[Fix, ...]]]] = {}

    def analyse(self, capture: Capture, circumstances: Circumstances) -> Analysis:
        """Return what is known of `capture` without asking jedi.

        Whoever asks says under what circumstances, so that no order of jobs matters for them.
        """
        try:
            self._use(circumstances)
            scope, settings = self._enter(capture.path)
            snapshot = scope.session.analyse(capture.path, capture.text, capture.version, settings)
            self._texts.opened(capture, snapshot.source)
            if settings.baseline is not None:
                self._tell(settings.baseline, (snapshot.complaint,) if snapshot.complaint else ())
            return self._analysis(capture, snapshot, settings, scope)
        except Exception as error:  # noqa: BLE001 - one file must not end the server
            self._report(error)
            return self._failure(capture, error)

    def readings(self, circumstances: Circumstances, paths: frozenset[str] | None) -> Readings:
        """Return what is to be read of the folders: the files at `paths`, or all if None."""
        self._use(circumstances)
        found: list[tuple[Session, Reading]] = []
        for folder, _ in circumstances.editor.folders:
            session = self._scope((folder, None)).session
            reading = session.reading(paths)
            if reading is not None:
                found.append((session, reading))
        return tuple(found)

    def adopt(self, readings: Readings) -> bool:
        """Take over what has been read; return whether findings may be others now."""
        sessions = [scope.session for scope in self._scopes.values()]
        changed = [session.adopt(reading) for session, reading in readings if session in sessions]
        return any(changed)

    def questions(self, analysis: Analysis) -> Questions | None:
        """Return what jedi is to be asked about a document, if anything."""
        return analysis.session.questions(analysis.capture.path) if analysis.session else None

    def learn(self, analysis: Analysis, answered: Answered) -> bool:
        """Keep what jedi said; return whether findings may be others now."""
        return analysis.session is not None and analysis.session.learn(answered)

    def fixes(self, analysis: Analysis, finding: Finding) -> tuple[Fix, ...]:
        """Return the fixes of `finding`, best first; none where a newer text has been analysed."""
        path, session = analysis.capture.path, self._newest(analysis)
        if session is None:
            return ()
        entry = self._fixes.get(path)
        if entry is None or entry[0] is not analysis.snapshot:
            entry = self._fixes[path] = (analysis.snapshot, {})
        known = entry[1]
        if finding not in known:
            # An editor asks at every move of the caret, and each fix is analysed again.
            known[finding] = self.attempt(partial(session.fixes, path, finding), ())
        added: tuple[Fix, ...] = self.attempt(partial(session.baseline_fixes, path, finding), ())
        return (*known[finding], *added)

    def fix_all(self, analysis: Analysis) -> tuple[TextEdit, ...]:
        """Return the edits that apply the safe fixes of a document; none if it is another now."""
        session = self._newest(analysis)
        if session is None:
            return ()
        return self.attempt(partial(session.fix_all, analysis.capture.path), ())

    def attempt(self, work: Callable[[], T], otherwise: T) -> T:
        """Return what `work` returns; where it raises, report that and return `otherwise`."""
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - one fix must not end the request
            self._report(error)
            return otherwise

    def version_of(self, uri: str) -> int | None:
        """Return the version of the text that positions in `uri` refer to; None if not open."""
        capture = self._texts.capture_of(path_of(uri))
        return capture.version if capture else None

    def close(self, path: str) -> None:
        """Forget the document `path`."""
        entered = self._entered.pop(path, None)
        if entered is not None:
            entered[0].session.close(path)
        self._texts.closed(path)
        self._fixes.pop(path, None)

    def stop(self) -> None:
        """End all sessions. Called when the analysis thread has ended."""
        for scope in self._scopes.values():
            scope.session.stop()
        self._scopes.clear()

    def _newest(self, analysis: Analysis) -> Session | None:
        """Return the session, if `analysis` is of the text that has been analysed last."""
        is_newest = self._texts.capture_of(analysis.capture.path) == analysis.capture
        return analysis.session if is_newest else None

    def _use(self, circumstances: Circumstances) -> None:
        """Read the settings anew where they may be others; sessions go on if they can."""
        if circumstances == self._circumstances:
            return
        self._circumstances = circumstances
        folders = {folder for folder, _ in circumstances.editor.folders}
        for key, scope in tuple(self._scopes.items()):
            settings = self._settings(scope.folder, scope.file)
            if scope.folder is None and settings == scope.settings:
                continue
            if scope.folder in folders:
                scope.settings = settings
                scope.session.configure(settings)
            else:
                del self._scopes[key]
                scope.session.stop()
        for path, (scope, _) in tuple(self._entered.items()):
            key = self._scope_key(path)
            is_left = self._scopes.get((scope.folder, scope.file)) is scope
            del self._entered[path]
            if is_left and self._scopes.get(key) is scope:
                self._entered[path] = (scope, self._document_settings(path, scope))
            elif is_left:
                scope.session.close(path)

    def _enter(self, path: str) -> tuple[_Scope, Settings]:
        """Return the scope of `path`, made where it is the first document there."""
        if path not in self._entered:
            scope = self._scope(self._scope_key(path))
            self._entered[path] = (scope, self._document_settings(path, scope))
        return self._entered[path]

    def _scope(self, key: _ScopeKey) -> _Scope:
        scope = self._scopes.get(key)
        if scope is None:
            folder, file = key
            settings = self._settings(folder, file)
            project = file.parent if file else None
            session = self._new_session(settings, folder, project)
            places = Places(
                self._encoding,
                lambda path: self._texts.source_of(session.absolute(path)),
                lambda path: self._texts.uri_of(session.absolute(path)),
            )
            scope = self._scopes[key] = _Scope(folder, file, settings, session, places)
        return scope

    def _scope_key(self, path: str) -> _ScopeKey:
        folder = self._circumstances.editor.folder_of(path)
        return folder, None if folder else _settings_file(path)

    def _document_settings(self, path: str, scope: _Scope) -> Settings:
        """Return the settings of one document: a file of settings may lie inside the folder."""
        if scope.folder is None:
            return scope.settings
        return self._settings(scope.folder, _settings_file(path))

    def _settings(self, folder: str | None, file: Path | None) -> Settings:
        """Return the settings of a scope: the editor's over the file's over the defaults."""
        if folder is not None and file is None and Path(folder).is_absolute():
            file = find_settings_file(Path(folder))
        settings, messages = load_settings(file) if file else (Settings(), ())
        if file:
            self._tell(file, messages)
        return self._circumstances.editor.applied(folder, settings)

    def _tell(self, place: Path | str, messages: tuple[str, ...]) -> None:
        """Have the user told what is wrong with a file, unless that is known."""
        if messages != self._warned.get(place, ()):
            self._warned[place] = messages
            if messages:
                self._warn(messages)

    def _analysis(
        self, capture: Capture, snapshot: Snapshot, settings: Settings, scope: _Scope
    ) -> Analysis:
        items = diagnostics(snapshot, scope.places, self._support)
        identity = self._identity(capture, settings, items)
        return Analysis(capture, snapshot, items, identity, scope.places, scope.session)

    def _failure(self, capture: Capture, error: Exception) -> Analysis:
        """Return an analysis that shows that there is none, and why."""
        problem = Problem(capture.path, None, _FAILED.format(error=type(error).__name__))
        source = SourceFile(capture.path, capture.text)
        self._texts.opened(capture, source)
        snapshot = Snapshot(source, capture.version, (), (problem,), unresolved=False)
        places = Places(self._encoding, self._texts.source_of, self._texts.uri_of)
        items = diagnostics(snapshot, places, self._support)
        identity = self._identity(capture, Settings(), items)
        return Analysis(capture, snapshot, items, identity, places, None)

    def _identity(
        self, capture: Capture, settings: Settings, items: tuple[types.Diagnostic, ...]
    ) -> str:
        if not self._support.pull_diagnostics:
            return ""
        return result_id(capture.text, settings, items)


def _settings_file(path: str) -> Path | None:
    return find_settings_file(Path(path).parent) if Path(path).is_absolute() else None
