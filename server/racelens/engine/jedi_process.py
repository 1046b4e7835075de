"""jedi in a process of its own: a `Resolver` that can be killed.

The process starts with the first question and is started anew when it hangs, dies or grows too
large. What goes wrong costs the answer in hand, which is then `UNKNOWN`, and becomes a `Problem`.
The conversation is `engine.jedi_wire`'s; jedi itself is in `engine.jedi_worker`.
"""

from __future__ import annotations

import hashlib
import itertools
import shutil
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from racelens.engine.jedi_child import JediChild, WorkerStoppedError, worker_command
from racelens.engine.jedi_wire import Start
from racelens.findings.finding import Problem
from racelens.program.resolve import UNKNOWN, Answer, Query
from racelens.source.text import UndecodableError, decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_WHOLE_PROJECT = "."  # the path of problems that concern no file


@dataclass(frozen=True, slots=True)
class Limits:
    """What jedi's process may cost.

    `queries` counts those that reach jedi, per generation, so that a report repeats; the rest
    only guards against the process: the seconds that one answer and a start may take, its
    resident bytes after a file's questions, how often in all it may hang or die, and the pause
    before its first restart, doubled each time.
    """

    queries: int = 500
    query_seconds: float = 5.0
    start_seconds: float = 30.0
    memory_bytes: int = 1 << 30
    restarts: int = 5
    pause_seconds: float = 0.1


