"""RL704: a loop that asks again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import loops_asleep
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule
from racelens.program.polling import polling_loops

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL704", severity=Severity.INFORMATION, since="0.2.0", concerns=loops_asleep)
def polling_loop(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Loops sleep until shared state changes, instead of being told.

    ## Why this matters

    The task wakes up in vain most of the time, and late when it counts. What it waits for may have
    come and gone between two looks. An `asyncio.Event` or a `Condition` wakes it at once.

    ## Example

    ```python
    import asyncio


    class Service:
        def __init__(self):
            self.ready = False

        async def start(self):
            await asyncio.sleep(1)
            self.ready = True

        async def wait(self):
            while not self.ready:
                await asyncio.sleep(0.1)
    ```

    ## Use instead

    ```python
    import asyncio


    class Service:
        def __init__(self):
            self.ready = asyncio.Event()

        async def start(self):
            await asyncio.sleep(1)
            self.ready.set()

        async def wait(self):
            await self.ready.wait()
    ```

    ## Not reported

    Loops that ask somebody else (`while not await client.is_ready()`), or that do more than sleep;
    state that nothing in the program changes. Loops that look at several states are reported only
    where the settings name this rule.

    ## References

    - https://docs.python.org/3/library/asyncio-sync.html#asyncio.Event
    """
    for node, state, is_alone in polling_loops(program, function):
        yield at(
            program,
            function,
            node,
            f"this loop sleeps until `{state}` changes: an Event or a Condition would tell it",
            harm="wakes up late, and in vain",
            confidence=Confidence.LIKELY,
            if_asked=not is_alone,
        )
