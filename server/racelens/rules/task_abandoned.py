"""RL205: tasks that are left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import starts_tasks
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule
from racelens.program.task_values import left_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL205", severity=Severity.WARNING, since="0.2.0", concerns=starts_tasks)
def task_abandoned(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Tasks that go on when whoever started them has stopped waiting, and that nobody looks after.

    ## Why this is a bug

    `asyncio.wait` with a timeout cancels nothing: the tasks that it returns as pending go on, and
    unless somebody holds, cancels or awaits them they work for nobody, or vanish. `shield` protects
    what it is given from the cancellation of whoever waits; given a bare coroutine, nobody holds
    the task behind it when the wait is over. And `run_coroutine_threadsafe` hands exceptions to the
    future that it returns: dropped, they are lost.

    ## Example

    ```python
    import asyncio


    async def fetch(number):
        await asyncio.sleep(number)


    async def first():
        done, pending = await asyncio.wait(
            [asyncio.create_task(fetch(number)) for number in range(3)], timeout=1
        )
        return done
    ```

    ## Use instead

    ```python
    import asyncio


    async def fetch(number):
        await asyncio.sleep(number)


    async def first():
        done, pending = await asyncio.wait(
            [asyncio.create_task(fetch(number)) for number in range(3)], timeout=1
        )
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        return done
    ```

    ## Not reported

    Waits for all their tasks; tasks that are held elsewhere; a shield around a task that somebody
    holds. That nobody reads the exception behind `run_coroutine_threadsafe` is only said where this
    rule is asked for by name.

    ## References

    - https://docs.python.org/3/library/asyncio-task.html#asyncio.wait
    - https://docs.python.org/3/library/asyncio-task.html#asyncio.shield
    - https://docs.python.org/3/library/asyncio-task.html#asyncio.run_coroutine_threadsafe
    """
    for left in left_alone(program, function):
        yield at(
            program,
            function,
            left.call.place,
            f"`{left.call.label}()` leaves a task alone: {left.why}",
            harm="goes on unseen",
            confidence=Confidence.LIKELY if left.is_sure else Confidence.POSSIBLE,
            if_asked=left.is_minor,
        )
