"""RL404: state that both the event loop and a thread change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import meets_threads
from racelens.findings.levels import Severity
from racelens.findings.rule import function_rule
from racelens.findings.thread_race import thread_races
from racelens.program.thread_windows import Beside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.thread_windows import ThreadWindow


@function_rule(code="RL404", severity=Severity.WARNING, since="0.2.0", concerns=meets_threads)
def shared_with_thread(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Shared state is changed both on the event loop and in a thread, without a lock of threads.

    ## Why this is a bug

    Code between two awaits is safe from other tasks, but not from threads: what
    `asyncio.to_thread` or an executor runs may get in between any two steps. An `asyncio.Lock` does
    not help: the thread cannot take it.

    ## Example

    ```python
    import asyncio


    class Progress:
        def __init__(self):
            self.done = 0

        def _convert(self, path):
            self.done += 1

        async def convert(self, path):
            job = asyncio.create_task(asyncio.to_thread(self._convert, path))
            self.done += 1
            await job
    ```

    ## Use instead

    ```python
    import asyncio


    class Progress:
        def __init__(self):
            self.done = 0

        def _convert(self, path):
            return 1

        async def convert(self, path):
            job = asyncio.create_task(asyncio.to_thread(self._convert, path))
            self.done += 1
            done = await job
            self.done += done
    ```

    Hand the value back and change the state on the loop alone; or take a `threading.Lock` in both
    places, for a few statements without `await`.

    ## Not reported

    State that one side only reads or only sets; a lock of threads that is held from the read to the
    write; objects that are made for one call.

    ## References

    - https://docs.python.org/3/library/asyncio-dev.html#concurrency-and-multithreading
    - https://docs.python.org/3/library/asyncio-task.html#asyncio.to_thread
    """
    yield from thread_races(
        program,
        function,
        _is_shared,
        "{rival} may write {state} between its read on line {read} and this write, which overwrites"
        " it",
        "lost update",
    )


def _is_shared(window: ThreadWindow) -> bool:
    return window.beside is Beside.LOOP or window.on_loop
