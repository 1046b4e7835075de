"""Functions that run under a lock of whoever calls them: functions in, a verdict out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.effect import Kind
from racelens.model.names import FunctionId

if TYPE_CHECKING:
    from collections.abc import Callable

    from racelens.program.callers import Call, Callers
    from racelens.program.propagate import Propagation
    from racelens.program.roots import Roots
    from racelens.program.views import Views

_MAX_HOPS = 2


class HeldCalls:
    """What the callers of a function hold."""

    def __init__(
        self,
        views: Views,
        propagation: Propagation,
        callers: Callers,
        roots: Callable[[], Roots],
    ) -> None:
        """Look at the calls that `callers` knows; the roots are found when they matter."""
        self._views = views
        self._propagation = propagation
        self._callers = callers
        self._roots = roots

    def called_under_lock(self, function: FunctionId, hops: int = 0) -> bool:
        """Say whether every call of `function` in the program is made while a lock is held."""
        if self._locked_by_decorator(function):
            return True
        calls = self._callers.of(function)
        if not calls or hops > _MAX_HOPS:
            return False
        is_held = all(
            self._holds_at(call) or self.called_under_lock(call.caller, hops + 1) for call in calls
        )
        return is_held and not self._roots().of(function)

    def _holds_at(self, call: Call) -> bool:
        """Say whether a lock is held wherever the caller calls what it calls there."""
        held = self._propagation.held(call.caller)
        return all(held.get(node) for node in self._callers.nodes(call))

    def _locked_by_decorator(self, function: FunctionId) -> bool:
        """Say whether a decorator of the program calls `function` while it holds a lock."""
        view = self._views[function]
        for path in view.function.decorators:
            decorator = view.callee(path)
            if isinstance(decorator, FunctionId) and self._calls_locked(decorator):
                return True
        return False

    def _calls_locked(self, decorator: FunctionId) -> bool:
        """Say whether a function nested in `decorator` holds a lock where it calls its argument."""
        given = self._views[decorator].function.parameter_cells
        for name in self._views.names.module(decorator.path).functions:
            identity = FunctionId(decorator.path, name)
            view = self._views[identity]
            if view.function.enclosing != decorator.name:
                continue
            held = self._propagation.held(identity)
            for node, effect in enumerate(view.function.graph.effects):
                if effect.kind is Kind.CALL and effect.path in given and held.get(node):
                    return True
        return False
