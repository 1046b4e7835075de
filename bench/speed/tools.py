"""The programs that are compared, in an environment of their own, and how each is called."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple

_PEERS = ("ruff", "ty", "pyrefly", "mypy", "pyright", "pylint", "flake8", "flake8-async")
_PROJECT = Path(__file__).parents[2]
_PYLINT = "--enable=yield-inside-async-function,not-async-context-manager,await-outside-async"


class Tool(NamedTuple):
    """A program and its arguments before the folder."""

    name: str
    arguments: tuple[str, ...]


TOOLS = (
    Tool("ruff", ("ruff", "check", "--isolated", "--no-cache", "--select", "ASYNC,RUF006")),
    Tool("ty", ("ty", "check", "--exit-zero")),
    Tool("pyrefly", ("pyrefly", "check")),
    Tool("mypy", ("mypy", "--cache-dir", "/dev/null", "--ignore-missing-imports")),
    Tool("pyright", ("pyright",)),
    Tool("pylint", ("pylint", "--disable=all", _PYLINT)),
    Tool("flake8-async", ("flake8", "--isolated", "--select", "ASYNC")),
)


def installed(python: str, cache: Path, *, peers: bool) -> Path:
    """Return the folder of programs of an environment with RaceLens as it is here, and its peers.

    RaceLens is installed as users install it, so that its modules are compiled. Raises
    subprocess.CalledProcessError where the environment cannot be made.
    """
    folder = cache / "tools"
    own = folder / "bin" / "python"
    if not own.exists():
        subprocess.run([python, "-m", "venv", str(folder)], check=True)
    pip = (str(own), "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    subprocess.run([*pip, str(_PROJECT)], check=True)
    subprocess.run([*pip, "--no-deps", "--force-reinstall", str(_PROJECT)], check=True)
    if peers:
        subprocess.run([*pip, *_PEERS], check=True)
    return folder / "bin"
