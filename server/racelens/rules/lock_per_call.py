"""RL301: a lock that each call makes for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import makes_locks
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule
from racelens.program.made_locks import locks_per_call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL301", severity=Severity.WARNING, since="0.2.0", concerns=makes_locks)
def lock_per_call(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Locks that each call makes for itself, so that nobody ever waits for anybody.

    ## Why this is a bug

    A lock keeps out those who ask for the same lock. One that a function makes each time it is
    called is known to that call alone: every task has its own, and all go in at once.

    ## Example

    ```python
    import asyncio

    total = 0


    async def add():
        global total
        lock = asyncio.Lock()
        async with lock:
            before = total
            await asyncio.sleep(0)
            total = before + 1
    ```

    ## Use instead

    Make the lock once, where the state is:

    ```python
    import asyncio

    total = 0
    lock = asyncio.Lock()


    async def add():
        global total
        async with lock:
            before = total
            await asyncio.sleep(0)
            total = before + 1
    ```

    ## Not reported

    Locks that a nested function uses, or that are handed on, stored or returned: several tasks
    may share those.

    ## References

    - https://docs.python.org/3/library/asyncio-sync.html#asyncio.Lock
    """
    for call in locks_per_call(program, function):
        yield at(
            program,
            function,
            call.place,
            f"each call of `{program.function(function).last_name}()` makes a lock of its own with"
            f" `{call.label}()`: it keeps nobody out",
            harm="no protection",
            confidence=Confidence.LIKELY,
        )
