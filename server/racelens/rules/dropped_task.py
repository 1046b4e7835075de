"""RL202: a task that nobody holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import starts_tasks
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule
from racelens.program.coroutines import called_name
from racelens.program.task_values import lost_tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL202", severity=Severity.WARNING, since="0.2.0", concerns=starts_tasks)
def dropped_task(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Tasks that nobody holds: they may be collected before they are done.

    ## Why this is a bug

    The event loop keeps weak references to its tasks. A task that nobody else holds may disappear
    at any `await` inside it, in the middle of its work. And nobody reads the exception with which
    it fails: Python reports it when the task is collected, if at all. A local variable holds the
    task only while its function runs.

    ## Example

    ```python
    import asyncio


    async def send(report):
        await asyncio.sleep(0)


    async def finish(report):
        asyncio.create_task(send(report))
    ```

    ## Use instead

    Keep the task until it is done:

    ```python
    import asyncio

    running = set()


    async def send(report):
        await asyncio.sleep(0)


    async def finish(report):
        task = asyncio.create_task(send(report))
        running.add(task)
        task.add_done_callback(running.discard)
    ```

    Or wait for it, on its own or in a task group (Python 3.11 and newer):

    ```python
    import asyncio


    async def send(report):
        await asyncio.sleep(0)


    async def finish(report):
        async with asyncio.TaskGroup() as group:
            group.create_task(send(report))
    ```

    ## Not reported

    Tasks of a task group or nursery, which keeps them; tasks that are stored, returned, awaited,
    cancelled or handed on; what a framework's own helper starts and keeps.

    ## References

    - https://docs.python.org/3/library/asyncio-task.html#asyncio.create_task
    - https://github.com/python/cpython/issues/91887
    """
    for lost in lost_tasks(program, function):
        yield at(
            program,
            function,
            lost.call.place,
            f"`{lost.call.label}()` starts a task that nobody keeps: {lost.why},"
            " and the loop holds it by a weak reference alone",
            harm="may vanish before it is done",
            confidence=Confidence.LIKELY if lost.is_sure else Confidence.POSSIBLE,
            subject=called_name(program.view(function), lost.call),
        )
