"""Which rules run, by `select` and `ignore`; a rule that is off by default runs when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from racelens.engine.configuration import parse_settings
from racelens.engine.registry import find_rule
from racelens.engine.selection import selected
from racelens.engine.settings import Settings

if TYPE_CHECKING:
    from racelens.findings.rule import Rule


def rule(name: str) -> Rule:
    found = find_rule(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("select", "on", "off"),
    [
        (None, "RL101", "RL106"),
        (["default"], "RL101", "RL106"),
        (["Default"], "RL302", "RL106"),
        (["RL106"], "RL106", "RL101"),
        (["stale-reference"], "RL106", "RL101"),
        (["RL1"], "RL106", "RL201"),
        (["RL3"], "RL302", "RL106"),
    ],
)
def test_a_rule_that_is_off_by_default_runs_when_asked_for(
    select: list[str] | None, on: str, off: str
) -> None:
    settings, messages = parse_settings({"select": select}, Settings())
    assert messages == ()
    assert selected(rule(on), settings)
    assert not selected(rule(off), settings)


@pytest.mark.parametrize("select", [["RL"], ["default", "RL106"], ["RL1", "RL106"]])
def test_all_these_run_both(select: list[str]) -> None:
    settings = Settings(select=tuple(select))
    assert selected(rule("RL101"), settings)
    assert selected(rule("RL106"), settings)


@pytest.mark.parametrize("ignore", ["RL101", "lost-update", "RL1", "RL", "default"])
def test_what_is_ignored_does_not_run(ignore: str) -> None:
    assert not selected(rule("RL101"), Settings(ignore=(ignore,)))
    assert selected(rule("RL101"), Settings(select=("lost-update",), ignore=("RL1",)))
