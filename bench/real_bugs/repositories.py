"""The trees of the projects: from git repositories that are there, or fetched from GitHub.

Of a tree only the Python files of one package and of the top-level tests are wanted. Fetched is
what those need: the commit, its folders, and these files.
"""

from __future__ import annotations

import io
import os
import subprocess
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TESTS = ("tests", "test")
_LINK = "120000"  # mode of symbolic links


class Tree(NamedTuple):
    """The folder `root` of a repository ("owner/name") at one commit, and its top-level tests."""

    repository: str
    commit: str
    root: str

    def __str__(self) -> str:
        return f"{self.repository}@{self.commit[:10]}:{self.root}"


class UnavailableError(Exception):
    """A tree cannot be had; the text says why."""


class Repositories(Protocol):
    """Where the repositories are."""

    def folder(self, tree: Tree) -> Path:
        """Return a git directory that holds the files of `tree`. Raises UnavailableError."""
        ...


class Mirrors:
    """Repositories below one folder: owner+name/repo, owner+name or owner/name, bare or not."""

    def __init__(self, top: Path) -> None:
        self._top = top

    def folder(self, tree: Tree) -> Path:
        """Return the git directory of the repository."""
        owner, name = tree.repository.split("/")
        joined = self._top / f"{owner}+{name}"
        for candidate in (joined / "repo", joined, self._top / owner / name):
            if candidate.is_dir():
                return candidate
        raise UnavailableError(f"no repository {tree.repository} in {self._top}")


class Clones:
    """Partial clones in a cache folder, which grow with the trees that are asked for."""

    def __init__(self, cache: Path, origin: str) -> None:
        """Fetch from `origin`, to which "/owner/name" is added."""
        self._cache = cache
        self._origin = origin.rstrip("/")
        self._lock = Lock()  # git refuses two fetches into one shallow repository

    def folder(self, tree: Tree) -> Path:
        """Fetch what is missing of `tree`; return the git directory."""
        folder = self._cache / tree.repository.replace("/", "+")
        with self._lock:
            if not folder.is_dir():
                self._create(folder, f"{self._origin}/{tree.repository}")
            kept = f"refs/commits/{tree.commit}"
            if not _succeeds(folder, "rev-parse", "--quiet", "--verify", kept):
                which = ("--depth=1", "--filter=blob:none", "--no-tags")
                _git(folder, "fetch", "--quiet", *which, "origin", f"{tree.commit}:{kept}")
            self._fetch_files(folder, tree)
        return folder

    def _create(self, folder: Path, url: str) -> None:
        folder.mkdir(parents=True)
        _git(folder, "init", "--quiet", "--bare")
        _git(folder, "remote", "add", "origin", url)

    def _fetch_files(self, folder: Path, tree: Tree) -> None:
        """Fetch in one go what git would fetch one by one when the files are read."""
        which = ("--objects", "--missing=print", "--max-count=1", tree.commit)
        listed = _git(folder, "rev-list", *which).decode(errors="replace").splitlines()
        missing = {line[1:] for line in listed if line.startswith("?")}
        wanted = [file.identity for file in _files(folder, tree) if file.identity in missing]
        if wanted:
            # To be told of commits that are here, GitHub would think that their files are, too.
            fetch = ("-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet")
            quietly = ("--no-tags", "--no-write-fetch-head", "--no-auto-gc")
            how = ("--recurse-submodules=no", "--filter=blob:none", "--stdin")
            _git(folder, *fetch, *quietly, *how, "origin", given="\n".join(wanted).encode())


class _File(NamedTuple):
    path: str
    identity: str
    is_link: bool


def extract(folder: Path, tree: Tree, into: Path) -> None:
    """Write the Python files of `tree` below `into`. Raises UnavailableError.

    `git archive` would do, did it not fetch all files of a commit into a partial clone.
    """
    files = list(_files(folder, tree))
    if not files:
        raise UnavailableError(f"{tree} has no Python files")
    wanted = "\n".join(file.identity for file in files)
    told = io.BytesIO(_git(folder, "cat-file", "--batch", given=wanted.encode()))
    for file in files:
        _identity, _kind, size = told.readline().split()
        content = told.read(int(size))
        told.readline()
        path = into / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if file.is_link:
            path.symlink_to(os.fsdecode(content))
        else:
            path.write_bytes(content)


def text_lines(folder: Path, commit: str, path: str) -> list[str]:
    """Return the lines of a file at a commit; none where it does not exist."""
    show = ["git", "-C", str(folder), "show", f"{commit}:{path}"]
    done = subprocess.run(show, check=False, capture_output=True)
    text = done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
    return text.replace("\r\n", "\n").replace("\r", "\n").splitlines()


def _files(folder: Path, tree: Tree) -> Iterator[_File]:
    """Yield the Python files of `tree`."""
    tops = (tree.root, *_TESTS)
    for line in _git(folder, "ls-tree", "-r", "-z", tree.commit).split(b"\0"):
        about, _, name = line.partition(b"\t")
        path = os.fsdecode(name)
        if path.endswith(".py") and any(_is_below(path, top) for top in tops):
            mode, _, identity = about.decode().split()
            yield _File(path, identity, mode == _LINK)


def _is_below(path: str, folder: str) -> bool:
    return folder == "." or path.startswith(f"{folder}/")


def _git(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    """Return what git prints. Raises UnavailableError with what git says where it fails."""
    command = ("git", "-C", str(folder), *arguments)
    done = subprocess.run(command, check=False, input=given, capture_output=True)
    if done.returncode:
        raise UnavailableError(f"git: {done.stderr.decode(errors='replace').strip()[-300:]}")
    return done.stdout


def _succeeds(folder: Path, *arguments: str) -> bool:
    done = subprocess.run(("git", "-C", str(folder), *arguments), check=False, capture_output=True)
    return done.returncode == 0
