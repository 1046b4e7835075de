r"""The text of one file: bytes or a buffer go in, an immutable `SourceFile` comes out.

A line ends at \r\n, \n or \r and nowhere else, as for Python's tokenizer and for LSP;
`str.splitlines` would also cut at form feeds and at U+2028. Nothing here parses.
"""

from __future__ import annotations

import codecs
import re
from functools import cached_property
from typing import TYPE_CHECKING

from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from racelens.source.span import Position

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_OTHER_ENDS = "\v\f\x1c\x1d\x1e"  # at which `str.splitlines` splits, and Python does not
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


class UndecodableError(ValueError):
    """The bytes of a file are not text in the encoding that the file declares."""


def decode(content: bytes) -> str:
    """Return the text of `content`, by its BOM, its PEP 263 declaration, else as UTF-8.

    A BOM is dropped. Raises UndecodableError, whose text names the encoding and the byte.
    """
    if content.startswith(codecs.BOM_UTF8):
        content, encoding = content[len(codecs.BOM_UTF8) :], "utf-8"
    else:
        encoding = _declared_encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UndecodableError(
            f"is not {encoding} text: byte 0x{content[error.start]:02x} on line {line}"
        ) from None
    except (LookupError, ValueError):
        raise UndecodableError(
            f"declares an encoding that Python does not know: {encoding}"
        ) from None


def _declared_encoding(content: bytes) -> str:
    for line in content.split(b"\n", 2)[:2]:
        if match := _CODING.match(line):
            return match[1].decode("ascii", "replace")
        if line.strip() and not line.lstrip().startswith(b"#"):
            break  # the second line counts only below a comment or an empty line
    return "utf-8"


class UnencodableError(ValueError):
    """A text cannot be written in the encoding that its file declares."""


def encode(text: str, like: bytes) -> bytes:
    """Return the bytes of `text` in the encoding of `like`, with a BOM where that has one.

    `decode` gives the text back. Raises UnencodableError, whose text names the encoding.
    """
    if like.startswith(codecs.BOM_UTF8):
        return codecs.BOM_UTF8 + text.encode("utf-8")
    encoding = _declared_encoding(like)
    try:
        return text.encode(encoding)
    except (LookupError, ValueError):
        raise UnencodableError(f"cannot be written as {encoding}") from None


class _Text(NamedTuple):
    path: str
    text: str


class SourceFile(_Text):
    """One file's path, as shown to users, and its text. It never changes."""

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines with their endings; the last one has none, and is "" after an ending."""
        if self.text.isascii() and not any(mark in self.text for mark in _OTHER_ENDS):
            lines = self.text.splitlines(keepends=True)  # ten times as fast
            return (*lines, *([""] if not lines or lines[-1][-1] in "\r\n" else []))
        if "\r" not in self.text:
            *ended, last = self.text.split("\n")  # three times as fast
            return (*(line + "\n" for line in ended), last)
        lines = _LINE.findall(self.text)
        if len(lines) > 1 and not lines[-1] and not lines[-2].endswith(("\n", "\r")):
            lines.pop()  # the pattern matches once more, empty, behind an unterminated last line
        return tuple(lines)

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line))
        return tuple(starts)

    def offset(self, position: Position) -> int:
        """Return the index in the text of `position`; one beyond the text or line is pulled in."""
        if position.line >= len(self.lines):
            return len(self.text)
        line = self.lines[position.line]
        return self._starts[position.line] + min(position.column, len(line.rstrip("\r\n")))

    def line(self, number: int) -> str:
        """Return line `number` (0-based) without its ending; "" where there is none."""
        return self.lines[number].rstrip("\r\n") if number < len(self.lines) else ""

    @property
    def newline(self) -> str:
        """The line ending that the file's first line has; a line feed where there is none."""
        first = self.lines[0]
        return first[len(first.rstrip("\r\n")) :] or "\n"
