"""Measures a keystroke: from `didChange` to the diagnostics, over stdio, against the floor.

The floor is a server that only parses, walks and publishes (`floor_server.py`). Both get the same
edits of one generated file in turn, so that a busy machine slows both. CPU is that of the server's
process, its worker processes apart, from one edit to the next.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GOAL = 1.5
URI = "file:///bench/service.py"
HERE = Path(__file__).parent
_VERSION = re.compile(rb'"version": ?(\d+)')
_CAPABILITIES = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
        "publishDiagnostics": {
            "relatedInformation": True,
            "versionSupport": True,
            "codeDescriptionSupport": True,
            "dataSupport": True,
        }
    },
}

Kind: TypeAlias = Literal["comment", "code", "broken", "mended"]
_ROWS: dict[str, set[Kind]] = {
    "all": {"comment", "code", "broken", "mended"},
    "whole": {"comment", "code", "mended"},
    "broken": {"broken"},
    "comment": {"comment"},
    "code": {"code"},
}

# Methods of services as they are: most of them harmless, every fourth one racy.
_METHODS = (
    """
    async def reserve_{n}(self, item: str, count: int) -> bool:
        # The stock is checked before the payment and reduced behind it.
        if self.stock[item] < count:
            return False
        await self.charge(item, count)
        self.stock[item] -= count
        return True
""",
    """
    async def fetch_{n}(self, session: Session, url: str) -> bytes:
        # One attempt after another, each with a longer pause.
        for attempt in range(3):
            async with session.get(url, timeout=self.timeout) as response:
                if response.status == 200:
                    return await response.read()
            await asyncio.sleep(0.5 * attempt)
        raise TimeoutError(url)
""",
    """
    async def store_{n}(self, key: str, value: dict[str, object]) -> None:
        # Written under the lock, so that nobody reads half of it.
        async with self._lock:
            before = self._cache.get(key)
            if before != value:
                await self._write(key, value)
                self._cache[key] = value
""",
    """
    async def report_{n}(self, since: float) -> list[str]:
        # Local names only.
        lines = []
        async for name, seconds in self._events(since):
            lines.append(f"{{name}}: {{seconds:.2f}} s")
        await asyncio.sleep(0)
        return sorted(lines)
""",
)
_CLASS = """

class Service{n}:
    def __init__(self, session: Session, timeout: float = 3.0) -> None:
        self._lock = asyncio.Lock()
        self._cache: dict[str, dict[str, object]] = {{}}
        self.stock: dict[str, int] = {{}}
        self.session = session
        self.timeout = timeout
        self.served = 0

    async def charge(self, item: str, count: int) -> None:
        current = self.served
        await asyncio.sleep(0.01)
        self.served = current + count

    async def _write(self, key: str, value: dict[str, object]) -> None:
        await asyncio.to_thread(Path(key).write_text, str(value))

    async def _events(self, since: float) -> AsyncIterator[tuple[str, float]]:
        for key in tuple(self._cache):
            await asyncio.sleep(0)
            yield key, since

    async def run(self, items: list[str]) -> None:
        await asyncio.gather(*(self.charge(item, 1) for item in items))
"""
_HEAD = """\
import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from client import Session
"""


def generated(lines: int) -> str:
    """Return a module of about `lines` lines, a tenth of them heads of async methods."""
    parts = [_HEAD]
    number = 0
    while sum(part.count("\n") for part in parts) < lines:
        parts.append(_CLASS.format(n=number))
        for method in _METHODS * 2:
            number += 1
            parts.append(method.format(n=number))
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of some characters in one line, and what it is or leaves behind: its `kind`."""

    line: int
    start: int
    end: int
    text: str
    kind: Kind

    def applied(self, text: str) -> str:
        """Return `text` after this edit."""
        lines = text.splitlines(keepends=True)
        line = lines[self.line]
        lines[self.line] = line[: self.start] + self.text + line[self.end :]
        return "".join(lines)


def edits(text: str, count: int) -> Iterator[Edit]:
    """Yield changes for `count` edits, in a comment and in an await line in turn.

    Every second edit of each kind passes through broken syntax, and is two changes.
    """
    lines = text.splitlines()
    comments = [n for n, line in enumerate(lines) if line.strip().startswith("# ")]
    awaits = [n for n, line in enumerate(lines) if "await asyncio.sleep(0" in line]
    for number in range(count):
        places, mark, typed = (awaits, "sleep(0", "0") if number % 2 else (comments, "# ", "x")
        line = places[number * 7 % len(places)]
        column = lines[line].index(mark) + len(mark)
        if number % 4 < 2:
            yield Edit(line, column, column, typed, "code" if number % 2 else "comment")
        elif mark == "# ":
            yield Edit(line, column - 2, column - 1, "", "broken")
            yield Edit(line, column - 2, column - 2, "#", "mended")
        else:
            yield Edit(line, column, column, "(", "broken")
            yield Edit(line, column, column + 1, "", "mended")


@dataclass(slots=True)
class Sample:
    """What one edit cost a server."""

    wall_ms: float
    cpu_ms: float
    kind: Kind


