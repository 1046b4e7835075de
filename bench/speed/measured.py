"""A command in, what it took out: CPU and wall time, and the most memory of one process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# Its value would keep Python from storing what it has compiled, as installed programs are.
_UNWANTED = frozenset({"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "VIRTUAL_ENV"})
_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes


class Cost(NamedTuple):
    """Seconds of CPU (all processes) and of the clock; bytes of the largest process.

    `stopped`: it was ended when its time was up.
    """

    cpu: float
    wall: float
    memory: int
    stopped: bool = False


def measured(command: Sequence[str], folder: Path, most_seconds: float = 600) -> Cost:
    """Run `command` in `folder` to its end, whatever it returns, and say what it took.

    https://docs.python.org/3/library/os.html#os.wait4 (not on Windows). Raises FileNotFoundError
    where there is no such program.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    stopped = False
    while True:
        ended, _, used = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        if not stopped and time.perf_counter() - began > most_seconds:
            os.killpg(process.pid, 9)
            stopped = True
        time.sleep(0.005)
    wall = time.perf_counter() - began
    process.returncode = 0
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss * _UNIT, stopped)
