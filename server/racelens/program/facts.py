"""What callers see of a function: its graph and the steps of its nodes in, `Facts` out."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from racelens.libraries.rows import Suspends
from racelens.model.effect import Kind, Mode, nodes_behind
from racelens.model.location import AccessPath, Root
from racelens.program.control import EXIT
from racelens.program.flow_frame import FlowFrame
from racelens.program.locks import held_places, must_held
from racelens.program.rechecks import Rechecks
from racelens.program.related import group_of
from racelens.program.steps import NO_FACTS, NO_STEP, Access, Facts, Step, Write, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from racelens.model.effect import Source
    from racelens.model.names import FunctionId
    from racelens.model.summary import FunctionSummary

_Told = TypeVar("_Told", Access, Write)
_TOLD_ROOTS = frozenset({Root.SELF, Root.NAME})
_DECIDING = frozenset({Kind.TEST, Kind.RETURN})
_MOST_EFFECTS = 48  # of one function, told to its callers; beyond it callers see fewer


def summarize_facts(
    identity: FunctionId, function: FunctionSummary, steps: tuple[Step, ...]
) -> Facts:
    """Return what callers see of a function whose nodes do `steps`."""
    busy = [index for index, step in enumerate(steps) if step is not NO_STEP]
    if not busy:
        return NO_FACTS
    fresh, late_nodes = _reached(function, steps)
    early: set[Write] = set()
    late: dict[Write, set[int]] = {}
    reads: set[Access] = set()
    told: set[tuple[int, bool]] = set()  # a callee tells the same tuple at each of its calls
    suspends = Suspends.NEVER
    for index in busy:
        step = steps[index]
        if index not in fresh and index not in late_nodes:
            continue
        suspends = max(suspends, step.suspends)
        reads.update(step.reads)
        if step.early and (id(step.early), index in fresh) not in told:
            if index in fresh:
                told.add((id(step.early), True))
                early.update(_told(step.early, identity, index))
            else:
                _add_late(late, _told(step.early, identity, index), index)
        if step.late and not step.spawns:
            _add_late(late, _told(step.late, identity, index), index)
    checks: set[AccessPath] = set()  # of a function that runs at once, nobody asks for them
    if function.is_async or late:
        checks = _checked_groups(function, steps)
    if late:
        rechecks = Rechecks(FlowFrame(function.graph, steps), checks, fresh)
        late = {w: nodes for w, nodes in late.items() if not rechecks.decide(w, nodes)}
    if function.is_async:
        reads = {read for read in reads if group_of(read.place) in checks}
        suspends = min(suspends, Suspends.MAY)
    return Facts(
        suspends if function.is_async else Suspends.NEVER,
        _few(read for read in reads if _can_be_told(read.place)),
        _few(early),
        _few(late),
        _few(_returned(function, steps)) if not function.is_async else (),
        _few(_given(steps)) if not function.is_async else (),
        frozenset(checks),
        _held_at_yields(function, steps) if function.is_generator else frozenset(),
        _kept(function, steps),
        frozenset(
            frees
            for index in busy
            if (frees := steps[index].frees) is not None
            and not steps[index].releases
            and _can_be_told(frees)
        ),
    )


def _add_late(late: dict[Write, set[int]], writes: Iterable[Write], index: int) -> None:
    for write in writes:
        late.setdefault(write, set()).add(index)


def _returned(function: FunctionSummary, steps: tuple[Step, ...]) -> Iterator[Write]:
    """Yield what the coroutine writes that a function returns without awaiting it."""
    returns = Kind.RETURN
    for effect in function.graph.effects:
        if effect.kind is returns:
            for source in effect.sources:
                if isinstance(source, int):
                    yield from (w for w in steps[source].deferred if _can_be_told(w.place))


def _given(steps: tuple[Step, ...]) -> Iterator[Write]:
    """Yield what a function that runs at once does to what it is called with."""
    for step in steps:
        yield from (w for w in step.early if w.place.root is Root.PARAMETER and w.place.steps)


def _held_at_yields(function: FunctionSummary, steps: tuple[Step, ...]) -> frozenset[AccessPath]:
    """Return the locks that a generator holds whenever its user's code runs."""
    held = must_held(function.graph, steps)
    yields = [
        index
        for index, effect in enumerate(function.graph.effects)
        if effect.mode is Mode.YIELD and index in held
    ]
    if not yields:
        return frozenset()
    common = frozenset[int].intersection(*(held[index] for index in yields))
    locks = (steps[index].acquires for index in common)
    return frozenset(lock for lock in locks if lock is not None and _can_be_told(lock))


def _kept(function: FunctionSummary, steps: tuple[Step, ...]) -> frozenset[AccessPath]:
    """Return the locks that are still held when a function returns."""
    if function.is_generator or all(step.acquires is None for step in steps):
        return frozenset()
    held = must_held(function.graph, steps).get(EXIT, frozenset())
    return frozenset(lock for lock in held_places(steps, held) if _can_be_told(lock))


def _few(found: Iterable[_Told]) -> tuple[_Told, ...]:
    return tuple(sorted(found, key=in_order)[:_MOST_EFFECTS])


def _told(writes: tuple[Write, ...], identity: FunctionId, index: int) -> list[Write]:
    return [
        write if write.inner is not None else Write(write[0], write[1], write[2], (identity, index))
        for write in writes
        if _can_be_told(write.place)
    ]


def _can_be_told(place: AccessPath) -> bool:
    return place.root in _TOLD_ROOTS


def _reached(function: FunctionSummary, steps: tuple[Step, ...]) -> tuple[set[int], set[int]]:
    """Return the nodes that are reached without a suspension, and those reached after one."""
    graph = function.graph
    true, false, raising = graph.true_edges, graph.false_edges, graph.raising
    fresh: set[int] = set()
    late: set[int] = set()
    stack = [0]
    resumed: list[int] = []
    at_once = Suspends.NEVER
    while stack:
        index = stack.pop()
        if index in fresh:
            continue
        fresh.add(index)
        following = resumed if steps[index].suspends is not at_once else stack
        following += true[index]
        if false[index] != true[index]:
            following += false[index]
        following += raising[index]
    while resumed:
        index = resumed.pop()
        if index not in late:
            late.add(index)
            resumed += true[index]
            if false[index] != true[index]:
                resumed += false[index]
            resumed += raising[index]
    return fresh, late


def _checked_groups(function: FunctionSummary, steps: tuple[Step, ...]) -> set[AccessPath]:
    """Return the groups that decide a branch, directly or through a local variable."""
    effects = function.graph.effects
    bound: dict[str, set[Source]] = {}
    bind = Kind.BIND
    for effect in effects:
        if effect.kind is bind:
            bound.setdefault(effect.name, set()).update(effect.sources)
    deciding = (source for e in effects if e.kind in _DECIDING for source in e.sources)
    made = nodes_behind(deciding, bound)
    return {group_of(access.place) for node in made for access in steps[node].reads}
