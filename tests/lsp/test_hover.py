"""What the mouse shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lsprotocol import types

if TYPE_CHECKING:
    from tests.lsp.conftest import Editor

URI = "file:///project/counter.py"
RACE = "x = 1\nawait sleep(0)  # race\n"
pytestmark = pytest.mark.asyncio


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
