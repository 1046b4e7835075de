"""Settings: where they come from, which one wins, and what is said of bad ones."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

import pytest
from lsprotocol import types

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lsp.conftest import Editor

URI = "file:///project/counter.py"
TEXT = "x()  # settings\n"
pytestmark = pytest.mark.asyncio


async def settings_at(fake: Editor, uri: str, version: int = 1) -> str:
    (item,) = await fake.published(uri, version)
    return item.message


async def test_each_folder_has_its_own_settings(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    folders = ["file:///a", "file:///a/inner", "file:///b"]
    levels = ["proven", "possible", "likely"]
    for folder, level in zip(folders, levels, strict=True):
        item = {"confidence": level}
        fake.client.set_configuration(item, section="racelens", scope_uri=folder)
    await fake.begin(push, folders=folders)
    for folder, level in zip(folders, levels, strict=True):
        fake.open(f"{folder}/m.py", TEXT)
        assert f"Confidence.{level.upper()}" in await settings_at(fake, f"{folder}/m.py")
    assert fake.client.asked_for == [*folders, None]


async def test_a_document_is_analysed_only_with_the_users_settings(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    fake.client.holds_configuration = asyncio.Event()
    fake.client.set_configuration({"jediQueries": 7}, section="racelens")
    await fake.begin(push)
    fake.open(URI, TEXT)
    await fake.until(lambda: bool(fake.client.asked_for), "a question for settings")
    assert await fake.calls() == []
    fake.client.holds_configuration.set()
    assert "jedi_queries=7" in await settings_at(fake, URI)
    assert len(fake.client.published) == 1


async def test_changed_settings_are_asked_for_and_used(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, TEXT)
    await settings_at(fake, URI)
    fake.client.set_configuration({"includeTests": True}, section="racelens")
    fake.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    await fake.until(lambda: len(fake.client.published) == 2, "the analysis with new settings")
    assert "include_tests=True" in await settings_at(fake, URI)


async def test_a_client_that_cannot_be_asked_sends_its_settings(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    assert push.workspace
    push.workspace.configuration = False
    await fake.begin(push, options={"jediQueries": 1, "includeTests": True})
    fake.open(URI, TEXT)
    assert "jedi_queries=1" in await settings_at(fake, URI)
    change = types.DidChangeConfigurationParams({"racelens": {"jediQueries": 2}})
    fake.client.workspace_did_change_configuration(change)
    await fake.until(lambda: len(fake.client.published) == 2, "the analysis with new settings")
    after = await settings_at(fake, URI)
    assert "jedi_queries=2" in after
    assert "include_tests=True" in after


async def test_bad_settings_are_named_in_one_message_and_keep_what_was(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    bad = {"confidence": "hgih", "jediQuerys": 3, "jediQueries": -1, "exclude": ["x"]}
    for folder in ("file:///a", "file:///b"):
        fake.client.set_configuration(bad, section="racelens", scope_uri=folder)
    await fake.begin(push, folders=["file:///a", "file:///b"])
    fake.open("file:///a/m.py", TEXT)
    found = await settings_at(fake, "file:///a/m.py")
    assert "Confidence.LIKELY" in found
    assert "jedi_queries=500" in found
    assert "exclude=('x',)" in found
    await fake.until(lambda: bool(fake.client.messages), "a message")
    (message,) = fake.client.messages
    assert message.type is types.MessageType.Warning
    for key in ("`confidence`", "`jediQuerys`", "`jediQueries`"):
        assert message.message.count(f"\n{key} is ") == 1
    fake.client.set_configuration({"jediQueries": 1}, section="racelens", scope_uri="file:///a")
    fake.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    await fake.until(lambda: len(fake.client.published) == 2, "the analysis with new settings")
    assert "jedi_queries=1" in await settings_at(fake, "file:///a/m.py")
    assert fake.client.messages == [message]


async def test_what_the_extension_keeps_for_itself_is_no_mistake(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    own = {"interpreter": [], "importStrategy": "useBundled", "trace": {"server": "off"}}
    fake.client.set_configuration({**own, "python": None}, section="racelens")
    await fake.begin(push, options={"settings": own, "trusted": True})
    fake.open(URI, TEXT)
    await settings_at(fake, URI)
    assert fake.client.messages == []


async def test_a_project_that_is_not_trusted_chooses_no_program(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    fake.client.set_configuration({"python": "/evil", "resolve": "jedi"}, section="racelens")
    await fake.begin(push, options={"trusted": False})
    fake.open(URI, TEXT)
    found = await settings_at(fake, URI)
    assert "resolve='own'" in found
    assert "python=None" in found


async def test_the_projects_file_is_used_and_the_editor_outdoes_it(
    fake: Editor, push: types.ClientCapabilities, tmp_path: Path
) -> None:
    (tmp_path / "racelens.toml").write_text("jedi-queries = 3\ninclude-tests = true\nodd = 1\n")
    fake.client.set_configuration({"jediQueries": 4}, section="racelens")
    await fake.begin(push, folders=[tmp_path.as_uri()])
    uri = (tmp_path / "m.py").as_uri()
    fake.open(uri, TEXT)
    found = await settings_at(fake, uri)
    assert "jedi_queries=4" in found
    assert "include_tests=True" in found
    await fake.until(lambda: bool(fake.client.messages), "a message on the bad key")
    (message,) = fake.client.messages
    assert "racelens.toml: `odd` is no setting" in message.message


async def test_a_changed_file_of_settings_is_read_again(
    fake: Editor, push: types.ClientCapabilities, tmp_path: Path
) -> None:
    await fake.begin(push, folders=[tmp_path.as_uri()])
    uri = (tmp_path / "m.py").as_uri()
    fake.open(uri, TEXT)
    assert "jedi_queries=500" in await settings_at(fake, uri)
    file = tmp_path / "racelens.toml"
    file.write_text("jedi-queries = 3\n")
    created = types.FileEvent(file.as_uri(), types.FileChangeType.Created)
    fake.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([created]))
    await fake.until(lambda: len(fake.client.published) == 2, "the analysis with new settings")
    assert "jedi_queries=3" in await settings_at(fake, uri)


async def test_a_session_whose_settings_stay_goes_on(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, TEXT)
    await settings_at(fake, URI)
    fake.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    fake.replace(URI, TEXT)
    await settings_at(fake, URI, 2)
    assert "stop" not in await fake.calls()


async def test_folders_come_and_go(
    fake: Editor, push: types.ClientCapabilities, tmp_path: Path
) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "racelens.toml").write_text("jedi-queries = 3\n")
    await fake.begin(push, folders=[inner.as_uri()])
    uri = (inner / "m.py").as_uri()
    fake.open(uri, TEXT)
    assert "jedi_queries=3" in await settings_at(fake, uri)
    shutil.rmtree(inner)
    fake.client.workspace_did_change_workspace_folders(
        types.DidChangeWorkspaceFoldersParams(
            types.WorkspaceFoldersChangeEvent(
                [types.WorkspaceFolder(tmp_path.as_uri(), "project")],
                [types.WorkspaceFolder(inner.as_uri(), "inner")],
            )
        )
    )
    await fake.until(lambda: len(fake.client.published) == 2, "the analysis in another folder")
    assert "jedi_queries=500" in await settings_at(fake, uri)


async def test_changes_of_settings_and_files_are_subscribed_to(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    await fake.until(lambda: bool(fake.client.registered), "a registration")
    assert fake.client.registered == [
        types.WORKSPACE_DID_CHANGE_CONFIGURATION,
        types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
    ]
