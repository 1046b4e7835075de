"""When a finding is the bug of a case, and when it still is after the fix."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.real_bugs.case import Case
from bench.real_bugs.matching import Reported, Step, carried_over, finds, is_still_there

CASE = Case(
    name="counter",
    repository="owner/name",
    parent="0",
    fix="1",
    file="a.py",
    root=".",
    function="increment",
    states=frozenset({"value"}),
    kind="rmw",
    reach="intra",
    is_in_callees=False,
    is_doubtful=False,
    is_quiet_after_fix=True,
    lines={"read_line": 10, "await_line": 20, "write_line": 30},
)
READ = Step("A", "read", "a.py", 10)
SUSPEND = Step("A", "suspend", "a.py", 20)
RIVAL = Step("B", "write", "b.py", 99)
WRITE = Step("A", "write", "a.py", 30)
FOUND = Reported(
    rule="RL101",
    path="a.py",
    function="increment",
    state="value",
    is_likely=True,
    line=20,
    steps=(READ, SUSPEND, RIVAL, WRITE),
)
ELSEWHERE = tuple(step._replace(line=step.line + 50) for step in FOUND.steps)
ONE_NEAR = (READ._replace(line=60), SUSPEND, RIVAL, WRITE._replace(line=80))


def test_all_agrees() -> None:
    assert finds(FOUND, CASE)


@pytest.mark.parametrize(
    "other",
    [
        replace(FOUND, path="b.py"),
        replace(FOUND, steps=ELSEWHERE),
        replace(FOUND, steps=ONE_NEAR, function="decrement"),
        replace(FOUND, steps=ONE_NEAR, state="total"),
        replace(FOUND, state=""),
        replace(FOUND, steps=(READ, SUSPEND, WRITE)),
        replace(FOUND, steps=(READ, SUSPEND, SUSPEND, RIVAL, WRITE)),
        replace(FOUND, steps=(READ, READ, READ, SUSPEND, RIVAL, WRITE)),
        replace(FOUND, steps=(READ, SUSPEND, RIVAL, WRITE, WRITE)),
        replace(FOUND, steps=(SUSPEND, RIVAL, WRITE)),
        replace(FOUND, steps=(*FOUND.steps, *[Step(None, "inside", "a.py", 1)] * 7)),
    ],
    ids=["file", "lines", "function, one line", "state, one line", "no state", "no rival",
         "two suspensions", "three reads", "two writes", "no read", "eleven steps"],
)  # fmt: skip
def test_not_the_bug(other: Reported) -> None:
    assert not finds(other, CASE)


@pytest.mark.parametrize(
    "same",
    [
        replace(FOUND, steps=ONE_NEAR),
        replace(FOUND, function="decrement"),
        replace(FOUND, state="total"),
        replace(FOUND, steps=(READ._replace(line=12), SUSPEND._replace(line=18), RIVAL)),
        replace(FOUND, steps=(READ._replace(role="check"), SUSPEND._replace(role="spawn"), RIVAL)),
    ],
    ids=["one line", "other function", "other state", "two lines off", "check and spawn"],
)
def test_still_the_bug(same: Reported) -> None:
    assert finds(same, CASE)


def test_other_kinds_need_no_witness_but_their_rule() -> None:
    case = replace(CASE, kind="missing-await", lines={"await_line": 20})
    bare = replace(FOUND, rule="RL201", state="", steps=())
    assert finds(bare, case)
    assert finds(replace(bare, line=90), replace(case, lines={}))
    assert not finds(replace(bare, line=90), case)
    assert not finds(replace(bare, rule="RL101"), case)


def test_after_the_fix_function_and_state_or_two_lines() -> None:
    moved = {field: line + 50 for field, line in CASE.lines.items()}
    by_name = replace(FOUND, steps=())
    by_lines = replace(FOUND, steps=ELSEWHERE, function="other")
    assert is_still_there(by_name, CASE, {"RL101"}, moved)
    assert is_still_there(by_lines, CASE, {"RL101"}, moved)
    assert is_still_there(replace(by_name, state=""), CASE, {"RL101"}, moved)
    assert not is_still_there(replace(by_name, state=""), CASE, {"RL201"}, moved)
    assert not is_still_there(replace(by_name, state="total"), CASE, {"RL101"}, moved)
    assert not is_still_there(by_lines, CASE, {"RL101"}, {"await_line": 70})
    assert not is_still_there(replace(by_lines, rule="RL201"), CASE, {"RL101"}, moved)


def test_lines_are_carried_over_by_their_text() -> None:
    before = ["def f():", "    read()", "    wait()", "    write()"]
    after = ["def f():", "    with lock:", "        read()", "        wait(1)", "        write()"]
    lines = {"read_line": 2, "await_line": 3, "write_line": 4}
    assert carried_over(lines, before, after) == {"read_line": 3, "write_line": 5}
