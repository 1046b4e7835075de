"""Handlers that swallow the cancellation of their own task: a function in, handlers out.

https://docs.python.org/3/library/asyncio-task.html#task-cancellation
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId
    from racelens.model.usage import Handler
    from racelens.program.program import Program
    from racelens.program.views import FunctionView

CANCELLATION = frozenset({"CancelledError", "BaseException"})  # last names
_CAUGHT = frozenset(
    {"asyncio.CancelledError", "asyncio.exceptions.CancelledError", "BaseException"}
)
_CANCEL = "cancel"


class Swallowed(NamedTuple):
    """A handler that goes on although the task is cancelled; `goes_on`: with a loop around it.

    `is_sure`: it does nothing else with the cancellation, and is not the end of a task.
    """

    handler: Handler
    goes_on: bool
    is_sure: bool


def swallowed_cancellations(program: Program, function: FunctionId) -> Iterator[Swallowed]:
    """Yield the handlers of a coroutine function that swallow its cancellation, in order.

    Not those of functions that cancel something themselves: they wait for that.
    """
    summary = program.function(function)
    if summary.broken or _CANCEL in summary.mentions:
        return
    view = program.view(function)
    for handler in summary.usage.handlers:
        if not handler.suspends or handler.raises or _catches(view, handler.before):
            continue
        if handler.catches and not _catches(view, handler.catches):
            continue
        goes_on = handler.in_loop and not handler.ends
        is_alone = not goes_on and _is_task_alone(program, function)
        ends_task = is_alone and (handler.is_last or bool(program.tasks.roots.of(function)))
        told = handler.uses_error or handler.of_tasks or handler.ends
        yield Swallowed(handler, goes_on, is_sure=not (told or ends_task))


def _catches(view: FunctionView, types: Iterable[AccessPath | None]) -> bool:
    return any(view.callee(caught) in _CAUGHT for caught in types)


def _is_task_alone(program: Program, function: FunctionId) -> bool:
    """Say whether nobody in the program is seen to await a function: it is a task's, perhaps."""
    roots = program.tasks.roots
    if program.tasks.callers.of(function) or function in roots.mains:
        return False
    return not any(root.joined for root in roots.of(function))
