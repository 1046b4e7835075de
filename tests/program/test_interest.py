"""Which functions are looked at: those that may race, and what matters to their windows."""

from __future__ import annotations

from textwrap import indent

import pytest
from racelens.engine.analysis import Known, summarize
from racelens.program.program import link
from racelens.source.text import SourceFile

HEAD = """\
class State:
    def __init__(self):
        self.value = None
        self.items = []

"""


def windows(methods: str, *, whole: bool, more: str = "") -> tuple[dict[str, int], set[str]]:
    """Return the windows of a class with `methods` by function, and which were analysed for that.

    `more` is what stands below the class.
    """
    text = HEAD + indent(methods, "    ") + more
    program = link([summarize(SourceFile("state.py", text), Known()).module], whole=whole)
    found = {f.name: len(program.windows(f)) for f in program.functions("state.py")}
    return found, {identity.name.rpartition(".")[2] for identity in program.analysed}


def analysed(methods: str, *, whole: bool) -> set[str]:
    """Return the functions that are analysed to find all windows of a class with `methods`."""
    return windows(methods, whole=whole)[1]


def analysed_of(body: str) -> set[str]:
    """Return the same for a class whose one method, a coroutine `run`, has this `body`."""
    return analysed(f"async def run(self, other=0):\n{indent(body, '    ')}\n", whole=False)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("return await fetch(self.value)", id="only reads"),
        pytest.param("self.value = 1\nawait fetch()", id="touches it once"),
        pytest.param("if self.value is None:\n    self.value = 1", id="does not suspend"),
        pytest.param("if other.value:\n    await fetch()\n    self.value = 1", id="of another"),
        pytest.param("if other.value:\n    await fetch()\n    other.value = 1", id="a parameter's"),
        pytest.param(
            "made = State()\nif made.value:\n    await fetch()\n    made.value = 1", id="of its own"
        ),
    ],
)
def test_a_coroutine_that_cannot_race_is_not_analysed(body: str) -> None:
    assert analysed_of(body) == set()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("if not self.value:\n    self.value = await fetch()", id="assigns"),
        pytest.param("if not self.items:\n    self.items.append(await fetch())", id="appends"),
        pytest.param("if not hasattr(self, 'x'):\n    self.x = await fetch()", id="asks by name"),
        pytest.param("old = self.items\nif not old:\n    old.append(await fetch())", id="alias"),
        pytest.param("for item in self.items:\n    await fetch(item)", id="goes through it"),
        pytest.param("while True:\n    self.value = await fetch(self)", id="in a loop"),
    ],
)
def test_a_coroutine_that_may_race_is_analysed(body: str) -> None:
    assert analysed_of(body) == {"run"}


CALLERS = """\
async def run(self):
    if not self.value:
        await self.open()
    self.tell()

async def open(self):
    self.value = await fetch()

def tell(self):
    print(self.items)
"""


def test_what_its_callees_do_makes_a_coroutine_race() -> None:
    assert {"run", "open"} <= analysed(CALLERS, whole=False)


CELLS = """\
async def run(self):
    count(self)
    await fetch()
    count(self)
"""
COUNT = """
def count(state):
    number = 0
    def more():
        nonlocal number
        number += 1
    more()
    return number
"""


def test_variables_of_nested_functions_make_no_caller_race() -> None:
    assert windows(CELLS, whole=False, more=COUNT)[1] == set()
    shared = COUNT.replace("    number = 0\n", "").replace("nonlocal", "global")
    assert windows(CELLS, whole=False, more=f"\nnumber = 0\n{shared}")[1] >= {"run", "count"}


def test_callees_that_matter_to_no_window_are_not_analysed_in_a_whole_program() -> None:
    assert analysed(CALLERS, whole=False) == {"run", "open", "tell"}
    assert analysed(CALLERS, whole=True) == {"run", "open"}


SIDE = """\
async def run(self):
    if not self.value:
        await self.open()
        self.value = 1

async def load(self):
    await self.show()
    if not self.items:
        self.items = 1

async def open(self):
    print(self.items)
    await {awaited}

async def show(self):
    print(self.items)
    await fetch()
"""


def test_callees_matter_for_what_their_own_callers_look_for() -> None:
    found, looked_at = windows(SIDE.format(awaited="fetch()"), whole=True)
    assert looked_at == {"run", "load", "show"}  # `open` touches what `load` looks for
    assert (found["State.run"], found["State.load"]) == (1, 0)


def test_whether_a_coroutine_suspends_is_read_where_it_is_not_clear() -> None:
    at_once = "\nasync def at_once():\n    return 1\n"
    found, looked_at = windows(SIDE.format(awaited="at_once()"), whole=True, more=at_once)
    assert {"open", "at_once"} <= looked_at
    assert found["State.run"] == 0


def test_a_callee_that_changes_what_it_is_given_matters() -> None:
    methods = """\
async def run(self):
    if "key" not in self.items:
        item = await fetch()
        fill(self.items, item)

def keep(self):
    print(self.value)
"""
    fill = "\ndef fill(items, item):\n    items['key'] = item\n"
    found, looked_at = windows(methods, whole=True, more=fill)
    assert found["State.run"] == 1
    assert looked_at == {"run", "fill"}
