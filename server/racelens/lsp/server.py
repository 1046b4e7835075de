"""The language server: registers what it offers, and turns requests into questions to our own.

Nothing here analyses or converts; no handler blocks the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.lsp.server import LanguageServer

import racelens
from racelens.engine.session import Session
from racelens.lsp.analyst import Analyst
from racelens.lsp.client import Outgoing, client_support
from racelens.lsp.code_actions import (
    code_actions,
    document_of,
    may_offer,
    options,
    resolved,
    wanted_kinds,
)
from racelens.lsp.configuration import SECTION
from racelens.lsp.coordinator import Coordinator, Pauses
from racelens.lsp.file_events import events, operations, watchers
from racelens.lsp.hover import hover
from racelens.lsp.progress import WorkspaceProgress
from racelens.lsp.protocol import RaceLensProtocol
from racelens.lsp.reports import ErrorReports
from racelens.lsp.settings_source import SettingsSource
from racelens.lsp.watchdog import watch
from racelens.lsp.workspace_edits import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from typing import Any

    from pygls.server import ServerErrors

    from racelens.engine.settings import Settings
    from racelens.lsp.analyst import Analysis, SessionFactory
    from racelens.lsp.client import ClientSupport
    from racelens.lsp.documents import OpenDocument, OpenDocuments

_log = logging.getLogger(__name__)
_REFRESH_SECONDS = 30.0
_PAUSES = Pauses()
READ_WORKSPACE = "racelens.readWorkspace"


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How the server waits. `watch_seconds` is None where the client may be on another machine."""

    pauses: Pauses = _PAUSES
    watch_seconds: float | None = 5.0


def create_server(
    new_session: SessionFactory | None = None, options: ServerOptions | None = None
) -> RaceLensServer:
    """Return a server that is ready to be served; sessions are made by `new_session`."""
    server = RaceLensServer(new_session or _session, options or ServerOptions())
    handlers: dict[str, Callable[..., Any]] = {
        types.INITIALIZE: _initialize,
        types.INITIALIZED: _initialized,
        types.SET_TRACE: _set_trace,
        types.TEXT_DOCUMENT_DID_OPEN: _did_open,
        types.TEXT_DOCUMENT_DID_CHANGE: _did_change,
        types.TEXT_DOCUMENT_DID_CLOSE: _did_close,
        types.TEXT_DOCUMENT_HOVER: _hover,
        types.WORKSPACE_DID_CHANGE_CONFIGURATION: _did_change_configuration,
        types.WORKSPACE_DID_CHANGE_WATCHED_FILES: _did_change_watched_files,
        types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: _did_change_folders,
        types.TEXT_DOCUMENT_DID_SAVE: _did_save,
    }
    for method, handler in handlers.items():
        server.feature(method)(handler)
    for method, handler in (
        (types.WORKSPACE_DID_CREATE_FILES, _did_create_files),
        (types.WORKSPACE_DID_RENAME_FILES, _did_rename_files),
        (types.WORKSPACE_DID_DELETE_FILES, _did_delete_files),
    ):
        server.feature(method, operations())(handler)
    server.command(READ_WORKSPACE)(_read_workspace)
    return server


