"""Reports built by hand: sources and findings for the tests of the report formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.engine.report import Report
from racelens.findings.finding import Evidence, Finding
from racelens.findings.interleaving import Interleaving, Role, Step
from racelens.findings.levels import Confidence, Severity
from racelens.source.span import span
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from racelens.findings.finding import Problem
    from racelens.source.span import Span

COUNTER = SourceFile(
    "pkg/counter.py",
    """\
import asyncio


class Counter:
    def __init__(self):
        self.value = 0

    async def increment(self):
        current = self.value
        await asyncio.sleep(0)
        self.value = current + 1
""",
)
MAIN = SourceFile("main.py", "counter = Counter()\nasyncio.gather(*jobs)\n")

READ = span(8, 18, 8, 28)
SUSPENSION = span(9, 8, 9, 30)
WRITE = span(10, 8, 10, 18)


def step(task: str, role: Role, place: Span, text: str, path: str = "pkg/counter.py") -> Step:
    return Step(task, role, path, place, text)


LOST_UPDATE = Finding(
    code="RL101",
    name="lost-update",
    severity=Severity.WARNING,
    confidence=Confidence.PROVEN,
    harm="lost update",
    message="`self.value` may have changed during this await",
    path="pkg/counter.py",
    function="Counter.increment",
    span=SUSPENSION,
    state="self.value",
    interleaving=Interleaving(
        (
            step("A", Role.READ, READ, "A reads self.value"),
            step("A", Role.SUSPEND, SUSPENSION, "A suspends"),
            step("B", Role.READ, READ, "B reads self.value"),
            step("B", Role.WRITE, WRITE, "B writes self.value"),
            step("A", Role.WRITE, WRITE, "A writes a value from before"),
        )
    ),
    evidence=(Evidence("main.py", span(1, 0, 1, 21), "gather starts increment() many times"),),
    also=("RL104",),
)
MISSING_AWAIT = Finding(
    code="RL201",
    name="missing-await",
    severity=Severity.ERROR,
    confidence=Confidence.LIKELY,
    harm="never runs",
    message="this coroutine is never awaited",
    path="main.py",
    function="",
    span=span(1, 0, 1, 21),
)


def report(*findings: Finding, problems: tuple[Problem, ...] = (), files: int = 14) -> Report:
    """Return a report over the two sources above."""
    sources = {source.path: source for source in (COUNTER, MAIN)}
    return Report(
        files=files,
        lines=3456,
        functions=210,
        seconds=0.41234,
        findings=findings,
        problems=problems,
        sources=sources,
    )
