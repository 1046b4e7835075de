"""A name on one side of all suspensions only makes no window: the function is not read."""

from __future__ import annotations

from textwrap import indent

import pytest
from racelens.engine.analysis import Known, summarize
from racelens.program.program import link
from racelens.source.text import SourceFile

HEAD = """\
import asyncio

count = 0


class State:
    def __init__(self):
        self.value = None
        self.items = []
        self.task = None

    def fill(self):
        self.value = 1

    def start(self):
        self.task = asyncio.create_task(self.work())

    async def work(self):
        self.value = 1

    @property
    def ready(self):
        return self.value

"""


def is_read(body: str) -> bool:
    """Say whether a method with this `body`, a coroutine function, is read for its windows."""
    method = f"async def run(self, other=0):\n{indent(body, '    ')}\n"
    text = HEAD + indent(method, "    ")
    program = link([summarize(SourceFile("state.py", text), Known()).module], whole=True)
    for function in program.functions("state.py"):
        program.windows(function)
    return "State.run" in {identity.name for identity in program.analysed}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("await fetch()\nif not self.value:\n    self.value = 1", id="behind"),
        pytest.param("if not self.value:\n    self.value = 1\nawait fetch()", id="ahead"),
        pytest.param("if not self.value:\n    self.fill()\nawait fetch()", id="a callee ahead"),
        pytest.param("await fetch()\nif not self.value:\n    self.fill()", id="a callee behind"),
        pytest.param("await fetch()\nif not self.ready:\n    self.fill()", id="a property behind"),
        pytest.param(
            "await fetch()\nold = self.items\nif not old:\n    old.append(1)", id="an alias behind"
        ),
        pytest.param(
            "if not self.value:\n    self.value = 1\nfor item in other:\n    await fetch(item)",
            id="ahead of a loop",
        ),
        pytest.param(
            "async with other:\n    pass\nfor item in other:\n    self.value = self.value or item",
            id="a loop behind",
        ),
    ],
)
def test_a_look_and_a_write_on_one_side_make_no_window(body: str) -> None:
    assert not is_read(body)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("if not self.value:\n    await fetch()\n    self.value = 1", id="around"),
        pytest.param("if not self.value:\n    self.value = await fetch()", id="in one statement"),
        pytest.param(
            "if not self.value:\n    self.value = (\n        await fetch()\n    )", id="lines"
        ),
        pytest.param("if not self.value:\n    await fetch()\nself.fill()", id="a callee writes"),
        pytest.param("if not self.ready:\n    await fetch()\nself.fill()", id="a property reads"),
        pytest.param("if not self.value:\n    await self.work()", id="the awaited writes"),
        pytest.param(
            "work = self.work()\nif not self.value:\n    await fetch()\n    await work", id="later"
        ),
        pytest.param(
            "old = self.items\nif not old:\n    await fetch()\n    old.append(1)", id="alias"
        ),
        pytest.param(
            "for item in other:\n    self.value = self.value or item\n    await fetch()",
            id="a loop",
        ),
        pytest.param(
            "while x:\n    for x in other:\n        await get(x)\n    self.value = not self.value",
            id="a loop around",
        ),
        pytest.param(
            "async with other:\n    if not self.value:\n        self.value = 1\n    self.value = 2",
            id="before the end of a block",
        ),
        pytest.param(
            "self.start()\nif not self.value:\n    self.fill()\nawait fetch()", id="starts"
        ),
        pytest.param(
            "if not hasattr(self, 'x'):\n    await fetch()\nsetattr(self, 'x', 1)\nself.x = 1",
            id="by name",
        ),
        pytest.param("global count\nif not count:\n    await fetch()\ncount = 1", id="a variable"),
        pytest.param("global count\nprint(count)\nawait fetch()\nimport count", id="an import"),
        pytest.param(
            "global count\nprint(count)\nawait fetch()\ndef count(): pass", id="a definition"
        ),
        pytest.param(
            "def look():\n    return self.value\nif not look():\n    await fetch()\nself.value = 1",
            id="a function inside",
        ),
        pytest.param(
            "try:\n    old = self.value\n    await fetch()\nfinally:\n    self.value = not old",
            id="a cleanup",
        ),
        pytest.param(
            "match self.value:\n    case None:\n        await fetch()\n        self.value = 1",
            id="a case",
        ),
        pytest.param(
            "if not self.value:\n    [x async for x in other]\n    self.value = 1",
            id="an asynchronous comprehension",
        ),
        pytest.param("if not self.value:\n    yield\nself.value = 1", id="a generator"),
    ],
)
def test_a_look_before_and_a_write_behind_a_suspension_may_make_one(body: str) -> None:
    assert is_read(body)