class RaceLensServer(LanguageServer):
    """One client's server. What depends on the client exists after `initialize`."""

    protocol: RaceLensProtocol  # pyright: ignore[reportIncompatibleVariableOverride]
    support: ClientSupport
    documents: OpenDocuments
    coordinator: Coordinator
    analyst: Analyst

    def __init__(self, new_session: SessionFactory, options: ServerOptions) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType] - pygls leaves some open
            "racelens", racelens.__version__, protocol_cls=RaceLensProtocol
        )
        self._new_session = new_session
        self._options = options
        self._reports = ErrorReports(partial(self._show, types.MessageType.Error))
        self._tasks: set[asyncio.Task[None]] = set()
        self._refreshing: asyncio.Task[None] | None = None
        self._is_refresh_wanted = False
        self._settings: SettingsSource | None = None
        self._complaints: tuple[str, ...] = ()

    def begin(self, params: types.InitializeParams) -> None:
        """Set up what depends on the client; pygls computes what we offer after this."""
        self.support = support = client_support(params.capabilities)
        self.documents = self.protocol.use_own_documents(params.workspace_folders)
        loop = asyncio.get_running_loop()
        self.analyst = Analyst(
            self._new_session,
            self.documents.encoding,
            support,
            warn=lambda messages: _soon(loop, partial(self.warn, messages)),
            report=lambda error: _soon(loop, partial(self._reports.report, error)),
        )
        outgoing = Outgoing(
            None if support.pull_diagnostics else self.text_document_publish_diagnostics,
            self.refresh,
            self._progress,
            self._log_for_user,
            self._reports.report,
        )
        self.coordinator = Coordinator(self.analyst, outgoing, self._options.pauses)
        ask = self.workspace_configuration_async if support.configuration else None
        self._settings = SettingsSource(params.initialization_options, ask)
        if self._options.watch_seconds is not None and params.process_id is not None:
            self.spawn(watch(params.process_id, self._options.watch_seconds))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` on the event loop; an error of it is reported."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._spawned_ended)

    async def configure(self, pushed: object = None) -> None:
        """Get the settings of the folders that there are now, and use them."""
        if self._settings is None:
            return
        self._settings.push(pushed)
        uris = [folder.uri for folder in self.documents.folders.values()]
        editor = await self._settings.settings(uris)
        if editor is None:
            return
        messages = await asyncio.wrap_future(self.coordinator.configure(editor))
        if messages != self._complaints:  # not again at every change of another setting
            self._complaints = messages
            self.warn(messages)

    async def register(self) -> None:
        """Ask the client to tell of changed settings and files, where it can be asked."""
        registrations: list[types.Registration] = []
        if self.support.register_configuration:
            method = types.WORKSPACE_DID_CHANGE_CONFIGURATION
            section = types.DidChangeConfigurationRegistrationOptions(section=SECTION)
            registrations.append(types.Registration("settings", method, section))
        if self.support.register_watched_files:
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            registrations.append(types.Registration("files", method, watchers()))
        if registrations:
            await self.client_register_capability_async(types.RegistrationParams(registrations))

    def files_changed(self, uris: Iterable[str]) -> None:
        """Take note of files and folders that came, went or changed on the disk."""
        found = events(uris)
        if found.settings:
            self.coordinator.settings_changed()
        elif found.folders:
            self.coordinator.read_workspace()
        if found.paths:
            self.coordinator.files_changed(found.paths)

    def look_around(self) -> None:
        """Look for changes on the disk where the client does not watch it for us."""
        if not self.support.register_watched_files:
            self.coordinator.look_around()

    def refresh(self) -> None:
        """Have the client pull diagnostics again; one request at a time."""
        self._is_refresh_wanted = True
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.get_running_loop().create_task(self._refresh())

    def warn(self, messages: tuple[str, ...]) -> None:
        """Show what is wrong with the settings in one message."""
        if messages:
            self._show(types.MessageType.Warning, "\n".join(("RaceLens settings:", *messages)))

    def report_server_error(self, error: Exception, source: ServerErrors) -> None:
        """Log an error, and show it if none was shown lately; pygls would show each one."""
        del source
        self._reports.report(error)

    def stop(self) -> None:
        """End the threads and the sessions."""
        if hasattr(self, "coordinator"):
            self.coordinator.stop()

    def _log_for_user(self, text: str) -> None:
        self.window_log_message(types.LogMessageParams(types.MessageType.Info, text))

    def _progress(self, cancel: Callable[[], None]) -> WorkspaceProgress:
        client = self.work_done_progress if self.support.progress else None
        return WorkspaceProgress(client, self.spawn, cancel)

    async def _refresh(self) -> None:
        while self._is_refresh_wanted:
            self._is_refresh_wanted = False
            try:
                asked = self.workspace_diagnostic_refresh_async(None)
                await asyncio.wait_for(asked, _REFRESH_SECONDS)
            except Exception as error:  # noqa: BLE001 - the client pulls again anyway when typing
                _log.warning("The client did not pull diagnostics again: %r", error)

    def _spawned_ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self._reports.report(error)

    def _show(self, kind: types.MessageType, text: str) -> None:
        self.window_show_message(types.ShowMessageParams(kind, text))


def _soon(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    """Call from another thread; the loop may have ended by now."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(call)


def _session(settings: Settings, folder: str | None, project: Path | None) -> Session:
    is_path = folder is not None and Path(folder).is_absolute()
    return Session(settings, folder if is_path else None, str(project) if project else None)


def _initialize(ls: RaceLensServer, params: types.InitializeParams) -> None:
    ls.begin(params)
    _trace(params.trace)
    if ls.support.pull_diagnostics:
        pulling = types.DiagnosticOptions(
            inter_file_dependencies=True, workspace_diagnostics=False, identifier=SECTION
        )
        ls.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, pulling)(_diagnostic)
    if ls.support.code_actions:
        ls.feature(types.TEXT_DOCUMENT_CODE_ACTION, options(ls.support))(_code_action)
    if ls.support.code_actions and ls.support.resolves_edits:
        ls.feature(types.CODE_ACTION_RESOLVE)(_resolve_code_action)


async def _initialized(ls: RaceLensServer, _params: types.InitializedParams) -> None:
    ls.spawn(ls.register())
    await ls.configure()


def _set_trace(ls: RaceLensServer, params: types.SetTraceParams) -> None:
    del ls
    _trace(params.value)


def _did_open(ls: RaceLensServer, params: types.DidOpenTextDocumentParams) -> None:
    if document := _python_document(ls, params.text_document.uri):
        ls.coordinator.opened(document)
        ls.look_around()


def _did_change(ls: RaceLensServer, params: types.DidChangeTextDocumentParams) -> None:
    if document := _python_document(ls, params.text_document.uri):
        ls.coordinator.changed(document)


def _did_close(ls: RaceLensServer, params: types.DidCloseTextDocumentParams) -> None:
    ls.coordinator.closed(params.text_document.uri)


async def _did_change_configuration(
    ls: RaceLensServer, params: types.DidChangeConfigurationParams
) -> None:
    await ls.configure(params.settings)


def _did_save(ls: RaceLensServer, _params: types.DidSaveTextDocumentParams) -> None:
    ls.look_around()


def _did_change_watched_files(
    ls: RaceLensServer, params: types.DidChangeWatchedFilesParams
) -> None:
    ls.files_changed(change.uri for change in params.changes)


def _did_create_files(ls: RaceLensServer, params: types.CreateFilesParams) -> None:
    ls.files_changed(file.uri for file in params.files)


def _did_rename_files(ls: RaceLensServer, params: types.RenameFilesParams) -> None:
    ls.files_changed(uri for file in params.files for uri in (file.old_uri, file.new_uri))


def _did_delete_files(ls: RaceLensServer, params: types.DeleteFilesParams) -> None:
    ls.files_changed(file.uri for file in params.files)


def _read_workspace(ls: RaceLensServer) -> None:
    ls.coordinator.read_workspace()


async def _did_change_folders(
    ls: RaceLensServer, _params: types.DidChangeWorkspaceFoldersParams
) -> None:
    await ls.configure()


async def _diagnostic(
    ls: RaceLensServer, params: types.DocumentDiagnosticParams
) -> types.RelatedFullDocumentDiagnosticReport | types.RelatedUnchangedDocumentDiagnosticReport:
    document = _python_document(ls, params.text_document.uri)
    analysis = await ls.coordinator.current(document.uri, pulls=True) if document else None
    if analysis is None:
        return types.RelatedFullDocumentDiagnosticReport(items=[])
    if ls.coordinator.is_unchanged(analysis, params.previous_result_id):
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=analysis.result_id)
    items = list(analysis.diagnostics)
    return types.RelatedFullDocumentDiagnosticReport(items=items, result_id=analysis.result_id)


async def _code_action(
    ls: RaceLensServer, params: types.CodeActionParams
) -> list[types.CodeAction]:
    if not wanted_kinds(params.context):
        return []
    analysis = await _analysis(ls, params.text_document.uri)
    if analysis is None or not may_offer(analysis, params):
        return []
    work = partial(code_actions, Request(ls.analyst, analysis, ls.support), params)
    return await asyncio.wrap_future(ls.coordinator.run(work))


async def _resolve_code_action(ls: RaceLensServer, action: types.CodeAction) -> types.CodeAction:
    uri = document_of(action)
    analysis = await _analysis(ls, uri) if uri else None
    if analysis is None:
        return action
    work = partial(resolved, Request(ls.analyst, analysis, ls.support), action)
    return await asyncio.wrap_future(ls.coordinator.run(work))


async def _hover(ls: RaceLensServer, params: types.HoverParams) -> types.Hover | None:
    analysis = await _analysis(ls, params.text_document.uri)
    if analysis is None:
        return None
    encoding, source = ls.documents.encoding, analysis.snapshot.source
    caret = types.Range(params.position, params.position)
    markdown = ls.support.markdown_hover
    found = hover(analysis.snapshot, encoding.span(source, caret).start, markdown=markdown)
    if found is None:
        return None
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    return types.Hover(types.MarkupContent(kind, found.text), encoding.range(source, found.span))


async def _analysis(ls: RaceLensServer, uri: str) -> Analysis | None:
    document = _python_document(ls, uri)
    return await ls.coordinator.current(document.uri) if document else None


def _python_document(ls: RaceLensServer, uri: str) -> OpenDocument | None:
    document = ls.documents.document(uri)
    return document if document and document.is_python else None


def _trace(value: types.TraceValue | None) -> None:
    """Log each message where the client wants a trace; else pygls logs every body that it sends."""
    level = logging.INFO if value is types.TraceValue.Verbose else logging.WARNING
    logging.getLogger("pygls").setLevel(level)
