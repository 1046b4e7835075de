r"""Our positions and paths to the client's, and back.

Our columns count code points; a client counts UTF-16 units, or what was negotiated. A line ends
at \r\n, \n or \r and nowhere else. Nothing here reads files: texts are handed in.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_from_bytes, unquote_to_bytes, urlsplit

from lsprotocol import types

from racelens.source.span import Position, Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from racelens.source.text import SourceFile

_DRIVE = re.compile(r"/[A-Za-z]:")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class PositionEncoding:
    """How the client counts within a line: in UTF-8 bytes, UTF-16 units or code points."""

    def __init__(self, kind: types.PositionEncodingKind | str | None) -> None:
        self._kind = types.PositionEncodingKind(kind or types.PositionEncodingKind.Utf16)

    def units(self, text: str) -> int:
        """Return how many units `text` has; it holds no lone surrogates."""
        if text.isascii() or self._kind is types.PositionEncodingKind.Utf32:
            return len(text)
        if self._kind is types.PositionEncodingKind.Utf8:
            return len(text.encode())
        return len(text.encode("utf-16-le")) // 2

    def column(self, line: str, character: int) -> int:
        """Return the code points of `line`, given without its ending, before `character` units.

        A place beyond the line is its end, as the protocol has it; one inside a character is
        before it.
        """
        if line.isascii() or self._kind is types.PositionEncodingKind.Utf32:
            return min(character, len(line))
        seen = 0
        for column, point in enumerate(line):
            seen += self.units(point)
            if seen > character:
                return column
        return len(line)

    def position(self, source: SourceFile, place: Position) -> types.Position:
        """Return `place` of `source` as the client counts."""
        before = source.line(place.line)[: place.column]
        return types.Position(place.line, self.units(before))

    def range(self, source: SourceFile, span: Span) -> types.Range:
        """Return `span` of `source` as the client counts."""
        return types.Range(self.position(source, span.start), self.position(source, span.end))

    def span(self, source: SourceFile, area: types.Range) -> Span:
        """Return the client's `area` of `source` as our range."""
        return Span(*(self._place(source, place) for place in (area.start, area.end)))

    def _place(self, source: SourceFile, place: types.Position) -> Position:
        return Position(place.line, self.column(source.line(place.line), place.character))


class Places:
    """Turns ranges of any file into the client's, with the texts and URIs that it is given.

    `source_of` returns the text of a path, None where it cannot be read; `uri_of` returns the URI
    under which the client knows a path.
    """

    def __init__(
        self,
        encoding: PositionEncoding,
        source_of: Callable[[str], SourceFile | None],
        uri_of: Callable[[str], str],
    ) -> None:
        self.encoding = encoding
        self._source_of = source_of
        self.uri_of = uri_of

    def range(self, path: str, span: Span) -> types.Range:
        """Return `span` of the file `path`; as if its lines were ASCII where it has no text."""
        source = self._source_of(path)
        if source is not None:
            return self.encoding.range(source, span)
        return types.Range(types.Position(*span.start), types.Position(*span.end))

    def location(self, path: str, span: Span) -> types.Location:
        """Return `span` of the file `path` with the client's URI for it."""
        return types.Location(self.uri_of(path), self.range(path, span))


def path_of(uri: str, *, windows: bool = sys.platform == "win32") -> str:
    """Return the path that a file URI names; another URI (`untitled:`) stands for itself."""
    parts = urlsplit(uri)
    if parts.scheme.lower() != "file":
        return uri
    path = os.fsdecode(unquote_to_bytes(parts.path))
    host = os.fsdecode(unquote_to_bytes(parts.netloc))
    if host and host != "localhost":
        path = f"//{host}{path}"
    elif _DRIVE.match(path) and windows:
        path = path[1].upper() + path[2:]
    return path.replace("/", "\\") if windows else path


def uri_of(path: str, *, windows: bool = sys.platform == "win32") -> str:
    """Return a URI for `path`; what is no absolute path is a URI already."""
    if windows and PureWindowsPath(path).is_absolute():
        quoted = quote(PureWindowsPath(path).as_posix(), safe="/:")
        return f"file:{quoted}" if quoted.startswith("//") else f"file:///{quoted}"
    if not windows and PurePosixPath(path).is_absolute():
        return "file://" + quote_from_bytes(os.fsencode(path))
    return path


@functools.lru_cache(maxsize=1024)
def path_key(path: str) -> str:
    """Return what two spellings of one path have in common; for comparing only."""
    # Asked for every step of every finding at each keystroke.
    return os.path.normcase(os.path.normpath(path)) if Path(path).is_absolute() else path


def without_surrogates(text: str) -> str:
    """Return `text` with halves of characters, which no file can hold, replaced one for one."""
    return text if text.isascii() else _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
