"""Bad input: a right answer or one clear message, never a crash, never a wrong column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from racelens.engine.check import check
from racelens.engine.files import discover
from racelens.engine.session import Session
from racelens.engine.settings import Settings
from racelens.findings.levels import Confidence

if TYPE_CHECKING:
    from pathlib import Path

EVERYTHING = Settings(confidence=Confidence.POSSIBLE, resolve="own")
COUNTER = """\
import asyncio


class Counter:
    def __init__(self):
        self.value = 0

    async def increment(self):
        current = self.value
        await asyncio.sleep(0)
        self.value = current + 1
"""
AWAIT = (9, 8, 30)  # 0-based line and columns of the await


def places(text: str) -> list[tuple[int, int, int]]:
    """Return line and columns of the findings in an unsaved buffer."""
    spans = [finding.span for finding in Session(EVERYTHING).analyse("a.py", text, 1).findings]
    return [(span.start.line, span.start.column, span.end.column) for span in spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (COUNTER, AWAIT),
        ("\ufeff" + COUNTER, AWAIT),
        (COUNTER.replace("\n", "\r\n"), AWAIT),
        (COUNTER.replace("\n", "\r"), AWAIT),
        (COUNTER.replace("\n\n\n", "\n\x0c\n\n", 1), AWAIT),
        (COUNTER.replace("class", "x = '\u2028\x85\x1c'\nclass", 1), (10, 8, 30)),
        (COUNTER.replace("sleep(0)", "sleep(0, '😀😀')"), (9, 8, 36)),
        (COUNTER.replace("        await", "        '😀'; await"), (9, 13, 35)),
        (COUNTER.replace("    ", "\t"), (9, 2, 24)),
        (COUNTER.rstrip("\n"), AWAIT),
    ],
    ids=["plain", "bom", "crlf", "cr", "form feed", "u+2028", "astral behind", "astral before",
         "tabs", "no last newline"],
)  # fmt: skip
def test_columns_count_code_points(text: str, expected: tuple[int, int, int]) -> None:
    assert places(text) == [expected]


@pytest.mark.parametrize(
    "bad",
    [
        "x = " + "(" * 10_000 + ")" * 10_000 + "\n",
        "x = " + "[" * 10_000 + "\n",
        "x = 1\x00\n",
        "x = '\ud800'\n",
        "def broken(:\n    pass\n",
        "x = " + " + ".join("a" * 20_000) + "\n",
        "f" + ".a()" * 3_000 + "\n",
        "if a:\n    pass\n" + "elif b:\n    pass\n" * 2_000,
    ],
    ids=["brackets", "open brackets", "null byte", "surrogate", "broken", "sum", "chain", "elif"],
)
def test_bad_code_costs_no_other_finding(bad: str) -> None:
    """Nothing is raised, and what stands above keeps its finding."""
    assert AWAIT in places(COUNTER + "\n\n" + bad)


@pytest.mark.parametrize("text", ["", "\n", "# only a comment", "\x0c", "\ufeff", "\\\n"])
def test_next_to_nothing_is_fine(text: str) -> None:
    assert places(text) == []


def test_a_hundred_thousand_lines() -> None:
    text = COUNTER + "\n\n" + "x = 1\n" * 100_000
    assert places(text) == [AWAIT]


def test_files_on_disk_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    latin = b"# -*- coding: latin-1 -*-\nx = '\xe9'\n"
    (tmp_path / "latin one.py").write_bytes(latin + COUNTER.encode())
    (tmp_path / "not utf8.py").write_bytes(b"x = '\xff\xfe'\n")
    (tmp_path / "unknown.py").write_bytes(b"# coding: klingon\n")
    (tmp_path / "null.py").write_bytes(b"x = 1\x00\n")
    found = discover([str(tmp_path)], EVERYTHING)
    report = check(found.files, EVERYTHING, str(tmp_path))
    assert [finding.path for finding in report.findings] == ["latin one.py"]
    messages = {problem.path: problem.message for problem in report.problems}
    assert messages["not utf8.py"] == "is not utf-8 text: byte 0xff on line 1"
    assert messages["unknown.py"] == "declares an encoding that Python does not know: klingon"
    assert "cannot be read" in messages["null.py"]


def test_a_folder_that_vanishes_costs_its_files_only(tmp_path: Path) -> None:
    (tmp_path / "kept.py").write_text(COUNTER)
    gone = tmp_path / "gone"
    gone.mkdir()
    (gone / "lost.py").write_text(COUNTER)
    found = discover([str(tmp_path)], EVERYTHING)
    (gone / "lost.py").unlink()
    gone.rmdir()
    report = check(found.files, EVERYTHING, str(tmp_path))
    assert [finding.path for finding in report.findings] == ["kept.py"]
    assert [problem.path for problem in report.problems] == ["gone/lost.py"]


@pytest.mark.parametrize("end", range(0, len(COUNTER), 7))
def test_every_truncation_is_survived(end: int) -> None:
    """What is whole above the place where somebody types keeps its finding."""
    assert AWAIT in places(COUNTER + "\n\n" + COUNTER.replace("Counter", "Other")[:end])
