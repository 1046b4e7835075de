"""A rule that raises costs its own findings, is told, and changes nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from racelens.engine import analysis
from racelens.engine.analysis import Known, find, summarize
from racelens.engine.session import Session
from racelens.engine.settings import Settings
from racelens.findings.concerns import is_coroutine
from racelens.findings.levels import Confidence, Severity
from racelens.findings.rule import Rule, function_rule
from racelens.program.program import link
from racelens.rules.lost_update import lost_update
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.engine.settings import Settings as AnySettings
    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program

SETTINGS = Settings(confidence=Confidence.POSSIBLE, resolve="own")
TEXT = """import asyncio


class Counter:
    def __init__(self):
        self.value = 0

    async def add(self):
        value = self.value
        await asyncio.sleep(0)
        self.value = value + 1
"""


def broken_check(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Raise on purpose."""
    raise ValueError(program, function.name)


def broken_concern(program: Program, function: FunctionId) -> bool:
    raise ValueError(program, function.name)


BROKEN = function_rule(code="RL998", severity=Severity.ERROR, since="0", concerns=is_coroutine)(
    broken_check
)
UNCONCERNED = function_rule(
    code="RL999", severity=Severity.ERROR, since="0", concerns=broken_concern
)(broken_check)


@pytest.fixture(params=[BROKEN, UNCONCERNED], ids=["check", "concern"])
def failing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Rule:
    rule = request.param
    assert isinstance(rule, Rule)

    def selected(_: AnySettings) -> tuple[Rule, ...]:
        return (lost_update, rule)

    monkeypatch.setattr(analysis, "selected_rules", selected)
    return rule


def test_other_rules_find_what_they_find(failing: Rule, caplog: pytest.LogCaptureFixture) -> None:
    program = link([summarize(SourceFile("a.py", TEXT), Known()).module])
    found = find(program, "a.py", SETTINGS)
    assert [finding.code for finding in found] == ["RL101"]
    assert f"{failing.code} failed in Counter.add of a.py" in caplog.text


def test_the_editor_is_told(failing: Rule) -> None:
    snapshot = Session(SETTINGS).analyse("a.py", TEXT, 1)
    assert [finding.code for finding in snapshot.findings] == ["RL101"]
    told = [(problem.line, problem.message) for problem in snapshot.problems]
    text = (
        f"{failing.code} broken-check failed in Counter.add(): what it would find there is missing"
    )
    assert (7, text) in told
