"""RL304: a lock of threads on the event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import uses_locks
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule
from racelens.program.lock_types import blocks_thread
from racelens.program.lock_uses import LockUses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL304", severity=Severity.WARNING, since="0.2.0", concerns=uses_locks)
def thread_lock_across_await(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Locks of threads that are held while the task is suspended, or waited for on the event loop.

    ## Why this is a bug

    A task that is suspended with a `threading.Lock` keeps it. The next task that asks for it blocks
    the thread, and with it the event loop: the first one can never go on to give it back. Even
    where nothing is awaited inside, whoever waits for the lock stops every task of the loop until
    another thread lets go of it.

    ## Example

    ```python
    import asyncio
    import threading

    lock = threading.Lock()


    async def job():
        with lock:
            await asyncio.sleep(1)
    ```

    ## Use instead

    ```python
    import asyncio

    lock = asyncio.Lock()


    async def job():
        async with lock:
            await asyncio.sleep(1)
    ```

    Where threads need the lock as well, hold it for a few statements without an `await`, or take it
    in a thread with `asyncio.to_thread`.

    ## Not reported

    Locks whose type is not known; `acquire` with a time limit or `blocking=False`. A lock that is
    given back before anything is awaited is only reported where this rule is asked for by name:
    it is harmless as long as no thread holds the lock for long.

    ## References

    - https://docs.python.org/3/library/threading.html#lock-objects
    - https://docs.python.org/3/library/asyncio-dev.html#concurrency-and-multithreading
    """
    if not program.function(function).is_async:
        return
    uses = LockUses(program, function)
    for region in uses.regions(lambda path: blocks_thread(uses.view, path)):
        if uses.is_limited(region.taken):
            continue
        lock = region.lock.display()
        suspension = uses.suspension(region.nodes)
        if suspension is not None:
            line = program.span(function, suspension).start.line + 1
            message = (
                f"`{lock}` is a lock of threads, and is held while line {line} suspends the task:"
                " whoever asks for it next blocks the event loop for ever"
            )
        else:
            message = f"`{lock}` is a lock of threads: waiting for it blocks the event loop"
        yield at(
            program,
            function,
            region.taken,
            message,
            harm="deadlock" if suspension is not None else "blocked event loop",
            confidence=Confidence.LIKELY,
            if_asked=suspension is None,
        )
