"""The text of a file to check: an `InputFile` goes in, its `SourceFile` comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.finding import Problem
from racelens.source.text import SourceFile, UndecodableError, decode

if TYPE_CHECKING:
    from racelens.engine.files import InputFile


def read_source(file: InputFile) -> SourceFile | Problem | None:
    """Return the text of `file`, or why there is none; None for generated code nobody named."""
    content = file.read()
    return content if not isinstance(content, bytes) else decoded(file.path, content)


def decoded(path: str, content: bytes) -> SourceFile | Problem:
    """Return the text that `content` is, or why it is none. `path` is as reports show it."""
    try:
        return SourceFile(path, decode(content))
    except UndecodableError as error:
        return Problem(path, None, str(error))
