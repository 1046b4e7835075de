"""Fixed texts to the disk: files as they were read and new texts go in, what was refused comes out.

A file is replaced at once or not at all, in its encoding and with its mode. What has changed on the
disk meanwhile is left as it is, and so is each file whose fixes need one that is left.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from racelens.source.text import UnencodableError, decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from racelens.engine.files import InputFile
    from racelens.source.text import SourceFile


class _RefusedError(Exception):
    """A file is left as it is; the text says why."""


def write_fixed(
    files: Iterable[InputFile],
    texts: Mapping[str, SourceFile],
    together: Iterable[Iterable[str]],
) -> dict[str, str]:
    """Write `texts` to those of `files` that have their paths; return by path why not.

    `files` have what was read of them as their buffers. `together` names the paths that one fix
    has changed: where one of them is left, all are.
    """
    groups = [frozenset(paths) for paths in together]
    refused: dict[str, str] = {}
    staged: dict[str, tuple[str, str]] = {}
    try:
        for file in files:
            if file.path not in texts:
                continue
            try:
                staged[file.path] = _staged(file, texts[file.path].text)
            except _RefusedError as error:
                refused[file.path] = str(error)
        _spread(refused, groups)
        for path, (temporary, target) in staged.items():
            if path in refused:
                continue
            try:
                os.replace(temporary, target)  # noqa: PTH105 - paths are strings here
            except OSError as error:
                refused[path] = _reason(error)
    finally:
        for temporary, _target in staged.values():
            Path(temporary).unlink(missing_ok=True)
    return refused


def fixed_bytes(file: InputFile, text: str) -> bytes:
    """Return `text` in the encoding of the file's buffer; in UTF-8, where that lacks characters."""
    try:
        return encode(text, file.buffer or b"")
    except UnencodableError:
        return text.encode()


def _staged(file: InputFile, text: str) -> tuple[str, str]:
    """Write the new content beside the file; return where it lies, and where it belongs."""
    before = file.buffer or b""
    target = os.path.realpath(file.absolute)
    try:
        new = encode(text, before)
        if encode(decode(before), before) != before:
            raise _RefusedError("cannot be written: its encoding has several ways to say the same")
        if not os.path.isfile(target):  # noqa: PTH113 - paths are strings here
            raise _RefusedError("cannot be written: it is no regular file")
        if Path(target).read_bytes() != before:
            raise _RefusedError("has changed since it was read, and is left as it is")
        if not os.access(target, os.W_OK):  # replacing it would ask the folder only
            raise _RefusedError("cannot be written: it is read-only")
        return _written_beside(target, new), target
    except UnencodableError as error:
        raise _RefusedError(str(error)) from None
    except OSError as error:
        raise _RefusedError(_reason(error)) from None


def _written_beside(target: str, content: bytes) -> str:
    """Write a temporary file in the folder of `target`, with its mode; return its path."""
    import tempfile  # noqa: PLC0415 - takes long to import, and most runs fix nothing

    folder, name = os.path.split(target)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{name}.", suffix=".tmp", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        mode = stat.S_IMODE(Path(target).stat().st_mode)
        Path(temporary).chmod(mode)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    return temporary


def _spread(refused: dict[str, str], groups: Iterable[frozenset[str]]) -> None:
    """Refuse what was changed together with what is refused: half a fix breaks the code."""
    waiting = list(refused)
    for culprit in waiting:
        for path in sorted(
            frozenset[str]().union(*(group for group in groups if culprit in group))
        ):
            if path not in refused:
                refused[path] = f"is left as it is: its fixes change {culprit} as well"
                waiting.append(path)


def _reason(error: OSError) -> str:
    return f"cannot be written: {error.strerror or type(error).__name__}"
