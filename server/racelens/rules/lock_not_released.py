"""RL305: a lock that is not given back on every way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import uses_locks
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule
from racelens.program.lock_types import lock_row
from racelens.program.lock_uses import LockUses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL305", severity=Severity.WARNING, since="0.2.0", concerns=uses_locks)
def lock_not_released(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Locks, semaphores and permits that are taken by hand and not given back on every way out.

    ## Why this is a bug

    Between `acquire` and `release` every `await` may raise, and each of them may be where the task
    is cancelled. Then nobody gives the lock back, and all who ask for it from now on wait for ever;
    of a semaphore, one permit is gone for good.

    ## Example

    ```python
    import asyncio

    limit = asyncio.Semaphore(2)


    async def job(work):
        await limit.acquire()
        await work()
        limit.release()
    ```

    ## Use instead

    ```python
    import asyncio

    limit = asyncio.Semaphore(2)


    async def job(work):
        async with limit:
            await work()
    ```

    ## Not reported

    A release in `finally`; locks that a function takes for its caller, or that something else gives
    back; functions in which nothing between is awaited and nothing leaves early.

    ## References

    - https://docs.python.org/3/library/asyncio-sync.html#asyncio.Semaphore
    - https://docs.python.org/3/library/asyncio-task.html#task-cancellation
    """
    uses = LockUses(program, function)
    for region in uses.regions(lambda path: lock_row(uses.view, path) is not None):
        leak = uses.leak(region) if uses.is_by_hand(region.taken) else None
        if leak is not None:
            line = program.span(function, leak).start.line + 1
            yield at(
                program,
                function,
                region.taken,
                f"`{region.lock.display()}` is not given back if line {line} fails, is cancelled or"
                " leaves the function",
                harm="waits for ever",
                confidence=Confidence.LIKELY,
            )
