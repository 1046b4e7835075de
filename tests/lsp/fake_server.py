"""The real server with an analysis that does what the comments of a text say.

`# race` is a finding on the code before it, `# race in PATH` one whose rival writes in PATH,
`# late race` one that only jedi's answers show; `# problem` is a problem; `# settings` and
`# documents` are findings that tell the session's settings and open documents. Only races are
fixed by `fix_all`, which `# slow fixes` holds; the fixes of a `# broken race` raise, and the first
one of a `# misplaced race` lies nowhere. `# block` holds
the analysis until the client sends `test/release`, `# print` prints and `# fail` raises. A folder
has three files, and reading one whose name says `blocked` is held before the second. What was
called is told on `test/calls`, and `test/fail` fails.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from typing import TYPE_CHECKING, Any

from racelens.engine.document import Snapshot
from racelens.engine.session import Answered, Questions, Session
from racelens.engine.settings import Settings
from racelens.engine.workspace_reading import Reading
from racelens.findings.finding import Evidence, Finding, Problem
from racelens.findings.fix import Fix, Repair, Safety
from racelens.findings.interleaving import Interleaving, Role, Step
from racelens.findings.levels import Confidence, Severity
from racelens.lsp.coordinator import Pauses
from racelens.lsp.serve import serve_stdio, serve_tcp, serve_websocket
from racelens.lsp.server import RaceLensServer, ServerOptions, create_server
from racelens.source.edit import TextEdit
from racelens.source.span import Position, Span, span
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.engine.workspace_reading import GoOn

RACE = "`self.value` may have changed"
BROKEN = "nobody can fix this"
MISPLACED = "somebody can fix this"
_LONGEST_SECONDS = 90.0  # a server that blocks its event loop must fail its test, not hang
OPTIONS = ServerOptions(Pauses(0, 0), watch_seconds=0.05)
_COMMENT = re.compile(
    r"# (?P<what>((late|broken|misplaced) )?race|problem|settings|documents|block|print|fail)(?!\w)"
    r"( in (?P<path>.*))?"
)


class FakeServer:
    """What the sessions of one server share: the calls, and the thread that may be blocked."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.release = threading.Event()
        self.server = create_server(
            lambda settings, folder, _: FakeSession(settings, folder, self), OPTIONS
        )

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
        self.release.wait(_LONGEST_SECONDS)
        self.release.clear()


class FakeReading(Reading):
    """A reading of three files."""

    def __init__(self, folder: str, shared: FakeServer, paths: frozenset[str] | None) -> None:
        super().__init__(folder, Settings(), paths, {}, {}, is_first=False)
        self._shared = shared

    def run(self, go_on: GoOn) -> bool:
        """Go through the files."""
        self._shared.calls.append("read")
        for number in range(3):
            if not go_on(number, 3):
                self._shared.calls.append("stopped")
                return False
            if number == 1 and "blocked" in self.folder:
                self._shared.block()
        self.is_complete = True
        return True


