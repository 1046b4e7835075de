"""The texts that findings point into: open buffers first, else the disk.

Used by the analysis thread alone; the event loop hands texts in as immutable `Capture`s.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from racelens.lsp.convert import path_key, uri_of
from racelens.source.named_tuple import NamedTuple
from racelens.source.text import SourceFile, UndecodableError, decode

_MOST_CLOSED_FILES = 64
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Capture:
    """An open document as it was at one moment. `version` is None where the client has none."""

    uri: str
    path: str
    text: str
    version: int | None


class _Stamp(NamedTuple):
    modified_ns: int
    size: int


class Texts:
    """What is in the files by path, whichever way the path is spelled."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[Capture, SourceFile]] = {}
        self._closed: OrderedDict[str, tuple[_Stamp, SourceFile]] = OrderedDict()

    def opened(self, capture: Capture, source: SourceFile) -> None:
        """Take `source`, made of `capture`, as the text of its path until the path is closed."""
        self._open[path_key(capture.path)] = (capture, source)

    def closed(self, path: str) -> None:
        """Take the text of `path` from the disk from now on."""
        self._open.pop(path_key(path), None)

    def capture_of(self, path: str) -> Capture | None:
        """Return the open document of `path` as it was analysed last; None if it is not open."""
        entry = self._open.get(path_key(path))
        return entry[0] if entry else None

    def source_of(self, path: str) -> SourceFile | None:
        """Return the text of `path`; None where there is none that can be read."""
        key = path_key(path)
        if entry := self._open.get(key):
            return entry[1]
        try:
            return self._from_disk(key)
        except (OSError, ValueError, UndecodableError) as error:
            _log.info("%s cannot be shown: %s", path, error)
            return None

    def uri_of(self, path: str) -> str:
        """Return the client's own URI of an open document, else one made of `path`."""
        capture = self.capture_of(path)
        return capture.uri if capture else uri_of(path)

    def _from_disk(self, path: str) -> SourceFile:
        status = Path(path).stat()
        stamp = _Stamp(status.st_mtime_ns, status.st_size)
        known = self._closed.get(path)
        if known and known[0] == stamp:
            self._closed.move_to_end(path)
            return known[1]
        source = SourceFile(path, decode(Path(path).read_bytes()))
        self._closed[path] = (stamp, source)
        if len(self._closed) > _MOST_CLOSED_FILES:
            self._closed.popitem(last=False)
        return source
