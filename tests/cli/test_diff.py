"""Diffs: what patch tools read, and what reaches a terminal."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from racelens.cli.diff import diff_of, shown
from racelens.cli.terminal import Appearance
from racy_projects import RACY, Offer, check, offer

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_equal_texts_have_no_diff() -> None:
    assert diff_of("a.py", "a\n", "a\n") == ""


def test_a_last_line_without_an_ending_is_said_to_have_none() -> None:
    assert diff_of("a.py", "a\nb", "a\nc\n") == (
        "--- a.py\n+++ a.py\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n"
    )


def test_only_line_feeds_end_a_line() -> None:
    diff = diff_of("a\nb.py", "a\x0cb\r\n", "a\x0cc\r\n")
    assert diff == "--- a\\nb.py\n+++ a\\nb.py\n@@ -1 +1 @@\n-a\x0cb\r\n+a\x0cc\r\n"


def test_a_terminal_is_not_steered_by_the_code() -> None:
    diff = diff_of("a.py", "-- a\x1b[2J\n\tb\n", "\tb\n")
    assert list(shown(diff, Appearance(coloured=True))) == [
        "\x1b[1m--- a.py\x1b[0m",
        "\x1b[1m+++ a.py\x1b[0m",
        "\x1b[36m@@ -1,2 +1 @@\x1b[0m",
        "\x1b[1;31m--- a\ufffd[2J\x1b[0m",
        "     b",
    ]


class Terminal(io.TextIOWrapper):
    """Standard output that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_diff_on_a_terminal_is_coloured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("TERM", "xterm"), ("COLUMNS", "80"), ("NO_COLOR", "")):
        monkeypatch.setenv(name, value)
    offer(monkeypatch, Offer())
    (tmp_path / "a.py").write_text(RACY)
    stream = Terminal(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    assert check("--diff", str(tmp_path)) == 1
    stream.seek(0)
    assert "\n\x1b[32m+        pass\x1b[0m\n" in stream.read()
