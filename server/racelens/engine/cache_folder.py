"""The user's cache folder: entries of bytes by name, never in a workspace and never code.

An entry is written beside its place and moved there, so that several processes may read and write
at once. Its first line is a digest of the rest: what is cut off or damaged counts as missing. The
entries used last are kept, up to a size.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from pathlib import Path

FOLDER_VARIABLE = "RACELENS_CACHE_DIR"
_MOST_BYTES = 64 << 20
_MOST_BYTES_OF_ENTRY = 8 << 20
_SUFFIX = ".entry"


class CacheFolder:
    """The entries below `folder`, which need not exist."""

    def __init__(self, folder: Path, most_bytes: int = _MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes

    def is_inside(self, workspace: str) -> bool:
        """Say whether the folder lies in `workspace`, where nothing may be written."""
        return self._folder.resolve().is_relative_to(Path(workspace).resolve())

    def read(self, name: str) -> bytes | None:
        """Return the entry `name`; None where there is none or it is damaged."""
        path = self._path(name)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        digest, _, entry = content.partition(b"\n")
        if digest != _digest(entry):
            report_damage(path)
            return None
        with contextlib.suppress(OSError):  # a folder that can only be read serves as well
            os.utime(path)  # it was used now
        return entry

    def write(self, name: str, entry: bytes) -> None:
        """Keep `entry` by `name`, and drop what was not used for the longest time.

        What cannot be written is not kept: the cache only saves time.
        """
        if len(entry) > min(_MOST_BYTES_OF_ENTRY, self._most_bytes):
            return
        path = self._path(name)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _replace(path, b"\n".join((_digest(entry), entry)))
            self._tidy()
        except OSError:
            return

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{_SUFFIX}"

    def _tidy(self) -> None:
        """Drop the entries that are too many, and what an interrupted write has left."""
        sizes: list[tuple[float, int, str]] = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                stat = entry.stat(follow_symlinks=False)
                sizes.append((stat.st_mtime, stat.st_size, entry.path))
        kept = 0
        for _, size, path in sorted(sizes, reverse=True):
            kept += size
            if kept > self._most_bytes:
                Path(path).unlink(missing_ok=True)


def user_cache() -> CacheFolder:
    """Return the user's cache: where the environment says, else where the system keeps caches."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        return CacheFolder(Path(chosen))
    import platformdirs  # noqa: PLC0415 - where it is needed

    return CacheFolder(platformdirs.user_cache_path("racelens", appauthor=False))


def report_damage(what: object) -> None:
    """Write to the log that an entry is of no use."""
    from logging import getLogger  # noqa: PLC0415 - it takes long, and entries are hardly ever so

    getLogger(__name__).warning("racelens: the cache entry %s is damaged: it is made anew", what)


def _replace(path: Path, content: bytes) -> None:
    own = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        own.write_bytes(content)
        own.replace(path)
    except OSError:
        own.unlink(missing_ok=True)
        raise


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).hexdigest().encode()
