"""The file layer: contents of files go in, their summaries come out, here or in other processes.

A file's summary depends on its text alone. So any `concurrent.futures.Executor` can make it: a pool
of processes, or a cluster that knows nothing of the project. What a worker gives is what this
process would have made, in the same order; what a worker that died has left is done again.
"""

from __future__ import annotations

import gc
from collections import deque
from typing import TYPE_CHECKING

from racelens.engine.analysis import Known, summarize
from racelens.engine.sources import decoded
from racelens.findings.finding import Problem
from racelens.source.comments import may_suppress
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future

    from racelens.engine.files import InputFile
    from racelens.model.summary import ModuleSummary
    from racelens.summarize.detail import TreeBudget

_BYTES_OF_BATCH = 1 << 18  # some milliseconds of work for each message
_MOST_WAITING = 64  # batches that workers have and that nobody has asked for yet
_ATTEMPTS = 3  # of workers at one batch; then this process does it
_RESTARTS = 3


class Content(NamedTuple):
    """A file's path, as reports show it, and its bytes."""

    path: str
    content: bytes


class FileRead(NamedTuple):
    """What one file tells. `module` is None where it is no text.

    `commented`: it may hold comments that suppress findings.
    """

    module: ModuleSummary | None
    problems: tuple[Problem, ...]
    lines: int
    commented: bool


def contents(files: Iterable[InputFile], problems: list[Problem]) -> Iterator[Content]:
    """Yield the contents of `files`, but of generated code; what cannot be read is a problem."""
    for file in files:
        content = file.read()
        if isinstance(content, Problem):
            problems.append(content)
        elif content is not None:
            yield Content(file.path, content)


def read_file(file: Content, budget: TreeBudget | None = None) -> FileRead:
    """Return what `file` tells; syntax trees are kept as far as the `budget` allows."""
    source = decoded(file.path, file.content)
    if isinstance(source, Problem):
        return FileRead(None, (source,), 0, commented=False)
    summarized = summarize(source, Known(), budget)
    text = source.text
    lines = text.count("\n") + (not text.endswith("\n") and bool(text))
    return FileRead(summarized.module, summarized.problems, lines, may_suppress(source))


def read_batch(batch: tuple[Content, ...]) -> tuple[FileRead, ...]:
    """Return what each file of a batch tells: the work of one message to a worker."""
    collecting = gc.isenabled()
    gc.disable()  # as in `engine.check`
    try:
        return tuple(map(read_file, batch))
    finally:
        if collecting:
            gc.enable()


class Workers:
    """Reads files on executors that `start` makes: another one if all workers of one have died.

    `end` is called when the last file has been read.
    """

    def __init__(
        self, start: Callable[[], Executor], end: Callable[[], None] | None = None
    ) -> None:
        self._start = start
        self._end = end
        self._executor: Executor | None = start()
        self._restarts = 0

    def read(self, files: Iterable[Content]) -> Iterator[FileRead]:
        """Yield what `files` tell, in their order; then end the workers."""
        waiting: deque[_Task] = deque()
        try:
            for batch in _batches(files):
                waiting.append(self._task(batch))
                if len(waiting) == _MOST_WAITING:
                    yield from self._result(waiting.popleft())
            while waiting:
                yield from self._result(waiting.popleft())
        finally:
            self._close()
            if self._end is not None:
                self._end()

    def _close(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True)
            self._executor = None

    def _task(self, batch: tuple[Content, ...]) -> _Task:
        executor = self._executor
        if executor is None:
            return _Task(batch, None, None)
        try:
            return _Task(batch, executor, executor.submit(read_batch, batch))
        except RuntimeError as error:  # it is broken or has been shut down
            self._replace(executor, error)
            return _Task(batch, executor, None)

    def _result(self, task: _Task) -> tuple[FileRead, ...]:
        for _ in range(_ATTEMPTS):
            if task.future is not None:
                try:
                    return task.future.result()
                except Exception as error:  # noqa: BLE001 - clusters have errors of their own
                    self._replace(task.executor, error)
            task = self._task(task.batch)
        return read_batch(task.batch)

    def _replace(self, executor: Executor | None, error: Exception) -> None:
        """Go on with another executor, if nobody has replaced this one and it does not go on."""
        from concurrent.futures import BrokenExecutor  # noqa: PLC0415 - most runs have no workers
        from logging import getLogger  # noqa: PLC0415

        getLogger(__name__).info("a worker failed: %s", error)
        if executor is not self._executor or not isinstance(error, BrokenExecutor):
            return
        self._close()
        self._restarts += 1
        if self._restarts <= _RESTARTS:
            self._executor = self._start()


class Distribution(NamedTuple):
    """How a run is divided: among `workers` that read the files, `copies` that find, and runs.

    A `shard` is the part of this run, from 1, and how many there are. All files are read for it;
    findings are looked for in every N-th of those in which they are reported.
    """

    workers: Workers | None = None
    copies: int = 1
    shard: tuple[int, int] | None = None


class _Task(NamedTuple):
    batch: tuple[Content, ...]
    executor: Executor | None
    future: Future[tuple[FileRead, ...]] | None


def _batches(files: Iterable[Content]) -> Iterator[tuple[Content, ...]]:
    batch: list[Content] = []
    size = 0
    for file in files:
        batch.append(file)
        size += len(file.content)
        if size >= _BYTES_OF_BATCH:
            yield tuple(batch)
            batch, size = [], 0
    if batch:
        yield tuple(batch)


def processes(count: int) -> Executor:
    """Return a pool of `count` processes of this Python, which import what they need anew."""
    import multiprocessing  # noqa: PLC0415 - where it is needed
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    # Forked ones would share locks and descriptors with whatever runs here.
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))
