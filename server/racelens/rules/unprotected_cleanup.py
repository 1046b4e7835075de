"""RL703: cleaning up that a cancellation cuts short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import cleans_up
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program

_PROTECTS = frozenset({"asyncio.shield", "anyio.CancelScope"})


@function_rule(
    code="RL703", severity=Severity.WARNING, since="0.2.0", concerns=cleans_up, enabled=False
)
def unprotected_cleanup(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Something is awaited in a `finally`: if that is cancelled, the rest of it is left undone.

    ## Why this is a bug

    A task that is cancelled runs its `finally`, and may be cancelled again while it awaits there: a
    shutdown with a timeout does that. What stands behind the `await` never runs: the connection
    stays open, the flag stays set. An exception of what is awaited has the same effect.

    ## Example

    ```python
    class Client:
        async def run(self):
            self.busy = True
            try:
                await self.work()
            finally:
                await self.writer.wait_closed()
                self.busy = False
    ```

    ## Use instead

    ```python
    class Client:
        async def run(self):
            self.busy = True
            try:
                await self.work()
            finally:
                self.busy = False
                await self.writer.wait_closed()
    ```

    Do first what needs no `await`. What must be awaited and be followed by more belongs into
    `asyncio.shield`, or into a `try` of its own.

    ## Not reported

    An `await` that ends the `finally`; `asyncio.shield`; an `await` in a `try` of its own.

    ## References

    - https://docs.python.org/3/library/asyncio-task.html#task-cancellation
    - https://docs.python.org/3/library/asyncio-task.html#asyncio.shield
    """
    summary = program.function(function)
    if summary.broken:
        return
    view = program.view(function)
    for cleanup in summary.usage.cleanups:
        if view.callee(cleanup.called) in _PROTECTS:
            continue
        behind = cleanup.behind.shifted(program.line(function)).start.line + 1
        yield at(
            program,
            function,
            cleanup.place,
            f"if this `await` is cancelled or fails, line {behind} does not run: the rest of the"
            " cleaning up is left undone",
            harm="left half undone",
            confidence=Confidence.LIKELY,
        )
