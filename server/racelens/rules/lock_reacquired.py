"""RL306: a lock that waits for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import uses_locks
from racelens.findings.finding import Evidence
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule
from racelens.program.lock_orders import LockOrders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL306", severity=Severity.WARNING, since="0.2.0", concerns=uses_locks)
def lock_reacquired(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Locks that let nobody in twice are taken again by the task that holds them.

    ## Why this is a bug

    asyncio's locks are not re-entrant, and neither is `threading.Lock`: who holds one and asks for
    it again waits for himself, for ever, and so does everybody else who needs it. Mostly the second
    time is in a method that the first one calls.

    ## Example

    ```python
    import asyncio


    class Store:
        def __init__(self):
            self._lock = asyncio.Lock()
            self.items = []

        async def add(self, item):
            async with self._lock:
                self.items.append(item)

        async def add_all(self, items):
            async with self._lock:
                for item in items:
                    await self.add(item)
    ```

    ## Use instead

    Split off the part that is done under the lock:

    ```python
    import asyncio


    class Store:
        def __init__(self):
            self._lock = asyncio.Lock()
            self.items = []

        async def add(self, item):
            async with self._lock:
                self._add_locked(item)

        async def add_all(self, items):
            async with self._lock:
                for item in items:
                    self._add_locked(item)

        def _add_locked(self, item):
            self.items.append(item)
    ```

    ## Not reported

    `threading.RLock` and other locks that may be taken twice; the lock of another object; one lock
    for each key.

    ## References

    - https://docs.python.org/3/library/asyncio-sync.html#asyncio.Lock
    """
    for nested in program.facet(LockOrders).again(function):
        lock, taken = nested.held.display(), nested.taken
        line = program.span(function, nested.outer).start.line + 1
        by, node = taken.by
        evidence: tuple[Evidence, ...] = ()
        what = "is taken again here"
        if by != function:
            span = program.span(by, node)
            what = f"is taken again by `{program.function(by).last_name}()`"
            evidence = (Evidence(by.path, span, f"`{lock}` is taken again here"),)
        yield at(
            program,
            function,
            taken.node,
            f"`{lock}`, which this task holds since line {line}, {what}: it waits for itself",
            harm="deadlock",
            confidence=Confidence.PROVEN if taken.sure else Confidence.POSSIBLE,
            evidence=evidence,
        )
