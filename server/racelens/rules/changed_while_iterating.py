"""RL105: a suspension inside a loop over a shared collection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.levels import Severity
from racelens.findings.race import Wording, races
from racelens.findings.rule import function_rule
from racelens.program.answers import LibraryType
from racelens.program.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.window import Window

_RIVAL = "another task in {function} changes it"
_BEGIN = (
    "line {read} goes through {state} and suspends in {suspension}: {rival} meanwhile, and then"
)
_WORDING = Wording(
    "crash",
    _RIVAL,
    f"{_BEGIN} the loop fails with RuntimeError (dict, set, deque), or skips or repeats elements"
    " (list)",
)
_OF_LIST = Wording(
    "skipped element", _RIVAL, f"{_BEGIN} the loop skips an element, or meets one twice"
)
_OF_OTHERS = Wording("crash", _RIVAL, f"{_BEGIN} the loop fails with RuntimeError")
_FAILING = frozenset({"dict", "set", "collections.deque"})


@function_rule(code="RL105", severity=Severity.WARNING, since="0.1.0")
def changed_while_iterating(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Shared collections are changed by other tasks while a loop over them suspends in its body.

    ## Why this is a race

    At the `await` in the loop's body other tasks run. When one of them adds or removes an element,
    the loop cannot go on as if nothing had happened: over a dict, a set or a deque the next round
    raises `RuntimeError` (changed size, or mutated, during iteration), and over a list an element
    is skipped or met twice. With few elements and quick awaits it hardly ever happens in tests.

    ## Example

    ```python
    import asyncio


    class Hub:
        def __init__(self):
            self._lock = asyncio.Lock()
            self.clients = {}

        async def join(self, number, name):
            self.clients[number] = name

        async def broadcast(self):
            for name in self.clients.values():
                await asyncio.sleep(0)
                print(name)


    async def main():
        hub = Hub()
        await asyncio.gather(*[hub.broadcast() for _ in range(2)], hub.join(2, "x"))
    ```

    ## Use instead

    Go through a copy, made without an `await`:

    ```python
    import asyncio


    class Hub:
        def __init__(self):
            self._lock = asyncio.Lock()
            self.clients = {}

        async def join(self, number, name):
            self.clients[number] = name

        async def broadcast(self):
            for name in list(self.clients.values()):
                await asyncio.sleep(0)
                print(name)


    async def main():
        hub = Hub()
        await asyncio.gather(*[hub.broadcast() for _ in range(2)], hub.join(2, "x"))
    ```

    Or hold one lock over the whole loop and wherever the collection is changed:

    ```python
    import asyncio


    class Hub:
        def __init__(self):
            self._lock = asyncio.Lock()
            self.clients = {}

        async def join(self, number, name):
            async with self._lock:
                self.clients[number] = name

        async def broadcast(self):
            async with self._lock:
                for name in self.clients.values():
                    await asyncio.sleep(0)
                    print(name)


    async def main():
        hub = Hub()
        await asyncio.gather(*[hub.broadcast() for _ in range(2)], hub.join(2, "x"))
    ```

    ## Not reported

    Loops over a copy (`list(…)`, `tuple(…)`, `sorted(…)`, `.copy()`, a slice), over a local
    collection, or over one that nothing changes but its constructor; a collection that is replaced
    as a whole and never changed in place; a loop that is left right behind the await; a loop whose
    body never suspends.

    ## References

    - https://docs.python.org/3/library/stdtypes.html#dictionary-view-objects
    - https://docs.python.org/3/reference/compound_stmts.html#the-for-statement
    """

    def wording(window: Window) -> Wording:
        known = program.view(function).type_of(window.read.place)
        classes = program.names.libraries.classes
        names = set(classes(known.name)) if isinstance(known, LibraryType) else set[str]()
        if "list" in names:
            return _OF_LIST
        return _OF_OTHERS if names & _FAILING else _WORDING

    yield from races(program, function, Shape.CHANGED_WHILE_ITERATING, wording)
