"""RL201: a coroutine that nobody awaits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.finding import Draft
from racelens.findings.levels import Confidence, Severity
from racelens.findings.rule import function_rule
from racelens.program.awaiting import must_be_awaited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL201", severity=Severity.WARNING, since="0.1.0")
def missing_await(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Use of a coroutine as a plain value: nobody awaits it.

    ## Why this is a bug

    Calling a coroutine function runs none of its body: it makes a coroutine object, which runs
    when it is awaited or started as a task. Dropped, it never runs, and Python only says so
    when the object is collected. In a condition it is always true; in a string its address shows.

    ## Example

    ```python
    import asyncio


    async def save(item):
        await asyncio.sleep(0)


    async def main():
        save(1)
    ```

    ## Use instead

    ```python
    import asyncio


    async def save(item):
        await asyncio.sleep(0)


    async def main():
        await save(1)
    ```

    ## Not reported

    Calls that return a task or a scheduled future (`create_task`, `gather`, `run_in_executor`);
    coroutines that are stored, returned or passed on, which somebody may await; functions behind
    decorators that are not known to leave a coroutine function one.

    ## References

    - https://docs.python.org/3/library/asyncio-dev.html#detect-never-awaited-coroutines
    """
    summary = program.function(function)
    if summary.broken:
        return
    shift = program.line(function)
    for call in summary.calls_unawaited:
        if must_be_awaited(program, function, call):
            yield Draft(
                confidence=Confidence.PROVEN,
                harm="never runs",
                message=f"`{call.label}()` makes a coroutine that is never awaited:"
                f" {call.form.value}",
                path=function.path,
                function=function.name.partition("#")[0],
                span=call.call.shifted(shift),
            )
