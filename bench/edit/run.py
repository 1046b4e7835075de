"""Measures a keystroke: from `didChange` to the diagnostics, over stdio, beside other servers.

The floor is a server that only parses, walks and publishes (`floor_server.py`); `--peers` are those
of other tools. All get the same edits of one generated file in turn, so that a busy machine slows
all of them. CPU is that of the server's
process, its worker processes apart, from one edit to the next.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GOAL = 1.5
HERE = Path(__file__).parent
_PEERS = {
    "ruff": ("ruff", "server"),
    "ty": ("ty", "server"),
    "pyrefly": ("pyrefly", "lsp"),
    "pyright": ("pyright-langserver", "--stdio"),
}
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
    _uri: str = ""
    _version: int = 1
    _process: subprocess.Popen[bytes] = field(init=False)

    def start(self, file: Path) -> float:
        """Start the server in the folder of `file` and open that; return seconds to diagnostics."""
        begin = time.perf_counter()
        folder, self._uri = file.parent.as_uri(), file.as_uri()
        self.launch({"rootUri": folder, "workspaceFolders": [{"uri": folder, "name": "bench"}]})
        text = file.read_text(encoding="utf-8")
        document = {"uri": self._uri, "languageId": "python", "version": 1, "text": text}
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
                "textDocument": {"uri": self._uri, "version": self._version},
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
        """Read until the diagnostics of the newest version have come; grant what is asked for."""
        while True:
            message = json.loads(self.read())
            params = message.get("params") or {}
            if "method" in message and "id" in message:
                items = params.get("items") if isinstance(params, dict) else None
                self.reply(message["id"], None if items is None else [None] * len(items))
            elif message.get("method") == "textDocument/publishDiagnostics":
                found, version = params["diagnostics"], params.get("version")
                if (params["uri"], version) == (self._uri, self._version):
                    self.diagnostics = len(found)
                    return

    def send(self, method: str, params: Any, *, request: bool = False) -> None:
        """Send a notification, or a request if `request`."""
        message = {"method": method, "params": params}
        self._write({**message, "id": 1} if request else message)

    def reply(self, identity: Any, result: Any = None) -> None:
        """Grant what the server has asked for."""
        self._write({"id": identity, "result": result})

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


def table(servers: Sequence[Server], parse: float) -> tuple[str, float]:
    """Return the medians as text, CPU in `parse` (ms), and the wall time of all edits as a ratio.

    The ratio is that of the first server to the second one, the floor.
    """
    heads = "".join(f"{server.name:>10}" for server in servers)
    rows = [f"{'':28}{heads}"]
    walls: list[float] = []
    for title, kinds in _ROWS.items():
        for what, unit, name in (("wall_ms", 1.0, "wall, ms"), ("cpu_ms", parse, "CPU, ast.parse")):
            values = [_median(server, what, kinds) / unit for server in servers]
            walls = walls or values
            label = f"{title} edits: {name}"
            rows.append(f"{label:28}" + "".join(f"{value:10.2f}" for value in values))
    return "\n".join(rows), walls[0] / walls[1]


def _median(server: Server, what: str, kinds: set[Kind]) -> float:
    values: list[float] = [
        getattr(sample, what) for sample in server.samples if sample.kind in kinds
    ]
    return statistics.median(values)


def main() -> int:
    """Print the medians and the ratio; return 1 where --check is given and the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1000)
    parser.add_argument("--edits", type=int, default=40)
    parser.add_argument("--warm-up", type=int, default=10)
    parser.add_argument("--peers", nargs="*", choices=_PEERS, default=(), help="other servers")
    parser.add_argument(
        "--bin", type=Path, default=Path(sys.executable).parent, help="where they are installed"
    )
    parser.add_argument("--check", action="store_true", help="fail where the goal is missed")
    options = parser.parse_args()
    text = generated(options.lines)
    servers = [
        Server("racelens", [sys.executable, "-m", "racelens.lsp"]),
        Server("floor", [sys.executable, str(HERE / "floor_server.py")]),
    ]
    for name in options.peers:
        program, *arguments = _PEERS[name]
        servers.append(Server(name, [str(options.bin / program), *arguments]))
    print(f"{text.count(chr(10))} lines, {text.count('async def')} async functions")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder).resolve() / "service.py"
        file.write_text(text, encoding="utf-8")
        for server in servers:
            print(f"{server.name}: first diagnostics after {server.start(file):.2f} s")
        measure(servers, text, options.warm_up, options.edits)
        for server in servers:
            server.stop()
    parse = parse_ms(text)
    shown, ratio = table(servers, parse)
    told = ", ".join(f"{server.name} {server.diagnostics}" for server in servers)
    print(f"{len(servers[0].samples)} changes; diagnostics: {told}")
    print(f"ast.parse of the file: {parse:.1f} ms of CPU")
    print(shown)
    print(f"ratio to the floor {ratio:.2f}, goal at most {GOAL}: ", end="")
    print("met" if ratio <= GOAL else "missed")
    return int(options.check and ratio > GOAL)


if __name__ == "__main__":
    sys.exit(main())
