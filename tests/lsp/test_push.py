"""Diagnostics for clients that wait for them, and when they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lsprotocol import types

if TYPE_CHECKING:
    from tests.lsp.conftest import Editor

URI = "file:///project/counter.py"
OTHER = "file:///project/other.py"
RACE = "x = 1\nawait sleep(0)  # race\n"
pytestmark = pytest.mark.asyncio


def area(line: int, start: int, end: int) -> types.Range:
    return types.Range(types.Position(line, start), types.Position(line, end))


async def test_a_finding_says_all_that_an_editor_shows(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, RACE, version=7)
    (item,) = await fake.published(URI, 7)
    assert item.range == area(1, 0, 14)
    assert item.message == "`self.value` may have changed"
    assert (item.code, item.source) == ("RL101", "racelens")
    assert item.severity is types.DiagnosticSeverity.Warning
    assert item.code_description
    assert item.code_description.href.endswith("/docs/rules/lost-update.md")
    assert item.data
    assert len(item.data["fingerprint"]) == 16


async def test_the_interleaving_is_told_but_for_the_squiggle_and_what_the_rival_reads(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, RACE)
    (item,) = await fake.published(URI)
    steps = item.related_information or ()
    assert [step.message.partition(" very")[0] for step in steps] == [
        "A reads `self.value`",
        "B writes",
        "A writes",
        "gather starts it twice",
    ]
    assert steps[1].location == types.Location(URI, area(0, 2, 4))


async def test_a_client_is_sent_nothing_that_it_does_not_know(fake: Editor) -> None:
    await fake.begin(types.ClientCapabilities())
    fake.open(URI, RACE)
    (item,) = await fake.published(URI)
    assert item == types.Diagnostic(
        area(1, 0, 14),
        "`self.value` may have changed",
        types.DiagnosticSeverity.Warning,
        "RL101",
        source="racelens",
    )


async def test_what_cannot_be_analysed_is_shown_where_it_is(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, "x = 1\n  def broken(  # problem\n" + RACE)
    _, problem = await fake.published(URI)
    assert problem == types.Diagnostic(
        area(1, 2, 24),
        "cannot be read",
        types.DiagnosticSeverity.Information,
        "problem",
        source="racelens",
    )


async def test_only_the_newest_text_is_analysed_once_the_analysis_is_free(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, "# block")
    await fake.blocked()
    for _ in range(5):
        newest = fake.replace(URI, RACE)
    fake.release()
    await fake.published(URI, newest)
    assert [each.version for each in fake.client.published] == [newest]
    assert await fake.calls() == ["analyse 1", f"analyse {newest}"]


async def test_requests_are_answered_while_the_analysis_is_busy(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, "# block")
    await fake.blocked()
    assert await fake.hover(OTHER, 0, 0) is None
    assert await fake.calls() == ["analyse 1"]


async def test_a_closed_document_has_no_diagnostics(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, RACE)
    await fake.published(URI)
    fake.close(URI)
    await fake.until(lambda: fake.client.published[-1].diagnostics == (), "no diagnostics")
    assert fake.client.published[-1].uri == URI


async def test_a_result_for_a_closed_document_is_dropped(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, RACE + "# block")
    await fake.blocked()
    fake.close(URI)
    fake.release()
    fake.open(OTHER, RACE)
    await fake.published(OTHER)
    assert [(each.uri, len(each.diagnostics)) for each in fake.client.published] == [
        (URI, 0),
        (OTHER, 1),
    ]


async def test_what_jedi_adds_follows_for_the_same_version(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, RACE + "late()  # late race\n")
    await fake.until(lambda: len(fake.client.published) == 2, "the findings with jedi's help")
    assert [(each.version, len(each.diagnostics)) for each in fake.client.published] == [
        (1, 1),
        (1, 2),
    ]


async def test_an_edit_is_analysed_while_jedi_is_asked_and_its_late_answer_dropped(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, "late()  # late race\n# block\n")
    await fake.blocked()
    fake.release()
    await fake.blocked(2)
    assert "ask 1" in await fake.calls()
    await fake.published(URI, fake.replace(URI, RACE))
    fake.release()
    await fake.published(URI, fake.replace(URI, "late()  # late race\n"))
    await fake.until(lambda: len(fake.client.published) == 4, "what jedi adds to the third text")
    assert [(each.version, len(each.diagnostics)) for each in fake.client.published] == [
        (1, 0),
        (2, 1),
        (3, 0),
        (3, 1),
    ]


async def test_other_open_documents_are_analysed_anew_after_a_change(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, "x()  # documents\n")
    fake.open(OTHER, "")

    def shown() -> list[str]:
        return [item.message for each in fake.client.published for item in each.diagnostics]

    await fake.until(lambda: shown()[-1:] == ["2 documents"], "the analysis with both documents")
    fake.close(OTHER)
    await fake.until(lambda: shown()[-1:] == ["1 documents"], "the analysis without the other")


async def test_an_analysis_that_fails_is_shown_and_told_once(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.open(URI, "# fail")
    (problem,) = await fake.published(URI)
    assert "ZeroDivisionError" in problem.message
    (again,) = await fake.published(URI, fake.replace(URI, "# fail again"))
    assert again.message == problem.message
    (message,) = fake.client.messages
    assert message.type is types.MessageType.Error
    assert "as the text says" in message.message
    assert len(await fake.published(URI, fake.replace(URI, RACE))) == 1


async def test_only_python_is_analysed(fake: Editor, push: types.ClientCapabilities) -> None:
    await fake.begin(push)
    fake.open("file:///project/notes.txt", RACE, language="plaintext")
    fake.open("file:///project/tool", RACE)
    fake.open("file:///project/stub.pyi", RACE, language="plaintext")
    fake.open("untitled:Untitled-1", RACE)
    fake.open("vscode-notebook-cell:/project/a.ipynb#W0", RACE)
    fake.open(URI, RACE)
    await fake.published(URI)
    assert {each.uri for each in fake.client.published} == {
        "file:///project/tool",
        "file:///project/stub.pyi",
        "untitled:Untitled-1",
        URI,
    }
