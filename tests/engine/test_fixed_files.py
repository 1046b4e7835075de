"""Fixed texts to the disk: encodings, what is refused, and that a file is replaced at once."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

import pytest
from racelens.engine.files import InputFile
from racelens.engine.fixed_files import fixed_bytes, write_fixed
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path, shown: str | None = None) -> InputFile:
    """Return a file as it was read for fixing."""
    return InputFile(shown or path.name, str(path), is_test=False, buffer=path.read_bytes())


def write(file: InputFile, text: str) -> dict[str, str]:
    """Write one file."""
    return write_fixed([file], {file.path: SourceFile(file.path, text)}, [[file.path]])


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        (b"a = 1\r\n", "a = 2\r\nb\n", b"a = 2\r\nb\n"),
        (b"\xef\xbb\xbfa\n", "b\n", b"\xef\xbb\xbfb\n"),
        (
            b"# coding: latin-1\n\xe9\n",
            "# coding: latin-1\n\xe9\xe9",
            b"# coding: latin-1\n\xe9\xe9",
        ),
        (b"", "\u6f22", "\u6f22".encode()),
    ],
)
def test_a_text_is_written_as_the_file_was(
    tmp_path: Path, before: bytes, text: str, after: bytes
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(before)
    assert write(read(path), text) == {}
    assert path.read_bytes() == after


@pytest.mark.parametrize(
    ("before", "text", "reason"),
    [
        (b"# coding: ascii\n", "# coding: ascii\n\xe9", "cannot be written as ascii"),
        (
            b"# coding: utf-7\n+AGE-\n",
            "# coding: utf-7\nb\n",
            "cannot be written: its encoding has several ways to say the same",
        ),
    ],
)
def test_what_its_encoding_cannot_say_is_refused(
    tmp_path: Path, before: bytes, text: str, reason: str
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(before)
    assert write(read(path), text) == {"a.py": reason}
    assert path.read_bytes() == before
    assert fixed_bytes(read(path), "\xe9" if "ascii" in reason else "b") in {b"\xc3\xa9", b"b"}


def test_what_is_not_as_it_was_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("a")
    file = read(path)
    path.write_text("b")
    changed = "has changed since it was read, and is left as it is"
    assert write(file, "c") == {"a.py": changed}
    path.unlink()
    assert write(file, "c") == {"a.py": "cannot be written: it is no regular file"}
    path.mkdir()
    assert write(file, "c") == {"a.py": "cannot be written: it is no regular file"}


def test_a_folder_that_takes_no_file_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    path.write_text("a")

    def fail(**_arguments: object) -> tuple[int, str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", fail)
    assert write(read(path), "b") == {"a.py": "cannot be written: Permission denied"}


def test_a_full_disk_leaves_the_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    path.write_text("a")
    file = read(path)

    def fail(descriptor: int, _mode: str) -> None:
        os.close(descriptor)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", fail)
    assert write(file, "b") == {"a.py": "cannot be written: No space left on device"}
    assert [each.name for each in tmp_path.iterdir()] == ["a.py"]
    assert path.read_text() == "a"


def test_what_is_fixed_together_is_left_together(tmp_path: Path) -> None:
    names = ("a", "b", "c", "d")
    for name in names:
        (tmp_path / name).write_text("old")
    files = [read(tmp_path / name) for name in names]
    (tmp_path / "c").write_text("mine")
    texts = {name: SourceFile(name, "new") for name in names}
    refused = write_fixed(files, texts, [["a", "b"], ["b", "c"], ["d"]])
    assert refused == {
        "c": "has changed since it was read, and is left as it is",
        "b": "is left as it is: its fixes change c as well",
        "a": "is left as it is: its fixes change b as well",
    }
    assert [(tmp_path / name).read_text() for name in names] == ["old", "old", "mine", "new"]
    assert sorted(each.name for each in tmp_path.iterdir()) == list(names)
