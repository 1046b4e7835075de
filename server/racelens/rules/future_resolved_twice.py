"""RL501: a future that may be done already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import resolves_futures
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule
from racelens.program.future_uses import unchecked_resolutions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL501", severity=Severity.WARNING, since="0.2.0", concerns=resolves_futures)
def future_resolved_twice(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Futures are resolved although somebody else, or a cancellation, may have come first.

    ## Why this is a bug

    A future can be resolved once. `set_result` and `set_exception` raise
    `asyncio.InvalidStateError` when it is done by then: another task or callback has resolved it,
    or whoever waits for it has been cancelled, which cancels the future as well: a `wait_for` that
    times out is enough. Often the exception ends the one task that serves all the others. (There is
    no `RaceConditionError` in Python, whatever one reads.)

    ## Example

    ```python
    import asyncio


    async def resolver(future, number):
        await asyncio.sleep(0)
        future.set_result(number)


    async def main():
        future = asyncio.get_running_loop().create_future()
        await asyncio.gather(resolver(future, 1), resolver(future, 2))
    ```

    ## Use instead

    Look right before, with no `await` between:

    ```python
    import asyncio


    async def resolver(future, number):
        await asyncio.sleep(0)
        if not future.done():
            future.set_result(number)


    async def main():
        future = asyncio.get_running_loop().create_future()
        await asyncio.gather(resolver(future, 1), resolver(future, 2))
    ```

    ## Not reported

    Futures that the function has made and not let go of; a check of `done()` or `cancelled()`
    with nothing awaited since; calls inside `try`. Where nobody else is seen to resolve the future,
    the finding is only *possible*.

    ## References

    - https://docs.python.org/3/library/asyncio-future.html#asyncio.Future.set_result
    - https://docs.python.org/3/library/asyncio-exceptions.html#asyncio.InvalidStateError
    """
    for found in unchecked_resolutions(program, function):
        yield at(
            program,
            function,
            found.node,
            f"`{found.future.display()}` may be done by then: {found.why}, and a second result"
            " raises InvalidStateError",
            harm="crash",
            confidence=Confidence.LIKELY if found.is_seen else Confidence.POSSIBLE,
        )
