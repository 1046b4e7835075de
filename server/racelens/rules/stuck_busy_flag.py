"""RL109: a busy flag that an exception leaves set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.levels import Severity
from racelens.findings.race import Wording, races
from racelens.findings.rule import function_rule
from racelens.program.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program

_WORDING = Wording(
    "stuck",
    "",
    "{state} stays set if {suspension} raises or is cancelled: nothing resets it on that way, and"
    " nobody gets in any more",
)


@function_rule(code="RL109", severity=Severity.WARNING, since="0.1.0")
def stuck_busy_flag(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Busy flags stay set when the code between set and reset raises or is cancelled.

    ## Why this is a bug

    The flag keeps other tasks out while one is inside. It is reset at the end, but an `await` on
    the way may raise, and every `await` may be cancelled: by a time limit, by a `TaskGroup` whose
    other task failed, by shutdown. Then the reset is skipped, the flag says "busy" for ever, and
    every later call returns or waits without anybody being inside.

    ## Example

    ```python
    import asyncio


    async def fetch():
        await asyncio.sleep(0)


    class Feed:
        def __init__(self):
            self._busy = False

        async def sync(self):
            if self._busy:
                return
            self._busy = True
            await fetch()
            self._busy = False


    async def main():
        feed = Feed()
        await asyncio.gather(feed.sync(), feed.sync())
    ```

    ## Use instead

    Reset it in `finally`:

    ```python
    import asyncio


    async def fetch():
        await asyncio.sleep(0)


    class Feed:
        def __init__(self):
            self._busy = False

        async def sync(self):
            if self._busy:
                return
            self._busy = True
            try:
                await fetch()
            finally:
                self._busy = False


    async def main():
        feed = Feed()
        await asyncio.gather(feed.sync(), feed.sync())
    ```

    ## Not reported

    A flag that is reset in `finally`, in an `except` that catches everything, or by a context
    manager; a flag that is never reset by the function (a latch: started, closed); a region in
    which nothing is awaited; a flag that another function resets, too.

    ## References

    - https://docs.python.org/3/library/asyncio-task.html#task-cancellation
    - https://docs.python.org/3/reference/compound_stmts.html#finally-clause
    """
    yield from races(program, function, Shape.STUCK_BUSY_FLAG, lambda _: _WORDING)
