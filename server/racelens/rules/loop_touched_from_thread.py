"""RL403: the event loop, touched from another thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import runs_in_thread
from racelens.findings.finding import Evidence
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule
from racelens.program.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL403", severity=Severity.WARNING, since="0.2.0", concerns=runs_in_thread)
def loop_touched_from_thread(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Objects of an event loop are used in another thread, without its knowing.

    ## Why this is a bug

    The event loop and its futures, events, queues and tasks are not thread-safe. What another
    thread does to them may be lost or break their state, and a loop that sleeps does not notice: a
    task that waits for the event wakes up late, or never.

    ## Example

    ```python
    import asyncio
    import threading


    async def main():
        loop = asyncio.get_running_loop()
        future = loop.create_future()

        def worker():
            future.set_result(1)

        threading.Thread(target=worker).start()
        await future
    ```

    ## Use instead

    ```python
    import asyncio
    import threading


    async def main():
        loop = asyncio.get_running_loop()
        future = loop.create_future()

        def worker():
            loop.call_soon_threadsafe(future.set_result, 1)

        threading.Thread(target=worker).start()
        await future
    ```

    ## Not reported

    `call_soon_threadsafe` and `run_coroutine_threadsafe`; objects whose type is not known;
    functions that no thread of the program is seen to run.

    ## References

    - https://docs.python.org/3/library/asyncio-dev.html#concurrency-and-multithreading
    """
    for found in program.facet(Threads).off_loop(function):
        starter, node = found.started.site
        yield at(
            program,
            function,
            found.call.place,
            f"`{found.call.label}()` runs in another thread than the event loop: use"
            f" `{found.instead}`",
            harm="lost wake-up",
            confidence=Confidence.LIKELY,
            evidence=(Evidence(starter.path, program.span(starter, node), found.started.said),),
        )
