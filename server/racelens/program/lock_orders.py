"""Locks that are taken while others are held: again, or in another order than elsewhere.

Functions with what their nodes take and hold go in, places that wait for themselves or for each
other come out. Calls are followed.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from racelens.model.effect import Kind, Mode
from racelens.model.names import ClassId
from racelens.program.control import EXIT
from racelens.program.lock_types import is_reentrant, lock_row
from racelens.program.places import receiver_of, substituted
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.views import FunctionView
    from racelens.program.writers import Location

    Pair: TypeAlias = "tuple[Location, Location]"

_MOST_HOPS = 6  # calls down
_LOCK_METHODS = frozenset({"acquire", "release", "locked", "notify", "notify_all"})


class Taken(NamedTuple):
    """A lock that a node takes, itself or by what it calls; `sure`: whenever it is reached.

    `by` is the function and the node that really do it.
    """

    node: int
    lock: AccessPath
    by: tuple[FunctionId, int]
    sure: bool


class Nested(NamedTuple):
    """A lock that is taken at a node while another one is held, which was taken at `outer`."""

    outer: int
    held: AccessPath
    taken: Taken


def may_use_locks(program: Program, function: FunctionId) -> bool:
    """Say whether a function takes, gives back or asks locks of known types."""
    outline = program.function(function).outline
    if not _LOCK_METHODS.isdisjoint(outline.mentions):
        return True
    view = program.view(function)
    return any(lock_row(view, path) is not None for path in outline.entered)


class LockOrders:
    """Which locks of a program are taken inside which."""

    def __init__(self, program: Program) -> None:
        """Look at the functions of `program`, as they are asked for."""
        self._program = program
        self._taken: dict[FunctionId, tuple[Taken, ...]] = {}

    def nested(self, function: FunctionId) -> Iterator[Nested]:
        """Yield the locks that a function takes while it holds others, in order."""
        program = self._program
        held = program.held(function)
        if not held:
            return
        steps = program.steps(function)
        for taken in self._takes(function):
            for outer in sorted(held.get(taken.node, ())):
                lock = steps[outer].acquires
                if lock is not None and outer != taken.node:
                    yield Nested(outer, lock, taken)

    def again(self, function: FunctionId) -> Iterator[Nested]:
        """Yield where a function takes a lock that it holds, and that lets nobody in twice."""
        view = self._program.view(function)
        steps = self._program.steps(function)
        effects = view.function.graph.effects
        for nested in self.nested(function):
            if nested.held != nested.taken.lock or nested.held.is_entry:
                continue
            if not nested.held.shared_root or nested.taken.node in steps[nested.outer].releases:
                continue
            path = effects[nested.outer].path
            entered = effects[nested.outer].kind is Kind.ENTER
            lock = path if entered or path is None else path.parent
            reentrant = is_reentrant(view, lock)
            waits = effects[nested.outer].mode is Mode.AWAITED
            if reentrant is False or (reentrant is None and waits and _is_plain(view, lock)):
                yield nested

    def reversed(self, function: FunctionId) -> Iterator[tuple[Nested, tuple[FunctionId, int]]]:
        """Yield where a function takes two locks that are taken in the other order elsewhere.

        With the function and the node that does so.
        """
        for nested in self.nested(function):
            pair = self._pair(function, nested)
            if pair is None or pair[0] == pair[1]:
                continue
            other = self._pairs.get((pair[1], pair[0]))
            if other is not None:
                yield nested, other

    @cached_property
    def _pairs(self) -> dict[Pair, tuple[FunctionId, int]]:
        """The first place at which a lock is taken inside another one."""
        found: dict[Pair, tuple[FunctionId, int]] = {}
        for path, module in self._program.names.modules.items():
            for function in self._program.functions(path) if module.functions else ():
                if may_use_locks(self._program, function):
                    for nested in self.nested(function):
                        pair = self._pair(function, nested)
                        if pair is not None:
                            found.setdefault(pair, (function, nested.taken.node))
        return found

    def _pair(self, function: FunctionId, nested: Nested) -> Pair | None:
        outer, inner = nested.held, nested.taken.lock
        if not (outer.shared_root and inner.shared_root) or outer.is_entry or inner.is_entry:
            return None
        location = self._program.tasks.writers.location
        return (location(function, outer), location(function, inner))

    def _takes(self, function: FunctionId, hops: int = 0) -> tuple[Taken, ...]:
        """Return the locks that a function takes, those of what it calls included."""
        if function in self._taken:
            return self._taken[function]
        self._taken[function] = ()  # for one that calls itself
        program = self._program
        view, steps = program.view(function), program.steps(function)
        effects = view.function.graph.effects
        found: list[Taken] = []
        for node, step in enumerate(steps):
            effect = effects[node]
            callee = step.callee
            if callee is None:
                if step.acquires is not None:
                    found.append(Taken(node, step.acquires, (function, node), sure=True))
                continue
            runs = effect.mode is Mode.AWAITED or not program.function(callee).is_async
            if not runs or hops > _MOST_HOPS:
                continue
            receiver = receiver_of(view, effect.path)
            for inner in self._takes(callee, hops + 1):
                lock = substituted(inner.lock, receiver)
                if lock is not None:
                    sure = inner.sure and _is_on_every_way(program, callee, inner.node)
                    found.append(Taken(node, lock, inner.by, sure))
        self._taken[function] = tuple(found)
        return self._taken[function]


def _is_plain(view: FunctionView, lock: AccessPath | None) -> bool:
    """Say whether the object is one of unknown class, and not one of the program's own."""
    return lock is not None and not isinstance(view.type_of(lock), ClassId)


def _is_on_every_way(program: Program, function: FunctionId, node: int) -> bool:
    """Say whether every normal way through a function goes through a node."""
    graph = program.function(function).graph
    seen = {0}
    stack = [0]
    while stack:
        current = stack.pop()
        for target in (*graph.true_edges[current], *graph.false_edges[current]):
            if target == EXIT:
                return False
            if target not in seen and target != node:
                seen.add(target)
                stack.append(target)
    return True
