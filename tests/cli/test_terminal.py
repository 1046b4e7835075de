"""Widths, wrapping, and when a report is coloured."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from racelens.cli.markdown import rendered
from racelens.cli.progress import ProgressBar
from racelens.cli.terminal import (
    Appearance,
    appearance_of,
    expanded,
    printable,
    text_width,
    wrapped,
)


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("abc", 3),
        ("漢字", 4),
        ("e\u0301", 1),
        ("😀", 2),
        ("ﾊﾝ", 2),
        ("a\u200db", 2),
        ("é", 1),
        ("", 0),
    ],
)
def test_widths_are_in_columns(text: str, width: int) -> None:
    assert text_width(text) == width


def test_tabs_reach_to_multiples_of_four() -> None:
    assert expanded("\ta\tb漢\tc") == ("    a   b漢 c", [0, 4, 5, 8, 9, 11, 12, 13])


@given(st.text())
def test_what_is_printable_has_no_control_characters(text: str) -> None:
    shown = printable(text)
    assert printable(shown) == shown
    assert not any(ord(character) < 32 for character in shown)


@given(st.text(alphabet="ab 漢", max_size=60), st.integers(2, 30))
def test_wrapped_lines_fit_and_keep_the_words(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(text_width(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], *, coloured: bool
) -> None:
    for name, value in {"TERM": "xterm", "NO_COLOR": "", "FORCE_COLOR": "", **variables}.items():
        monkeypatch.setenv(name, value)
    assert appearance_of(Terminal()).coloured is coloured


def test_no_colours_and_the_default_width_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "70")
    assert appearance_of(io.StringIO()) == Appearance(width=100, coloured=False)
    assert appearance_of(Terminal()).width == 70
    monkeypatch.setenv("COLUMNS", "20")
    assert appearance_of(Terminal()).width == 60
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert appearance_of(io.StringIO()).coloured
    assert not appearance_of(None).coloured


def test_the_progress_bar_waits_a_second_and_leaves_nothing() -> None:
    stream, now = io.StringIO(), [0.0]
    bar = ProgressBar(stream, lambda: now[0])
    for done, seconds in ((1, 0.9), (50, 1.0), (51, 1.05), (1200, 2.0)):
        now[0] = seconds
        bar(done, 1200)
    assert stream.getvalue() == (
        "\r[#.............................] 50 of 1,200 files"
        "\r[##############################] 1,200 of 1,200 files"
    )
    bar.close()
    assert stream.getvalue().endswith(f"files\r{' ' * 53}\r")


def test_a_quick_run_shows_no_progress() -> None:
    stream = io.StringIO()
    bar = ProgressBar(stream, lambda: 0.0)
    bar(1, 1)
    bar.close()
    assert stream.getvalue() == ""


def test_markdown_is_filled_and_code_is_not() -> None:
    page = """\
Summary of the rule.

## Example

```python
async def f():

    pass
```

Words words words words words words words words words words words.

- an item that is long enough to be wrapped, once more and again
- short

    indented code"""
    assert rendered(page, Appearance(width=60)) == (
        """\
Summary of the rule.

Example

    async def f():

        pass

Words words words words words words words words words words
words.

- an item that is long enough to be wrapped, once more and
  again
- short

    indented code
"""
    )
