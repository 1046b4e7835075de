"""Who calls a function and runs it at once: functions in, calls out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from racelens.model.effect import Kind, Mode
from racelens.model.location import SUPER, Root
from racelens.model.names import FunctionId

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from racelens.model.location import AccessPath
    from racelens.program.index import Index
    from racelens.program.propagate import Propagation
    from racelens.program.roots import TaskRoot
    from racelens.program.views import Views


class Call(NamedTuple):
    """A call that is awaited, or of a function that is no coroutine."""

    caller: FunctionId
    node: int
    on_self: bool


class Callers:
    """The calls of a program. A caller is looked through once, and a name asked for once."""

    def __init__(self, views: Views, propagation: Propagation, index: Index) -> None:
        """Look into the functions that `index` finds."""
        self._views = views
        self._propagation = propagation
        self._index = index
        self._made: dict[FunctionId, dict[str, list[tuple[FunctionId, Call]]]] = {}
        self._names: dict[FunctionId, set[str]] = {}
        self._by_name: dict[str, dict[FunctionId, list[Call]]] = {}

    def of(self, function: FunctionId) -> Sequence[Call]:
        """Return where the program calls `function` and runs it at once."""
        return self._direct(function)

    def of_overridden(self, function: FunctionId) -> Iterator[Call]:
        """Yield the calls of the methods that `function` overrides: some of them may run it."""
        view = self._views[function]
        for base in view.names.mro(view.owner)[1:] if view.owner is not None else ():
            overridden = FunctionId(base.path, f"{base.name}.{view.function.last_name}")
            if overridden.name in view.names.module(base.path).functions:
                for call in self._direct(overridden):
                    path = self._views[call.caller].function.graph.effects[call.node].path
                    if path is None or path.name != SUPER:
                        yield call

    def _direct(self, function: FunctionId) -> Sequence[Call]:
        name = self._views[function].function.last_name
        if name not in self._by_name:
            found: dict[FunctionId, list[Call]] = {}
            candidates = self._index.mentioning(frozenset({name}))
            for caller in (one for one in candidates if name in self._callee_names(one)):
                for callee, call in self._calls_in(caller).get(name, ()):
                    found.setdefault(callee, []).append(call)
            self._by_name[name] = found
        return self._by_name[name].get(function, ())

    def waiting(self, roots: Iterable[TaskRoot]) -> Iterator[Call]:
        """Yield the places where functions are started and waited for at once, as calls."""
        for root in roots:
            assert root.site is not None, "who waits for a task has started it"
            caller, _ = root.site
            path = self._views[caller].function.graph.effects[root.made_at].path
            yield Call(caller, root.made_at, _is_on_self(path))

    def _callee_names(self, caller: FunctionId) -> set[str]:
        """Return what functions of the program are called that `caller` calls: it is not read."""
        if caller not in self._names:
            view = self._views[caller]
            callees = (view.callee(path) for path in view.function.outline.calls)
            self._names[caller] = {
                self._views[callee].function.last_name
                for callee in callees
                if isinstance(callee, FunctionId)
            }
        return self._names[caller]

    def _calls_in(self, caller: FunctionId) -> dict[str, list[tuple[FunctionId, Call]]]:
        """Return the calls in `caller` by the name of the callee."""
        if caller not in self._made:
            made = self._made[caller] = {}
            effects = self._views[caller].function.graph.effects
            for site in self._propagation.sites(caller):
                effect = effects[site.node]
                function = self._views[site.callee].function
                runs = effect.mode is Mode.AWAITED or not function.is_async
                if effect.kind is Kind.CALL and runs:
                    call = (site.callee, Call(caller, site.node, _is_on_self(effect.path)))
                    made.setdefault(function.last_name, []).append(call)
        return self._made[caller]


def _is_on_self(path: AccessPath | None) -> bool:
    return path is not None and path.root is Root.SELF and len(path.steps) == 1
