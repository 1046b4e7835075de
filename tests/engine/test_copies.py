"""Copies of this process: all parts are done, in order, whatever becomes of a copy."""

from __future__ import annotations

import os
import sys

import pytest
from racelens.engine.check import check
from racelens.engine.copies import by_copies
from racelens.engine.file_layer import Distribution
from racelens.engine.settings import Settings
from racelens.findings.levels import Confidence
from racy_files import input_files, racy

needs_fork = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
ALL = Settings(resolve="own", select=("RL",), confidence=Confidence.POSSIBLE)


def who(part: int) -> tuple[int, int]:
    return part, os.getpid()


@needs_fork
def test_all_but_the_first_part_are_done_by_others() -> None:
    done = list(by_copies(who, [1, 2, 3]))
    assert [part for part, _ in done] == [1, 2, 3]
    assert done[0][1] == os.getpid()
    assert len({process for _, process in done}) == 3


def test_no_parts_are_no_work() -> None:
    assert list(by_copies(who, [])) == []


@needs_fork
def test_what_a_copy_cannot_do_is_done_here(capfd: pytest.CaptureFixture[str]) -> None:
    own = os.getpid()

    def work(part: str) -> str:
        if os.getpid() != own:
            if part == "ended":
                os._exit(3)
            if part == "failed":
                raise ValueError(part)
        return f"{part} {os.getpid() == own}"

    done = list(by_copies(work, ["first", "ended", "failed", "last"]))
    assert done == ["first True", "ended True", "failed True", "last False"]
    assert capfd.readouterr().out == ""


def test_without_fork_this_process_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("racelens.engine.copies.sys.platform", "win32")
    assert list(by_copies(who, [1, 2])) == [(1, os.getpid()), (2, os.getpid())]


@needs_fork
def test_where_no_copy_can_be_made_this_process_does_it_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refuse)
    assert list(by_copies(who, [1, 2])) == [(1, os.getpid()), (2, os.getpid())]


@pytest.mark.parametrize("count", [2, 3, 50])
@pytest.mark.parametrize("shard", [None, (2, 3)])
def test_the_report_is_the_same(count: int, shard: tuple[int, int] | None) -> None:
    files = input_files([racy(n).encode() for n in range(60)] + [b"def broken(:\n"])
    alone = check(files, ALL, "/", distribution=Distribution(shard=shard))
    divided = check(files, ALL, "/", distribution=Distribution(None, count, shard))
    assert len(alone.findings) >= 20
    assert divided._replace(seconds=0, program=None) == alone._replace(seconds=0, program=None)
