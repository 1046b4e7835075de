"""Replay of an interleaving: two coroutines are driven by hand in the order that breaks the code.

Task A runs to the suspension of the interleaving and is parked; B runs to its end; A goes on. Only
the coroutine protocol is used (PEP 492, https://peps.python.org/pep-0492/), no event loop: a
coroutine that waits for a future cannot be driven, and that is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine

_MOST_STEPS = 1000


class ReplayError(RuntimeError):
    """The coroutines cannot be driven in that order; the text says why."""


def replay(first: Coroutine[Any, Any, Any], second: Coroutine[Any, Any, Any], line: int) -> None:
    """Run `first` to its suspension at the 1-based `line`, then `second`, then `first` to its end.

    Raises ReplayError where `first` never suspends there, or one of them waits for a future.
    """
    for _ in range(_MOST_STEPS):
        if not _advance(first):
            raise ReplayError(f"task A ends without a suspension on line {line}")
        if line in _lines(first):
            run(second)
            run(first)
            return
    raise ReplayError(f"task A does not come to line {line} in {_MOST_STEPS} steps")


def run(task: Coroutine[Any, Any, Any]) -> None:
    """Run `task` to its end. Raises ReplayError where it waits for a future or never ends."""
    for _ in range(_MOST_STEPS):
        if not _advance(task):
            return
    raise ReplayError(f"a task does not end in {_MOST_STEPS} steps")


def _advance(task: Coroutine[Any, Any, Any]) -> bool:
    """Run `task` to its next suspension; False where it has ended."""
    try:
        waits_for = task.send(None)
    except StopIteration:
        return False
    if waits_for is not None:
        raise ReplayError(f"a task waits for {type(waits_for).__name__}, which nobody resolves")
    return True


def _lines(task: Any) -> set[int]:
    """Return the lines at which the chain of awaiting coroutines stands."""
    lines: set[int] = set()
    while task is not None and (frame := getattr(task, "cr_frame", None)) is not None:
        lines.add(frame.f_lineno)
        task = task.cr_await
    return lines
