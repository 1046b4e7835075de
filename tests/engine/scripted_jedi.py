"""A stand-in for jedi's process that does what each asked line says, over the real wire.

`answer` gives this process' id as the name; `buffers` the texts it was given of other files; `fail`
an error. `die` ends the process. `hang PORT` connects to that port and then waits for ever.
"""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING

from racelens.engine.jedi_wire import Batch, Reply, Start, serve
from racelens.program.resolve import UNKNOWN, Answer

if TYPE_CHECKING:
    from collections.abc import Iterator


class Script:
    def __init__(self, start: Start) -> None:
        self._start = start
        self._buffers: dict[str, str] = {}

    def notes(self) -> tuple[str, ...]:
        return (f"python is {self._start.python}",) if self._start.python else ()

    def files_read(self) -> tuple[str, ...]:
        return (self._start.project,)

    def replies(self, batch: Batch) -> Iterator[Reply]:
        for path, text in batch.buffers.items():
            if text is None:
                del self._buffers[path]
            else:
                self._buffers[path] = text
        for line, _ in batch.places:
            yield self._reply(batch.text.splitlines()[line].split())

    def close(self) -> None:
        pass

    def _reply(self, words: list[str]) -> Reply:
        match words:
            case ["answer"]:
                return Reply(Answer(str(os.getpid()), "function", True, None), None)  # noqa: FBT003
            case ["buffers"]:
                return Reply(Answer("|".join(self._buffers.values()), "module", None, None), None)
            case ["fail"]:
                return Reply(UNKNOWN, "RecursionError: too deep")
            case ["die"]:
                sys.stderr.write("out of luck\n")
                sys.stderr.flush()
                os._exit(3)
            case ["hang", port]:
                socket.create_connection(("127.0.0.1", int(port))).recv(1)
        raise AssertionError(words)


if __name__ == "__main__":
    if "unstartable" in sys.argv:
        sys.exit("no such module")
    serve(sys.stdin.buffer, sys.stdout.buffer, Script, lambda: 1000)
