"""One life of jedi's process: started, asked line by line, killed. It is never started twice.

The process gets pipes of its own and nothing of the language server's standard input and output.
It ends by itself when its end of the pipe closes, so it does not outlive the engine.
"""

from __future__ import annotations

import importlib.util
import queue
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING

import racelens
from racelens.engine.jedi_wire import (
    Batch,
    Ended,
    Reply,
    Start,
    decode_ended,
    decode_notes,
    decode_reply,
    encode,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FAREWELL_SECONDS = 2.0
# Isolated (-I), Python takes no module from the folder it is started in nor from PYTHONPATH.
_BOOT = (
    "import sys; sys.path[:0] = sys.argv[1:]; from racelens.engine.jedi_worker import main; main()"
)


class WorkerStoppedError(Exception):
    """The process gave no answer. The text says why and fits behind "jedi's process"."""


def worker_command() -> tuple[str, ...]:
    """Return the command that runs `engine.jedi_worker` by the interpreter of this process.

    It imports racelens, jedi and parso from where this process would, without importing them here.
    """
    homes = [Path(path).parent for path in racelens.__path__]
    for name in ("jedi", "parso"):
        spec = importlib.util.find_spec(name)
        homes += [Path(path).parent for path in (spec and spec.submodule_search_locations) or ()]
    known = dict.fromkeys(str(home) for home in homes)
    return (sys.executable, "-I", "-W", "ignore", "-c", _BOOT, *known)


class JediChild:
    """A running process and the pipes to it. Raises WorkerStoppedError where it does not answer."""

    def __init__(self, command: Sequence[str]) -> None:
        self._sent: dict[str, str] = {}
        self._is_idle = False
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own command, no shell
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                cwd=next(iter(racelens.__path__)),  # any folder but the analysed one
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            self._errors.close()
            raise WorkerStoppedError(f"cannot be started: {error}") from None
        self._reader = threading.Thread(
            target=_forward, args=(self._process.stdout, self._lines), daemon=True
        )
        self._reader.start()

    def open(self, start: Start, seconds: float) -> tuple[str, ...]:
        """Tell the process what it works on; return its notes for the user."""
        self._send(start)
        notes = decode_notes(self._receive(seconds))
        self._is_idle = True
        return notes

    def ask(
        self,
        path: str,
        text: str,
        places: tuple[tuple[int, int], ...],
        buffers: Mapping[str, str],
    ) -> None:
        """Ask about `places` of the file `path`, while `buffers` are the open documents.

        There will be one `reply` per place, then `ended`.
        """
        changes: dict[str, str | None] = {
            name: buffers.get(name)
            for name in (*self._sent, *buffers)
            if self._sent.get(name) != buffers.get(name)
        }
        self._sent = dict(buffers)
        self._is_idle = False
        self._send(Batch(path, text, places, changes))

    def reply(self, seconds: float) -> Reply:
        """Return the next answer."""
        return decode_reply(self._receive(seconds))

    def ended(self, seconds: float) -> Ended:
        """Return what the process tells after the last answer."""
        told = decode_ended(self._receive(seconds))
        self._is_idle = True
        return told

    def kill(self) -> None:
        """End the process at once. May be called from any thread, and again."""
        self._process.kill()

    def close(self) -> None:
        """End the process and release what belongs to it.

        While idle it may end by itself, and with it the interpreter that jedi asks in turn.
        """
        _close(self._process.stdin)
        try:
            self._process.wait(_FAREWELL_SECONDS if self._is_idle else 0)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()
        self._reader.join()
        _close(self._process.stdout)
        self._errors.close()

    def _send(self, message: object) -> None:
        pipe = self._process.stdin
        try:
            if pipe is not None:
                pipe.write(encode(message))
                pipe.flush()
        except OSError:  # it is gone; `_receive` says how
            return

    def _receive(self, seconds: float) -> bytes:
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            raise WorkerStoppedError(f"gave no answer within {seconds:g} s") from None
        if line is None:
            raise WorkerStoppedError(self._cause_of_end())
        return line

    def _cause_of_end(self) -> str:
        status = self._process.wait()
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return f"ended with status {status}" + (f": {said[-1]}" if said else "")


def _forward(pipe: IO[bytes], lines: queue.SimpleQueue[bytes | None]) -> None:
    for line in pipe:
        if line.endswith(b"\n"):  # else it died within the line
            lines.put(line)
    lines.put(None)


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        try:
            pipe.close()
        except OSError:  # what was left to write has nowhere to go
            return
