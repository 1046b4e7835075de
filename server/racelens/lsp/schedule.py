"""Threads of our own for the work that would hold up the event loop, or the reading of messages.

Jobs go in, futures come out. A job that waits is replaced by a newer one of the same key, so that
under fast typing only the newest text is analysed. Nothing here knows what a job does.
"""

from __future__ import annotations

import enum
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")


class Lane(enum.IntEnum):
    """Which jobs go first."""

    PROMPT = 0
    IDLE = 1


class Worker:
    """One thread that runs jobs in their order of arrival, those of the prompt lane first.

    Its methods may be called from any thread. The thread does not keep the process alive.
    """

    def __init__(self, name: str) -> None:
        self._ready = threading.Condition()
        self._lanes: dict[Lane, dict[Hashable, _Job]] = {lane: {} for lane in Lane}
        self._stopping = False
        self._is_busy = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, key: Hashable, work: Callable[[], T], lane: Lane = Lane.PROMPT) -> Future[T]:
        """Run `work` soon; its future is cancelled when another job of `key` comes before that.

        The newer job takes the place of an older one in the prompt lane.
        """
        job = _Job(work)
        with self._ready:
            prompt, idle = self._lanes[Lane.PROMPT], self._lanes[Lane.IDLE]
            replaced = prompt.get(key) or idle.pop(key, None)
            if not self._stopping:
                jobs = prompt if lane is Lane.PROMPT or key in prompt else idle
                jobs[key] = job
                self._ready.notify_all()
            accepted = not self._stopping
        # Cancelling runs the callbacks of a future: never under the lock, which they may want.
        if replaced is not None:
            replaced.future.cancel()
        if not accepted:
            job.future.cancel()
        return job.future

    def lets_pass(self, key: Hashable) -> bool:
        """Say whether a job of `key` waits behind all prompt ones."""
        with self._ready:
            return key in self._lanes[Lane.IDLE]

    def wait_until_idle(self, timeout_seconds: float) -> None:
        """Return once nothing runs or waits, or after a while: for work that should not disturb."""
        with self._ready:
            self._ready.wait_for(self._is_idle, timeout_seconds)

    def stop(self, timeout_seconds: float) -> None:
        """Run nothing more, and wait for the job that runs, but not for ever."""
        with self._ready:
            self._stopping = True
            waiting = [job for lane in self._lanes.values() for job in lane.values()]
            self._ready.notify_all()
        for job in waiting:
            job.future.cancel()
        self._thread.join(timeout_seconds)

    def _run(self) -> None:
        while (job := self._next()) is not None:
            job.run()

    def _next(self) -> _Job | None:
        with self._ready:
            self._is_busy = False
            self._ready.notify_all()
            while not self._stopping:
                for jobs in self._lanes.values():
                    for key in jobs:
                        self._is_busy = True
                        return jobs.pop(key)
                self._ready.wait()
        return None

    def _is_idle(self) -> bool:
        return self._stopping or not (self._is_busy or any(self._lanes.values()))


class _Job:
    """A piece of work and the future of its result."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.future: Future[Any] = Future()
        self._work = work

    def run(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self._work()
        except BaseException as error:  # noqa: BLE001 - handed to whoever reads the future
            self.future.set_exception(error)
        else:
            self.future.set_result(result)
