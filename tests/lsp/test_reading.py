"""Reading the folders: progress, cancelling, and going on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lsprotocol import types

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lsp.conftest import Editor

FOLDER = "file:///blocked"
URI = "file:///blocked/counter.py"
RACE = "await sleep(0)  # race\n"
pytestmark = pytest.mark.asyncio


def cancel(fake: Editor) -> None:
    """Do what a user does who has had enough."""
    (token,) = fake.client.tokens[-1:]
    fake.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))


async def ended(fake: Editor, times: int = 1) -> None:
    """Wait until progress has ended that often."""
    shown = fake.client.shown_progress
    await fake.until(lambda: shown.count("end") == times, "the end of the progress")


async def test_progress_is_shown_from_begin_to_end(
    fake: Editor, watching: types.ClientCapabilities
) -> None:
    await fake.begin(watching, folders=[FOLDER])
    await fake.until(lambda: "begin" in fake.client.shown_progress, "progress")
    await fake.blocked()
    fake.release()
    await ended(fake)
    first, *between, last = fake.client.shown_progress
    assert (first, last) == ("begin", "end")
    assert set(between) <= {"report"}
    assert await fake.calls() == ["read", "adopt"]


async def test_nothing_is_shown_to_a_client_that_shows_none(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    assert push.window
    push.window.work_done_progress = False
    await fake.begin(push, folders=["file:///project"])
    fake.open("file:///project/m.py", RACE)
    await fake.published("file:///project/m.py")
    assert fake.client.tokens == []
    assert fake.client.errors == []


async def test_open_documents_are_shown_while_the_folder_is_read(
    fake: Editor, watching: types.ClientCapabilities
) -> None:
    await fake.begin(watching, folders=[FOLDER])
    await fake.blocked()
    fake.open(URI, RACE)
    assert len(await fake.published(URI)) == 1
    assert "adopt" not in await fake.calls()
    fake.release()
    await ended(fake)


async def test_reading_that_is_cancelled_is_told_once_and_the_rest_works(
    fake: Editor, watching: types.ClientCapabilities
) -> None:
    await fake.begin(watching, folders=[FOLDER])
    await fake.blocked()
    await fake.until(lambda: "begin" in fake.client.shown_progress, "progress")
    cancel(fake)
    await fake.until(lambda: bool(fake.client.logged), "a line in the log")
    fake.release()
    await ended(fake)
    fake.open(URI, RACE)
    assert len(await fake.published(URI)) == 1
    fake.client.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams(
            [types.FileEvent(f"{FOLDER}/other.py", types.FileChangeType.Changed)]
        )
    )
    assert (await fake.calls())[:3] == ["read", "stopped", "adopt a part"]
    assert "adopt" not in await fake.calls()
    (line,) = fake.client.logged
    assert "cancelled" in line


@pytest.mark.parametrize("how", ["settings", "command"])
async def test_reading_goes_on_when_the_user_says_so(
    fake: Editor, watching: types.ClientCapabilities, how: str
) -> None:
    result = await fake.begin(watching, folders=[FOLDER])
    await fake.blocked()
    await fake.until(lambda: "begin" in fake.client.shown_progress, "progress")
    cancel(fake)
    await fake.until(lambda: bool(fake.client.logged), "a line in the log")
    fake.release()
    await ended(fake)
    if how == "settings":
        changed = types.DidChangeConfigurationParams(None)
        fake.client.workspace_did_change_configuration(changed)
    else:
        assert result.capabilities.execute_command_provider
        (command,) = result.capabilities.execute_command_provider.commands
        await fake.client.workspace_execute_command_async(types.ExecuteCommandParams(command))
    await fake.blocked(2)
    fake.release()
    await ended(fake, 2)
    assert (await fake.calls())[-2:] == ["read", "adopt"]


async def test_files_that_change_while_others_are_read_are_read_afterwards(
    fake: Editor, watching: types.ClientCapabilities
) -> None:
    await fake.begin(watching, folders=[FOLDER])
    await fake.blocked()
    event = types.FileEvent(f"{FOLDER}/other.py", types.FileChangeType.Changed)
    fake.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    assert await fake.calls() == ["read"]
    fake.release()
    await fake.blocked(2)
    assert await fake.calls() == ["read", "adopt", "read"]


async def test_a_real_folder_is_read_with_progress(
    editor: Editor, watching: types.ClientCapabilities, tmp_path: Path
) -> None:
    for number in range(200):
        (tmp_path / f"m{number}.py").write_text("import asyncio\n" * 50)
    await editor.begin(watching, folders=[tmp_path.as_uri()])
    shown = editor.client.shown_progress
    await editor.until(lambda: "end" in shown, "the end of the progress")
    assert shown[0] == "begin"
    assert editor.client.errors == []
