"""What settings and comments let through of a file's findings."""

from __future__ import annotations

import pytest
from racelens.engine.analysis import Known, summarize
from racelens.engine.settings import Settings
from racelens.engine.shown import reported_in
from racelens.findings.levels import Severity
from racelens.program.program import link
from racelens.source.text import SourceFile

PATH = "shop/stock.py"
TEXT = """\
import asyncio
import time


class Stock:
    def __init__(self):
        self.count = 0

    async def take(self):
        time.sleep(1)
        count = self.count
        await asyncio.sleep(0)
        self.count = count - 1


async def main(stock: Stock):
    await asyncio.gather(stock.take(), stock.take())
"""


def reported(settings: Settings, text: str = TEXT) -> list[tuple[str, Severity]]:
    source = SourceFile(PATH, text)
    program = link([summarize(source, Known()).module])
    return [(f.code, f.severity) for f in reported_in(program, source, settings, [])]


def test_all_is_shown_by_default() -> None:
    found = reported(Settings())
    assert found == [("RL701", Severity.WARNING), ("RL101", Severity.WARNING)]


def test_the_closest_entry_gives_the_severity() -> None:
    settings = Settings(severity=(("lost-update", "error"), ("RL1", "hint"), ("RL7", "hint")))
    assert reported(settings) == [("RL701", Severity.HINT), ("RL101", Severity.ERROR)]


@pytest.mark.parametrize("pattern", ["shop/", "shop/*.py", "stock.py", "**/stock.py", "/shop"])
def test_rules_are_ignored_where_a_pattern_fits(pattern: str) -> None:
    settings = Settings(per_path_ignores=((pattern, ("RL7",)),))
    assert reported(settings) == [("RL101", Severity.WARNING)]


@pytest.mark.parametrize("pattern", ["stock/", "tests/**", "shop"])
def test_rules_report_where_no_pattern_fits(pattern: str) -> None:
    settings = Settings(per_path_ignores=((pattern, ("RL5",)), ("other/", ("RL",))))
    assert len(reported(settings)) == 2


@pytest.mark.parametrize(
    ("rule", "name", "left"),
    [
        ("blocking-call", "time.sleep", ["RL101"]),
        ("blocking-call", "time", ["RL101"]),
        ("RL7", "time.*", ["RL101"]),
        ("RL101", "shop.stock.Stock.count", ["RL701"]),
        ("RL", "shop.stock.Stock.take", []),
        ("RL1", "shop.stock.Stock.*", ["RL701"]),
        ("RL101", "shop.stock.Stock.cou", ["RL701", "RL101"]),
        ("RL101", "time.sleep", ["RL701", "RL101"]),
        ("RL102", "shop.stock.Stock.count", ["RL701", "RL101"]),
    ],
)
def test_rules_let_pass_what_is_allowed_by_its_full_name(
    rule: str, name: str, left: list[str]
) -> None:
    assert [code for code, _ in reported(Settings(allow=((rule, (name,)),)))] == left


def test_useless_comments_obey_the_settings_as_other_findings_do() -> None:
    text = "x = 1  # racelens: ignore\n"
    assert reported(Settings(), text) == [("RL001", Severity.INFORMATION)]
    assert reported(Settings(ignore=("RL001",)), text) == []
    assert reported(Settings(severity=(("RL0", "error"),)), text) == [("RL001", Severity.ERROR)]
    assert reported(Settings(per_path_ignores=(("shop/", ("RL001",)),)), text) == []
