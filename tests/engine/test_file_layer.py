"""Files read by other processes: the report is the same, whatever becomes of the workers."""

from __future__ import annotations

import functools
import os
import signal
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any

import pytest
from racelens.engine import file_layer
from racelens.engine.check import check
from racelens.engine.file_layer import Content, Distribution, Workers, processes, read_batch
from racelens.engine.settings import Settings
from racelens.findings.levels import Confidence
from racy_files import input_files, racy

if TYPE_CHECKING:
    from collections.abc import Callable

    from racelens.engine.files import InputFile
    from racelens.engine.report import Report

ALL = Settings(resolve="own", select=("RL",), confidence=Confidence.POSSIBLE)


def files() -> list[InputFile]:
    texts = [racy(n).encode() for n in range(8)]
    texts += [b"# \xff\n", b"def broken(:\n", b"# @generated\n", b"x = 1  # racelens: ignore\n"]
    return input_files(texts)


def report(workers: Workers | None) -> Report:
    return check(files(), ALL, "/", distribution=Distribution(workers))._replace(
        seconds=0, program=None
    )


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_layer, "_BYTES_OF_BATCH", 1)
    monkeypatch.setattr(file_layer, "_MOST_WAITING", 3)


@pytest.fixture(scope="module")
def local() -> Report:
    return report(None)


def test_processes_give_the_same_report(local: Report) -> None:
    assert len(local.findings) >= 8
    assert len(local.problems) == 2
    assert report(Workers(functools.partial(processes, 2))) == local


class _Dying(ProcessPoolExecutor):
    """A pool whose processes are killed in the middle of the work."""

    submitted = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(fn, *args, **kwargs)
        self.submitted += 1
        if self.submitted == 5:
            for process in tuple(self._processes):
                os.kill(process, signal.SIGTERM)
        return future


def test_what_killed_processes_have_left_is_done_again(local: Report) -> None:
    pools = [_Dying(2), ProcessPoolExecutor(2)]
    assert report(Workers(lambda: pools.pop(0))) == local
    assert not pools


class _Failing(Executor):
    """Workers that fail at each batch, with an error of the kind `error`."""

    def __init__(self, error: type[Exception], *, at_once: bool) -> None:
        self._error = error
        self._at_once = at_once

    def submit(self, _fn: Callable[..., Any], /, *_: Any, **_options: Any) -> Future[Any]:
        if self._at_once:
            raise self._error
        future: Future[Any] = Future()
        future.set_exception(self._error())
        return future


@pytest.mark.parametrize("error", [BrokenProcessPool, RuntimeError, OSError])
def test_where_workers_always_fail_this_process_does_the_work(
    local: Report, error: type[Exception]
) -> None:
    assert report(Workers(lambda: _Failing(error, at_once=False))) == local


def test_a_pool_that_takes_no_work_is_done_without(local: Report) -> None:
    assert report(Workers(lambda: _Failing(BrokenProcessPool, at_once=True))) == local


def test_the_executor_is_shut_down_behind_the_last_file() -> None:
    pool = ThreadPoolExecutor(2)
    report(Workers(lambda: pool))
    with pytest.raises(RuntimeError, match="after shutdown"):
        pool.submit(int)


def test_a_batch_tells_of_each_file() -> None:
    good, bad = read_batch((Content("a.py", b"x = 1"), Content("b.py", b"# \xff")))
    assert (good.module is not None, good.problems, good.lines) == (True, (), 1)
    assert bad.module is None
    assert bad.problems[0].message.startswith("is not utf-8 text")
