"""RL101: a read-modify-write with a suspension inside."""

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

_WORDING = Wording(
    "lost update",
    "another task in {function} writes it",
    "{state} may have changed during {suspension}: {rival} meanwhile, and line {write} overwrites"
    " that with a value computed from line {read}",
)


@function_rule(code="RL101", severity=Severity.WARNING, since="0.1.0")
def lost_update(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Shared state is written back from a value read before the task suspended.

    ## Why this is a race

    At an `await` that suspends, the event loop runs other tasks. One of them can change the
    state between the read and the write; the write then puts back a value that was computed from
    the old one, and the other task's update is lost. `self.n += await f()` is such a window, too:
    Python reads `self.n` before it evaluates the right side.

    ## Example

    ```python
    import asyncio


    class Counter:
        def __init__(self):
            self.value = 0

        async def increment(self):
            current = self.value
            await asyncio.sleep(0)
            self.value = current + 1


    async def main():
        counter = Counter()
        await asyncio.gather(*[counter.increment() for _ in range(10)])
    ```

    ## Use instead

    Await first, and then read and write without an `await` between them:

    ```python
    import asyncio


    class Counter:
        def __init__(self):
            self.value = 0

        async def increment(self):
            await asyncio.sleep(0)
            self.value += 1


    async def main():
        counter = Counter()
        await asyncio.gather(*[counter.increment() for _ in range(10)])
    ```

    Where the value is needed before the await, hold one lock from the read to the write:

    ```python
    import asyncio


    class Counter:
        def __init__(self):
            self.value = 0
            self._lock = asyncio.Lock()

        async def increment(self):
            async with self._lock:
                current = self.value
                await asyncio.sleep(0)
                self.value = current + 1


    async def main():
        counter = Counter()
        await asyncio.gather(*[counter.increment() for _ in range(10)])
    ```

    ## Not reported

    Local variables and objects that have not left the function; writes of values that do not
    derive from the read; a state that is read again after the await; a window that one acquisition
    of a lock covers; awaits of functions that never suspend.

    ## Fix safety

    The lock is made in `__init__`, or next to the variable it guards. asyncio's locks are not
    re-entrant, so no lock is offered where a function called inside takes it, too.

    ## References

    - https://docs.python.org/3/library/asyncio-sync.html#asyncio.Lock
    - https://docs.python.org/3/reference/simple_stmts.html#augmented-assignment-statements
    """
    yield from races(program, function, Shape.LOST_UPDATE, lambda _: _WORDING)
