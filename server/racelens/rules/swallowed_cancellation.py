"""RL702: a cancellation that goes no further."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import catches_cancellation
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule
from racelens.program.cancellation import swallowed_cancellations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(
    code="RL702", severity=Severity.WARNING, since="0.2.0", concerns=catches_cancellation
)
def swallowed_cancellation(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Handlers that catch the cancellation of their own task, and do not raise it again.

    ## Why this is a bug

    A task is cancelled by raising `CancelledError` at the `await` where it is suspended. Who
    catches it and goes on cannot be stopped: `task.cancel()` has no effect, `asyncio.timeout` and
    task groups do not work as they should, and the program hangs when it is to end. A bare
    `except:` and `except BaseException:` catch it, too.

    ## Example

    ```python
    import asyncio


    async def serve(queue):
        while True:
            try:
                print(await queue.get())
            except BaseException:
                print("again")
    ```

    ## Use instead

    ```python
    import asyncio


    async def serve(queue):
        while True:
            try:
                print(await queue.get())
            except Exception:
                print("again")
    ```

    Where something has to be tidied up, do so and raise:

    ```python
    import asyncio


    async def serve(queue):
        try:
            print(await queue.get())
        except asyncio.CancelledError:
            queue.close()
            raise
    ```

    ## Not reported

    Handlers that raise on some way; functions that cancel a task themselves and wait for its end.
    What ends a task that nobody awaits, waits for a task alone, or hands the error on, is only
    *possible*.

    ## References

    - https://docs.python.org/3/library/asyncio-task.html#task-cancellation
    - https://docs.python.org/3/library/asyncio-exceptions.html#asyncio.CancelledError
    """
    for found in swallowed_cancellations(program, function):
        what = "goes on with the loop" if found.goes_on else "goes on as if nothing had happened"
        yield at(
            program,
            function,
            found.handler.place,
            f"this handler catches the cancellation of the task and {what}: `cancel()` and timeouts"
            " have no effect",
            harm="cannot be cancelled",
            confidence=Confidence.LIKELY if found.is_sure else Confidence.POSSIBLE,
        )
