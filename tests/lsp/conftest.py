"""An editor that talks to a real server process, and waits for what it is told."""

from __future__ import annotations

import asyncio
import copy
import re
import sys
from collections.abc import (  # noqa: TC003 - fixtures and handlers are found by their types
    AsyncIterator,
    Callable,
    Mapping,
    Sequence,
)
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import pytest_lsp
from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

HERE = Path(__file__).parent
FAKE = [sys.executable, str(HERE / "fake_server.py")]
REAL = [sys.executable, "-m", "racelens.lsp"]
_ADDRESS = re.compile(r"Serving at (?P<host>[\d.]+):(?P<port>\d+)")
WAIT_SECONDS = 60.0  # how long a test waits before it says what it waits for


class RecordingClient(LanguageClient):
    """A client that keeps what it was sent, and wakes whoever waits for it."""

    def __init__(self) -> None:
        super().__init__(converter_factory=default_converter)
        self.published: list[types.PublishDiagnosticsParams] = []
        self.blocked = 0
        self.registered: list[str] = []
        self.asked_for: list[str | None] = []
        self.woken = asyncio.Event()
        self.errors: list[Exception] = []
        self.holds_configuration: asyncio.Event | None = None
        self.shown_progress: list[str] = []
        self.tokens: list[types.ProgressToken] = []
        self.logged: list[str] = []
        register_lsp_features(self, {**DEFAULT_CLIENT_FEATURES, **_FEATURES})

    @property
    def process(self) -> asyncio.subprocess.Process:
        """The server's process."""
        assert self._server
        return self._server

    def report_server_error(self, error: Exception, source: type[Any]) -> None:
        """Keep what the server did wrong; an expected error reply is raised where it is awaited."""
        del source
        self.errors.append(error)


