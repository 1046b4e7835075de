"""jedi's answers about open documents, kept for as long as what they depend on.

An answer belongs to a call in a function: it moves with the function and goes when the function's
own text changes. It is asked for again, but still used until then, when anything else changes that
it may depend on: the rest of the file, what the file imports, directly or not, and the file in
which jedi found the callee.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from racelens.program.awaiting import asked_calls, open_queries, query
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from racelens.model.names import FunctionId
    from racelens.model.summary import FunctionSummary
    from racelens.model.usage import CallUse
    from racelens.program.program import Program
    from racelens.program.resolve import Answer, Query

    _Call = tuple[str, CallUse]
    _Basis = Mapping[str, bytes | None]

_MOST_MODULES = 200  # of those that a file imports; it hardly depends on those far away


class Question(NamedTuple):
    """What is called in a function, and what the answer may depend on."""

    query: Query
    call: _Call
    function: FunctionSummary
    basis: _Basis


class _Kept(NamedTuple):
    answer: Answer
    function: FunctionSummary
    basis: _Basis
    outside: int


class Answers:
    """Answers by document and call. `revision` is another one whenever an answer is.

    `digest` returns what stands for the code of a file, None where there is no such file.
    """

    def __init__(self, digest: Callable[[str], bytes | None]) -> None:
        self.revision = 0
        self._digest = digest
        self._kept: dict[str, dict[_Call, _Kept]] = {}
        self._outside = 0

    def outdate(self) -> None:
        """Have all answers asked for again: something has changed that is in no program."""
        self._outside += 1

    def forget(self, path: str) -> None:
        """Forget all about the file `path`."""
        if self._kept.pop(path, None):
            self.revision += 1

    def placed(self, program: Program) -> dict[Query, Answer]:
        """Return the answers that still hold, at the places where their calls are in `program`."""
        return {
            query(program, function, call): kept.answer
            for path in self._kept
            if path in program.modules
            for function, call in _calls(program, path)
            if (kept := self._of(program, function, call)) is not None
        }

    def open_questions(self, program: Program, path: str, budget: int) -> tuple[Question, ...]:
        """Return what is to be asked about the file `path`, the most important first.

        Of what own inference leaves open, the first `budget` queries are ever asked.
        """
        wanted = tuple(islice(open_queries(program, path), budget))
        if not wanted:
            return ()
        basis = {each: self._digest(each) for each in _imported(program, path)}
        at = {
            query(program, function, call): (function, call)
            for function, call in _calls(program, path)
        }
        return tuple(
            Question(asked, (function.name, call), program.function(function), basis)
            for asked in wanted
            for function, call in (at[asked],)
            if not self._is_fresh(self._of(program, function, call), basis)
        )

    def learn(
        self,
        program: Program,
        questions: tuple[Question, ...],
        answers: Mapping[Query, Answer],
        path_of: Callable[[str], str | None],
    ) -> bool:
        """Keep `answers` to `questions`; return whether any of them is news.

        `path_of` returns the path in the program of the file that an answer names.
        """
        is_news = False
        for asked in questions:
            answer = answers.get(asked.query)
            if answer is None:
                continue
            own = self._kept.setdefault(asked.query.path, {})
            before = own.get(asked.call)
            origin = path_of(answer.origin) if answer.origin else None
            basis = asked.basis
            if origin is not None and origin in program.modules and origin not in basis:
                basis = {**basis, origin: self._digest(origin)}
            own[asked.call] = _Kept(answer, asked.function, basis, self._outside)
            is_same = before is not None and before.function == asked.function
            old = before.answer.returns_coroutine if before is not None and is_same else None
            is_news = is_news or old != answer.returns_coroutine
        self.revision += is_news
        return is_news

    def _of(self, program: Program, function: FunctionId, call: CallUse) -> _Kept | None:
        kept = self._kept.get(function.path, {}).get((function.name, call))
        if kept is None or kept.function != program.function(function):
            return None
        return kept

    def _is_fresh(self, kept: _Kept | None, basis: _Basis) -> bool:
        return (
            kept is not None
            and kept.outside == self._outside
            and all(kept.basis.get(path) == digest for path, digest in basis.items())
            and all(
                self._digest(path) == digest
                for path, digest in kept.basis.items()
                if path not in basis
            )
        )


def _calls(program: Program, path: str) -> Iterator[tuple[FunctionId, CallUse]]:
    for function in program.functions(path):
        for call in asked_calls(program, function):
            yield function, call


def _imported(program: Program, path: str) -> list[str]:
    """Return the file `path` and those that it imports, and they in turn, the nearest first."""
    found = {path: None}
    waiting = [path]
    for importer in waiting:
        for bound in program.names.module(importer).imports.values():
            separator = "" if not bound.module.strip(".") else "."
            for name in (bound.module, f"{bound.module}{separator}{bound.member}"):
                target = program.names.find_module(importer, name)
                if target is not None and target not in found and len(found) < _MOST_MODULES:
                    found[target] = None
                    waiting.append(target)
    return waiting
