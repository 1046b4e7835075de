"""What shows that files have not changed: their times and sizes, or their content if just written.

A file that was written less than two seconds before it is looked at may be written once more
without a change of its times, as clocks of file systems are coarse (git calls such a file "racily
clean", https://git-scm.com/docs/racy-git): it goes by its content.
"""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from racelens.engine.files import InputFile

_COARSEST_CLOCK = 2 * 10**9  # nanoseconds; that of FAT


class Stamps(NamedTuple):
    """A digest of the state of all files, and the paths of those that go by their content."""

    digest: str
    by_content: tuple[str, ...]


def stamps_of(files: Sequence[InputFile], now: int | None = None) -> Stamps:
    """Return the stamps of `files` at the time `now` (nanoseconds since the epoch)."""
    limit = (time.time_ns() if now is None else now) - _COARSEST_CLOCK
    young = tuple(file.path for file in files if _is_young(file.absolute, limit))
    return Stamps(_digest(files, young), young)


def still_hold(stamps: Stamps, files: Sequence[InputFile]) -> bool:
    """Say whether `files` are those of `stamps`, and as they were."""
    return _digest(files, stamps.by_content) == stamps.digest


def stamp_of_folder(folder: str) -> str:
    """Return what changes when a Python file or table below `folder` does: RaceLens's own code."""
    lines: list[str] = []
    pending = [folder]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    pending += [entry.path] if entry.name != "__pycache__" else []
                else:
                    stat = entry.stat()
                    lines.append(f"{entry.path}\0{stat.st_mtime_ns}\0{stat.st_size}")
    return _hashed(sorted(lines))


def _is_young(path: str, limit: int) -> bool:
    try:
        stat = os.stat(path)  # noqa: PTH116 - a Path would cost more than the call
    except OSError:
        return False
    return max(stat.st_mtime_ns, stat.st_ctime_ns) > limit


def _digest(files: Iterable[InputFile], by_content: Iterable[str]) -> str:
    young = frozenset(by_content)
    return _hashed(_line(file, by_content=file.path in young) for file in files)


def _line(file: InputFile, *, by_content: bool) -> str:
    """Return the state of a file. Where it cannot be looked at, the reason is the state."""
    try:
        if by_content:
            with open(file.absolute, "rb") as opened:  # noqa: PTH123 - as above
                state = hashlib.blake2b(opened.read()).hexdigest()
        else:
            stat = os.stat(file.absolute)  # noqa: PTH116 - as above
            state = f"{stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_size} {stat.st_ino}"
    except OSError as error:
        state = f"error {error.errno}"
    return f"{file.path}\0{file.absolute}\0{file.is_test}\0{file.named}\0{state}"


def _hashed(lines: Iterable[str]) -> str:
    text = "\n".join(lines).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).hexdigest()
