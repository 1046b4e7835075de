"""What the client tells of files, and what follows from it."""

from __future__ import annotations

import pytest
from racelens.lsp.file_events import Events, events


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("file:///a/m.py", Events(frozenset({"/a/m.py"}), settings=False, folders=False)),
        ("file:///a/m.pyi", Events(frozenset({"/a/m.pyi"}), settings=False, folders=False)),
        ("file:///a/pyproject.toml", Events(frozenset(), settings=True, folders=True)),
        ("file:///a/racelens.toml", Events(frozenset(), settings=True, folders=True)),
        ("file:///a/my-baseline.json", Events(frozenset(), settings=True, folders=True)),
        ("file:///a/.gitignore", Events(frozenset(), settings=False, folders=True)),
        ("file:///a/package/", Events(frozenset(), settings=False, folders=True)),
    ],
)
def test_each_kind_of_file_is_looked_at_as_it_should(uri: str, expected: Events) -> None:
    assert events([uri]) == expected


def test_many_changes_are_told_at_once() -> None:
    found = events(["file:///a/m.py", "file:///a/n.py", "file:///a/.gitignore"])
    assert found == Events(frozenset({"/a/m.py", "/a/n.py"}), settings=False, folders=True)
