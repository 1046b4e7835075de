"""The server that users run, on code that has races, as an editor sees it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
from lsprotocol import types
from racelens.source.edit import TextEdit, apply_edits
from racelens.source.span import span
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lsp.conftest import Editor

URI = "untitled:Untitled-1"
COUNTER = """\
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        current = self.value
        await asyncio.sleep(0)
        self.value = current + 1


async def main() -> None:
    counter = Counter()
    await asyncio.gather(*(counter.increment() for _ in range(10)))


asyncio.run(main())
"""
TWO_COUNTERS = f"""{COUNTER}

class Other:
    def __init__(self) -> None:
        self.total = 0

    async def add(self) -> None:
        total = self.total
        await asyncio.sleep(0)
        self.total = total + 1


async def add_all() -> None:
    other = Other()
    await asyncio.gather(*(other.add() for _ in range(10)))
"""
AWAIT_LINE = 9
SUSPENSION = "await asyncio.sleep(0)"
pytestmark = pytest.mark.asyncio


def in_line(line: int, start: int, end: int) -> types.Range:
    return types.Range(types.Position(line, start), types.Position(line, end))


def applied(text: str, action: types.CodeAction) -> str:
    """Return `text`, whose lines are ASCII, after an action's edits."""
    assert action.edit
    (change,) = action.edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    places = [
        (edit.range.start, edit.range.end, edit.new_text)
        for edit in change.edits
        if isinstance(edit, types.TextEdit)
    ]
    return apply_edits(
        SourceFile("", text),
        [
            TextEdit("", span(start.line, start.character, end.line, end.character), new)
            for start, end, new in places
        ],
    )


async def test_typing_a_fix_removes_the_finding_that_is_pushed(
    editor: Editor, push: types.ClientCapabilities
) -> None:
    await editor.begin(push)
    editor.open(URI, COUNTER)
    (item,) = await editor.published(URI)
    assert item.code == "RL101"
    assert item.range == in_line(AWAIT_LINE, 8, 8 + len(SUSPENSION))
    assert len(item.related_information or ()) >= 3
    line = types.TextDocumentContentChangePartial(in_line(AWAIT_LINE, 0, 99), "")
    assert await editor.published(URI, editor.edit(URI, line)) == []


async def test_typing_a_fix_removes_the_finding_that_is_pulled(
    editor: Editor, pull: types.ClientCapabilities
) -> None:
    await editor.begin(pull)
    editor.open(URI, COUNTER)
    assert [item.code for item in await editor.pulled(URI)] == ["RL101"]
    line = types.TextDocumentContentChangePartial(in_line(AWAIT_LINE, 0, 99), "")
    editor.edit(URI, line)
    assert await editor.pulled(URI) == []


@pytest.mark.parametrize(
    "title", ["Hold a lock from the read to the write", "Suppress this finding"]
)
async def test_a_quick_fix_removes_the_finding(
    editor: Editor, push: types.ClientCapabilities, title: str
) -> None:
    await editor.begin(push)
    editor.open(URI, COUNTER)
    (item,) = await editor.published(URI)
    actions = await editor.actions(URI, item.range, diagnostics=[item])
    (action,) = (action for action in actions if action.title == title)
    version = editor.replace(URI, applied(COUNTER, await editor.resolve(action)))
    assert await editor.published(URI, version) == []


@pytest.mark.parametrize("is_lazy", [True, False], ids=["resolved", "at once"])
async def test_fixing_all_fixes_what_it_can_and_then_nothing(
    editor: Editor, push: types.ClientCapabilities, *, is_lazy: bool
) -> None:
    assert push.text_document
    assert push.text_document.code_action
    push.text_document.code_action.data_support = is_lazy
    await editor.begin(push)
    editor.open(URI, TWO_COUNTERS)
    assert [item.code for item in await editor.published(URI)] == ["RL101", "RL101"]
    only = ["source.fixAll.racelens"]
    (action,) = await editor.actions(URI, in_line(0, 0, 0), only=only)
    assert (action.edit is None) == is_lazy
    fixed = applied(TWO_COUNTERS, await editor.resolve(action))
    ast.parse(fixed)
    version = editor.replace(URI, fixed)
    assert await editor.published(URI, version) == []
    assert await editor.actions(URI, in_line(0, 0, 0), only=only) == []


async def test_hover_shows_both_tasks(editor: Editor, push: types.ClientCapabilities) -> None:
    await editor.begin(push)
    editor.open(URI, COUNTER)
    text = await editor.hover(URI, AWAIT_LINE, 10)
    assert text
    assert "**" in text
    assert "| Task A | Task B |" in text
    assert "(line 9)" in text


@pytest.mark.parametrize(
    "ending", ["\n", "\r\n", "\r"], ids=["line feed", "both", "carriage return"]
)
async def test_places_are_right_below_odd_characters(
    editor: Editor, push: types.ClientCapabilities, ending: str
) -> None:
    odd = f"SMILE = '😀\u2028\x0c'\n\x0c\n{COUNTER}"
    odd = odd.replace(SUSPENSION, f"'😀'; {SUSPENSION}")
    await editor.begin(push)
    editor.open(URI, odd.replace("\n", ending))
    (item,) = await editor.published(URI)
    start = 8 + len("'😀'; ") + 1  # UTF-16 counts the face twice
    assert item.range == in_line(AWAIT_LINE + 2, start, start + len(SUSPENSION))


async def test_broken_syntax_elsewhere_keeps_the_finding(
    editor: Editor, push: types.ClientCapabilities
) -> None:
    await editor.begin(push)
    editor.open(URI, COUNTER)
    await editor.published(URI)
    broken = types.TextDocumentContentChangePartial(in_line(12, 0, 0), "def broken(:\n")
    items = await editor.published(URI, editor.edit(URI, broken))
    assert "RL101" in [item.code for item in items]


async def test_a_file_of_a_folder_is_analysed_with_its_settings(
    editor: Editor, push: types.ClientCapabilities, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.racelens]\nignore = ["lost-update"]\n')
    uri = (tmp_path / "counter.py").as_uri()
    await editor.begin(push, folders=[tmp_path.as_uri()])
    editor.open(uri, COUNTER)
    assert await editor.published(uri) == []
    assert editor.client.messages == []
