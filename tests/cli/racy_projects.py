"""Small projects with races, and fixes that tests write themselves: those of `fixes/` change."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from racelens.cli.main import main
from racelens.engine import repair
from racelens.findings.fix import Repair, Safety
from racelens.fixes.plan import Lines, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest
    from racelens.findings.finding import Finding
    from racelens.fixes.plan import Change
    from racelens.source.text import SourceFile

RACY = """\
import asyncio


class Counter:
    def __init__(self):
        self.value = 0

    async def increment(self):
        current = self.value
        await asyncio.sleep(0)
        self.value = current + 1


async def run():
    counter = Counter()
    await asyncio.gather(*[counter.increment() for _ in range(10)])
"""
CLEAN = RACY.replace("await asyncio.sleep(0)", "pass")


class Offer(NamedTuple):
    """A fix: it replaces the line of a lost update's await, and changes what else is said."""

    title: str = "Do not wait"
    safety: Safety = Safety.SAFE
    note: str = ""
    rewrites: bool = False
    line: str = "pass"
    repair: Repair = Repair.REORDER
    more: tuple[Change, ...] = ()


class StandardInput:
    """Standard input that holds given bytes."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


def offer(monkeypatch: pytest.MonkeyPatch, *offers: Offer) -> None:
    """Let every finding have the fixes `offers`, and no others."""

    def plans(_program: object, _syntax: object, source: SourceFile, at: Finding) -> Iterator[Plan]:
        number = at.span.start.line
        indent = source.line(number)[: at.span.start.column]
        for each in offers:
            lines = Lines(at.path, number, number + 1, (indent + each.line,))
            changes = (lines, *each.more)
            yield Plan(each.title, each.repair, changes, each.safety, each.note, each.rewrites)

    monkeypatch.setattr(repair, "plan_fixes", plans)


def check(*arguments: str) -> int:
    """Run `racelens check` in this process, without jedi; return its exit status."""
    return main(["check", "--resolve", "own", *arguments])
