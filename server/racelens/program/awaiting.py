"""Coroutines that are used as plain values: which calls make them, and what is still to be asked.

What becomes of a function's values goes in; verdicts by own inference, else by a resolver's
answers, come out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.names import ClassId, FunctionId
from racelens.model.usage import PLAIN_TYPES, Form, Use
from racelens.program.coroutines import meaning_of, own_verdict, shows
from racelens.program.resolve import Query
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.usage import CallUse, Usage
    from racelens.program.program import Program
    from racelens.program.views import FunctionView

# Forms that no awaitable is used in. A resolver is only asked about those where one is often meant.
_PLAIN = frozenset(
    {Form.DROPPED, Form.TESTED, Form.COMPARED, Form.FORMATTED, Form.ATTRIBUTE}
    | {Form.OPERATED, Form.LAMBDA, Form.ITERATED, Form.ENTERED}
)
_ASKED = frozenset(
    {Form.DROPPED, Form.TESTED, Form.COMPARED, Form.FORMATTED, Form.ATTRIBUTE, Form.OPERATED}
)
# A coroutine, a future and a task have these: `connect().close()` may be meant.
_COROUTINE_ATTRIBUTES = frozenset(
    {"send", "throw", "close", "cr_frame", "cr_running", "cr_code", "cr_await", "cr_origin"}
    | {"__await__", "__aenter__", "__aexit__", "__name__", "__qualname__"}
)


class Unawaited(NamedTuple):
    """A call whose result nobody awaits, and how it is used instead.

    `held` is the local that holds it, where that is what nobody uses. `is_entered`: it is a context
    manager or an iterator that only `async with` or `async for` knows what to do with; `is_future`:
    it is a future of what the call was given.
    """

    call: CallUse
    use: Use
    held: str = ""
    is_entered: bool = False
    is_future: bool = False


def unawaited(program: Program, function: FunctionId) -> Iterator[Unawaited]:
    """Yield the calls of a function that must be awaited, and are not; in source order."""
    summary = program.function(function)
    if summary.broken or not summary.outline.unawaited:
        return
    view, usage = program.view(function), summary.usage
    for call in usage.calls:
        found = _plain_use(view, usage, call)
        if found is None:
            continue
        if _is_for_async(view, call, found):
            yield Unawaited(call, found, is_entered=True)
        elif _must_be_awaited(program, function, call):
            held = call.use.name if call.use.form is Form.BOUND else ""
            yield Unawaited(call, found, held)
        elif found.form is Form.DROPPED and _collects(view, call):
            yield Unawaited(call, found, is_future=True)


def _plain_use(view: FunctionView, usage: Usage, call: CallUse) -> Use | None:
    """Return how the result of a call is used as a plain value; None where it may be awaited."""
    use = call.use
    if use.awaited:
        return None
    if use.form is Form.BOUND and not use.names:
        return use if _is_unused(view, usage, use.name) else None
    if use.form is Form.ATTRIBUTE and use.name in _COROUTINE_ATTRIBUTES:
        return None
    if use.form is Form.RETURNED:
        wanted = usage.returns is not None and usage.returns.literal in PLAIN_TYPES
        return use if wanted and view.function.is_async and not use.collected else None
    if use.form is Form.ARGUMENT:
        return use if not use.collected and shows(view, use) else None
    if use.collected and use.form is not Form.DROPPED:
        return None
    return use if use.form in _PLAIN else None


def _is_unused(view: FunctionView, usage: Usage, name: str) -> bool:
    """Say whether what a local holds goes nowhere: nobody uses it, or it is only shown or tested.

    `del` is no use.
    """
    uses = [known.use for known in usage.locals.get(name, ())]
    shown = (Form.TESTED, Form.COMPARED, Form.FORMATTED, Form.DROPPED)
    return all(use.form in shown or shows(view, use) for use in uses)


def _is_for_async(view: FunctionView, call: CallUse, use: Use) -> bool:
    """Say whether what a call makes is for `async with` or `async for` alone, and not used so."""
    form = use.form
    if form not in {Form.ENTERED, Form.ITERATED} or use.collected:
        return False
    meaning = meaning_of(view, call)
    if isinstance(meaning, FunctionId):
        function = view.names.module(meaning.path).functions[meaning.name]
        if not (function.is_async and function.is_generator):
            return False
        if form is Form.ENTERED:
            return "asynccontextmanager" in function.decorator_names
        return not function.decorators
    if form is Form.ITERATED:
        return False
    if isinstance(meaning, ClassId):
        names = view.names
        is_known = all(isinstance(b, ClassId) for c in names.mro(meaning) for b in names.bases(c))
        has_async = names.method(meaning, "__aenter__") is not None
        return is_known and has_async and names.method(meaning, "__enter__") is None
    row = view.names.libraries.calls.get(meaning) if isinstance(meaning, str) else None
    return row is not None and row.async_only


def _must_be_awaited(program: Program, function: FunctionId, call: CallUse) -> bool:
    """Say whether a call makes something that does nothing until it is awaited."""
    view = program.view(function)
    if not call.is_call:
        known = view.property_read(call.target) if call.target is not None else None
        return known is not None and view.names.module(known.path).functions[known.name].is_async
    own = own_verdict(view, call)
    if own is not None:
        return own
    answer = program.answers.get(query(program, function, call))
    return answer is not None and bool(answer.returns_coroutine)


def _collects(view: FunctionView, call: CallUse) -> bool:
    """Say whether a call returns a future of what it is given, as `gather` does."""
    meaning = meaning_of(view, call)
    row = view.names.libraries.row(meaning)
    return row is not None and row.collects


def asked_calls(program: Program, function: FunctionId) -> Iterator[CallUse]:
    """Yield the calls of a function that a resolver may be asked about, in source order."""
    summary = program.function(function)
    if summary.broken or not summary.outline.unawaited:
        return
    view, usage = program.view(function), summary.usage
    for call in usage.calls:
        found = _plain_use(view, usage, call) if call.is_call else None
        if found is not None and found.form in _ASKED:
            yield call


def open_queries(program: Program, path: str) -> Iterator[Query]:
    """Yield what is to be asked about the file `path` to settle its candidates, in source order.

    Functions that run in an event loop come first: that is where an await is most often missing.
    """
    functions = program.functions(path)
    for wanted in (True, False):
        for function in functions:
            if program.function(function).is_async is wanted:
                view = program.view(function)
                for call in asked_calls(program, function):
                    if own_verdict(view, call) is None:
                        yield query(program, function, call)


def query(program: Program, function: FunctionId, call: CallUse) -> Query:
    """Return the question what `call` calls."""
    end = call.name.end
    return Query(function.path, program.line(function) + end.line, max(0, end.column - 1))
