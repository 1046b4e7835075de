"""Calls that nobody awaits: which of them must be awaited, and what is still to be asked.

Candidates of a function go in; verdicts by own inference, else by a resolver's answers, come out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.program.coroutines import own_verdict
from racelens.program.resolve import Query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.candidate import UnawaitedCall
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


def must_be_awaited(program: Program, function: FunctionId, call: UnawaitedCall) -> bool | None:
    """Say whether `call` makes something that does nothing until it is awaited; None if unknown."""
    own = own_verdict(program.view(function), call.target)
    if own is not None:
        return own
    answer = program.answers.get(query(program, function, call))
    return answer.returns_coroutine if answer is not None else None


def open_queries(program: Program, path: str) -> Iterator[Query]:
    """Yield what is to be asked about the file `path` to settle its candidates, in source order.

    Functions that run in an event loop come first: that is where an await is most often missing.
    """
    functions = program.functions(path)
    for wanted in (True, False):
        for function in functions:
            summary = program.function(function)
            if summary.is_async is wanted and not summary.broken:
                for call in summary.calls_unawaited:
                    if own_verdict(program.view(function), call.target) is None:
                        yield query(program, function, call)


def query(program: Program, function: FunctionId, call: UnawaitedCall) -> Query:
    """Return the question what `call` calls."""
    end = call.name.end
    return Query(function.path, program.line(function) + end.line, max(0, end.column - 1))
