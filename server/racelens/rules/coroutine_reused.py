"""RL203: one coroutine, awaited twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import holds_coroutines
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule
from racelens.program.held_values import awaited_again

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL203", severity=Severity.WARNING, since="0.2.0", concerns=holds_coroutines)
def coroutine_reused(program: Program, function: FunctionId) -> Iterator[Draft]:
    """One coroutine is awaited or run a second time.

    ## Why this is a bug

    A coroutine runs once. Awaited again, it raises `RuntimeError: cannot reuse already awaited
    coroutine`; given to a task while another one awaits it, `coroutine is being awaited already`.
    Unlike a coroutine, a task or future can be awaited as often as one likes.

    ## Example

    ```python
    import asyncio


    async def load():
        await asyncio.sleep(0)


    async def main():
        loading = load()
        await loading
        await loading
    ```

    ## Use instead

    Call the function again, or make a task of it:

    ```python
    import asyncio


    async def load():
        await asyncio.sleep(0)


    async def main():
        loading = asyncio.create_task(load())
        await loading
        await loading
    ```

    ## Not reported

    Coroutines in other places than local variables; a variable that holds another coroutine by
    then; branches of which only one is taken.

    ## References

    - https://docs.python.org/3/reference/datamodel.html#coroutine-objects
    """
    for again in awaited_again(program, function):
        line = program.span(function, again.first).start.line + 1
        same = again.first == again.second
        before = "in the round of the loop before" if same else f"on line {line}"
        yield at(
            program,
            function,
            again.second,
            f"the coroutine in `{again.name}` is awaited again: it has run {before}, and a"
            " coroutine runs once",
            harm="crash",
            confidence=Confidence.PROVEN,
        )
