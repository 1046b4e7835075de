"""The report for people: exact texts, and what stays aligned whatever the source holds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from racelens.cli.code_frame import Mark, code_frame
from racelens.cli.terminal import Appearance, text_width
from racelens.cli.text_report import statistics_text, summary_line, text_report
from racelens.findings.interleaving import Interleaving, Role
from racelens.findings.levels import Severity
from racelens.source.span import span
from racelens.source.text import SourceFile
from sample_reports import LOST_UPDATE, MISSING_AWAIT, report, step

PLAIN = Appearance()


def test_a_race_shows_its_code_its_interleaving_and_its_harm() -> None:
    assert text_report(report(LOST_UPDATE), PLAIN) == (
        "pkg/counter.py:10:9: RL101 lost-update [proven] "
        "`self.value` may have changed during this await\n"
        """\
   |
 9 | current = self.value
   |           ---------- read
10 | await asyncio.sleep(0)
   | ^^^^^^^^^^^^^^^^^^^^^^ suspends
11 | self.value = current + 1
   | ---------- write
   |
   | step  line  task A                      line  task B
   |    1     9  reads self.value
   |    2    10  suspends
   |    3                                       9  reads self.value
   |    4                                      11  writes self.value
   |    5    11  writes a value from before
   |
   = evidence: main.py:2: gather starts increment() many times
   = harm: lost update
   = also: RL104

"""
    )


def test_a_finding_without_an_interleaving_shows_its_place() -> None:
    assert text_report(report(MISSING_AWAIT), PLAIN) == (
        """\
main.py:2:1: RL201 missing-await [likely] this coroutine is never awaited
  |
2 | asyncio.gather(*jobs)
  | ^^^^^^^^^^^^^^^^^^^^^
  |
  = harm: never runs

