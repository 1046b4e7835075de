"""Measures an edit in one file to the new findings in another one that is open.

A generated folder is opened in the server; then a function in file A is made to suspend and not to
suspend in turn, which opens and closes the window in file B. Time is wall time, over stdio.
"""

from __future__ import annotations

import argparse
import json
import runpy
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

GOAL_SECONDS = 1.0
_RUN = runpy.run_path(str(Path(__file__).parent / "run.py"))
_METHODS_PER_FILE = 6
_MODULE = """\
import asyncio

from package.m{before} import Service{before}


class Service{n}:
    def __init__(self) -> None:
        self.peer = Service{before}()
        self.value = 0
        self.stock = {{}}
"""
_METHOD = """
    async def update_{m}(self, item: str) -> int:
        current = self.value
        await self.peer.update_{m}(item)
        self.value = current + 1
        if item not in self.stock:
            await asyncio.sleep(0)
            self.stock[item] = {m}
        return self.value
"""
_A = """\
import asyncio


async def pause() -> None:
    {body}
"""
_B = """\
import asyncio

from package.a import pause


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        current = self.value
        await pause()
        self.value = current + 1


async def main() -> None:
    counter = Counter()
    await asyncio.gather(*(counter.increment() for _ in range(10)))
"""
_SUSPENDS = _A.format(body="await asyncio.sleep(0)")
_DOES_NOT = _A.format(body="return None")


def generate(folder: Path, files: int) -> None:
    """Write a package of `files` modules, each of which uses the one before, and A and B."""
    package = folder / "package"
    package.mkdir()
    for number in range(files):
        methods = "".join(_METHOD.format(m=method) for method in range(_METHODS_PER_FILE))
        head = _MODULE.format(n=number, before=max(0, number - 1))
        (package / f"m{number}.py").write_text(head + methods)
    (package / "__init__.py").touch()
    (package / "a.py").write_text(_SUSPENDS)
    (package / "b.py").write_text(_B)


class Workspace:
    """A server with the folder open, and A and B as documents."""

    def __init__(self, folder: Path) -> None:
        self._server: Any = _RUN["Server"]("racelens", [sys.executable, "-m", "racelens.lsp"])
        self._a, self._b = ((folder / "package" / name).as_uri() for name in ("a.py", "b.py"))
        self._version = 1
        begin = time.perf_counter()
        capabilities = {**_RUN["_CAPABILITIES"], "window": {"workDoneProgress": True}}
        named = [{"uri": folder.as_uri(), "name": "bench"}]
        self._server.launch({"capabilities": capabilities, "workspaceFolders": named})
        self._open(self._b, _B)
        self._open(self._a, _SUSPENDS)
        self.first_seconds = self._wait(self._b, 1, begin)
        self._wait_for_the_end_of_progress()
        self.read_seconds = time.perf_counter() - begin

    def edit(self, text: str, findings: int) -> float:
        """Make A `text`; return the seconds until B has as many findings."""
        self._version += 1
        begin = time.perf_counter()
        identifier = {"uri": self._a, "version": self._version}
        change = {"textDocument": identifier, "contentChanges": [{"text": text}]}
        self._server.send("textDocument/didChange", change)
        return self._wait(self._b, findings, begin)

    def stop(self) -> None:
        """End the server."""
        self._server.stop()

    def _open(self, uri: str, text: str) -> None:
        document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self._server.send("textDocument/didOpen", {"textDocument": document})

    def _wait(self, uri: str, findings: int, begin: float) -> float:
        while True:
            message = self._message()
            params = message.get("params") or {}
            if message.get("method") != "textDocument/publishDiagnostics" or params["uri"] != uri:
                continue
            if len(params["diagnostics"]) == findings:
                return time.perf_counter() - begin

    def _wait_for_the_end_of_progress(self) -> None:
        while True:
            params = self._message().get("params") or {}
            if isinstance(value := params.get("value"), dict) and value.get("kind") == "end":
                return

    def _message(self) -> dict[str, Any]:
        """Return the next message; what the server asks for is granted."""
        message: dict[str, Any] = json.loads(self._server.read())
        if "id" in message and "method" in message:
            self._server.reply(message["id"])
        return message


def main() -> int:
    """Print the times; return 1 where --check is given and the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--edits", type=int, default=5)
    parser.add_argument("--check", action="store_true", help="fail where the goal is missed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        generate(folder, options.files)
        workspace = Workspace(folder)
        workspace.edit(_DOES_NOT, 0)
        workspace.edit(_SUSPENDS, 1)
        times = [
            workspace.edit(*((_DOES_NOT, 0) if number % 2 == 0 else (_SUSPENDS, 1)))
            for number in range(options.edits)
        ]
        workspace.stop()
    median = statistics.median(times)
    print(f"{options.files + 3} files")
    print(f"open file shown after {workspace.first_seconds:.2f} s, all read after", end=" ")
    print(f"{workspace.read_seconds:.2f} s")
    print(f"edit in A to findings in B: {', '.join(f'{each:.3f}' for each in times)} s")
    is_met = median <= GOAL_SECONDS
    print(f"median {median:.3f} s, goal at most {GOAL_SECONDS}: {'met' if is_met else 'missed'}")
    return int(options.check and not is_met)


if __name__ == "__main__":
    sys.exit(main())
