"""RL103: a lazily made value that two tasks make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.levels import Severity
from racelens.findings.race import Wording, races
from racelens.findings.rule import function_rule
from racelens.program.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.window import Window

_SAME = "another task in {function} finds it missing on line {read} as well"
_MESSAGE = (
    "{state} may be set up twice: during {suspension}, {rival}, and line {write} replaces what that"
    " task has made"
)
_ENTRY_MESSAGE = (
    "what {state} is to hold may be made twice: during {suspension}, {rival}, and line {write} adds"
    " another one"
)


@function_rule(code="RL103", severity=Severity.WARNING, since="0.1.0")
def double_initialization(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Set up by two tasks: what is made when it is missing, while making it suspends.

    ## Why this is a race

    The first task finds the value missing and awaits what makes it: a connection, a client, an
    entry of a cache. Until it is stored, every other task finds it missing, too, and makes one of
    its own. The last one stays; the others are leaked, with their sockets, or their work is done
    twice.

    ## Example

    ```python
    import asyncio


    async def connect():
        await asyncio.sleep(0)
        return object()


    class Pool:
        def __init__(self):
            self._connection = None

        async def connection(self):
            if self._connection is None:
                self._connection = await connect()
            return self._connection


    async def main():
        pool = Pool()
        await asyncio.gather(pool.connection(), pool.connection())
    ```

    ## Use instead

    Check again under a lock:

    ```python
    import asyncio


    async def connect():
        await asyncio.sleep(0)
        return object()


    class Pool:
        def __init__(self):
            self._lock = asyncio.Lock()
            self._connection = None

        async def connection(self):
            if self._connection is None:
                async with self._lock:
                    if self._connection is None:
                        self._connection = await connect()
            return self._connection


    async def main():
        pool = Pool()
        await asyncio.gather(pool.connection(), pool.connection())
    ```

    Or store the task before anything is awaited, so that all await the same one:

    ```python
    import asyncio


    async def connect():
        await asyncio.sleep(0)
        return object()


    class Pool:
        def __init__(self):
            self._connecting = None

        async def connection(self):
            if self._connecting is None:
                self._connecting = asyncio.create_task(connect())
            return await self._connecting


    async def main():
        pool = Pool()
        await asyncio.gather(pool.connection(), pool.connection())
    ```

    ## Not reported

    A check that is repeated after the last await; a flag, placeholder or task that is stored
    before the first await; double-checked locking; `setdefault`; state that only one task sees.

    ## Fix safety

    The lock is made in `__init__`, or next to the variable it guards.

    ## References

    - https://docs.python.org/3/library/asyncio-sync.html#asyncio.Lock
    - https://en.wikipedia.org/wiki/Double-checked_locking
    """
    yield from races(program, function, Shape.DOUBLE_INITIALIZATION, _wording)


def _wording(window: Window) -> Wording:
    adds = window.write.place.is_entry and not window.read.place.is_entry
    other = "`{name}()` may make one" if adds else "`{name}()` may set it"
    return Wording("duplicated effect", _SAME, _ENTRY_MESSAGE if adds else _MESSAGE, other)
