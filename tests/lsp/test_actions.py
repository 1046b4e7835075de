"""Code actions: which are offered to whom, and what they edit."""

from __future__ import annotations

import asyncio
import copy
from typing import TYPE_CHECKING

import pytest
from lsprotocol import types
from racelens.source.edit import TextEdit, apply_edits
from racelens.source.span import span
from racelens.source.text import SourceFile

from tests.lsp.conftest import caps

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lsp.conftest import Editor

URI = "file:///project/counter.py"
RACE = "x = 1\nawait sleep(0)  # race\n"
LOCK, EVERYWHERE, QUEUE = "Hold a lock", "Hold a lock everywhere", "Hand it to a queue"
SUPPRESSIONS = ["Suppress this finding", "Suppress lost-update in this file"]
UNSAFE = " (unsafe: callers may hold it)"
TITLES = [LOCK, EVERYWHERE + UNSAFE, f"{QUEUE} (also in `close()`)", *SUPPRESSIONS]
QUICK_FIXES = [title for title in TITLES if not title.startswith(QUEUE)]
FIX_ALL, FIX_ALL_TITLE = "source.fixAll.racelens", "Apply all safe fixes of RaceLens"
pytestmark = pytest.mark.asyncio


def area(line: int, start: int, end: int) -> types.Range:
    return types.Range(types.Position(line, start), types.Position(line, end))


def changes(action: types.CodeAction) -> list[types.TextDocumentEdit]:
    assert action.edit
    edits = list(action.edit.document_changes or ())
    assert all(isinstance(edit, types.TextDocumentEdit) for edit in edits)
    return [edit for edit in edits if isinstance(edit, types.TextDocumentEdit)]


def applied(text: str, action: types.CodeAction) -> str:
    """Return `text`, whose lines are ASCII, after an action's edits."""
    (change,) = changes(action)
    places = [(edit.range.start, edit.range.end, edit) for edit in change.edits]
    return apply_edits(
        SourceFile("", text),
        [
            TextEdit("", span(start.line, start.character, end.line, end.character), edit.new_text)
            for start, end, edit in places
            if isinstance(edit, types.TextEdit)
        ],
    )


@pytest.fixture(name="eager")
def eager_capabilities() -> types.ClientCapabilities:
    """Return the capabilities of a client that cannot ask for an edit later."""
    return caps(text_document__code_action__resolve_support=None)


@pytest.fixture(name="asking")
def asking_capabilities() -> types.ClientCapabilities:
    """Return the capabilities of a client that asks the user about annotated edits."""
    return caps(text_document__code_action__honors_change_annotations=True)


async def test_every_fix_of_a_finding_is_offered_with_its_edits(
    fake: Editor, eager: types.ClientCapabilities
) -> None:
    await fake.begin(eager)
    fake.open(URI, RACE, version=3)
    (item,) = await fake.published(URI, 3)
    actions = await fake.actions(URI, area(1, 5, 5), diagnostics=[item])
    assert [action.title for action in actions] == TITLES
    assert [action.is_preferred for action in actions] == [True, None, None, None, None]
    quick, rewrite = "quickfix", "refactor.rewrite"
    assert [action.kind for action in actions] == [quick, quick, rewrite, quick, quick]
    assert all(list(action.diagnostics or ()) == [item] for action in actions)
    assert all(action.data is None for action in actions)
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
    everywhere = await fake.resolve((await fake.actions(URI, area(0, 0, 1)))[1])
    identifiers = [change.text_document for change in changes(everywhere)]
    found = [(each.uri, each.version) for each in identifiers]
    assert found == [(URI, 1), (rival.as_uri(), None)]


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


@pytest.mark.parametrize(
    ("only", "titles"),
    [
        (None, TITLES),
        ([], TITLES),
        (["quickfix"], QUICK_FIXES),
        (["refactor"], [TITLES[2]]),
        (["refactor.rewrite"], [TITLES[2]]),
        (["refactor", "quickfix"], TITLES),
        ([""], [*TITLES, FIX_ALL_TITLE]),
        (["source"], [FIX_ALL_TITLE]),
        (["source.fixAll"], [FIX_ALL_TITLE]),
        ([FIX_ALL], [FIX_ALL_TITLE]),
        (["source.fixAll.other"], []),
        (["source.fix"], []),
        (["refactor.extract"], []),
        (["quickfix.other"], []),
        (["quick"], []),
    ],
)
async def test_only_the_kinds_asked_for_are_offered(
    fake: Editor, push: types.ClientCapabilities, only: list[str] | None, titles: list[str]
) -> None:
    await fake.begin(push)
    fake.open(URI, RACE)
    actions = await fake.actions(URI, area(1, 0, 14), only=only)
    assert [action.title for action in actions] == titles


async def test_suppressions_come_after_the_fixes_of_all_findings(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, "a()  # race\nb()  # race\n")
    whole = types.Range(types.Position(0, 0), types.Position(1, 3))
    titles = [action.title for action in await fake.actions(URI, whole)]
    assert titles == [*TITLES[:3], *TITLES[:3], *SUPPRESSIONS, *SUPPRESSIONS]


