"""Which task roots reach a function, and by which functions the outside may: found up the calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.effect import Kind
from racelens.model.location import OWN_VARIABLES, AccessPath, Root
from racelens.program.components import components
from racelens.program.index import changed_functions, other_files
from racelens.program.windows import UNSHARED
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from racelens.model.names import ClassId, FunctionId
    from racelens.program.callers import Call, Callers
    from racelens.program.memory import Memory
    from racelens.program.module_names import ModuleNames
    from racelens.program.roots import Roots, TaskRoot
    from racelens.program.views import FunctionView, Views

_MOST_ROOTS = 32  # of one function, and no more functions by which the outside gets there
_MOST_OUTER = 16


class Asked(NamedTuple):
    """A function, and whether it matters on which object it runs.

    If it does not, calls of what it overrides count, once on a way; `is_exact`: no more.
    """

    function: FunctionId
    by_object: bool
    is_exact: bool = False


class Reached(NamedTuple):
    """A root that reaches a function; `on_self`: through calls on one object alone."""

    root: TaskRoot
    on_self: bool


class Holding(NamedTuple):
    """A class whose objects are given an object and keep it, and where a method calls that."""

    owner: ClassId
    call: Call


class Reach(NamedTuple):
    """Who may run a function: roots, and the functions by which code outside may get to it.

    `first` are those of them that nothing in the program calls, and what is run to the end.
    `is_part`: another object of the program keeps the one that it runs on, and calls it. `holders`
    are the classes whose methods call it on an object that they were given, with those calls.
    """

    roots: tuple[Reached, ...]
    outer: frozenset[FunctionId]
    first: frozenset[FunctionId]
    holders: frozenset[Holding]
    is_part: bool


class KnownReach(NamedTuple):
    """What is known of a program of these `modules`, with these `roots` and calls (`token`).

    `reach` of functions, their callers as `edges`, and their `calls`.
    """

    modules: Mapping[str, ModuleNames]
    roots: Roots
    token: object
    reach: dict[Asked, Reach]
    edges: dict[Asked, dict[Asked, None]]
    calls: dict[FunctionId, tuple[Call, ...]]

    def copy(self) -> KnownReach:
        """Return a copy that can be added to without effect on this one."""
        return self._replace(reach=dict(self.reach), edges=dict(self.edges), calls=dict(self.calls))


class Reaching:
    """The reach of each function, computed when it is asked for."""

    def __init__(self, views: Views, callers: Callers, roots: Roots, memory: Memory) -> None:
        """Go up the calls that `callers` knows to `roots`; reuse what `memory` has and holds."""
        self._views = views
        self._callers = callers
        self._roots = roots
        modules, known = views.names.modules, memory.reached
        if known is None or not self._still_holds(known):
            known = KnownReach(modules, roots, callers.token, {}, {}, {})
        known = memory.reached = known.copy()._replace(modules=modules)
        self._known, self._edges, self._found = known.reach, known.edges, known.calls

    def _still_holds(self, known: KnownReach) -> bool:
        """Say whether calls and roots are the same as then, and what constructors store."""
        if known.roots is not self._roots or known.token is not self._callers.token:
            return False
        modules = self._views.names.modules
        return all(
            self._views[identity].function.last_name not in UNSHARED
            for path in other_files(known.modules, modules)
            for identity in changed_functions(known.modules[path], modules[path])
        )

    def of(self, function: FunctionId, *, by_object: bool) -> Reach:
        """Return who may run a function; `by_object`: on an object that others may have, too.

        Then a call on an object that the caller has from somewhere leads nowhere.
        """
        asked = Asked(function, by_object)
        if asked not in self._known:
            for component in components(asked, self._callers_of, self._known):
                for _ in component:  # as often as it takes a root to get around
                    found = {one: self._join(one) for one in component}
                    if all(self._known.get(one) == reach for one, reach in found.items()):
                        break
                    self._known.update(found)
        return self._known[asked]

    def _callers_of(self, asked: Asked) -> dict[Asked, None]:
        if asked not in self._edges:
            calls = [(call, asked.is_exact) for call in self._calls(asked.function)]
            if not (asked.by_object or asked.is_exact):
                known = {call for call, _ in calls}
                overridden = self._callers.of_overridden(asked.function)
                calls += ((call, True) for call in overridden if call not in known)
            self._edges[asked] = {
                Asked(call.caller, asked.by_object and call.on_self, is_exact): None
                for call, is_exact in calls
                if not (asked.by_object and (self._is_loose(call) or self._makes(call)))
            }
        return self._edges[asked]

    def _join(self, asked: Asked) -> Reach:
        """Return what reaches a function by itself and through those of its callers."""
        function = asked.function
        own = self._roots.of(function)
        roots = {Reached(root, on_self=True): None for root in own if not root.joined}
        outer: set[FunctionId] = set()
        first: set[FunctionId] = set()
        holders: set[Holding] = set()
        is_part = False
        for caller in self._callers_of(asked):
            known = self._known.get(caller)
            if known is not None:
                kept = asked.by_object and caller.by_object
                roots.update(
                    (Reached(root, on_self=on_self and kept), None) for root, on_self in known.roots
                )
                outer |= known.outer
                first |= known.first
                holders |= known.holders if kept else set()
                is_part = is_part or (kept and known.is_part)
        calls = self._calls(function)
        if self._is_outer(function, called=bool(calls)):
            outer.add(function)
            if not calls:
                first.add(function)
        if function in self._roots.mains:
            first.add(function)
        if asked.by_object:
            for call in (call for call in calls if not call.on_self):
                holders.update(self._holder(call))
                is_part = is_part or self._is_kept(call)
        return Reach(
            tuple(roots)[:_MOST_ROOTS],
            frozenset(sorted(outer)[:_MOST_OUTER]),
            frozenset(sorted(first)[:_MOST_OUTER]),
            frozenset(sorted(holders)[:_MOST_OUTER]),
            is_part,
        )

    def _calls(self, function: FunctionId) -> tuple[Call, ...]:
        """Return what else calls a function, or starts it and waits for it at once."""
        if function not in self._found:
            waiting = self._callers.waiting(r for r in self._roots.of(function) if r.joined)
            calls = (*self._callers.of(function), *waiting)
            self._found[function] = tuple(call for call in calls if call.caller != function)
        return self._found[function]

    def _is_outer(self, function: FunctionId, *, called: bool) -> bool:
        """Say whether code outside may call a function: it is public, or handed over.

        Not what is started as a task or run by a library, nor what is run to the end: that is the
        program. And a library's handler has nobody else who calls its methods.
        """
        view = self._views[function]
        started = any(not root.joined and not root.confined for root in self._roots.of(function))
        if started or function in self._roots.mains or view.function.enclosing:
            return False
        if not called:
            return True
        name = view.function.last_name
        is_public = not name.startswith("_") or name.endswith("__")
        return is_public and view.owner not in self._roots.handlers

    def _makes(self, call: Call) -> bool:
        """Say whether a call is made while the object is made, of which nobody knows yet."""
        return call.on_self and self._views[call.caller].function.last_name in UNSHARED

    def _is_loose(self, call: Call) -> bool:
        """Say whether a call is made on an object of which nobody says whether others have it.

        It is a local's or a parameter's: of another object each time, perhaps.
        """
        path = call.path
        return path is not None and path.root in OWN_VARIABLES and bool(path.steps)

    def _is_kept(self, call: Call) -> bool:
        """Say whether a call is made on an object that is in an attribute of the caller's."""
        path = call.path
        return path is not None and path.root is Root.SELF and len(path.steps) > 1

    def _holder(self, call: Call) -> tuple[Holding, ...]:
        """Return the class whose method makes the call on an object that its maker was given."""
        view = self._views[call.caller]
        path = call.path
        owner = view.owner
        if not self._is_kept(call) or path is None or owner is None:
            return ()
        maker = self._views.names.method(owner, "__init__")
        if maker is None:
            return ()
        kept_at = AccessPath(Root.SELF, path.name, path.steps[:1])
        stores = _stores_parameter(self._views[maker], kept_at)
        return (Holding(owner, call),) if stores else ()


def _stores_parameter(view: FunctionView, place: AccessPath) -> bool:
    """Say whether a function stores in `place` what it was called with."""
    given = set(view.function.parameters)
    return any(
        effect.kind is Kind.WRITE
        and effect.path is not None
        and effect.path.steps == place.steps
        and not given.isdisjoint(source for source in effect.same if isinstance(source, str))
        for effect in view.function.graph.effects
    )
