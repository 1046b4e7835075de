"""RL204: a place that holds a running task gets another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import starts_tasks
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule
from racelens.program.held_values import tasks_overwritten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL204", severity=Severity.WARNING, since="0.2.0", concerns=starts_tasks)
def task_overwritten(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Tasks are stored where another one still is, which nobody can cancel or await any more.

    ## Why this is a bug

    The attribute was the only reference to the first task. It goes on, or vanishes in the middle of
    its work; `stop()` cancels the second one alone, and two of them do what one should.

    ## Example

    ```python
    import asyncio


    class Poller:
        def __init__(self):
            self.task = None

        async def poll(self):
            await asyncio.sleep(1)

        async def start(self):
            for _ in range(2):
                self.task = asyncio.create_task(self.poll())
    ```

    ## Use instead

    Cancel or await what is there, or keep all of them:

    ```python
    import asyncio


    class Poller:
        def __init__(self):
            self.tasks = set()

        async def poll(self):
            await asyncio.sleep(1)

        async def start(self):
            for _ in range(2):
                task = asyncio.create_task(self.poll())
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)
    ```

    ## Not reported

    A place at which the function looks in between, or calls a method that may; what a second call
    of the function overwrites.

    ## References

    - https://docs.python.org/3/library/asyncio-task.html#asyncio.create_task
    """
    for again in tasks_overwritten(program, function):
        line = program.span(function, again.first).start.line + 1
        same = again.first == again.second
        before = "in the round of the loop before" if same else f"on line {line}"
        yield at(
            program,
            function,
            again.second,
            f"`{again.name}` holds the task that was started {before}, and nobody has cancelled or"
            " awaited it",
            harm="goes on unseen",
            confidence=Confidence.LIKELY,
        )
