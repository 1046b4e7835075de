"""RL309: a lock that is held for long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import uses_locks
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule
from racelens.program.lock_types import is_for_tasks
from racelens.program.lock_uses import LockUses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL309", severity=Severity.INFORMATION, since="0.2.0", concerns=uses_locks)
def slow_lock_region(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Locks are held while the task waits for what takes long, and needs no protection.

    ## Why this matters

    Everybody who needs the lock waits as long. If what the task waits for is another task that
    needs the lock, nobody goes on. And a generator that yields inside `async with` keeps the lock
    for as long as its user likes: where the user stops in the middle, until it is collected.

    ## Example

    ```python
    import asyncio

    lock = asyncio.Lock()
    ready = asyncio.Event()


    async def use():
        async with lock:
            await asyncio.wait_for(ready.wait(), 100)
    ```

    ## Use instead

    ```python
    import asyncio

    lock = asyncio.Lock()
    ready = asyncio.Event()


    async def use():
        await asyncio.wait_for(ready.wait(), 100)
        async with lock:
            pass
    ```

    ## Not reported

    Waits of a condition for itself, which give its lock away; context managers made by
    `asynccontextmanager`, whose users expect the lock to be held.

    ## References

    - https://docs.python.org/3/library/asyncio-sync.html#asyncio.Lock
    - https://peps.python.org/pep-0533/
    """
    uses = LockUses(program, function)
    for region in uses.regions(lambda path: is_for_tasks(uses.view, path)):
        found = uses.long_wait(region)
        if found is not None:
            node, why = found
            yield at(
                program,
                function,
                node,
                f"`{region.lock.display()}` is held while {why}: everybody who needs it waits as"
                " long",
                harm="everybody waits",
                confidence=Confidence.LIKELY,
            )
