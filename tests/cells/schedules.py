"""Every schedule of two tasks in which one is parked once, in an event loop.

Two coroutines go in. The first runs to one of its suspensions and is parked, the second runs as
far as it gets, the first goes on to its end, then the second. A coroutine that waits for a future
(a lock, a shielded task) goes on when the loop has resolved it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_MOST_STEPS = 1000
_MOST_ROUNDS = 20  # of the event loop, until what a task waits for must have come


def outcomes(look: Callable[[dict[str, object]], object], begin: Callable[[], Any]) -> list[object]:
    """Return what `look` sees after each schedule; `begin` makes names and both coroutines."""
    found: list[object] = []
    for parked_at in range(_MOST_STEPS):
        outcome, is_over = asyncio.run(_run(look, begin, parked_at))
        found.append(outcome)
        if is_over:
            return found
    raise AssertionError(f"task A is not over after {_MOST_STEPS} suspensions")


async def _run(
    look: Callable[[dict[str, object]], object], begin: Callable[[], Any], parked_at: int
) -> tuple[object, bool]:
    names, first, second = begin()
    a, b = _Task(first), _Task(second)
    for _ in range(parked_at + 1):
        for _ in range(_MOST_ROUNDS):
            if a.step() or a.is_done:
                break
            await asyncio.sleep(0)  # it waits for a task of its own
    is_over = a.is_done or a.is_waiting
    tasks = (b, a, b, a)
    for _ in range(_MOST_STEPS):
        errors = [repr(task.error) for task in (a, b) if task.error is not None]
        if errors:
            return errors[0], is_over
        if a.is_done and b.is_done:
            return look(names), is_over
        for task in tasks:
            task.run()
        await asyncio.sleep(0)
    raise AssertionError("the tasks wait for each other")


class _Task:
    def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._coroutine = coroutine
        self._waits_for: Any = None
        self.is_done = False
        self.error: Exception | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for a future."""
        return self._waits_for is not None and not self._waits_for.done()

    def step(self) -> bool:
        """Run to the next suspension; False where the task is over or waits for a future."""
        if self.is_done or self.is_waiting:
            return False
        try:
            self._waits_for = self._coroutine.send(None)
        except StopIteration:
            self.is_done = True
            return False
        except (KeyError, IndexError, ValueError, RuntimeError) as error:
            self.is_done, self.error = True, error
            return False
        if self._waits_for is not None:
            # As asyncio's own tasks do when they take over a future that was yielded.
            self._waits_for._asyncio_future_blocking = False  # noqa: SLF001
        return True

    def run(self) -> None:
        while self.step():
            pass
