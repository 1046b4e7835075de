"""The conversation between the engine and jedi's process: one JSON value per line, both ways.

The engine opens with a `Start`, to which the process replies with its notes. Then the engine sends
one `Batch` after the other; the process replies to each with one `Reply` per place, in their order,
and with its memory. JSON's escapes keep any text, lone surrogates included, on one line of ASCII.
Nothing here knows jedi or starts a process.
"""

from __future__ import annotations

import json
import os
import queue
import threading
from typing import IO, TYPE_CHECKING, Protocol

from racelens.program.resolve import Answer
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_FAREWELL_SECONDS = 1.0  # for the answer in hand, once nobody listens any more


class Start(NamedTuple):
    """What the process must know at its start: where the project and its libraries lie.

    `python` is the configured interpreter or virtual environment, `roots` the source roots,
    `search_path` the engine's own `sys.path`, for projects that use no environment of their own.
    """

    project: str
    python: str | None
    roots: tuple[str, ...]
    search_path: tuple[str, ...]


class Batch(NamedTuple):
    """Questions about one file: 0-based lines and columns in `text`, the file's current text.

    `buffers` holds the open documents that changed since the last batch; None: closed.
    """

    path: str
    text: str
    places: tuple[tuple[int, int], ...]
    buffers: dict[str, str | None]


class Reply(NamedTuple):
    """The answer to one question, and what went wrong where something did."""

    answer: Answer
    error: str | None


class Ended(NamedTuple):
    """What follows the replies to a `Batch`.

    `resident` is the memory in bytes that the process holds, None if not known; `files` are the
    absolute paths of files and folders looked at since the batch before.
    """

    resident: int | None
    files: tuple[str, ...]


class Answering(Protocol):
    """What answers inside the process."""

    def notes(self) -> tuple[str, ...]:
        """Return what the user should know of the environment in use."""
        ...

    def replies(self, batch: Batch) -> Iterator[Reply]:
        """Yield one reply per place of `batch`, in their order."""
        ...

    def files_read(self) -> tuple[str, ...]:
        """Return the absolute paths of files and folders looked at since the last call."""
        ...

    def close(self) -> None:
        """End what was started to answer; there will be no further question."""
        ...


def encode(message: object) -> bytes:
    """Return `message` as one line."""
    return json.dumps(message).encode("ascii") + b"\n"


def decode_start(line: bytes) -> Start:
    """Return the `Start` that `line` holds."""
    project, python, roots, search_path = json.loads(line)
    return Start(project, python, tuple(roots), tuple(search_path))


def decode_batch(line: bytes) -> Batch:
    """Return the `Batch` that `line` holds."""
    path, text, places, buffers = json.loads(line)
    return Batch(path, text, tuple((line, column) for line, column in places), buffers)


def decode_reply(line: bytes) -> Reply:
    """Return the `Reply` that `line` holds."""
    answer, error = json.loads(line)
    return Reply(Answer(*answer), error)


def decode_notes(line: bytes) -> tuple[str, ...]:
    """Return the notes that `line` holds, the reply to a `Start`."""
    return tuple(json.loads(line))


def decode_ended(line: bytes) -> Ended:
    """Return the end of a reply to a `Batch` that `line` holds."""
    resident, files = json.loads(line)
    return Ended(resident, tuple(files))


def serve(
    requests: IO[bytes],
    replies: IO[bytes],
    open_resolver: Callable[[Start], Answering],
    resident_bytes: Callable[[], int | None],
) -> None:
    """Answer what comes in by `requests` until its other end closes, then return.

    In the middle of a question that ends the process instead: nobody waits for the answer.
    """
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    threading.Thread(target=_forward, args=(requests, lines), daemon=True).start()

    def send(message: object) -> None:
        replies.write(encode(message))
        replies.flush()

    opening = lines.get()
    if opening is None:
        return
    resolver = open_resolver(decode_start(opening))
    send(resolver.notes())
    while (line := lines.get()) is not None:
        for reply in resolver.replies(decode_batch(line)):
            send(reply)
        send(Ended(resident_bytes(), resolver.files_read()))
    resolver.close()


def _forward(requests: IO[bytes], lines: queue.SimpleQueue[bytes | None]) -> None:
    for line in requests:
        lines.put(line)
    lines.put(None)
    threading.Event().wait(_FAREWELL_SECONDS)
    os._exit(1)
