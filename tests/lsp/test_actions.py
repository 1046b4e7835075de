"""Quick fixes and what the mouse shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lsprotocol import types

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lsp.conftest import Editor

URI = "file:///project/counter.py"
RACE = "x = 1\nawait sleep(0)  # race\n"
TITLES = ["Hold a lock", "Hold a lock everywhere", "Suppress this finding"]
pytestmark = pytest.mark.asyncio


def area(line: int, start: int, end: int) -> types.Range:
    return types.Range(types.Position(line, start), types.Position(line, end))


def changes(action: types.CodeAction) -> list[types.TextDocumentEdit]:
    assert action.edit
    edits = list(action.edit.document_changes or ())
    assert all(isinstance(edit, types.TextDocumentEdit) for edit in edits)
    return [edit for edit in edits if isinstance(edit, types.TextDocumentEdit)]


async def test_every_fix_of_a_finding_is_offered_with_its_edits(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, RACE, version=3)
    (item,) = await fake.published(URI, 3)
    actions = await fake.actions(URI, area(1, 5, 5), diagnostics=[item])
    assert [action.title for action in actions] == TITLES
    assert [action.is_preferred for action in actions] == [True, None, None]
    for action in actions:
        assert action.kind == types.CodeActionKind.QuickFix
        assert list(action.diagnostics or ()) == [item]
    (change,) = changes(actions[0])
    assert change.text_document == types.OptionalVersionedTextDocumentIdentifier(URI, 3)
    assert list(change.edits) == [types.TextEdit(area(1, 0, 14), "fixed()")]


async def test_edits_of_another_file_carry_no_version(
    fake: Editor, push: types.ClientCapabilities, tmp_path: Path
) -> None:
    rival = tmp_path / "rival.py"
    rival.write_text("x = 1\n")
    await fake.begin(push)
    fake.open(URI, f"await sleep(0)  # race in {rival}\n")
    everywhere = (await fake.actions(URI, area(0, 0, 1)))[1]
    identifiers = [change.text_document for change in changes(everywhere)]
    assert [(each.uri, each.version) for each in identifiers] == [
        (URI, 1),
        (rival.as_uri(), None),
    ]


async def test_a_client_without_versions_gets_plain_changes(fake: Editor) -> None:
    literal = types.ClientCodeActionLiteralOptions(types.ClientCodeActionKindOptions([]))
    code_action = types.CodeActionClientCapabilities(code_action_literal_support=literal)
    await fake.begin(
        types.ClientCapabilities(
            text_document=types.TextDocumentClientCapabilities(code_action=code_action)
        )
    )
    fake.open(URI, RACE)
    action = (await fake.actions(URI, area(1, 0, 0)))[0]
    assert action.is_preferred is None
    assert action.edit
    assert action.edit.changes
    assert list(action.edit.changes[URI]) == [types.TextEdit(area(1, 0, 14), "fixed()")]


async def test_only_the_kinds_asked_for_are_offered(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, RACE)
    for only in (None, [], ["quickfix"], ["", "refactor"]):
        assert len(await fake.actions(URI, area(1, 0, 14), only=only)) == 3
    for only in (["refactor"], ["source.fixAll.other"], ["quickfix.other"]):
        assert await fake.actions(URI, area(1, 0, 14), only=only) == []


async def test_fixes_are_for_what_the_range_touches_or_the_client_names(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, RACE)
    (item,) = await fake.published(URI)
    assert await fake.actions(URI, area(0, 0, 5)) == []
    assert len(await fake.actions(URI, area(1, 14, 14))) == 3
    # Some editors give the caret, which stands elsewhere, and the diagnostics of its line.
    assert len(await fake.actions(URI, area(1, 20, 20), diagnostics=[item])) == 3
    foreign = types.Diagnostic(area(1, 0, 3), "x", code="E1", source="other")
    assert await fake.actions(URI, area(1, 20, 20), diagnostics=[foreign]) == []


async def test_fixes_are_for_the_text_as_it_is_now(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, RACE)
    version = fake.replace(URI, "\n" + RACE)
    action = (await fake.actions(URI, area(2, 0, 0)))[0]
    (change,) = changes(action)
    assert change.text_document.version == version
    assert change.edits[0].range == area(2, 0, 14)


async def test_a_finding_is_shown_as_a_table_of_both_tasks(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, RACE)
    text = await fake.hover(URI, 1, 3)
    assert text
    head, message, table = text.split("\n\n")
    assert "RL101" in head
    assert "lost-update" in head
    assert message == "`self.value` may have changed"
    rows = table.splitlines()
    assert rows[:4] == [
        "| Task A | Task B |",
        "| --- | --- |",
        "| 1. reads `self.value` (line 2) |   |",
        r"| 2. waits \| here (line 2) |   |",
    ]
    assert rows[4].startswith("|   | 3. writes very very")
    assert rows[4].endswith("… (line 1) |")
    assert await fake.hover(URI, 0, 0) is None


async def test_hover_is_plain_text_for_who_cannot_show_more(fake: Editor) -> None:
    await fake.begin(types.ClientCapabilities())
    fake.open(URI, RACE)
    text = await fake.hover(URI, 1, 3)
    assert text
    assert text.splitlines()[:3] == [
        "RL101 lost-update",
        "`self.value` may have changed",
        "1. A reads `self.value` (line 2)",
    ]


async def test_hover_on_a_suppression_explains_the_rule(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    comment = "# racelens: ignore[lost-update, RL999] for a reason"
    fake.open(URI, f"x()  {comment}\ny()  # racelens: ignore\n")
    on_first = await fake.hover(URI, 0, comment.index("lost") + 6)
    assert on_first
    assert "RL101" in on_first
    assert "Why this is a race" in on_first
    assert await fake.hover(URI, 0, comment.index("RL999") + 5) == "`RL999` is no rule of RaceLens."
    on_word = await fake.hover(URI, 0, comment.index("ignore") + 5)
    assert on_word
    assert on_word.count("\n---\n") == 1
    on_bare = await fake.hover(URI, 1, 8)
    assert on_bare == "Suppresses every finding of RaceLens on line 2."
    assert await fake.hover(URI, 0, 0) is None
