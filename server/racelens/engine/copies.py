"""Work on a linked program by copies of this process: parts go in, what each gives comes out.

A program is too large to be sent and cheap to be copied: `fork` shares its memory until one side
changes it. Where there is no `fork` (Windows) or a copy dies, this process does the work itself.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TypeVar

from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")


class _Copy(NamedTuple):
    process: int
    pipe: int


def by_copies(work: Callable[[_Part], _Result], parts: Sequence[_Part]) -> Iterator[_Result]:
    """Yield what `work` returns for each of `parts`, in order; all but the first in copies.

    Only to be called while this process has one thread: others would be missing in the copies.
    """
    copies = [_copy(work, part) for part in parts[1:]]
    yield from map(work, parts[:1])
    if not copies:
        return
    import pickle  # noqa: PLC0415 - most runs make no copies

    for part, copy in zip(parts[1:], copies, strict=True):
        content = _content(copy) if copy is not None else b""
        # It was written by our own copy a moment ago, and by nobody else.
        yield pickle.loads(content) if content else work(part)  # noqa: S301


def _copy(work: Callable[[_Part], _Result], part: _Part) -> _Copy | None:
    """Return a copy of this process that works on `part`; None where there can be none."""
    if sys.platform == "win32":
        return None
    reading, writing = os.pipe()
    try:
        process = os.fork()
    except OSError:  # no memory, or too many processes
        os.close(reading)
        os.close(writing)
        return None
    if process:
        os.close(writing)
        return _Copy(process, reading)
    status = 1
    try:
        import pickle  # noqa: PLC0415 - as above

        content = pickle.dumps(work(part))
        with open(writing, "wb") as file:  # noqa: PTH123 - a descriptor, no path
            file.write(content)
        status = 0
    finally:
        os._exit(status)  # whatever happened: the rest of the program is the original's


def _content(copy: _Copy) -> bytes:
    """Return what a copy has given; nothing where it has failed."""
    with open(copy.pipe, "rb") as file:  # noqa: PTH123 - a descriptor, no path
        content = file.read()
    _, status = os.waitpid(copy.process, 0)
    return content if status == 0 else b""
