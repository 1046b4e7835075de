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
    from racelens.model.usage import Cleanup
    from racelens.program.program import Program
    from racelens.program.views import FunctionView

_REST = "the rest of the cleaning up is left undone"
_LOGS = ("logging.", "print")
_PROTECTS = frozenset({"asyncio.shield", "anyio.CancelScope"})


@function_rule(
    code="RL703", severity=Severity.WARNING, since="0.2.0", concerns=cleans_up, enabled=False
)
def unprotected_cleanup(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Something is awaited before all is in order: if that is cancelled, it is never put right.

    ## Why this is a bug

    A task that is cancelled runs its `finally`, and may be cancelled again while it awaits there: a
    shutdown with a timeout does that. What stands behind the `await` never runs: the connection
    stays open, the flag stays set. An exception of what is awaited has the same effect. And what
    is counted up before an `await` and down behind it, in no `finally`, is never counted down.

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

    An `await` that ends the `finally`, or is followed by nothing but a `return` or a line for the
    log; `asyncio.shield`; an `await` in a `try` of its own.

    ## References

    - https://docs.python.org/3/library/asyncio-task.html#task-cancellation
    - https://docs.python.org/3/library/asyncio-task.html#asyncio.shield
    """
    summary = program.function(function)
    if summary.broken:
        return
    view = program.view(function)
    for cleanup in summary.usage.cleanups:
        if view.callee(cleanup.called) in _PROTECTS or _only_logs(view, cleanup):
            continue
        behind = cleanup.behind.shifted(program.line(function)).start.line + 1
        left = f"`{cleanup.state}` stays as it is now" if cleanup.state else _REST
        yield at(
            program,
            function,
            cleanup.place,
            f"if what is awaited here is cancelled or fails, line {behind} does not run: {left}",
            harm="left half undone",
            confidence=Confidence.LIKELY,
        )


def _only_logs(view: FunctionView, cleanup: Cleanup) -> bool:
    """Say whether nothing is missed by who does not see the rest."""
    if cleanup.only_calls is None:
        return False
    called = (view.callee(path) for path in cleanup.only_calls)
    return all(isinstance(name, str) and name.startswith(_LOGS) for name in called)
