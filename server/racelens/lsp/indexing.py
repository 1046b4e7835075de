"""The workspace's files on the event loop: what is to be read, when, and what the client sees.

Reading happens in a thread of its own and steps aside while the analysis has work, so that a
keystroke waits for one file at most. What has been read is taken over in the analysis thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from racelens.lsp.schedule import Lane, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from racelens.lsp.analyst import Analyst, Circumstances, Readings
    from racelens.lsp.client import Outgoing, Progress

T = TypeVar("T")
_STOP_SECONDS = 2.0
_PATIENCE_SECONDS = 0.2  # for which a file is put off while there is other work
_MANY_FILES = 100  # that it takes to show progress, but for the first time


class Indexer:
    """Keeps the sessions' folders in step with the disk. Used on the event loop alone.

    `finished` is called when something has been read, or will not be, with whether findings may
    be others now.
    """

    def __init__(
        self,
        analyst: Analyst,
        analysing: Worker,
        outgoing: Outgoing,
        finished: Callable[[bool], None],
    ) -> None:
        self._analyst = analyst
        self._analysing = analysing
        self._outgoing = outgoing
        self._finished = finished
        self._loop = asyncio.get_running_loop()
        self._reading = Worker("reading")
        self._everything = False
        self._paths: set[str] = set()
        self._circumstances: Circumstances | None = None
        self._task: asyncio.Task[None] | None = None
        self._cancelled = threading.Event()
        self._is_held_back = False
        self._is_first = True

    @property
    def is_running(self) -> bool:
        """Whether files are being read."""
        return self._task is not None and not self._task.done()

    def read_all(self, circumstances: Circumstances) -> None:
        """Look at all files of all folders; those that have not changed are not read again."""
        self._everything = True
        self._is_held_back = False
        self._circumstances = circumstances
        self._go()

    def read(self, circumstances: Circumstances, paths: Iterable[str]) -> None:
        """Read the files at `paths`, which may be gone."""
        self._paths.update(paths)
        self._circumstances = circumstances
        if not self._is_held_back:
            self._go()

    def cancel(self) -> None:
        """Stop, and read nothing more until `read_all`."""
        if self.is_running and not self._cancelled.is_set():
            self._cancelled.set()
            self._is_held_back = True
            self._outgoing.log(
                "Reading the workspace was cancelled: findings see the open files alone. "
                "It goes on when the settings change or with the command Read Workspace."
            )

    def stop(self) -> None:
        """End the thread; nothing is called any more."""
        self._cancelled.set()
        if self._task is not None:
            self._task.cancel()
        self._reading.stop(_STOP_SECONDS)

    def _go(self) -> None:
        if not self.is_running:
            self._task = self._loop.create_task(self._run())

    async def _run(self) -> None:
        while (self._everything or self._paths) and not self._is_held_back:
            paths = None if self._everything else frozenset(self._paths)
            self._everything = False
            self._paths.clear()
            self._cancelled.clear()
            is_changed = False
            try:
                is_changed = await self._read(paths)
            except Exception as error:  # noqa: BLE001 - the open documents go on without
                self._outgoing.report(error)
            self._finished(is_changed)

    async def _read(self, paths: frozenset[str] | None) -> bool:
        assert self._circumstances
        asking = partial(self._analyst.readings, self._circumstances, paths)
        readings = await self._analysed(asking)
        if not readings:
            return False
        progress = self._outgoing.progress(self.cancel)
        if self._is_first:
            progress.begin()
        try:
            reading = partial(self._run_all, readings, progress)
            await asyncio.wrap_future(self._reading.submit(object(), reading))
            is_changed = await self._analysed(partial(self._analyst.adopt, readings))
        except Exception:
            progress.end()
            raise
        progress.end()
        self._is_first = self._is_first and self._is_held_back
        return is_changed

    async def _analysed(self, work: Callable[[], T]) -> T:
        """Run `work` in the analysis thread, after all that somebody waits for."""
        return await asyncio.wrap_future(self._analysing.submit(object(), work, Lane.IDLE))

    def _run_all(self, readings: Readings, progress: Progress) -> None:
        """Read, in the thread."""
        for _, reading in readings:
            if not reading.run(partial(self._goes_on, progress)):
                return

    def _goes_on(self, progress: Progress, done: int, total: int) -> bool:
        if not self._cancelled.is_set():
            self._analysing.wait_until_idle(_PATIENCE_SECONDS)
        if total and done * 100 // total != (done - 1) * 100 // total:
            with contextlib.suppress(RuntimeError):  # the loop may have ended
                self._loop.call_soon_threadsafe(self._show, progress, done, total)
        return not self._cancelled.is_set()

    def _show(self, progress: Progress, done: int, total: int) -> None:
        if not self._is_first and total >= _MANY_FILES:
            progress.begin()
        progress.report(done, total)
