"""The thread that runs jobs: their order, and which of them never run."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

import pytest
from racelens.lsp.schedule import Lane, Worker

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def worker() -> Iterator[Worker]:
    """Return a worker that ends with the test."""
    worker = Worker("test")
    yield worker
    worker.stop(60)


class Gate:
    """A job that runs until it is opened, so that others wait."""

    def __init__(self, worker: Worker) -> None:
        self._is_open = threading.Event()
        self._has_begun = threading.Event()
        worker.submit("gate", self._wait)
        self._has_begun.wait()

    def open(self) -> None:
        self._is_open.set()

    def _wait(self) -> None:
        self._has_begun.set()
        self._is_open.wait()


def test_jobs_run_in_order_and_the_idle_lane_last(worker: Worker) -> None:
    gate = Gate(worker)
    ran: list[str] = []
    last = worker.submit("idle", lambda: ran.append("idle"), Lane.IDLE)
    for name in ("first", "second"):
        worker.submit(name, lambda name=name: ran.append(name))  # type: ignore[misc]
    gate.open()
    last.result()
    assert ran == ["first", "second", "idle"]


def test_a_newer_job_of_a_key_takes_the_older_ones_place(worker: Worker) -> None:
    gate = Gate(worker)
    ran: list[str] = []
    old = worker.submit("key", lambda: ran.append("old"))
    other = worker.submit("other", lambda: ran.append("other"))
    new = worker.submit("key", lambda: ran.append("new"), Lane.IDLE)
    gate.open()
    other.result()
    new.result()
    assert old.cancelled()
    assert ran == ["new", "other"]


def test_an_idle_job_becomes_prompt_with_a_prompt_one_of_its_key(worker: Worker) -> None:
    gate = Gate(worker)
    ran: list[str] = []
    old = worker.submit("key", lambda: ran.append("old"), Lane.IDLE)
    idle = worker.submit("idle", lambda: ran.append("idle"), Lane.IDLE)
    worker.submit("key", lambda: ran.append("new"))
    gate.open()
    idle.result()
    assert old.cancelled()
    assert ran == ["new", "idle"]


def test_a_cancelled_job_does_not_run(worker: Worker) -> None:
    gate = Gate(worker)
    ran: list[str] = []
    job = worker.submit("key", lambda: ran.append("cancelled"))
    job.cancel()
    gate.open()
    worker.submit("last", lambda: None).result()
    assert ran == []


def test_a_job_that_raises_hurts_no_other(worker: Worker) -> None:
    failed = worker.submit("key", lambda: 1 // 0)
    assert isinstance(failed.exception(), ZeroDivisionError)
    assert worker.submit("key", lambda: 2).result() == 2


def test_callbacks_may_submit_jobs(worker: Worker) -> None:
    gate = Gate(worker)
    ran = threading.Event()
    old = worker.submit("key", lambda: None)
    old.add_done_callback(lambda _: worker.submit("other", ran.set))
    worker.submit("key", lambda: None)
    gate.open()
    assert ran.wait(60)


def test_work_that_should_not_disturb_can_wait(worker: Worker) -> None:
    gate = Gate(worker)
    waiting = worker.submit("idle", lambda: None, Lane.IDLE)
    worker.wait_until_idle(0)
    assert not waiting.done()
    gate.open()
    worker.wait_until_idle(60)
    assert waiting.done()


def test_nothing_runs_after_the_stop() -> None:
    worker = Worker("test")
    gate = Gate(worker)
    waiting = worker.submit("key", lambda: None)
    worker.stop(0)
    gate.open()
    late = worker.submit("late", lambda: None)
    for job in (waiting, late):
        with pytest.raises(CancelledError):
            job.result(60)
