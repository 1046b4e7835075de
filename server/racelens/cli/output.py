"""Where text goes: standard output, whose reader may leave early, or a file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from racelens.cli.arguments import UsageError


def write_text(text: str, *, file: str | None = None, encoding: str | None = None) -> None:
    """Write `text` to `file`, or to standard output where it is None.

    The encoding is UTF-8 for a file and standard output's own, unless one is given; characters
    that it lacks are escaped. Otherwise as `write_content`.
    """
    own = "utf-8" if file is not None else sys.stdout.encoding
    write_content(text.encode(encoding or own, "backslashreplace"), file=file)


def write_content(content: bytes, *, file: str | None = None) -> None:
    """Write `content` to `file`, or to standard output where it is None.

    A reader that has left, such as `head`, is no error. Raises UsageError where nothing can be
    written.
    """
    try:
        if file is None:
            _print(content)
        else:
            Path(file).write_bytes(content)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(
            f"racelens: {file or 'standard output'} cannot be written: {reason}"
        ) from None


def _print(content: bytes) -> None:
    stream = sys.stdout
    try:
        stream.buffer.write(content)
        stream.flush()
    except BrokenPipeError:
        # Python flushes once more as it ends, and would complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
