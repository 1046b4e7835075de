r"""Cells: annotated pieces of Python that say what must be found in them.

A file is split at lines `# %% kind: title`. Kinds: `reported`, `clean`, `fixed`, `known false
alarm`, `known missed alarm`; `# %% file: name.py` adds a second file to the cell before it.

    # error: [rule] "part of the message"    on the line above the finding's first line, or on it
    # step: A1, B3                            at the end of a line: steps of the interleaving there
    # outcome: EXPR where x = C(); x.f() | x.g()   last: replay gives another EXPR than serially
    # confidence: possible                    the level of every finding of the cell
    # no fix: TITLE                           no finding of the cell is offered that fix
    # unsafe: TITLE because NOTE              that fix is offered, as unsafe, with that note
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = re.compile(r"^# %% (?P<kind>[a-z ]+): (?P<title>.+)$")
_ERROR = re.compile(r'# error: \[(?P<rule>[\w-]+)\](?: "(?P<text>[^"]*)")?')
_STEP = re.compile(r"# step: (?P<steps>[AB]\d+(?:, [AB]\d+)*)")
_OUTCOME = re.compile(
    r"^# outcome: (?P<value>.+) where (?P<setup>.+); (?P<a>.+) \| (?P<b>.+)$", re.MULTILINE
)
_LEVEL = re.compile(r"^# confidence: (?P<level>\w+)$", re.MULTILINE)
_REFUSED = re.compile(r"^# no fix: (?P<title>.+)$", re.MULTILINE)
_UNSAFE = re.compile(r"^# unsafe: (?P<title>.+) because (?P<note>.+)$", re.MULTILINE)
_ANNOTATION = re.compile(r"[ \t]*# (?:error|step|outcome|confidence|no fix|unsafe): [^\r\n]*")
KINDS = ("reported", "clean", "fixed", "known false alarm", "known missed alarm")


@dataclass(frozen=True, slots=True)
class Expected:
    """A finding that must be there: 0-based line, rule, and a part of its message."""

    line: int
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A replay: what to look at, how to begin, and the two tasks."""

    value: str
    setup: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `files` are the other files by name; `text` keeps its annotations."""

    origin: Path
    number: int
    kind: str
    title: str
    text: str
    files: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """What pytest calls the cell."""
        return f"{self.origin.stem}-{self.number}-{self.title}"

    @property
    def level(self) -> str:
        """The confidence that the cell's findings have; "" where that does not matter."""
        match = _LEVEL.search(self.text)
        return match["level"] if match else ""

    @property
    def outcome(self) -> Outcome | None:
        """The replay that the cell asks for."""
        match = _OUTCOME.search(self.text)
        return Outcome(match["value"], match["setup"], match["a"], match["b"]) if match else None

    @property
    def refused(self) -> str:
        """The title of the fix that must not be offered; "" where nothing is said of it."""
        match = _REFUSED.search(self.text)
        return match["title"] if match else ""

    @property
    def unsafe(self) -> tuple[str, str] | None:
        """The title of the fix that must be unsafe, and its note; None where nothing is said."""
        match = _UNSAFE.search(self.text)
        return (match["title"], match["note"]) if match else None

    def expected(self) -> tuple[Expected, ...]:
        """Return the findings that the annotations name."""
        found = []
        lines = self.text.split("\n")
        for number, line in enumerate(lines):
            if match := _ERROR.search(line):
                alone = line.lstrip().startswith("# error:")
                target = number + 1 if alone else number
                while alone and lines[target].lstrip().startswith("#"):
                    target += 1
                found.append(Expected(target, match["rule"], match["text"] or ""))
        return tuple(found)

    def steps(self) -> tuple[tuple[str, int], ...]:
        """Return the annotated steps in their order, as (task, 0-based line)."""
        found = []
        for number, line in enumerate(self.text.split("\n")):
            if match := _STEP.search(line):
                written = match["steps"].split(", ")
                found += [(int(step[1:]), step[0], number) for step in written]
        return tuple((task, line) for _, task, line in sorted(found))

    def plain(self) -> str:
        """Return the text without annotations; lines that were annotations alone are gone."""
        return strip_annotations(self.text)


def strip_annotations(text: str) -> str:
    """Return `text` without annotations."""
    kept = []
    for line in text.split("\n"):
        stripped = _ANNOTATION.sub("", line)
        if stripped.strip() or not line.strip():
            kept.append(stripped)
    return "\n".join(kept).strip("\n") + "\n"


def read_cells(path: Path) -> list[Cell]:
    """Return the cells of the file `path`. Raises ValueError for an unknown kind."""
    cells: list[Cell] = []
    kind = title = ""
    body: list[str] = []

    def finish() -> None:
        text = "\n".join(body).strip("\n") + "\n"
        if kind == "file":
            last = cells.pop()
            files = (*last.files, (title, text))
            cells.append(Cell(last.origin, last.number, last.kind, last.title, last.text, files))
        elif kind:
            cells.append(Cell(path, len(cells) + 1, kind, title, text, ()))

    for line in path.read_text("utf-8").split("\n"):
        if match := _HEAD.match(line):
            finish()
            kind, title, body = match["kind"], match["title"], []
            if kind not in (*KINDS, "file"):
                raise ValueError(f"{path}: unknown kind of cell: {kind}")
        else:
            body.append(line)
    finish()
    return cells
