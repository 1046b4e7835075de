"""Where text goes: standard output, whose reader may leave early, or a file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from racelens.cli.arguments import UsageError


def write_text(text: str, *, file: str | None = None, encoding: str | None = None) -> None:
    """Write `text` to `file`, or to standard output where it is None.

    The encoding is UTF-8 for a file and standard output's own, unless one is given; characters
    that it lacks are escaped. A reader that has left, such as `head`, is no error. Raises
    UsageError where nothing can be written.
    """
    try:
        if file is None:
            _print(text, encoding or sys.stdout.encoding)
        else:
            Path(file).write_bytes(text.encode(encoding or "utf-8", "backslashreplace"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(
            f"racelens: {file or 'standard output'} cannot be written: {reason}"
        ) from None


def _print(text: str, encoding: str) -> None:
    stream = sys.stdout
    try:
        stream.buffer.write(text.encode(encoding, "backslashreplace"))
        stream.flush()
    except BrokenPipeError:
        # Python flushes once more as it ends, and would complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
