"""The whole folder is analysed: what happens to one file shows in another that is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lsprotocol import types

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lsp.conftest import Editor

WAITS = """\
import asyncio


async def pause():
    await asyncio.sleep(0)
"""
DOES_NOT_WAIT = """\
async def pause():
    return None
"""
COUNTER = """\
import asyncio
from {module} import pause


class Counter:
    def __init__(self):
        self.value = 0

    async def increment(self):
        current = self.value
        await pause()
        self.value = current + 1


async def main():
    counter = Counter()
    await asyncio.gather(*(counter.increment() for _ in range(10)))


asyncio.run(main())
"""
LATE_WRITE = """\
import asyncio


class Store:
    def __init__(self):
        self.value = None

    async def refresh(self):
        value = await self.load()
        self.value = value

    async def load(self):
        await asyncio.sleep(0)
        return object()
"""
CHECKED_AGAIN = LATE_WRITE.replace(
    "        self.value = value\n",
    "        if self.value is None:\n            self.value = value\n",
)
CACHE = """\
import asyncio
from store import Store


class Cache(Store):
    async def get(self):
        if self.value is None:
            await self.refresh()
        return self.value


async def main():
    cache = Cache()
    await asyncio.gather(*(cache.get() for _ in range(10)))


asyncio.run(main())
"""
pytestmark = pytest.mark.asyncio


@pytest.fixture(params=["push", "pull"])
def client(request: pytest.FixtureRequest) -> types.ClientCapabilities:
    """Return the capabilities of a client that is pushed to, and of one that pulls."""
    capabilities = request.getfixturevalue(request.param)
    assert isinstance(capabilities, types.ClientCapabilities)
    return capabilities


@pytest.fixture
def waiting(tmp_path: Path) -> Path:
    """Return a file with a function that suspends; another one of its folder awaits it."""
    file = tmp_path / "waiting.py"
    file.write_text(WAITS)
    (tmp_path / "counter.py").write_text(COUNTER.format(module="waiting"))
    return file


def write(file: Path, text: str) -> None:
    file.write_text(text)


def remove(file: Path) -> None:
    file.unlink()


async def open_counter(editor: Editor, client: types.ClientCapabilities, folder: Path) -> str:
    """Open the counter in its folder; return its URI."""
    file = folder / "counter.py"
    await editor.begin(client, folders=[folder.as_uri()])
    editor.open(file.as_uri(), file.read_text())
    return file.as_uri()


async def test_an_edit_in_one_file_changes_another_that_is_open(
    editor: Editor, client: types.ClientCapabilities, waiting: Path
) -> None:
    counter = await open_counter(editor, client, waiting.parent)
    await editor.shows(counter, "RL101")
    editor.open(waiting.as_uri(), WAITS)
    editor.replace(waiting.as_uri(), DOES_NOT_WAIT)
    await editor.shows(counter)
    editor.replace(waiting.as_uri(), WAITS)
    await editor.shows(counter, "RL101")


async def test_a_late_write_of_a_base_class_opens_and_closes_the_window(
    editor: Editor, client: types.ClientCapabilities, tmp_path: Path
) -> None:
    store, cache = tmp_path / "store.py", tmp_path / "cache.py"
    store.write_text(LATE_WRITE)
    cache.write_text(CACHE)
    await editor.begin(client, folders=[tmp_path.as_uri()])
    editor.open(cache.as_uri(), CACHE)
    editor.open(store.as_uri(), LATE_WRITE)
    await editor.shows(cache.as_uri(), "RL103")
    editor.replace(store.as_uri(), CHECKED_AGAIN)
    await editor.shows(cache.as_uri())
    editor.replace(store.as_uri(), LATE_WRITE)
    await editor.shows(cache.as_uri(), "RL103")


async def test_a_closed_file_that_changes_on_the_disk(
    editor: Editor, client: types.ClientCapabilities, waiting: Path
) -> None:
    counter = await open_counter(editor, client, waiting.parent)
    await editor.shows(counter, "RL101")
    write(waiting, DOES_NOT_WAIT)
    editor.watched(waiting)
    await editor.shows(counter)
    assert {each.uri for each in editor.client.published} <= {counter}


async def test_a_file_that_comes_and_goes(
    editor: Editor, client: types.ClientCapabilities, waiting: Path
) -> None:
    remove(waiting)
    counter = await open_counter(editor, client, waiting.parent)
    await editor.shows(counter, "RL101")
    write(waiting, DOES_NOT_WAIT)
    file = types.FileCreate(waiting.as_uri())
    editor.client.workspace_did_create_files(types.CreateFilesParams([file]))
    await editor.shows(counter)
    remove(waiting)
    gone = types.FileDelete(waiting.as_uri())
    editor.client.workspace_did_delete_files(types.DeleteFilesParams([gone]))
    await editor.shows(counter, "RL101")


@pytest.mark.parametrize("is_folder", [False, True], ids=["a file", "a folder"])
async def test_what_is_renamed(
    editor: Editor, client: types.ClientCapabilities, tmp_path: Path, *, is_folder: bool
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    (old / "waiting.py").write_text(DOES_NOT_WAIT)
    (tmp_path / "counter.py").write_text(COUNTER.format(module="new.waiting"))
    counter = await open_counter(editor, client, tmp_path)
    await editor.shows(counter, "RL101")
    old.rename(new)
    if not is_folder:
        old, new = old / "waiting.py", new / "waiting.py"
    renamed = types.FileRename(old.as_uri(), new.as_uri())
    editor.client.workspace_did_rename_files(types.RenameFilesParams([renamed]))
    await editor.shows(counter)


async def test_a_document_that_is_closed_unsaved_is_again_what_lies_on_the_disk(
    editor: Editor, client: types.ClientCapabilities, waiting: Path
) -> None:
    counter = await open_counter(editor, client, waiting.parent)
    editor.open(waiting.as_uri(), WAITS)
    editor.replace(waiting.as_uri(), DOES_NOT_WAIT)
    await editor.shows(counter)
    editor.close(waiting.as_uri())
    await editor.shows(counter, "RL101")


async def test_a_document_that_is_closed_and_lies_nowhere_is_gone(
    editor: Editor, client: types.ClientCapabilities, waiting: Path
) -> None:
    remove(waiting)
    counter = await open_counter(editor, client, waiting.parent)
    await editor.shows(counter, "RL101")
    editor.open(waiting.as_uri(), DOES_NOT_WAIT)
    await editor.shows(counter)
    editor.close(waiting.as_uri())
    await editor.shows(counter, "RL101")


async def test_a_client_that_does_not_watch_tells_by_saving(
    editor: Editor, push: types.ClientCapabilities, waiting: Path
) -> None:
    assert push.workspace
    push.workspace.did_change_watched_files = None
    counter = await open_counter(editor, push, waiting.parent)
    await editor.shows(counter, "RL101")
    write(waiting, DOES_NOT_WAIT)
    editor.save(counter)
    await editor.shows(counter)


async def test_what_is_ignored_is_not_read(
    editor: Editor, push: types.ClientCapabilities, waiting: Path
) -> None:
    write(waiting, DOES_NOT_WAIT)
    counter = await open_counter(editor, push, waiting.parent)
    await editor.shows(counter)
    (waiting.parent / ".git").mkdir()
    ignore = waiting.parent / ".gitignore"
    ignore.write_text("waiting.py\n")
    editor.watched(ignore)
    await editor.shows(counter, "RL101")


async def test_an_open_document_that_is_left_out_or_a_test_has_no_findings(
    editor: Editor, push: types.ClientCapabilities, tmp_path: Path
) -> None:
    text = COUNTER.format(module="waiting")
    editor.client.set_configuration({"exclude": ["left_out"]}, section="racelens")
    await editor.begin(push, folders=[tmp_path.as_uri()])
    for name in ("left_out/counter.py", "test_counter.py", "counter_pb2.py", ".venv/counter.py"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        if file.parent.name == ".venv":
            (file.parent / "pyvenv.cfg").touch()
        editor.open(file.as_uri(), text)
        assert await editor.published(file.as_uri()) == [], name
    editor.client.set_configuration({"includeTests": True}, section="racelens")
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    await editor.shows((tmp_path / "test_counter.py").as_uri(), "RL101")
    await editor.shows((tmp_path / "left_out/counter.py").as_uri(), "RL101")
    await editor.shows((tmp_path / ".venv/counter.py").as_uri())


async def test_each_folder_is_a_program_of_its_own(
    editor: Editor, push: types.ClientCapabilities, tmp_path: Path
) -> None:
    text = COUNTER.format(module="waiting")
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder, waiting in zip(folders, (WAITS, DOES_NOT_WAIT), strict=True):
        folder.mkdir()
        (folder / "waiting.py").write_text(waiting)
        (folder / "counter.py").write_text(text)
    await editor.begin(push, folders=[folder.as_uri() for folder in folders])
    for folder in folders:
        editor.open((folder / "counter.py").as_uri(), text)
    await editor.shows((folders[0] / "counter.py").as_uri(), "RL101")
    await editor.shows((folders[1] / "counter.py").as_uri())


async def test_steps_in_another_file_point_there(
    editor: Editor, push: types.ClientCapabilities, waiting: Path
) -> None:
    text = COUNTER.format(module="waiting")
    body, main = text.split("async def main", 1)
    (waiting.parent / "counter.py").write_text(body)
    starter = waiting.parent / "starter.py"
    starter.write_text(f"import asyncio\nfrom counter import Counter\nasync def main{main}")
    counter = await open_counter(editor, push, waiting.parent)

    def places() -> set[str]:
        items = [item for each in editor.client.published for item in each.diagnostics]
        return {step.location.uri for item in items for step in item.related_information or ()}

    await editor.until(lambda: starter.as_uri() in places(), "evidence in a closed file")
    assert places() == {starter.as_uri(), counter}


async def test_a_fix_is_checked_against_the_whole_folder(
    editor: Editor, push: types.ClientCapabilities, waiting: Path
) -> None:
    counter = await open_counter(editor, push, waiting.parent)
    await editor.shows(counter, "RL101")
    item = editor.client.published[-1].diagnostics[0]
    actions = await editor.actions(counter, item.range, diagnostics=[item])
    assert "Suppress this finding" in [action.title for action in actions]
    edit = (await editor.resolve(actions[0])).edit
    assert edit
    (change,) = edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document == types.OptionalVersionedTextDocumentIdentifier(counter, 1)


async def test_a_change_that_matters_to_nobody_asks_for_no_refresh(
    editor: Editor, pull: types.ClientCapabilities, waiting: Path
) -> None:
    counter = await open_counter(editor, pull, waiting.parent)
    editor.open(waiting.as_uri(), WAITS)
    await editor.shows(counter, "RL101")
    before = await editor.pull(counter)
    refreshes = editor.client.diagnostic_refresh_count
    editor.replace(waiting.as_uri(), f"{WAITS}\n\nasync def another():\n    await pause()\n")
    after = await editor.pull(counter, before.result_id)
    assert isinstance(after, types.RelatedUnchangedDocumentDiagnosticReport)
    assert editor.client.diagnostic_refresh_count == refreshes
