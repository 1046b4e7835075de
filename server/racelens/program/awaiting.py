"""Calls that nobody awaits: which of them must be awaited, and what is still to be asked.

Candidates of a function go in; verdicts by own inference, else by a resolver's answers, come out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.location import Root
from racelens.model.names import ClassId, FunctionId
from racelens.program.resolve import Query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.candidate import UnawaitedCall
    from racelens.model.location import AccessPath
    from racelens.program.program import Program
    from racelens.program.views import FunctionView

# Decorators that leave a coroutine function one. Any other may turn it into something else.
_TRANSPARENT = frozenset(
    {"staticmethod", "classmethod", "abstractmethod", "override", "final", "overload", "wraps"}
)


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


def own_verdict(view: FunctionView, target: AccessPath | None) -> bool | None:
    """Say whether a call of `target` must be awaited, by own inference; None if unknown."""
    if target is None:
        return None
    meaning = view.callee(target)
    if isinstance(meaning, ClassId):
        return False
    if isinstance(meaning, FunctionId):
        function = view.names.module(meaning.path).functions[meaning.name]
        if not function.is_async or function.is_generator:
            return False
        return True if function.decorator_names <= _TRANSPARENT else None
    if isinstance(meaning, str):
        row = view.names.libraries.calls.get(meaning)
        if row is not None:
            return row.awaitable
        builtin = target.root is Root.NAME and not target.steps and meaning == target.name
        return False if builtin else None
    return None
