"""What the client tells of files: URIs go in, what is to be done about them comes out."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from lsprotocol import types

from racelens.engine.configuration import OWN_FILE, PROJECT_FILE
from racelens.engine.ignored import FILE_NAME as IGNORE_FILE
from racelens.lsp.convert import path_of
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_BASELINES = "*baseline*.json"  # under other names, they are looked at with the next analysis
_NAMES = ("*.py", "*.pyi", OWN_FILE, PROJECT_FILE, IGNORE_FILE, _BASELINES)
_SETTINGS = frozenset({OWN_FILE, PROJECT_FILE})
_SOURCES = (".py", ".pyi")


class Events(NamedTuple):
    """Files that are to be read again, and whether settings or whole folders may have changed."""

    paths: frozenset[str]
    settings: bool
    folders: bool


def events(uris: Iterable[str]) -> Events:
    """Return what the changes at `uris` mean; open documents may be among them."""
    paths = {path_of(uri) for uri in uris}
    sources = {path for path in paths if path.endswith(_SOURCES)}
    names = {re.split(r"[/\\]", path.rstrip("/\\"))[-1] for path in paths - sources}
    settings = any(name in _SETTINGS or fnmatchcase(name, _BASELINES) for name in names)
    return Events(frozenset(sources), settings, bool(names))


def watchers() -> types.DidChangeWatchedFilesRegistrationOptions:
    """Return which files are to be watched."""
    return types.DidChangeWatchedFilesRegistrationOptions(
        [types.FileSystemWatcher(f"**/{name}") for name in _NAMES]
    )


def operations() -> types.FileOperationRegistrationOptions:
    """Return of which files and folders that the user makes, renames and deletes we want to know.

    The watched files tell of these later, or not at all where a whole folder moves.
    """
    kinds = types.FileOperationPatternKind
    patterns = (
        types.FileOperationPattern("**/*.py", matches=kinds.File),
        types.FileOperationPattern("**", matches=kinds.Folder),
    )
    return types.FileOperationRegistrationOptions(
        [types.FileOperationFilter(pattern, scheme="file") for pattern in patterns]
    )