class FakeSession(Session):
    """A session that reads its findings off the text."""

    def __init__(self, settings: Settings, folder: str | None, shared: FakeServer) -> None:
        self.settings = settings
        self._fake_folder = folder
        self._shared = shared
        self._open: dict[str, Snapshot] = {}
        self._late: dict[str, str] = {}

    def configure(self, settings: Settings) -> None:
        """Use other settings."""
        self.settings = settings

    def reading(self, paths: frozenset[str] | None) -> Reading | None:
        """Return a reading, if there is a folder."""
        if self._fake_folder is None:
            return None
        return FakeReading(self._fake_folder, self._shared, paths)

    def adopt(self, reading: Reading) -> bool:
        """Find nothing new."""
        self._shared.calls.append("adopt" if reading.is_complete else "adopt a part")
        return False

    def absolute(self, path: str) -> str:
        """Return the path, which is absolute."""
        return path

    def analyse(
        self, path: str, text: str, version: int | None, settings: Settings | None = None
    ) -> Snapshot:
        """Return what the comments say, but for late races that nobody has asked for yet."""
        self.settings = settings or self.settings
        self._shared.calls.append(f"analyse {version}")
        source = SourceFile(path, text)
        self._open[path] = snapshot = self._snapshot(source, version)
        return snapshot

    def questions(self, path: str) -> Questions | None:
        """Ask for the text."""
        texts = {path: self._open[path].source.text}
        return Questions(path, (), texts, (), self.settings)

    def ask(self, questions: Questions) -> Answered:
        """Answer nothing, or nothing at all."""
        path = questions.path
        self._shared.calls.append(f"ask {self._open[path].version}")
        if "# block" in questions.texts[path]:
            self._shared.block()
        return Answered(questions, {}, ())

    def learn(self, answered: Answered) -> bool:
        """Learn of late races, if the text is still the one that was asked about."""
        path = answered.questions.path
        text = answered.questions.texts[path]
        if path not in self._open or self._open[path].source.text != text:
            return False
        self._late[path] = text
        return True

    def fixes(self, path: str, finding: Finding) -> tuple[Fix, ...]:
        """Return a fix of the code, one in the rival's file, one that rewrites, and comments."""
        if finding.message == BROKEN:
            raise ZeroDivisionError("as the text says")
        source = self._open[path].source
        line = finding.span.start.line
        end = len(source.line(line))
        comment = TextEdit(path, span(line, end, line, end), "  # racelens: ignore[RL101]")
        code = TextEdit(path, finding.span, "fixed()")
        first = code._replace(span=span(-1, 0, -1, 0)) if finding.message == MISPLACED else code
        assert finding.interleaving
        rival = TextEdit(finding.interleaving.steps[2].path, span(0, 0, 0, 0), "fixed\n")
        top = TextEdit(path, span(0, 0, 0, 0), "# racelens: ignore-file[RL101]\n")
        everywhere, queue = "Hold a lock everywhere", "Hand it to a queue"
        line_comment, file_comment = "Suppress this finding", "Suppress lost-update in this file"
        hush = Fix(line_comment, (comment,), Safety.SAFE, preferred=False, repair=Repair.SUPPRESS)
        rewrite = Fix(queue, (code,), Safety.SAFE, preferred=False, repair=Repair.QUEUE)
        unsafe = Fix(everywhere, (code, rival), Safety.UNSAFE, preferred=False)
        return (
            Fix("Hold a lock", (first,), Safety.SAFE, preferred=True),
            unsafe._replace(note="callers may hold it"),
            rewrite._replace(rewrites=True, note="also in `close()`"),
            hush,
            hush._replace(title=file_comment, edits=(top,)),
        )

    def baseline_fixes(self, path: str, finding: Finding) -> tuple[Fix, ...]:
        """Return nothing: there is no baseline."""
        del path, finding
        return ()

    def fix_all(self, path: str) -> tuple[TextEdit, ...]:
        """Return what fixes the races, whatever else is found."""
        snapshot = self._open[path]
        self._shared.calls.append(f"fix all {snapshot.version}")
        if "# slow fixes" in snapshot.source.text:
            self._shared.block()
        edits: list[TextEdit] = []
        for finding in snapshot.findings:
            if finding.message == BROKEN:
                raise ZeroDivisionError("as the text says")
            if finding.message == RACE:
                start, line = finding.span.start, finding.span.start.line
                end = Position(line, len(snapshot.source.line(line)))
                edits.append(TextEdit(path, Span(start, end), "fixed()"))
        return tuple(edits)

    def close(self, path: str) -> None:
        """Note that the document is closed."""
        self._shared.calls.append("close")
        self._open.pop(path, None)

    def stop(self) -> None:
        """Note the end of the session."""
        self._shared.calls.append("stop")

    def _snapshot(self, source: SourceFile, version: int | None) -> Snapshot:
        with_late = self._late.get(source.path) == source.text
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
            "race": RACE,
            "broken race": BROKEN,
            "misplaced race": MISPLACED,
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
