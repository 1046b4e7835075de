"""Diagnostics for clients that ask for them, and when "unchanged" is an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lsprotocol import types

if TYPE_CHECKING:
    from tests.lsp.conftest import Editor

URI = "file:///project/counter.py"
RACE = "await sleep(0)  # race\n"
pytestmark = pytest.mark.asyncio


async def test_diagnostics_are_pulled_and_never_pushed(
    fake: Editor, pull: types.ClientCapabilities
) -> None:
    result = await fake.begin(pull)
    provider = result.capabilities.diagnostic_provider
    assert isinstance(provider, types.DiagnosticOptions)
    assert provider.inter_file_dependencies
    fake.open(URI, RACE)
    assert [item.code for item in await fake.pulled(URI)] == ["RL101"]
    fake.close(URI)
    assert await fake.pulled(URI) == []
    assert fake.client.published == []


async def test_a_client_that_cannot_be_told_to_pull_again_is_pushed_to(
    fake: Editor, pull: types.ClientCapabilities
) -> None:
    assert pull.workspace
    pull.workspace.diagnostics = None
    result = await fake.begin(pull)
    assert result.capabilities.diagnostic_provider is None
    fake.open(URI, RACE)
    assert len(await fake.published(URI)) == 1


async def test_the_same_result_is_unchanged_and_another_is_not(
    fake: Editor, pull: types.ClientCapabilities
) -> None:
    await fake.begin(pull)
    fake.open(URI, RACE)
    first = await fake.pull(URI)
    again = await fake.pull(URI, first.result_id)
    assert isinstance(again, types.RelatedUnchangedDocumentDiagnosticReport)
    assert again.result_id == first.result_id
    fake.replace(URI, "\n" + RACE)
    moved = await fake.pull(URI, first.result_id)
    assert isinstance(moved, types.RelatedFullDocumentDiagnosticReport)
    assert moved.items[0].range.start.line == 1
    fake.replace(URI, RACE)
    back = await fake.pull(URI, moved.result_id)
    assert isinstance(back, types.RelatedFullDocumentDiagnosticReport)
    assert back.result_id == first.result_id


async def test_a_document_opened_again_is_never_unchanged(
    fake: Editor, pull: types.ClientCapabilities
) -> None:
    await fake.begin(pull)
    fake.open(URI, RACE, version=5)
    before = await fake.pull(URI)
    fake.close(URI)
    fake.open(URI, RACE, version=0)
    after = await fake.pull(URI, before.result_id)
    assert isinstance(after, types.RelatedFullDocumentDiagnosticReport)
    assert after.result_id == before.result_id
    assert len(after.items) == 1


async def test_new_settings_give_another_result(
    fake: Editor, pull: types.ClientCapabilities
) -> None:
    fake.client.set_configuration({"confidence": "proven"}, section="racelens")
    await fake.begin(pull)
    fake.open(URI, RACE)
    before = await fake.pull(URI)
    fake.client.set_configuration({"confidence": "likely"}, section="racelens")
    count = fake.client.diagnostic_refresh_count
    fake.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    await fake.refreshed(count)
    after = await fake.pull(URI, before.result_id)
    assert isinstance(after, types.RelatedFullDocumentDiagnosticReport)
    assert after.result_id != before.result_id


async def test_what_jedi_adds_is_pulled_after_a_refresh(
    fake: Editor, pull: types.ClientCapabilities
) -> None:
    await fake.begin(pull)
    fake.open(URI, "late()  # late race\n")
    refreshes = 0
    while not (items := await fake.pulled(URI)):
        await fake.refreshed(refreshes)
        refreshes = fake.client.diagnostic_refresh_count
    assert [item.message for item in items] == ["jedi knows more"]


async def test_a_pull_waits_for_the_newest_text(
    fake: Editor, pull: types.ClientCapabilities
) -> None:
    await fake.begin(pull)
    fake.open(URI, "# block")
    await fake.blocked()
    fake.replace(URI, RACE)
    fake.release()
    assert len(await fake.pulled(URI)) == 1


async def test_a_pull_sees_what_changed_in_another_document(
    fake: Editor, pull: types.ClientCapabilities
) -> None:
    await fake.begin(pull)
    fake.open(URI, "x()  # documents\n")
    assert [item.message for item in await fake.pulled(URI)] == ["1 documents"]
    fake.open("file:///project/other.py", "")
    assert [item.message for item in await fake.pulled(URI)] == ["2 documents"]


async def test_a_pull_sees_another_document_while_it_waits_its_turn(
    fake: Editor, pull: types.ClientCapabilities
) -> None:
    await fake.begin(pull)
    fake.open(URI, "x()  # documents\n")
    assert [item.message for item in await fake.pulled(URI)] == ["1 documents"]
    fake.open("file:///project/slow.py", "# block")
    await fake.blocked()
    settings = types.FileEvent("file:///project/racelens.toml", types.FileChangeType.Changed)
    fake.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([settings]))
    fake.open("file:///project/other.py", "")
    fake.release()
    assert [item.message for item in await fake.pulled(URI)] == ["3 documents"]