class Editor:
    """What a user's editor does: it has texts open, changes them, and shows diagnostics."""

    def __init__(self, client: RecordingClient) -> None:
        self.client = client
        self._versions: dict[str, int] = {}
        self._pulls = False

    async def begin(
        self,
        capabilities: types.ClientCapabilities,
        *,
        folders: Sequence[str] = (),
        options: object = None,
        process_id: int | None = None,
    ) -> types.InitializeResult:
        """Initialize the server for the folders' URIs."""
        params = types.InitializeParams(
            capabilities,
            process_id,
            workspace_folders=[
                types.WorkspaceFolder(uri, uri.rpartition("/")[2]) for uri in folders
            ],
            initialization_options=options,
        )
        # A server that could not even start never answers.
        result = await asyncio.wait_for(self.client.initialize_session(params), WAIT_SECONDS)
        self._pulls = result.capabilities.diagnostic_provider is not None
        return result

    def open(self, uri: str, text: str, *, language: str = "python", version: int = 1) -> None:
        """Open a document."""
        self._versions[uri] = version
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, language, version, text))
        )

    def edit(self, uri: str, *changes: types.TextDocumentContentChangeEvent) -> int:
        """Change a document; return its new version."""
        self._versions[uri] = self._versions.get(uri, 0) + 1
        identifier = types.VersionedTextDocumentIdentifier(self._versions[uri], uri)
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(identifier, list(changes))
        )
        return self._versions[uri]

    def replace(self, uri: str, text: str) -> int:
        """Replace the whole text of a document; return its new version."""
        return self.edit(uri, types.TextDocumentContentChangeWholeDocument(text))

    def save(self, uri: str) -> None:
        """Tell of a saved document."""
        identifier = types.TextDocumentIdentifier(uri)
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(identifier))

    def watched(self, *files: Path) -> None:
        """Tell that files have come, gone or changed on the disk."""
        self.client.workspace_did_change_watched_files(
            types.DidChangeWatchedFilesParams(
                [types.FileEvent(file.as_uri(), types.FileChangeType.Changed) for file in files]
            )
        )

    async def shows(self, uri: str, *codes: str) -> None:
        """Wait until the codes of the diagnostics of a document, pushed or pulled, are these."""
        if self._pulls:
            refreshes = self.client.diagnostic_refresh_count
            while [item.code for item in await self.pulled(uri)] != list(codes):
                await self.refreshed(refreshes)
                refreshes = self.client.diagnostic_refresh_count
            return

        def shown() -> list[str] | None:
            pushed = [each for each in self.client.published if each.uri == uri]
            return [str(item.code) for item in pushed[-1].diagnostics] if pushed else None

        await self.until(lambda: shown() == list(codes), f"{codes} in {uri}")

    def close(self, uri: str) -> None:
        """Close a document."""
        identifier = types.TextDocumentIdentifier(uri)
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(identifier))

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for messages until `condition` holds."""
        while not condition():
            self.client.woken.clear()
            try:
                await asyncio.wait_for(self.client.woken.wait(), WAIT_SECONDS)
            except asyncio.TimeoutError:
                pytest.fail(f"waited in vain for {what}; published: {self.client.published}")

    async def published(self, uri: str, version: int = 1) -> list[types.Diagnostic]:
        """Return the diagnostics pushed for a version, once they have arrived."""

        def found() -> list[types.PublishDiagnosticsParams]:
            pushed = self.client.published
            return [each for each in pushed if (each.uri, each.version) == (uri, version)]

        await self.until(lambda: bool(found()), f"diagnostics of {uri} version {version}")
        return list(found()[-1].diagnostics)

    async def pull(
        self, uri: str, previous: str | None = None
    ) -> types.RelatedFullDocumentDiagnosticReport | types.RelatedUnchangedDocumentDiagnosticReport:
        """Pull the diagnostics of a document."""
        params = types.DocumentDiagnosticParams(
            types.TextDocumentIdentifier(uri), previous_result_id=previous
        )
        report = await self.client.text_document_diagnostic_async(params)
        assert isinstance(
            report,
            (
                types.RelatedFullDocumentDiagnosticReport,
                types.RelatedUnchangedDocumentDiagnosticReport,
            ),
        )
        return report

    async def pulled(self, uri: str) -> list[types.Diagnostic]:
        """Return the diagnostics of a document."""
        report = await self.pull(uri)
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        return list(report.items)

    async def actions(
        self,
        uri: str,
        area: types.Range,
        *,
        diagnostics: Sequence[types.Diagnostic] = (),
        only: Sequence[str] | None = None,
    ) -> list[types.CodeAction]:
        """Ask for code actions."""
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri),
            area,
            types.CodeActionContext(list(diagnostics), only),
        )
        answer = await self.client.text_document_code_action_async(params)
        return [action for action in answer or () if isinstance(action, types.CodeAction)]

    async def resolve(self, action: types.CodeAction) -> types.CodeAction:
        """Return an action with its edit, which a server may have left out until it is chosen."""
        if action.edit:
            return action
        return await self.client.code_action_resolve_async(action)

    async def hover(self, uri: str, line: int, character: int) -> str | None:
        """Return what the mouse shows at a place."""
        position = types.Position(line, character)
        params = types.HoverParams(types.TextDocumentIdentifier(uri), position)
        answer = await self.client.text_document_hover_async(params)
        if answer is None:
            return None
        assert isinstance(answer.contents, types.MarkupContent)
        return answer.contents.value

    async def calls(self) -> list[str]:
        """Return what the fake session was called for."""
        answer = await asyncio.wrap_future(self.client.protocol.send_request("test/calls"))
        return [str(call) for call in answer]

    def release(self) -> None:
        """Let a blocked analysis go on."""
        self.client.protocol.notify("test/release", None)

    async def blocked(self, times: int = 1) -> None:
        """Wait until an analysis is blocked."""
        await self.until(lambda: self.client.blocked >= times, "a blocked analysis")

    async def refreshed(self, since: int) -> None:
        """Wait until the client has been told to pull more often than `since`."""
        await self.until(lambda: self.client.diagnostic_refresh_count > since, "a refresh")

    async def end(self) -> None:
        """End the server, as an editor that closes; it may have ended already."""
        server = self.client.process
        if server.returncode is None and self.client.capabilities is not None:
            self.release()
            await asyncio.wait_for(self.client.shutdown_session(), WAIT_SECONDS)
        elif server.returncode is None:
            server.terminate()
        await server.wait()


def caps(**changes: object) -> types.ClientCapabilities:
    """Return VS Code's capabilities with changes: a dotted name in place of each `__`."""
    capabilities = copy.deepcopy(client_capabilities("visual-studio-code"))
    for name, value in changes.items():
        *path, last = name.split("__")
        owner: Any = capabilities
        for part in path:
            owner = getattr(owner, part)
        setattr(owner, last, value)
    return capabilities


@pytest.fixture(name="push")
def push_capabilities() -> types.ClientCapabilities:
    """Return the capabilities of a client that diagnostics are pushed to."""
    return caps()


