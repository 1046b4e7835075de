"""Fixing in memory: what a second check would still fix is fixed, and what is known stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.engine import fixing
from racelens.engine.check import check
from racelens.engine.files import InputFile
from racelens.engine.fixing import Checked, fixed, hold, with_fixes
from racelens.engine.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest
    from racelens.engine.report import Report

# Only jedi sees through the decorator.
RETRIED = """\
import functools


def retried(function):
    @functools.wraps(function)
    async def wrapper(*args):
        return await function(*args)
    return wrapper


@retried
async def save(item):
    pass


async def main():
    save(1)
    save(2)
    if save(3):
        save(4)
"""

COUNTER = """\
import asyncio

from base import Base


class Counter(Base):
    async def increment(self):
        current = self.value
        await asyncio.sleep(0)
        if self.value:
            self.value = current + 1


async def run():
    counter = Counter()
    await asyncio.gather(*[counter.increment() for _ in range(10)])
"""


def input_file(path: Path) -> InputFile:
    return InputFile(path.name, str(path), is_test=False)


def test_what_jedi_says_holds_for_the_rest_of_a_fixed_function(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app.py").write_text(RETRIED)
    settings = Settings()
    checks: list[Report] = []

    def check_files(files: Sequence[InputFile]) -> Report:
        checks.append(check(files, settings, str(tmp_path)))
        return checks[-1]

    files = hold([input_file(tmp_path / "app.py")])
    checked = Checked(files, settings, check_files(files))
    assert [finding.code for finding in checked.report.findings] == ["RL201"] * 4
    result = fixed(checked, check_files)
    assert result.texts["app.py"].text.count("await save(") == 4
    assert result.report.findings == ()
    # One check after the fixes: asking jedi anew after each would take long.
    assert len(checks) == 2
    # Even where the answers were lost, all would be fixed in the end.
    monkeypatch.setattr(fixing, "_moved", lambda *_arguments: {})
    assert fixed(checked, check_files).texts == result.texts


def test_files_are_read_once(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_text(RETRIED)
    (held,) = hold([input_file(path)])
    path.write_text("")
    assert held.read() == RETRIED.encode()
    (gone,) = hold([input_file(tmp_path / "gone.py")])
    assert gone.buffer is None


def test_a_report_without_findings_has_no_fixes(tmp_path: Path) -> None:
    settings = Settings(resolve="own")
    report = check((), settings, str(tmp_path))
    assert with_fixes(Checked((), settings, report)).fixes == {}
    assert fixed(Checked((), settings, report), lambda _files: report).applied == ()


def test_fixes_bring_the_texts_of_the_files_that_they_edit(tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text(
        "class Base:\n    def __init__(self) -> None:\n        self.value = 0\n"
    )
    (tmp_path / "counter.py").write_text(COUNTER)
    settings = Settings(resolve="own")
    files = hold([input_file(tmp_path / "base.py"), input_file(tmp_path / "counter.py")])
    report = with_fixes(Checked(files, settings, check(files, settings, str(tmp_path))))
    assert report.fixes is not None
    edits = [edit for fixes in report.fixes.values() for fix in fixes for edit in fix.edits]
    assert edits
    assert {edit.path for edit in edits} <= report.sources.keys()
