"""Which calls make something that must be awaited, as far as own inference tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.location import Root
from racelens.model.names import ClassId, FunctionId
from racelens.model.usage import Form
from racelens.program.module_files import dotted_name

if TYPE_CHECKING:
    from racelens.model.location import AccessPath
    from racelens.model.usage import CallUse, Use
    from racelens.program.views import FunctionView

# Decorators that leave a coroutine function one. Any other may turn it into something else.
_TRANSPARENT = frozenset(
    {"staticmethod", "classmethod", "abstractmethod", "override", "final", "overload", "wraps"}
)


def meaning_of(view: FunctionView, call: CallUse) -> FunctionId | ClassId | str | None:
    """Return what a call runs, also where it is a method of what another call has returned."""
    if call.target is not None or call.maker is None:
        return view.callee(call.target)
    made = view.callee(call.maker)
    if isinstance(made, ClassId):
        return view.names.method(made, call.method)
    if isinstance(made, str) and view.names.libraries.row(f"{made}.{call.method}") is not None:
        return f"{made}.{call.method}"
    return None


def called_name(view: FunctionView, call: CallUse) -> str:
    """Return the full name of what a call runs; "" where it is not known."""
    meaning = meaning_of(view, call)
    if isinstance(meaning, (FunctionId, ClassId)):
        return f"{dotted_name(meaning.path)}.{meaning.name}"
    return meaning or ""


def is_coroutine_function(view: FunctionView, meaning: object) -> bool | None:
    """Say whether a call of `meaning`, as `view` names it, makes a coroutine; None if unknown."""
    if isinstance(meaning, ClassId):
        return False
    if isinstance(meaning, FunctionId):
        function = view.names.module(meaning.path).functions[meaning.name]
        if not function.is_async or function.is_generator:
            return False
        return True if function.decorator_names <= _TRANSPARENT else None
    if isinstance(meaning, str):
        row = view.names.libraries.row(meaning)
        return row.awaitable if row is not None else None
    return None


def own_verdict(view: FunctionView, call: CallUse) -> bool | None:
    """Say whether a call makes what must be awaited, by own inference; None if unknown."""
    meaning = meaning_of(view, call)
    known = is_coroutine_function(view, meaning)
    if known is None and isinstance(meaning, str) and call.target is not None:
        builtin = call.target.root is Root.NAME and not call.target.steps
        return False if builtin and meaning == call.target.name else None
    return known


def may_make_awaitable(view: FunctionView, target: AccessPath | None) -> bool:
    """Say whether a call of `target`, or reading it, may make what only `await` and its like use.

    By own inference alone: for most calls the answer is no, and nothing more is looked at.
    """
    if target is None:
        return True  # a method of what a call returns
    meaning = view.callee(target)
    if isinstance(meaning, FunctionId):
        return view.names.module(meaning.path).functions[meaning.name].is_async
    if isinstance(meaning, ClassId):
        return view.names.method(meaning, "__aenter__") is not None
    if isinstance(meaning, str):
        row = view.names.libraries.row(meaning)
        if row is not None:
            return row.awaitable or row.collects or row.async_only
    return view.property_read(target) is not None


def shows(view: FunctionView, use: Use) -> bool:
    """Say whether a value is given to a call that takes it as it is: `print`, `len`, `int`."""
    meaning = view.callee(use.into) if use.form is Form.ARGUMENT else None
    row = view.names.libraries.calls.get(meaning) if isinstance(meaning, str) else None
    return row is not None and row.plain
