"""The analysis thread's own: one session for every set of settings, and what it says.

Everything here runs in the analysis thread, one job after the other, but for `Session.resolve`,
which the resolver thread calls on the session that an `Analysis` names. Nothing here sends
anything: results are returned, and complaints are handed to the callbacks.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from racelens.engine.configuration import find_settings_file, load_settings
from racelens.engine.session import Snapshot
from racelens.engine.settings import Settings
from racelens.findings.finding import Problem
from racelens.lsp.configuration import EditorSettings
from racelens.lsp.convert import Places, PositionEncoding
from racelens.lsp.diagnostics import diagnostics, result_id
from racelens.lsp.texts import Capture, Texts
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from lsprotocol import types

    from racelens.engine.session import Session
    from racelens.findings.finding import Finding
    from racelens.findings.fix import Fix
    from racelens.lsp.client import ClientSupport

    SessionFactory = Callable[[Settings, Path | None], Session]
    _ScopeKey = tuple[str | None, Path | None]

_log = logging.getLogger(__name__)
_FAILED = "RaceLens could not analyse this file ({error}); the server's log says more."


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known of a document as it was captured, ready to be sent.

    `session` is None where the analysis failed.
    """

    capture: Capture
    snapshot: Snapshot
    diagnostics: tuple[types.Diagnostic, ...]
    result_id: str
    settings: Settings
    session: Session | None


class Circumstances(NamedTuple):
    """What decides the settings: what the editor says, and how often files on the disk changed."""

    editor: EditorSettings
    disk_changes: int


@dataclass(frozen=True, slots=True)
class _Scope:
    """Documents with the same settings: the folder, the file that sets them, and the session."""

    folder: str | None
    file: Path | None
    settings: Settings
    session: Session


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
        self._support = support
        self._warn = warn
        self._report = report
        self._circumstances = Circumstances(EditorSettings(), 0)
        self._texts = Texts()
        self.places = Places(encoding, self._texts.source_of, self._texts.uri_of)
        self._scopes: dict[_ScopeKey, _Scope] = {}
        self._scope_of: dict[str, _Scope] = {}
        self._warned: dict[Path, tuple[str, ...]] = {}
        self._fixes: dict[str, tuple[Snapshot, dict[Finding, tuple[Fix, ...]]]] = {}

    def analyse(self, capture: Capture, circumstances: Circumstances) -> Analysis:
        """Return what is known of `capture` without asking jedi.

        Whoever asks says under what circumstances, so that no order of jobs matters for them.
        """
        try:
            if circumstances != self._circumstances:
                self._circumstances = circumstances
                self._read_settings()
            scope = self._enter(capture.path)
            snapshot = scope.session.analyse(capture.path, capture.text, capture.version)
            self._texts.opened(capture, snapshot.source)
            return self._analysis(capture, snapshot, scope.settings, scope.session)
        except Exception as error:  # noqa: BLE001 - one file must not end the server
            self._report(error)
            return self._failure(capture, error)

    def extended(self, analysis: Analysis, snapshot: Snapshot) -> Analysis:
        """Return `analysis` with what jedi's answers made of it."""
        return self._analysis(analysis.capture, snapshot, analysis.settings, analysis.session)

    def fixes(self, analysis: Analysis, finding: Finding) -> tuple[Fix, ...]:
        """Return the fixes of `finding`, best first; none where a newer text has been analysed."""
        path = analysis.capture.path
        if analysis.session is None or self._texts.capture_of(path) != analysis.capture:
            return ()
        entry = self._fixes.get(path)
        if entry is None or entry[0] is not analysis.snapshot:
            entry = self._fixes[path] = (analysis.snapshot, {})
        known = entry[1]
        if finding not in known:
            # An editor asks at every move of the caret, and each fix is analysed again.
            known[finding] = analysis.session.fixes(path, finding)
        return known[finding]

    def version_of(self, path: str) -> int | None:
        """Return the version of the text that positions in `path` refer to; None if not open."""
        capture = self._texts.capture_of(path)
        return capture.version if capture else None

    def close(self, path: str) -> None:
        """Forget the document `path`."""
        scope = self._scope_of.pop(path, None)
        if scope is not None:
            scope.session.close(path)
        self._texts.closed(path)
        self._fixes.pop(path, None)

    def stop(self) -> None:
        """End all sessions. Called when the analysis thread has ended."""
        for scope in self._scopes.values():
            scope.session.stop()
        self._scopes.clear()

    def _read_settings(self) -> None:
        """Read the settings anew; a session whose settings stay the same goes on."""
        folders = {folder for folder, _ in self._circumstances.editor.folders}
        for key, scope in tuple(self._scopes.items()):
            is_gone = scope.folder is not None and scope.folder not in folders
            if is_gone or self._settings(scope.folder, scope.file) != scope.settings:
                del self._scopes[key]
                scope.session.stop()
        for path, scope in tuple(self._scope_of.items()):
            key = self._scope_key(path)
            if self._scopes.get(key) is not scope:
                del self._scope_of[path]
                if (scope.folder, scope.file) in self._scopes:
                    scope.session.close(path)

    def _enter(self, path: str) -> _Scope:
        """Return the scope of `path`, made where it is the first document there."""
        if scope := self._scope_of.get(path):
            return scope
        key = self._scope_key(path)
        scope = self._scopes.get(key)
        if scope is None:
            folder, file = key
            settings = self._settings(folder, file)
            project = Path(folder) if folder else file and file.parent
            session = self._new_session(settings, project)
            scope = self._scopes[key] = _Scope(folder, file, settings, session)
        self._scope_of[path] = scope
        return scope

    def _scope_key(self, path: str) -> _ScopeKey:
        is_file = Path(path).is_absolute()
        file = find_settings_file(Path(path).parent) if is_file else None
        return self._circumstances.editor.folder_of(path), file

    def _settings(self, folder: str | None, file: Path | None) -> Settings:
        """Return the settings of a scope: the editor's over the file's over the defaults."""
        settings, messages = load_settings(file) if file else (Settings(), ())
        if file and messages != self._warned.get(file, ()):
            self._warned[file] = messages
            if messages:
                self._warn(messages)
        return self._circumstances.editor.applied(folder, settings)

    def _analysis(
        self, capture: Capture, snapshot: Snapshot, settings: Settings, session: Session | None
    ) -> Analysis:
        items = diagnostics(snapshot, self.places, self._support)
        identity = ""
        if self._support.pull_diagnostics:
            identity = result_id(capture.text, settings, items)
        return Analysis(capture, snapshot, items, identity, settings, session)

    def _failure(self, capture: Capture, error: Exception) -> Analysis:
        """Return an analysis that shows that there is none, and why."""
        problem = Problem(capture.path, None, _FAILED.format(error=type(error).__name__))
        source = SourceFile(capture.path, capture.text)
        self._texts.opened(capture, source)
        snapshot = Snapshot(source, capture.version, (), (problem,), unresolved=False)
        return self._analysis(capture, snapshot, Settings(), None)