@dataclass(slots=True)
class Server:
    """A language server under measurement, and what its edits cost."""

    name: str
    command: Sequence[str]
    samples: list[Sample] = field(default_factory=list)
    diagnostics: int = 0
    _version: int = 1
    _process: subprocess.Popen[bytes] = field(init=False)

    def start(self, text: str) -> float:
        """Start the server and open the document; return the seconds to its diagnostics."""
        begin = time.perf_counter()
        self.launch({})
        document = {"uri": URI, "languageId": "python", "version": 1, "text": text}
        self.send("textDocument/didOpen", {"textDocument": document})
        self._wait()
        return time.perf_counter() - begin

    def launch(self, more: dict[str, Any]) -> None:
        """Start the server and initialize it; `more` are further parameters."""
        self._process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        params = {"processId": os.getpid(), "rootUri": None, "capabilities": _CAPABILITIES}
        options = {"resolve": "own"}
        self.send("initialize", {**params, "initializationOptions": options, **more}, request=True)
        self.read()
        self.send("initialized", {})

    def edit(self, edit: Edit) -> float:
        """Send one change; return the milliseconds to its diagnostics."""
        self._version += 1
        area = {
            "start": {"line": edit.line, "character": edit.start},
            "end": {"line": edit.line, "character": edit.end},
        }
        begin = time.perf_counter()
        self.send(
            "textDocument/didChange",
            {
                "textDocument": {"uri": URI, "version": self._version},
                "contentChanges": [{"range": area, "text": edit.text}],
            },
        )
        self._wait()
        return (time.perf_counter() - begin) * 1000

    def cpu_ms(self) -> float:
        """Return the milliseconds of CPU that the process has used, system calls included."""
        tasks = Path(f"/proc/{self._process.pid}/task")
        if not (tasks / str(self._process.pid) / "schedstat").exists():
            raise SystemExit("bench-edit reads /proc/<pid>/task/*/schedstat, which is not here")
        return sum(
            int((task / "schedstat").read_text().split()[0]) / 1e6 for task in tasks.iterdir()
        )

    def stop(self) -> None:
        """End the server."""
        self.send("shutdown", None, request=True)
        self.read()
        self.send("exit", None)
        self._process.wait(30)

    def _wait(self) -> None:
        """Read until the diagnostics of the newest version have come."""
        while True:
            body = self.read()
            version = _VERSION.search(body)
            if b"publishDiagnostics" in body and version and int(version[1]) == self._version:
                self.diagnostics = body.count(b'"severity"')
                return

    def send(self, method: str, params: Any, *, request: bool = False) -> None:
        """Send a notification, or a request if `request`."""
        message = {"method": method, "params": params}
        self._write({**message, "id": 1} if request else message)

    def reply(self, identity: Any) -> None:
        """Grant what the server has asked for."""
        self._write({"id": identity, "result": None})

    def _write(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def read(self) -> bytes:
        """Return the body of the next message."""
        assert self._process.stdout
        length = 0
        while header := self._process.stdout.readline().strip():
            if header.lower().startswith(b"content-length:"):
                length = int(header.split(b":")[1])
        if not length:
            raise SystemExit(f"{self.name} has ended")
        return self._process.stdout.read(length)


def measure(servers: Sequence[Server], text: str, warm_up: int, count: int) -> None:
    """Send all edits to all servers in turn, each time beginning with another one."""
    before = {server.name: server.cpu_ms() for server in servers}
    for number, edit in enumerate(edits(text, warm_up + count)):
        for server in servers if number % 2 else tuple(reversed(servers)):
            server.samples.append(Sample(server.edit(edit), 0, edit.kind))
        for server in servers:
            # Read late, so that what a server does behind its answer counts as well.
            now = server.cpu_ms()
            server.samples[-1].cpu_ms = now - before[server.name]
            before[server.name] = now
    for server in servers:
        del server.samples[:warm_up]


def parse_ms(text: str) -> float:
    """Return the median milliseconds of CPU that `ast.parse` of `text` takes."""
    times: list[float] = []
    for _ in range(15):
        begin = time.process_time()
        ast.parse(text)
        times.append((time.process_time() - begin) * 1000)
    return statistics.median(times)


def table(own: Server, floor: Server) -> tuple[str, float]:
    """Return the medians as text, and the ratio of wall time over all edits."""
    rows = [f"{'':24}{'racelens':>10}{'floor':>10}{'ratio':>8}"]
    ratios: list[float] = []
    for title, kinds in _ROWS.items():
        for what in ("wall", "cpu"):
            values = [
                statistics.median(
                    getattr(sample, f"{what}_ms")
                    for sample in server.samples
                    if sample.kind in kinds
                )
                for server in (own, floor)
            ]
            ratios.append(values[0] / values[1])
            label = f"{title} edits, {what} ms"
            rows.append(f"{label:24}{values[0]:10.1f}{values[1]:10.1f}{ratios[-1]:8.2f}")
    return "\n".join(rows), ratios[0]


def main() -> int:
    """Print the medians and the ratio; return 1 where --check is given and the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1000)
    parser.add_argument("--edits", type=int, default=40)
    parser.add_argument("--warm-up", type=int, default=10)
    parser.add_argument("--check", action="store_true", help="fail where the goal is missed")
    options = parser.parse_args()
    text = generated(options.lines)
    own = Server("racelens", [sys.executable, "-m", "racelens.lsp"])
    floor = Server("floor", [sys.executable, str(HERE / "floor_server.py")])
    print(f"{text.count(chr(10))} lines, {text.count('async def')} async functions")
    for server in (own, floor):
        print(f"{server.name}: first diagnostics after {server.start(text):.2f} s")
    measure((own, floor), text, options.warm_up, options.edits)
    shown, ratio = table(own, floor)
    for server in (own, floor):
        server.stop()
    print(f"{len(own.samples)} changes, {own.diagnostics} and {floor.diagnostics} diagnostics")
    print(f"ast.parse of the file: {parse_ms(text):.1f} ms of CPU")
    print(shown)
    print(f"ratio {ratio:.2f}, goal at most {GOAL}: {'met' if ratio <= GOAL else 'missed'}")
    return int(options.check and ratio > GOAL)


if __name__ == "__main__":
    sys.exit(main())
