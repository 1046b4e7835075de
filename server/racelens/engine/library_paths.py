"""Where the libraries of a project lie, found without running anything of the project.

An environment inside the project (`.venv`) is read as files: its interpreter came with the
project and may be anything. Only an interpreter that the user configured or activated may be run,
and that is jedi's process' business.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PROJECT_ENVIRONMENTS = (".venv", "venv")
_EXTENSION_FOLDERS = frozenset({"lib-dynload", "DLLs"})


def active_environment() -> str | None:
    """Return the folder of the environment that the user activated, if any."""
    return os.environ.get("VIRTUAL_ENV") or os.environ.get("CONDA_PREFIX") or None


def is_running(environment: str) -> bool:
    """Say whether `environment` is the one that this process runs in."""
    return os.path.realpath(environment) == os.path.realpath(sys.prefix)


def standard_library(search_path: Iterable[str], project: str) -> tuple[str, ...]:
    """Return the entries of `search_path` that hold the standard library, none of `project`'s."""
    inside = Path(project)
    return tuple(
        entry
        for entry in search_path
        if (Path(entry, "os.py").is_file() or Path(entry).name in _EXTENSION_FOLDERS)
        and not Path(entry).is_relative_to(inside)
    )


def project_libraries(project: str) -> tuple[str, ...]:
    """Return the folders of installed packages of the environment inside `project`, if any."""
    for name in _PROJECT_ENVIRONMENTS:
        environment = Path(project, name)
        if (environment / "pyvenv.cfg").is_file():
            return tuple(_installed(environment))
    return ()


def _installed(environment: Path) -> Iterator[str]:
    folders = (
        environment / "Lib" / "site-packages",
        *sorted(environment.glob("lib/python*/site-packages"), reverse=True),
    )
    for folder in filter(Path.is_dir, folders):
        yield str(folder)
        for file in sorted(folder.glob("*.pth")):
            yield from _added_by(file)


def _added_by(file: Path) -> Iterator[str]:
    """Yield the folders that a `.pth` file names (see `Lib/site.py`); its code is not run."""
    try:
        lines = file.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        added = file.parent / line.strip()
        if line.strip() and not line.startswith(("#", "import ", "import\t")) and added.is_dir():
            yield str(added)
