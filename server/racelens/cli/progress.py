"""A progress bar on a terminal, for runs that take longer than a second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

_DELAY_SECONDS = 1.0
_INTERVAL_SECONDS = 0.1
_BAR_WIDTH = 30


class ProgressBar:
    """Shows how many files are done, in one line that `close` removes."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._next = clock() + _DELAY_SECONDS
        self._shown = 0

    def __call__(self, done: int, total: int) -> None:
        """Tell that `done` of `total` files are done; drawn at most ten times a second."""
        now = self._clock()
        if now < self._next:
            return
        self._next = now + _INTERVAL_SECONDS
        filled = _BAR_WIDTH * done // max(total, 1)
        bar = "#" * filled + "." * (_BAR_WIDTH - filled)
        line = f"[{bar}] {done:,} of {total:,} files"
        self._stream.write(f"\r{line:<{self._shown}}")
        self._stream.flush()
        self._shown = len(line)

    def close(self) -> None:
        """Remove the line, if there is one."""
        if self._shown:
            self._stream.write(f"\r{' ' * self._shown}\r")
            self._stream.flush()