class JediProcess:
    """Answers queries by jedi; see `Resolver`. May be used and stopped from several threads.

    `python` is the configured interpreter or environment, `roots` are source roots; paths of
    queries are relative to `project`. `command` is the process to start instead of jedi's.
    """

    def __init__(
        self,
        project: str,
        *,
        python: str | None = None,
        roots: Sequence[str] = (),
        limits: Limits | None = None,
        command: Sequence[str] | None = None,
    ) -> None:
        # Relative entries stand for the folder that is being analysed: nothing comes from there.
        search_path = tuple(entry for entry in sys.path if Path(entry).is_absolute())
        root = str(Path(project).absolute())
        if python is not None:
            python = shutil.which(python) or str(Path(root, python))
        self._start = Start(root, python, tuple(roots), search_path)
        self._command = tuple(command) if command else worker_command()
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._child: JediChild | None = None
        self._failures = 0
        self._queries_left = self._limits.queries
        self._texts: dict[str, str] = {}
        self._answers: dict[tuple[bytes, Query], Answer] = {}
        self._problems: dict[tuple[str, str], Problem] = {}
        self._read: set[str] = set()
        self._lost: dict[str, tuple[int, str]] = {}  # by what went wrong: how often, where first

    def resolve(self, queries: Sequence[Query], texts: Mapping[str, str]) -> Mapping[Query, Answer]:
        """Return an answer to each of `queries`, in order of path and place.

        An answer is kept until `begin_generation` or until one of `texts` changes. Blocks while
        jedi works: up to `Limits.query_seconds` per query.
        """
        with self._lock:
            if dict(texts) != self._texts:
                self._texts = dict(texts)
                self._answers.clear()
            answers: dict[Query, Answer] = {}
            ordered = sorted(set(queries))
            for path, group in itertools.groupby(ordered, lambda query: query.path):
                answers.update(self._resolve_file(path, tuple(group)))
            return answers

    def begin_generation(self) -> None:
        """Forget all answers, since files changed on disk, and grant the queries anew."""
        with self._lock:
            self._answers.clear()
            self._queries_left = self._limits.queries

    def take_problems(self) -> tuple[Problem, ...]:
        """Return what went wrong since the last call, each problem once.

        What jedi fails at leaves names unresolved, and no file unread: it is no problem of a file.
        """
        with self._lock:
            lost = (_lost(what, *where) for what, where in self._lost.items())
            problems = (*lost, *self._problems.values())
            self._problems.clear()
            self._lost.clear()
            return problems

    def files_read(self) -> tuple[str, ...] | None:
        """Return the absolute paths of files and folders from which answers were taken, in order.

        None after a failure of the process: the same questions may have other answers then.
        """
        with self._lock:
            return None if self._failures else tuple(sorted(self._read))

    def stop(self) -> None:
        """End the process, in the middle of an answer too; all further answers are unknown."""
        self._stopping.set()
        is_free = self._lock.acquire(blocking=False)
        if not is_free:
            child = self._child
            if child is not None:
                child.kill()
            self._lock.acquire()
        try:
            self._discard_child()
        finally:
            self._lock.release()

    def _resolve_file(self, path: str, queries: tuple[Query, ...]) -> dict[Query, Answer]:
        answers = dict.fromkeys(queries, UNKNOWN)
        text = self._text(path)
        if text is None:
            return answers
        key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        asked = self._within_budget([one for one in queries if (key, one) not in self._answers])
        for query, answer in self._ask(path, text, asked):
            self._answers[key, query] = answer
        for query in queries:
            answers[query] = self._answers.get((key, query), UNKNOWN)
        return answers

    def _text(self, path: str) -> str | None:
        text = self._texts.get(path)
        if text is None:
            try:
                text = decode(Path(self._start.project, path).read_bytes())
            except (OSError, UndecodableError) as error:
                reason = error.strerror if isinstance(error, OSError) else error
                self._report(f"jedi was not asked: {reason}", path)
        return text

    def _within_budget(self, queries: list[Query]) -> list[Query]:
        allowed = queries[: self._queries_left]
        self._queries_left -= len(allowed)
        if len(allowed) < len(queries):
            budget = self._limits.queries
            self._report(
                f"the budget of {budget} queries to jedi is used up: names are left unresolved"
            )
        return allowed

    def _ask(self, path: str, text: str, queries: list[Query]) -> Iterator[tuple[Query, Answer]]:
        """Yield an answer to each of `queries`, over as many lives of the process as it takes."""
        waiting = queries
        while waiting and self._is_usable():
            child: JediChild | None = None
            try:
                child = self._running_child()
                for answered in self._answers_of(child, path, text, waiting):
                    waiting = waiting[1:]
                    yield answered
                self._finish(child)
            except WorkerStoppedError as error:
                self._discard_child()
                if self._stopping.is_set():
                    return
                if child is None or not waiting:  # no question is to blame
                    self._report(f"jedi's process {error}")
                    self._count_failure()
                    continue
                self._lose(path, waiting[0].line, f"jedi's process {error}")
                self._count_failure()
                yield waiting[0], UNKNOWN
                waiting = waiting[1:]

    def _answers_of(
        self, child: JediChild, path: str, text: str, queries: list[Query]
    ) -> Iterator[tuple[Query, Answer]]:
        places = tuple((query.line, query.column) for query in queries)
        child.ask(self._absolute(path), text, places, self._buffers())
        for query in queries:
            reply = child.reply(self._limits.query_seconds)
            if reply.error:
                self._lose(path, query.line, f"jedi failed: {reply.error}")
            yield query, reply.answer

    def _is_usable(self) -> bool:
        return not self._stopping.is_set() and self._failures <= self._limits.restarts

    def _count_failure(self) -> None:
        self._failures += 1
        if self._failures > self._limits.restarts:
            self._report(f"jedi's process failed {self._failures} times and is not started again")
        else:
            self._stopping.wait(self._limits.pause_seconds * 2 ** (self._failures - 1))

    def _running_child(self) -> JediChild:
        child = self._child
        if child is None:
            child = self._child = JediChild(self._command)
            if self._stopping.is_set():  # `stop` may have looked just before there was one
                child.kill()
            for note in child.open(self._start, self._limits.start_seconds):
                self._report(note)
        return child

    def _finish(self, child: JediChild) -> None:
        """Note what was read for the answers; end a process that has grown too large."""
        resident, files = child.ended(self._limits.query_seconds)
        self._read.update(files)
        if resident is not None and resident > self._limits.memory_bytes:
            self._discard_child()

    def _discard_child(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.close()

    def _absolute(self, path: str) -> str:
        return str(Path(self._start.project, path))

    def _buffers(self) -> dict[str, str]:
        return {self._absolute(path): text for path, text in self._texts.items()}

    def _report(self, message: str, path: str = _WHOLE_PROJECT) -> None:
        self._problems.setdefault((path, message), Problem(path, None, message))

    def _lose(self, path: str, line: int, what: str) -> None:
        """Note that a name is left unresolved. One bug of jedi may meet many questions."""
        count, first = self._lost.get(what, (0, f"{path}:{line + 1}"))
        self._lost[what] = (count + 1, first)


def _lost(what: str, count: int, first: str) -> Problem:
    names = f"a name in {first} is" if count == 1 else f"{count} names, the first in {first}, are"
    return Problem(_WHOLE_PROJECT, None, f"{names} left unresolved: {what}")
