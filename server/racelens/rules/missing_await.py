"""RL201: a coroutine that nobody awaits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import may_miss_await
from racelens.findings.finding import Draft
from racelens.findings.levels import Confidence, Severity
from racelens.findings.rule import function_rule
from racelens.model.usage import Form
from racelens.program.awaiting import unawaited
from racelens.program.coroutines import called_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.names import FunctionId
    from racelens.program.awaiting import Unawaited
    from racelens.program.program import Program


_WHY = {
    Form.DROPPED: "its result is dropped",
    Form.TESTED: "a coroutine is always true",
    Form.COMPARED: "a coroutine equals nothing but itself",
    Form.FORMATTED: "the coroutine itself is printed",
    Form.ATTRIBUTE: "a coroutine has no such attribute",
    Form.OPERATED: "a coroutine is no such operand",
    Form.ITERATED: "nobody can go through a coroutine",
    Form.ENTERED: "a coroutine is no context manager",
    Form.LAMBDA: "the function that would make it is never called",
    Form.RETURNED: "the annotation promises the result itself",
}


@function_rule(code="RL201", severity=Severity.WARNING, since="0.1.0", concerns=may_miss_await)
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
    shift = program.line(function)
    for found in unawaited(program, function):
        call = found.call
        yield Draft(
            confidence=Confidence.PROVEN,
            harm="never runs" if not found.is_entered else "crash",
            message=_message(found),
            path=function.path,
            function=function.name.partition("#")[0],
            span=call.place.shifted(shift),
            subject=called_name(program.view(function), call),
        )


def _message(found: Unawaited) -> str:
    use, label = found.use, found.call.label
    if found.is_entered:
        wanted = "async with" if use.form is Form.ENTERED else "async for"
        return f"`{label}()` makes what only `{wanted}` can use"
    if not found.call.is_call:
        return f"`{label}` is a property that makes a coroutine, which is never awaited"
    if found.is_future:
        return f"`{label}()` makes a future that is never awaited: its result is dropped"
    begin = f"`{label}()` makes a coroutine that is never awaited"
    if found.held:
        those = "the coroutines in " if use.collected else ""
        return f"{begin}: nobody waits for {those}`{found.held}`"
    if use.collected:
        return f"{begin}: what collects it is dropped"
    if use.form is Form.ARGUMENT:
        return f"{begin}: `{use.called}()` is given the coroutine itself"
    return f"{begin}: {_WHY[use.form]}"
