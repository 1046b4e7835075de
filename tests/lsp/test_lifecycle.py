"""Starting, ending and failing: exit statuses, transports, and what is said of errors."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from pygls.exceptions import JsonRpcMethodNotFound
from racelens.lsp.watchdog import is_alive

if TYPE_CHECKING:
    from lsprotocol import types

    from tests.lsp.conftest import Editor

URI = "file:///project/counter.py"
RACE = "await sleep(0)  # race\n"
INITIALIZE = {"id": 1, "method": "initialize", "params": {"capabilities": {}}}
SHUTDOWN = {"id": 2, "method": "shutdown"}
EXIT = {"method": "exit"}


def talk(*messages: object, verbatim: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Send messages to the server that users run, and wait for its end."""
    sent = b""
    for message in messages:
        assert isinstance(message, dict)
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        sent += b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    return subprocess.run(
        [sys.executable, "-m", "racelens.lsp"],
        input=sent + verbatim,
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("messages", "status"),
    [
        ((INITIALIZE, SHUTDOWN, EXIT), 0),
        ((INITIALIZE, SHUTDOWN), 0),
        ((INITIALIZE, EXIT), 1),
        ((EXIT,), 1),
        ((INITIALIZE,), 1),
        ((), 1),
    ],
)
def test_the_exit_status_says_whether_shutdown_was_asked_for(
    messages: tuple[object, ...], status: int
) -> None:
    assert talk(*messages).returncode == status


@pytest.mark.parametrize(
    "rubbish", [b"\0" * 200_000, b"Content-Length: 99\r\n\r\n{", b"Content-Length: 2\r\n\r\n{]"]
)
def test_what_is_no_message_ends_or_is_skipped(rubbish: bytes) -> None:
    assert talk(INITIALIZE, verbatim=rubbish).returncode == 1


@pytest.mark.parametrize(("trace", "is_logged"), [("verbose", True), ("off", False)])
def test_messages_are_logged_only_where_a_trace_is_wanted(trace: str, *, is_logged: bool) -> None:
    params = {"capabilities": {}, "trace": trace}
    ended = talk({"id": 1, "method": "initialize", "params": params}, SHUTDOWN, EXIT)
    assert (b"capabilities" in ended.stderr) is is_logged
    assert b"capabilities" in ended.stdout


@pytest.mark.asyncio
async def test_the_server_ends_when_its_editor_has_died(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE
    )
    await fake.begin(push, process_id=other.pid)
    other.kill()
    await other.wait()
    assert await fake.client.process.wait() == 1


@pytest.mark.asyncio
async def test_an_editor_that_cannot_be_seen_is_not_watched(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await other.wait()
    assert not is_alive(other.pid)
    await fake.begin(push, process_id=other.pid)
    fake.open(URI, RACE)
    assert len(await fake.published(URI)) == 1


@pytest.mark.asyncio
async def test_what_others_print_does_not_reach_the_editor(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, RACE + "# print")
    assert len(await fake.published(URI)) == 1
    assert fake.client.errors == []


@pytest.mark.asyncio
async def test_errors_are_told_once_and_the_server_goes_on(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    for _ in range(3):
        fake.client.protocol.notify("test/fail")
    await fake.until(lambda: bool(fake.client.messages), "a message")
    fake.open(URI, RACE)
    await fake.published(URI)
    (message,) = fake.client.messages
    assert "as was asked" in message.message


@pytest.mark.asyncio
async def test_a_request_that_is_not_known_is_refused_without_a_message(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    with pytest.raises(JsonRpcMethodNotFound):
        await asyncio.wrap_future(fake.client.protocol.send_request("test/unknown"))
    assert await fake.calls() == []
    assert fake.client.messages == []


@pytest.mark.asyncio
@pytest.mark.parametrize("remote", ["tcp", "ws"], indirect=True)
async def test_the_server_can_be_reached_over_a_socket(
    remote: Editor, push: types.ClientCapabilities
) -> None:
    await remote.begin(push)
    remote.open(URI, RACE)
    assert len(await remote.published(URI)) == 1