async def test_fixes_are_for_what_the_range_touches_or_the_client_names(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, RACE)
    (item,) = await fake.published(URI)
    assert await fake.actions(URI, area(0, 0, 5)) == []
    assert len(await fake.actions(URI, area(1, 14, 14))) == len(TITLES)
    # Some editors give the caret, which stands elsewhere, and the diagnostics of its line.
    assert len(await fake.actions(URI, area(1, 20, 20), diagnostics=[item])) == len(TITLES)
    foreign = types.Diagnostic(area(1, 0, 3), "x", code="E1", source="other")
    assert await fake.actions(URI, area(1, 20, 20), diagnostics=[foreign]) == []


async def test_fixes_are_for_the_text_as_it_is_now(
    fake: Editor, eager: types.ClientCapabilities
) -> None:
    await fake.begin(eager)
    fake.open(URI, RACE)
    version = fake.replace(URI, "\n" + RACE)
    action = (await fake.actions(URI, area(2, 0, 0)))[0]
    (change,) = changes(action)
    assert change.text_document.version == version
    assert change.edits[0].range == area(2, 0, 14)


async def test_an_edit_comes_once_its_action_is_chosen(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    result = await fake.begin(push)
    provider = result.capabilities.code_action_provider
    assert isinstance(provider, types.CodeActionOptions)
    assert list(provider.code_action_kinds or ()) == ["quickfix", "refactor.rewrite", FIX_ALL]
    assert provider.resolve_provider is True
    fake.open(URI, RACE)
    actions = await fake.actions(URI, area(1, 0, 0))
    assert all(action.edit is None for action in actions)
    (change,) = changes(await fake.resolve(actions[3]))
    assert change.text_document == types.OptionalVersionedTextDocumentIdentifier(URI, 1)
    comment = "  # racelens: ignore[RL101]"
    assert list(change.edits) == [types.TextEdit(area(1, 22, 22), comment)]


@pytest.mark.parametrize(
    "lack",
    [
        {"resolve_support": None},
        {"resolve_support": types.ClientCodeActionResolveOptions(["command"])},
        {"data_support": False},
    ],
    ids=["nothing", "other properties", "no data"],
)
async def test_edits_come_at_once_where_they_cannot_come_later(
    fake: Editor, lack: dict[str, object]
) -> None:
    capabilities = caps(**{f"text_document__code_action__{name}": lack[name] for name in lack})
    result = await fake.begin(capabilities)
    provider = result.capabilities.code_action_provider
    assert isinstance(provider, types.CodeActionOptions)
    assert not provider.resolve_provider
    fake.open(URI, RACE)
    actions = await fake.actions(URI, area(1, 0, 0), only=[""])
    assert len(actions) == len(TITLES) + 1
    assert all(changes(action) and action.data is None for action in actions)


@pytest.mark.parametrize("name", ["uri", "version", "fingerprint", "place", "number", "title"])
async def test_an_action_is_known_again_by_all_that_it_was_offered_with(
    fake: Editor, push: types.ClientCapabilities, name: str
) -> None:
    await fake.begin(push)
    fake.open(URI, RACE)
    action = (await fake.actions(URI, area(1, 0, 0)))[0]
    assert isinstance(action.data, dict)
    assert changes(await fake.resolve(copy.deepcopy(action)))
    action.data[name] = "another"
    assert await fake.resolve(copy.deepcopy(action)) == action


async def test_findings_that_look_alike_are_told_apart(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, "a()  # race\na()  # race\n")
    for line in (0, 1):
        action = await fake.resolve((await fake.actions(URI, area(line, 0, 0)))[0])
        assert changes(action)[0].edits[0].range == area(line, 0, 3)


@pytest.mark.parametrize("kind", ["quickfix", FIX_ALL])
async def test_what_was_offered_for_another_text_has_no_edit(
    fake: Editor, push: types.ClientCapabilities, kind: str
) -> None:
    await fake.begin(push)
    fake.open(URI, RACE)
    before, *_ = await fake.actions(URI, area(1, 0, 0), only=[kind])
    fake.replace(URI, RACE + "\n")
    assert await fake.resolve(copy.deepcopy(before)) == before
    now, *_ = await fake.actions(URI, area(1, 0, 0), only=[kind])
    fake.close(URI)
    assert await fake.resolve(copy.deepcopy(now)) == now
    assert fake.client.messages == []


@pytest.mark.parametrize(
    "data", [None, 3, [], {"uri": 3}, {"uri": URI}, {"uri": URI, "fingerprint": [1]}]
)
async def test_an_action_that_is_not_ours_comes_back_as_it_is(
    fake: Editor, push: types.ClientCapabilities, data: object
) -> None:
    await fake.begin(push)
    fake.open(URI, RACE)
    action = types.CodeAction("Do something", data=data)
    assert await fake.resolve(copy.deepcopy(action)) == action
    assert fake.client.messages == []


async def test_the_edits_of_an_unsafe_fix_want_confirmation(
    fake: Editor, asking: types.ClientCapabilities, tmp_path: Path
) -> None:
    await fake.begin(asking)
    fake.open(URI, f"await sleep(0)  # race in {tmp_path / 'rival.py'}\n")
    safe, unsafe, *_ = await fake.actions(URI, area(0, 0, 0))
    assert unsafe.title == EVERYWHERE
    unsafe, safe = await fake.resolve(unsafe), await fake.resolve(safe)
    assert unsafe.edit
    ((name, annotation),) = (unsafe.edit.change_annotations or {}).items()
    assert annotation == types.ChangeAnnotation(
        EVERYWHERE, needs_confirmation=True, description="callers may hold it"
    )
    edits = [edit for change in changes(unsafe) for edit in change.edits]
    assert edits == [
        types.AnnotatedTextEdit(name, area(0, 0, 14), "fixed()"),
        types.AnnotatedTextEdit(name, area(0, 0, 0), "fixed\n"),
    ]
    assert safe.edit
    assert safe.edit.change_annotations is None
    assert list(changes(safe)[0].edits) == [types.TextEdit(area(0, 0, 14), "fixed()")]


@pytest.mark.parametrize(
    "lack",
    [
        "workspace__workspace_edit__change_annotation_support",
        "workspace__workspace_edit__document_changes",
        "text_document__code_action__honors_change_annotations",
    ],
)
async def test_a_client_that_does_not_ask_says_in_the_title_what_is_unsafe(
    fake: Editor, lack: str
) -> None:
    honors = {"text_document__code_action__honors_change_annotations": True}
    await fake.begin(caps(**{**honors, lack: None}))
    fake.open(URI, RACE)
    unsafe = (await fake.actions(URI, area(1, 0, 0)))[1]
    assert unsafe.title == EVERYWHERE + UNSAFE
    edit = (await fake.resolve(unsafe)).edit
    assert edit
    assert edit.change_annotations is None


async def test_fixing_all_is_computed_when_it_is_chosen(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    text = "a()  # race\nx = 1\nb()  # race\n"
    await fake.begin(push)
    fake.open(URI, text)
    (action,) = await fake.actions(URI, area(1, 0, 0), only=["source.fixAll"])
    assert (action.title, action.kind, action.edit) == (FIX_ALL_TITLE, FIX_ALL, None)
    assert "fix all 1" not in await fake.calls()
    action = await fake.resolve(action)
    assert "fix all 1" in await fake.calls()
    assert changes(action)[0].text_document.version == 1
    assert applied(text, action) == "fixed()\nx = 1\nfixed()\n"
    (item, _) = await fake.published(URI)
    fake.replace(URI, applied(text, action))
    # The editor may not have heard yet that the diagnostic is gone.
    for shown in ([], [item]):
        again = await fake.actions(URI, area(0, 0, 0), only=["source"], diagnostics=shown)
        assert again == []


async def test_fixing_all_is_offered_where_it_does_something(
    fake: Editor, eager: types.ClientCapabilities
) -> None:
    await fake.begin(eager)
    fake.open(URI, "x = 1  # settings\na()  # race\n")
    (action,) = await fake.actions(URI, area(0, 0, 0), only=["source"])
    assert applied("x = 1\na()  # race\n", action) == "x = 1\nfixed()\n"
    fake.replace(URI, "x = 1  # settings\n")
    assert await fake.actions(URI, area(0, 0, 0), only=["source"]) == []


async def test_fixing_all_does_nothing_where_no_fix_is_safe(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, "x = 1  # settings\n")
    (action,) = await fake.actions(URI, area(0, 0, 0), only=["source"])
    assert await fake.resolve(copy.deepcopy(action)) == action


async def test_an_error_in_the_fixes_of_a_finding_leaves_those_of_others(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, "a()  # broken race\nb()  # race\n")
    whole = types.Range(types.Position(0, 0), types.Position(1, 3))
    *actions, fix_all = await fake.actions(URI, whole, only=[""])
    assert [action.title for action in actions] == TITLES
    assert await fake.resolve(copy.deepcopy(fix_all)) == fix_all
    await fake.until(lambda: bool(fake.client.messages), "a report of the error")
    assert "ZeroDivisionError" in fake.client.messages[0].message


async def test_an_error_in_one_fix_leaves_the_others(
    fake: Editor, eager: types.ClientCapabilities
) -> None:
    await fake.begin(eager)
    fake.open(URI, "a()  # misplaced race\n")
    actions = await fake.actions(URI, area(0, 0, 0))
    assert [action.title for action in actions] == TITLES[1:]


async def test_an_action_whose_edit_fails_comes_back_as_it_is(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, "a()  # misplaced race\n")
    action = (await fake.actions(URI, area(0, 0, 0)))[0]
    assert await fake.resolve(copy.deepcopy(action)) == action


async def test_a_slow_fix_holds_up_nothing_else(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, f"{RACE}# slow fixes\n")
    (action,) = await fake.actions(URI, area(1, 0, 0), only=["source"])
    resolving = asyncio.create_task(fake.resolve(action))
    await fake.blocked()
    assert await fake.hover(URI, 1, 3)
    assert not resolving.done()
    fake.release()
    assert changes(await resolving)
