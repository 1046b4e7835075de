"""The real server with an analysis that does what the comments of a text say.

`# race` is a finding on the code before it, `# race in PATH` one whose rival writes in PATH,
`# late race` one that only jedi's answers show; `# problem` is a problem; `# settings` and
`# documents` are findings that tell the session's settings and open documents. `# block` holds
the analysis until the client sends `test/release`, `# print` prints and `# fail` raises. What was
called is told on `test/calls`, and `test/fail` fails.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from typing import TYPE_CHECKING, Any

from racelens.engine.session import Session, Snapshot
from racelens.findings.finding import Evidence, Finding, Problem
from racelens.findings.fix import Fix, Safety
from racelens.findings.interleaving import Interleaving, Role, Step
from racelens.findings.rule import Confidence, Severity
from racelens.lsp.serve import serve_stdio, serve_tcp, serve_websocket
from racelens.lsp.server import RaceLensServer, ServerOptions, create_server
from racelens.source.edit import TextEdit
from racelens.source.span import Span, span
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.engine.settings import Settings

OPTIONS = ServerOptions(settle_seconds=0, watch_seconds=0.05)
_COMMENT = re.compile(
    r"# (?P<what>late race|race|problem|settings|documents|block|print|fail)(?!\w)"
    r"( in (?P<path>.*))?"
)


class FakeServer:
    """What the sessions of one server share: the calls, and the thread that may be blocked."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.release = threading.Event()
        self.server = create_server(lambda settings, _: FakeSession(settings, self), OPTIONS)

        def calls(ls: RaceLensServer, _params: object) -> list[str]:
            del ls
            return self.calls

        def release(ls: RaceLensServer, _params: object) -> None:
            del ls
            self.release.set()

        def fail(ls: RaceLensServer, _params: object) -> None:
            del ls
            raise ZeroDivisionError("as was asked")

        self.server.feature("test/fail")(fail)
        self.server.feature("test/calls")(calls)
        self.server.feature("test/release")(release)

    def block(self) -> None:
        """Tell the client that an analysis is blocked, and wait for it to say "go on"."""
        self.server.protocol.notify("test/blocked")
        self.release.wait()
        self.release.clear()


class FakeSession(Session):
    """A session that reads its findings off the text."""

    def __init__(self, settings: Settings, shared: FakeServer) -> None:
        self.settings = settings
        self._shared = shared
        self._open: dict[str, Snapshot] = {}

    def analyse(self, path: str, text: str, version: int | None) -> Snapshot:
        """Return what the comments say, but for late races."""
        self._shared.calls.append(f"analyse {version}")
        source = SourceFile(path, text)
        self._open[path] = snapshot = self._snapshot(source, version, with_late=False)
        return snapshot

    def resolve(self, path: str) -> Snapshot | None:
        """Return what the comments say with late races."""
        before = self._open[path]
        self._shared.calls.append(f"resolve {before.version}")
        return self._snapshot(before.source, before.version, with_late=True)

    def fixes(self, path: str, finding: Finding) -> tuple[Fix, ...]:
        """Return a fix of the code, one in the rival's file, and a comment."""
        source = self._open[path].source
        line = finding.span.start.line
        end = len(source.line(line))
        comment = TextEdit(path, span(line, end, line, end), "  # racelens: ignore[RL101]")
        code = TextEdit(path, finding.span, "fixed()")
        assert finding.interleaving
        rival = TextEdit(finding.interleaving.steps[2].path, span(0, 0, 0, 0), "fixed\n")
        return (
            Fix("Hold a lock", (code,), Safety.SAFE, preferred=True),
            Fix("Hold a lock everywhere", (code, rival), Safety.UNSAFE, preferred=False),
            Fix("Suppress this finding", (comment,), Safety.SAFE, preferred=False),
        )

    def close(self, path: str) -> None:
        """Note that the document is closed."""
        self._shared.calls.append("close")
        self._open.pop(path, None)

    def stop(self) -> None:
        """Note the end of the session."""
        self._shared.calls.append("stop")

    def _snapshot(self, source: SourceFile, version: int | None, *, with_late: bool) -> Snapshot:
        comments = list(_comments(source))
        if any(what == "fail" for what, _, _ in comments):
            raise ZeroDivisionError("as the text says")
        if any(what == "block" for what, _, _ in comments):
            self._shared.block()
        if any(what == "print" for what, _, _ in comments):
            print("Content-Length: 5")  # noqa: T201 - what a library might do
            os.write(1, b"\r\nrubbish")
        has_late = any(what == "late race" for what, _, _ in comments)
        messages = {
            "race": "`self.value` may have changed",
            "settings": repr(self.settings),
            "documents": f"{len(self._open | {source.path: None})} documents",
        }
        if with_late:
            messages["late race"] = "jedi knows more"
        return Snapshot(
            source,
            version,
            tuple(
                _finding(source.path, place, messages[what], path or source.path)
                for what, place, path in comments
                if what in messages
            ),
            tuple(
                Problem(source.path, place.start.line, "cannot be read")
                for what, place, _ in comments
                if what == "problem"
            ),
            unresolved=has_late and not with_late,
        )


def _comments(source: SourceFile) -> Iterator[tuple[str, Span, str | None]]:
    for number, line in enumerate(source.lines):
        for match in _COMMENT.finditer(line):
            code = line[: match.start()]
            start = len(code) - len(code.lstrip())
            place = span(number, start, number, len(code.rstrip()))
            yield match["what"], place, match["path"] and match["path"].strip()


def _finding(path: str, place: Span, message: str, rival: str) -> Finding:
    steps = (
        Step("A", Role.READ, path, place, "A reads `self.value`"),
        Step("A", Role.SUSPEND, path, place, "A waits | here"),
        Step("B", Role.WRITE, rival, span(0, 2, 0, 4), "B writes " + "very " * 40 + "much"),
        Step("B", Role.READ, path, place, "B reads"),
        Step("A", Role.WRITE, path, place, "A writes"),
    )
    return Finding(
        "RL101", "lost-update", Severity.WARNING, Confidence.PROVEN, "lost update", message, path,
        "f", place, "self.value", Interleaving(steps), place,
        (Evidence(path, place, "gather starts it twice"),),
    )  # fmt: skip


def main(arguments: list[str]) -> int:
    """Serve at standard input and output, or at a free port: `tcp`, `ws`."""
    server = FakeServer().server
    ways: dict[tuple[str, ...], Any] = {
        (): lambda: serve_stdio(server),
        ("tcp",): lambda: serve_tcp("127.0.0.1", 0, server),
        ("ws",): lambda: serve_websocket("127.0.0.1", 0, server),
    }
    return int(ways[tuple(arguments)]())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
