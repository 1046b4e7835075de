"""File discovery: the paths that a user names go in, the Python files to be checked come out.

Folders are walked in order of name; `.gitignore` files hold, and environments, caches and build
folders are left out. What is named on the command line is always taken. Nothing here decodes,
parses or asks what a module is called.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from racelens.engine import ignored
from racelens.findings.finding import Problem
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from racelens.engine.ignored import PatternList
    from racelens.engine.settings import Settings

# Folders of tools, which hold no source of the project.
_LEFT_OUT = frozenset({
    ".direnv", ".eggs", ".git", ".hg", ".hypothesis", ".ipynb_checkpoints", ".mypy_cache", ".nox",
    ".pixi", ".pytest_cache", ".ruff_cache", ".svn", ".tox", "__pycache__", "__pypackages__",
    "node_modules",
})  # fmt: skip
# Folders that build tools fill, unless they are packages of that name.
_BUILT = frozenset({"_build", "build", "dist"})
# What stands in the top folder of an environment: venv and virtualenv, conda.
_ENVIRONMENT = frozenset({"pyvenv.cfg", "conda-meta"})

_TEST_FOLDERS = frozenset({"test", "tests"})
_TEST_NAME = re.compile(r"test_.*\.py|.*_test\.py|conftest\.py")
_GENERATED_NAME = re.compile(r".*_pb2(_grpc)?\.py")
_GENERATED_MARK = re.compile(
    rb"@generated\b|DO NOT EDIT|(?i:generated\b.{0,200}?\bdo not edit)", re.DOTALL
)
_HEAD = re.compile(rb"(?:[^\n]*\n?){0,10}")


class InputFile(NamedTuple):
    """One file to check. `path` is shown, with "/"; `absolute` is what the system opens.

    `named` says that the user named this very file. `buffer` is the content where it does not
    lie on disk (standard input), or is not to be read from there, else None.
    """

    path: str
    absolute: str
    is_test: bool
    named: bool = False
    buffer: bytes | None = None

    def read(self) -> bytes | Problem | None:
        """Return the content, or why it cannot be read; None for generated code nobody named."""
        content = self.buffer
        if content is None:
            try:
                with open(self.absolute, "rb") as file:
                    content = file.read()
            except OSError as error:
                return Problem(self.path, None, f"cannot be read: {_reason(error)}")
        return content if self.named or not is_generated(content) else None


class Discovered(NamedTuple):
    """What was found: files by path, folders that could not be listed, arguments in error.

    `folder` is the absolute path of the folder that the shown paths are relative to.
    """

    files: tuple[InputFile, ...]
    problems: tuple[Problem, ...]
    errors: tuple[str, ...]
    folder: str


def discover(paths: Sequence[str], settings: Settings) -> Discovered:
    """Return the Python files that `paths` name or hold, each once.

    Paths are shown relative to the folder, where it is the only argument, else relative to the
    current folder; a file outside it by its absolute path.
    """
    found: dict[str, InputFile] = {}
    problems: list[Problem] = []
    errors: list[str] = []
    base = os.path.abspath(paths[0]) if len(paths) == 1 and os.path.isdir(paths[0]) else os.getcwd()
    for argument in paths:
        absolute = os.path.abspath(argument)
        reason = _missing(argument)
        if reason:
            errors.append(f"{argument}: {reason}")
        elif not os.path.isdir(absolute):
            found[absolute] = _named_file(absolute, base)
        else:
            for entry in _walk(absolute, settings.exclude):
                if isinstance(entry, str):
                    found.setdefault(entry, _found_file(entry, absolute, base))
                else:
                    folder = shown_path(str(entry.filename), base)
                    problems.append(Problem(folder, None, f"cannot be listed: {_reason(entry)}"))
    files = sorted(found.values(), key=lambda file: file.path)
    return Discovered(tuple(files), tuple(problems), tuple(errors), base)


def found_below(folder: str, settings: Settings) -> Iterator[InputFile | Problem]:
    """Yield what `discover` finds in the one absolute `folder`, one after the other, unsorted."""
    for entry in _walk(folder, settings.exclude):
        if isinstance(entry, str):
            yield _found_file(entry, folder, folder)
        else:
            place = shown_path(str(entry.filename), folder)
            yield Problem(place, None, f"cannot be listed: {_reason(entry)}")


def find_file(absolute: str, folder: str, settings: Settings) -> InputFile | None:
    """Return the file as `discover` would find it in `folder`; None where it is left out.

    It need not exist. What a link leads to is not looked at.
    """
    folders, name = os.path.split(absolute.removeprefix(os.path.join(folder, "")))
    if not _is_within(absolute, folder) or not name.endswith(".py"):
        return None
    excluded = (ignored.PatternList(folder, settings.exclude),) if settings.exclude else ()
    lists = ignored.patterns_above(folder)
    inside = folder
    for part in folders.split(os.sep) if folders else ():
        lists += ignored.patterns_of(inside)
        inside = os.path.join(inside, part)
        if (
            part in _LEFT_OUT
            or ignored.is_left_out(excluded, inside, part, is_folder=True)
            or ignored.is_left_out(lists, inside, part, is_folder=True)
            or _holds_no_source(part, _marks(inside))
        ):
            return None
    lists += ignored.patterns_of(inside)
    if _GENERATED_NAME.fullmatch(name) or any(
        ignored.is_left_out(each, absolute, name, is_folder=False) for each in (excluded, lists)
    ):
        return None
    return _found_file(absolute, folder, folder)


def _marks(folder: str) -> set[str]:
    """Return those entries of `folder` that say whether it holds source."""
    names = (*_ENVIRONMENT, "__init__.py")
    return {name for name in names if os.path.lexists(os.path.join(folder, name))}


def is_generated(content: bytes) -> bool:
    """Say whether the first ten lines say that a tool wrote this and nobody should edit it."""
    head = _HEAD.match(content)
    return head is not None and _GENERATED_MARK.search(head[0]) is not None


def _missing(argument: str) -> str:
    """Return why there is nothing at `argument`; "" where there is something."""
    if not argument:
        return "an empty path names nothing"
    try:
        os.stat(argument)
    except OSError as error:
        return "no such file or folder" if isinstance(error, FileNotFoundError) else _reason(error)
    except ValueError:
        return "a path cannot hold a null character"
    return ""


def _named_file(absolute: str, base: str) -> InputFile:
    file = InputFile(shown_path(absolute, base), absolute, is_test=False, named=True)
    if os.path.isfile(absolute):
        return file
    content = file.read()  # a pipe can be read only once
    return file._replace(buffer=content) if isinstance(content, bytes) else file


def _found_file(absolute: str, root: str, base: str) -> InputFile:
    path = shown_path(absolute, base)
    below = path if not os.path.isabs(path) else shown_path(absolute, root)
    *folders, name = below.split("/")
    is_test = not _TEST_FOLDERS.isdisjoint(folders) or _TEST_NAME.fullmatch(name) is not None
    return InputFile(path, absolute, is_test)


def shown_path(absolute: str, base: str) -> str:
    """Return the path as reports show it: below `base` or whole, any character in UTF-8."""
    prefix = os.path.join(base, "")
    path = "." if absolute == base else absolute.removeprefix(prefix)
    # A name in no encoding would make a report that cannot be written.
    return os.fsencode(path).decode("utf-8", "backslashreplace").replace(os.sep, "/")


def _walk(root: str, exclude: Sequence[str]) -> Iterator[str | OSError]:
    """Yield the absolute paths of the Python files below `root`, and why a folder is not listed."""
    excluded = (ignored.PatternList(root, exclude),) if exclude else ()
    followed = [os.path.realpath(root)]
    pending: list[tuple[str, tuple[PatternList, ...]]] = [(root, ignored.patterns_above(root))]
    while pending:
        folder, lists = pending.pop()
        try:
            entries = _listed(folder)
        except OSError as error:
            yield error
            continue
        names = {entry.name for entry in entries}
        if folder != root and _holds_no_source(os.path.basename(folder), names):
            continue
        if ignored.FILE_NAME in names:
            lists += ignored.patterns_of(folder)
        for entry in entries:
            kind = _kind(entry, followed)
            path, is_folder = os.path.join(folder, entry.name), kind == "folder"
            if not kind or any(
                ignored.is_left_out(each, path, entry.name, is_folder=is_folder)
                for each in (excluded, lists)
            ):
                continue
            if is_folder:
                pending.append((path, lists))
            else:
                yield path


def _listed(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _holds_no_source(name: str, entries: set[str]) -> bool:
    if not _ENVIRONMENT.isdisjoint(entries):
        return True
    return name in _BUILT and "__init__.py" not in entries


def _kind(entry: os.DirEntry[str], followed: list[str]) -> str:
    """Return "file" for a Python file that nobody generated, "folder" for one to enter, else "".

    A link is followed to where the walk would not come anyway, and only once.
    """
    try:
        if entry.is_dir():
            if entry.name in _LEFT_OUT:
                return ""
            kind = "folder"
        elif entry.name.endswith(".py") and entry.is_file():
            kind = "" if _GENERATED_NAME.fullmatch(entry.name) else "file"
        else:
            return ""
        if kind and entry.is_symlink():
            target = os.path.realpath(entry.path)
            if any(_is_within(target, top) or _is_within(top, target) for top in followed):
                return ""
            followed.append(target)
    except OSError:
        return ""  # it vanished, or a link leads nowhere
    return kind


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
