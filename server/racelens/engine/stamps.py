"""What shows that files have not changed: their times and sizes, or their content if just written.

A file that was written less than two seconds before it is looked at may be written once more
without a change of its times, as clocks of file systems are coarse (git calls such a file "racily
clean", https://git-scm.com/docs/racy-git): it goes by its content.
"""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING

from racelens.source.named_tuple import NamedTuple

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
    return digest_of(sorted(lines))


def _is_young(path: str, limit: int) -> bool:
    try:
        stat = os.stat(path)  # noqa: PTH116 - a Path would cost more than the call
    except OSError:
        return False
    return max(stat.st_mtime_ns, stat.st_ctime_ns) > limit


def _digest(files: Iterable[InputFile], by_content: Iterable[str]) -> str:
    young = frozenset(by_content)
    return digest_of(_line(file, by_content=file.path in young) for file in files)


def _line(file: InputFile, *, by_content: bool) -> str:
    state = (state_of_content if by_content else _state_of_times)(file.absolute)
    return f"{file.path}\0{file.absolute}\0{file.is_test}\0{file.named}\0{state}"


def state_of_content(path: str) -> str:
    """Return a digest of a file's content; where it cannot be read, the reason."""
    try:
        with open(path, "rb") as opened:  # noqa: PTH123 - as above
            return hashlib.blake2b(opened.read()).hexdigest()
    except OSError as error:
        return f"error {error.errno}"


def _state_of_times(path: str) -> str:
    """Return what a change of a file changes; where it cannot be looked at, the reason."""
    try:
        stat = os.stat(path)  # noqa: PTH116 - as above
    except OSError as error:
        return f"error {error.errno}"
    return f"{stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_size} {stat.st_ino}"


def digest_of(lines: Iterable[str]) -> str:
    """Return a digest of `lines` in their order."""
    text = "\n".join(lines).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).hexdigest()