@pytest.fixture(name="pull")
def pull_capabilities() -> types.ClientCapabilities:
    """Return the capabilities of a client that pulls diagnostics."""
    return caps(
        text_document__diagnostic=types.DiagnosticClientCapabilities(),
        workspace__diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True),
    )


@pytest.fixture(name="watching")
def watching_capabilities() -> types.ClientCapabilities:
    """Return the capabilities of a client that shows progress."""
    return caps(window__work_done_progress=True)


def _publish(client: RecordingClient, params: types.PublishDiagnosticsParams) -> None:
    client.published.append(params)
    client.woken.set()


def _refresh(client: RecordingClient, _params: None) -> None:
    client.diagnostic_refresh_count += 1
    client.woken.set()


def _show(client: RecordingClient, params: types.ShowMessageParams) -> None:
    client.messages.append(params)
    client.woken.set()


def _log(client: RecordingClient, params: types.LogMessageParams) -> None:
    client.logged.append(params.message)
    client.woken.set()


def _create_progress(client: RecordingClient, params: types.WorkDoneProgressCreateParams) -> None:
    client.tokens.append(params.token)


def _progress(client: RecordingClient, params: types.ProgressParams) -> None:
    value: Any = params.value
    client.shown_progress.append(value["kind"])
    client.woken.set()


def _blocked(client: RecordingClient, _params: object) -> None:
    client.blocked += 1
    client.woken.set()


def _register(client: RecordingClient, params: types.RegistrationParams) -> None:
    client.registered += [each.method for each in params.registrations]
    client.woken.set()


async def _configuration(
    client: RecordingClient, params: types.ConfigurationParams
) -> list[Mapping[str, object] | None]:
    client.asked_for = [item.scope_uri for item in params.items]
    client.woken.set()
    if client.holds_configuration:
        await client.holds_configuration.wait()
    return [
        client.get_configuration(section=item.section, scope_uri=item.scope_uri)
        for item in params.items
    ]


_FEATURES: dict[str, Callable[..., object]] = {
    types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: _publish,
    types.WORKSPACE_DIAGNOSTIC_REFRESH: _refresh,
    types.WINDOW_SHOW_MESSAGE: _show,
    types.CLIENT_REGISTER_CAPABILITY: _register,
    types.WINDOW_LOG_MESSAGE: _log,
    types.WINDOW_WORK_DONE_PROGRESS_CREATE: _create_progress,
    types.PROGRESS: _progress,
    types.WORKSPACE_CONFIGURATION: _configuration,
    "test/blocked": _blocked,
}


@pytest_lsp.fixture(  # type: ignore[untyped-decorator]
    config=ClientServerConfig(FAKE, client_factory=RecordingClient)
)
async def fake_client(lsp_client: RecordingClient) -> AsyncIterator[None]:
    """Start a server whose analysis says what a text's comments say."""
    yield
    await Editor(lsp_client).end()


@pytest_lsp.fixture(  # type: ignore[untyped-decorator]
    config=ClientServerConfig(REAL, client_factory=RecordingClient)
)
async def real_client(lsp_client: RecordingClient) -> AsyncIterator[None]:
    """Start the server that users run."""
    yield
    await Editor(lsp_client).end()


@pytest.fixture
def fake(fake_client: RecordingClient) -> Editor:
    """Return an editor whose server does what a text's comments say."""
    return Editor(fake_client)


@pytest_asyncio.fixture
async def remote(request: pytest.FixtureRequest) -> AsyncIterator[Editor]:
    """Start a server at a socket, "tcp" or "ws", and return an editor connected to it."""
    if request.param == "ws":
        pytest.importorskip("websockets")
    server = await asyncio.create_subprocess_exec(
        *FAKE, request.param, stderr=asyncio.subprocess.PIPE
    )
    assert server.stderr
    announced = None
    while not announced:
        line = await server.stderr.readline()
        assert line, "the server has ended"
        announced = _ADDRESS.search(line.decode())
    client = RecordingClient()
    connect = client.start_tcp if request.param == "tcp" else client.start_ws
    await connect(announced["host"], int(announced["port"]))
    yield Editor(client)
    await client.shutdown_session()
    assert await server.wait() == 0
    await client.stop()  # type: ignore[no-untyped-call]
    writer = client.protocol.writer  # pygls leaves it open
    if isinstance(writer, asyncio.StreamWriter):
        writer.close()


@pytest.fixture
def editor(real_client: RecordingClient) -> Editor:
    """Return an editor with the server that users run."""
    return Editor(real_client)
