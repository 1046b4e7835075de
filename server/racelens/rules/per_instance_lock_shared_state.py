"""RL310: a lock per object for a state that all objects share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.levels import Severity
from racelens.findings.race import Wording, harm, races
from racelens.findings.rule import function_rule
from racelens.program.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.window import Window

_SAME = "another task in {function}, which holds another object's lock, changes it"
_COMPUTED = (
    "{lock} belongs to one object, but {state} to all of them: during {suspension}, {rival}, and"
    " line {write} overwrites that with a value computed from line {read}"
)
_CHECKED = (
    "{lock} belongs to one object, but {state} to all of them: during {suspension}, {rival}, and"
    " line {write} acts on what line {read} has found out before"
)


@function_rule(code="RL310", severity=Severity.WARNING, since="0.1.0")
def per_instance_lock_shared_state(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Shared state of all objects is guarded by a lock that each object has for itself.

    ## Why this is a race

    `self._lock` is made in `__init__`, so every object has a lock of its own. It keeps apart the
    tasks that work on one object. The state it is meant to guard is a class attribute, a module
    variable or something outside the process: tasks that work on two objects take two locks, and
    both go in.

    ## Example

    ```python
    import asyncio


    async def load(name):
        await asyncio.sleep(0)
        return name


    class Model:
        loaded = {}

        def __init__(self):
            self._lock = asyncio.Lock()

        async def get(self, name):
            async with self._lock:
                if name not in Model.loaded:
                    Model.loaded[name] = await load(name)
                return Model.loaded[name]


    async def main():
        await asyncio.gather(*[Model().get("a") for _ in range(2)])
    ```

    ## Use instead

    Put the lock where the state is:

    ```python
    import asyncio


    async def load(name):
        await asyncio.sleep(0)
        return name


    class Model:
        loaded = {}
        _lock = asyncio.Lock()

        async def get(self, name):
            async with Model._lock:
                if name not in Model.loaded:
                    Model.loaded[name] = await load(name)
                return Model.loaded[name]


    async def main():
        await asyncio.gather(*[Model().get("a") for _ in range(2)])
    ```

    Or give each object a state of its own:

    ```python
    import asyncio


    async def load(name):
        await asyncio.sleep(0)
        return name


    class Model:
        def __init__(self):
            self._lock = asyncio.Lock()
            self.loaded = {}

        async def get(self, name):
            async with self._lock:
                if name not in self.loaded:
                    self.loaded[name] = await load(name)
                return self.loaded[name]


    async def main():
        await asyncio.gather(*[Model().get("a") for _ in range(2)])
    ```

    ## Not reported

    A lock in the class body or the module; state of the object itself; a class of which the program
    makes one object, kept in a module variable; a read and a write without an `await` between them.

    ## Fix safety

    Before Python 3.10 an asyncio lock was bound to the event loop that was current when it was
    made; since then it is bound to the loop of the first task that has to wait for it. A lock in a
    class body or a module therefore serves one event loop.

    ## References

    - https://docs.python.org/3/library/asyncio-sync.html#asyncio.Lock
    - https://docs.python.org/3/tutorial/classes.html#class-and-instance-variables
    """
    yield from races(program, function, Shape.PER_INSTANCE_LOCK, _wording)


def _wording(window: Window) -> Wording:
    message = _COMPUTED if window.predicate is None or window.carried else _CHECKED
    return Wording(harm(window), _SAME, message)