"""
    )


def test_steps_in_another_file_are_shown_with_their_file() -> None:
    steps = (
        step("A", Role.READ, span(8, 18, 8, 28), "A reads self.value"),
        step("A", Role.SUSPEND, LOST_UPDATE.span, "A suspends"),
        step("B", Role.WRITE, span(0, 0, 0, 7), "B writes counter.value", "main.py"),
    )
    finding = LOST_UPDATE._replace(interleaving=Interleaving(steps), evidence=(), also=())
    assert text_report(report(finding), PLAIN).splitlines()[1:-1] == [
        "   |",
        " 9 | current = self.value",
        "   |           ---------- read",
        "10 | await asyncio.sleep(0)",
        "   | ^^^^^^^^^^^^^^^^^^^^^^ suspends",
        "   |",
        "   : main.py",
        " 1 | counter = Counter()",
        "   | ------- write by task B",
        "   |",
        "   | step  line  task A                 line  task B",
        "   |    1     9  reads self.value",
        "   |    2    10  suspends",
        "   |    3                          main.py:1  writes counter.value",
        "   |",
        "   = harm: lost update",
    ]


def test_lines_between_marked_ones_are_left_out_but_for_a_single_one() -> None:
    source = SourceFile("a.py", "".join(f"line{n}\n" for n in range(1, 8)))
    marks = [Mark(span(n, 0, n, 5), "") for n in (0, 2, 6)]
    assert code_frame(source, marks, 3, PLAIN) == [
        "  1 | line1",
        "    | -----",
        "  2 | line2",
        "  3 | line3",
        "    | -----",
        "...",
        "  7 | line7",
        "    | -----",
    ]


def test_of_several_marks_in_one_line_the_main_one_is_on_top() -> None:
    source = SourceFile("a.py", "self.n += await f()\n")
    marks = [
        Mark(span(0, 10, 0, 19), "suspends", is_main=True),
        Mark(span(0, 0, 0, 6), "read"),
        Mark(span(0, 0, 0, 19), "write"),
    ]
    assert code_frame(source, marks, 1, PLAIN) == [
        "1 | self.n += await f()",
        "  | ----------^^^^^^^^^ suspends, read, write",
    ]


@pytest.mark.parametrize(
    ("line", "column", "shown", "below"),
    [
        ("\tx = '\t'; await f()", 10, "x = '   '; await f()", "           ^^^^^^^^^"),
        ("x = '漢字'; await f()", 10, "x = '漢字'; await f()", "            ^^^^^^^^^"),
        ("x = 'e\u0301'; await f()", 10, "x = 'e\u0301'; await f()", "         ^^^^^^^^^"),
        ("x = '😀'; await f()", 9, "x = '😀'; await f()", "          ^^^^^^^^^"),
        ("x = '\x1b[2J'; await f()", 12, "x = '\ufffd[2J'; await f()", "            ^^^^^^^^^"),
        ("x = '\u202e'; await f()", 9, "x = '\ufffd'; await f()", "         ^^^^^^^^^"),
    ],
)
def test_the_mark_stands_under_the_right_characters(
    line: str, column: int, shown: str, below: str
) -> None:
    source = SourceFile("a.py", line)
    mark = Mark(span(0, column, 0, column + 9), "", is_main=True)
    assert code_frame(source, [mark], 1, PLAIN) == [f"1 | {shown}", f"  | {below}"]


def test_a_mark_over_several_lines_and_an_empty_one_are_shown() -> None:
    source = SourceFile("a.py", "await gather(\n    f(),\n)\n")
    assert code_frame(source, [Mark(span(0, 0, 2, 1), "")], 1, PLAIN)[1] == "  | -------------"
    assert code_frame(source, [Mark(span(0, 6, 0, 6), "")], 1, PLAIN)[1] == "  |       -"
    assert code_frame(source, [Mark(span(9, 6, 9, 6), "")], 2, PLAIN) == ["10 |", "   | -"]


def test_a_long_line_is_cut_around_its_main_mark() -> None:
    source = SourceFile("a.py", f"x = [{'1, ' * 60}await f(), {'2, ' * 60}]")
    mark = Mark(span(0, 185, 0, 194), "suspends", is_main=True)
    code, below = code_frame(source, [mark], 1, Appearance(width=60))
    assert code == "1 | ..., 1, 1, 1, await f(), 2, 2, 2, 2, 2, 2, 2, 2, 2, 2..."
    assert below == "  |               ^^^^^^^^^ suspends"


def test_long_steps_are_wrapped_in_their_columns() -> None:
    steps = (
        step("A", Role.READ, span(8, 18, 8, 28), "A reads self.value while nobody holds the lock"),
        step("A", Role.SUSPEND, LOST_UPDATE.span, "A suspends in sleep()"),
        step("B", Role.WRITE, span(10, 8, 10, 18), "B " + "writes" * 9),
    )
    finding = LOST_UPDATE._replace(interleaving=Interleaving(steps), evidence=(), also=())
    text = text_report(report(finding), Appearance(width=60))
    assert text.splitlines()[9:19] == [
        "   | step  line  task A              line  task B",
        "   |    1     9  reads self.value",
        "   |             while nobody holds",
        "   |             the lock",
        "   |    2    10  suspends in",
        "   |             sleep()",
        "   |    3                              11  writeswriteswrite",
        "   |                                       swriteswriteswrit",
        "   |                                       eswriteswriteswri",
        "   |                                       tes",
    ]


def test_names_cannot_steer_the_terminal() -> None:
    finding = MISSING_AWAIT._replace(
        path="a\n\x1b[2J.py", message="`\u202eevil` is never awaited", harm="\x07"
    )
    text = text_report(report(finding), PLAIN)
    assert text.split("\n")[0] == (
        "a\\n\\x1b[2J.py:2:1: RL201 missing-await [likely] `\\u202eevil` is never awaited"
    )
    assert text.isprintable() or set(re.findall(r"[^ -~]", text)) == {"\n"}


def test_colours_change_nothing_but_colours() -> None:
    both = report(LOST_UPDATE, MISSING_AWAIT._replace(severity=Severity.INFORMATION))
    coloured = text_report(both, Appearance(coloured=True))
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == text_report(both, PLAIN)
    assert "\x1b[1;33mRL101 lost-update\x1b[0m" in coloured


LINES = st.text(
    alphabet=st.sampled_from("ab (\t漢e\u0301😀\u200d\x1b\u202e"), min_size=1, max_size=90
)


@given(line=LINES, start=st.integers(0, 90), length=st.integers(0, 90), width=st.integers(60, 100))
def test_any_line_fits_the_width(line: str, start: int, length: int, width: int) -> None:
    mark = Mark(span(0, start, 0, start + length), "suspends", is_main=True)
    frame = code_frame(SourceFile("a.py", line), [mark], 3, Appearance(width=width))
    assert len(frame) == 2
    assert max(map(text_width, frame)) <= width
    assert "^" in frame[1]


@pytest.mark.parametrize(
    ("races", "others", "files", "line"),
    [
        (0, 0, 14, "No races in 14 files"),
        (1, 0, 1, "1 race in 1 file"),
        (2, 0, 14, "2 races in 14 files"),
        (2, 1, 1400, "2 races and 1 other finding in 1,400 files"),
        (0, 3, 14, "3 findings in 14 files"),
    ],
)
def test_the_summary_counts_races_and_other_findings(
    races: int, others: int, files: int, line: str
) -> None:
    findings = [LOST_UPDATE] * races + [MISSING_AWAIT] * others
    assert summary_line(report(*findings, files=files)) == line


def test_statistics_count_by_rule() -> None:
    text = statistics_text(report(MISSING_AWAIT, *[LOST_UPDATE] * 10))
    assert text == "10  RL101  lost-update\n 1  RL201  missing-await\n"
