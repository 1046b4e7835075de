"""Runs real editors in bounded time. `make test-editors` installs them; nothing here does."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NODE24 = ROOT / ".tools/node24/bin/node"
CODE_SERVER = ROOT / ".tools/code-server/package/out/node/entry.js"
RACY = '''\
"""Counts visitors."""

import asyncio


class Counter:
    """How many visitors came."""

    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        """Count one visitor."""
        current = self.value
        await asyncio.sleep(0)
        self.value = current + 1


async def main() -> None:
    """Let ten visitors come at the same time."""
    counter = Counter()
    await asyncio.gather(*(counter.increment() for _ in range(10)))
    print(counter.value)


asyncio.run(main())
'''
START_TIMEOUT_SECONDS = 60
INSTALL_TIMEOUT_SECONDS = 180
STOP_TIMEOUT_SECONDS = 20
# Nothing that asks, talks to the outside or comes between a test and the editor.
USER_SETTINGS = {
    "chat.disableAIFeatures": True,
    "extensions.autoCheckUpdates": False,
    "extensions.autoUpdate": False,
    "git.enabled": False,
    "security.workspace.trust.enabled": False,
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
}


@dataclass(frozen=True, slots=True)
class Editors:
    """Runs programs; what they say on standard error stays in the folder `artefacts`.

    What they remember from one run to the next goes to `memory`, not to the user's own folders.
    """

    artefacts: Path
    memory: Path

    def run(
        self,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str] | None = None,
        name: str,
        timeout_seconds: float,
    ) -> str:
        """Return what `command` prints; fail where it fails or takes too long."""
        log_file = self.artefacts / f"{name}.log"
        with log_file.open("w") as log:
            process = self.started(command, log.fileno(), environment)
            with _ended(process):
                output, _ = process.communicate(timeout=timeout_seconds)
        assert process.returncode == 0, f"{output}\n{log_file.read_text()}"
        return output

    def started(
        self,
        command: Sequence[str | Path],
        stderr: int,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[str]:
        """Start `command` as the leader of a session of its own, so that `_ended` ends it all."""
        kinds = ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
        memory = dict.fromkeys(kinds, str(self.memory))
        return subprocess.Popen(
            [str(part) for part in command],
            env={**os.environ, **memory, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            start_new_session=True,
        )


@dataclass(frozen=True, slots=True)
class Workbench:
    """VS Code's workbench, served at `url`; windows opened later follow the file `settings`.

    `node` is what the scenarios run on.
    """

    url: str
    settings: Path
    node: Path

    def set(self, **values: object) -> None:
        """Change the user's settings; a dot in a name is written as two underscores."""
        changed = {name.replace("__", "."): value for name, value in values.items()}
        self.settings.write_text(json.dumps({**USER_SETTINGS, **changed}))


@pytest.fixture(scope="session")
def editors(tmp_path_factory: pytest.TempPathFactory) -> Editors:
    """Return what runs programs."""
    artefacts = HERE / "artefacts"
    artefacts.mkdir(exist_ok=True)
    return Editors(artefacts, tmp_path_factory.mktemp("memory"))


@pytest.fixture
def racy_file(tmp_path: Path) -> Path:
    """Return a file with one lost update, alone in its folder."""
    folder = tmp_path / "visitors"
    folder.mkdir()
    file = folder / "counter.py"
    file.write_text(RACY)
    return file


@pytest.fixture(scope="session")
def served_workbench(
    editors: Editors, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workbench]:
    """Serve the workbench with the packaged extension installed, on a port that is free."""
    home = tmp_path_factory.mktemp("workbench")
    settings = home / "data" / "User" / "settings.json"
    settings.parent.mkdir(parents=True)
    program: list[str | Path] = [NODE24, CODE_SERVER, "--config", home / "config.yaml"]
    program += ["--user-data-dir", home / "data", "--extensions-dir", home / "extensions"]
    install: list[str | Path] = [*program, "--install-extension", _extension()]
    editors.run(install, name="install-extension", timeout_seconds=INSTALL_TIMEOUT_SECONDS)
    program += ["--auth", "none", "--bind-addr", "127.0.0.1:0"]
    program += ["--disable-telemetry", "--disable-update-check"]
    process = editors.started(program, subprocess.STDOUT)
    with (editors.artefacts / "workbench.log").open("w") as log, _listening(process, log) as url:
        yield Workbench(url, settings, NODE24)


@pytest.fixture
def workbench(served_workbench: Workbench) -> Workbench:
    """Return the workbench with the tests' own settings alone."""
    served_workbench.set()
    return served_workbench


@contextlib.contextmanager
def _listening(process: subprocess.Popen[str], log: TextIO) -> Iterator[str]:
    """Wait for the address that the server says it listens on, and copy what it says to `log`."""
    addresses: queue.SimpleQueue[str] = queue.SimpleQueue()
    said = process.stdout
    assert said is not None

    def copy() -> None:
        with said:
            for line in said:
                log.write(line)
                if found := re.search(r"HTTP server listening on (\S+)", line):
                    addresses.put(found[1])

    copying = threading.Thread(target=copy, daemon=True)
    copying.start()
    with _ended(process):
        yield addresses.get(timeout=START_TIMEOUT_SECONDS)
    copying.join(STOP_TIMEOUT_SECONDS)


@contextlib.contextmanager
def _ended(process: subprocess.Popen[str]) -> Iterator[None]:
    """End `process` and all that it started, whatever happens; it leads a session of its own."""
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_TIMEOUT_SECONDS)


def _extension() -> Path:
    packages = sorted((ROOT / "dist").glob("*.vsix"))
    assert len(packages) == 1, f"exactly one package is expected in dist: {packages}"
    return packages[0]
