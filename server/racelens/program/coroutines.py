"""Which calls make something that must be awaited, as far as own inference tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.location import Root
from racelens.model.names import ClassId, FunctionId

if TYPE_CHECKING:
    from racelens.model.location import AccessPath
    from racelens.program.views import FunctionView

# Decorators that leave a coroutine function one. Any other may turn it into something else.
_TRANSPARENT = frozenset(
    {"staticmethod", "classmethod", "abstractmethod", "override", "final", "overload", "wraps"}
)


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
