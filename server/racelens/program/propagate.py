"""What functions do, as their callers see it: summaries in, facts to a fixed point out.

Strongly connected components of the call graph are visited callees first (Tarjan); inside one,
facts are computed at most `_ROUNDS` times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from racelens.libraries.table import Suspends
from racelens.model.effect import Kind, Mode
from racelens.model.location import Root
from racelens.model.names import FunctionId
from racelens.program.locks import must_held
from racelens.program.related import group_of
from racelens.program.resolution import Resolution
from racelens.program.steps import NO_FACTS, Access, Facts, Step, Write, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from racelens.model.effect import Source
    from racelens.model.location import AccessPath
    from racelens.model.summary import FunctionSummary
    from racelens.program.views import FunctionView

_Told = TypeVar("_Told", Access, Write)
_ROUNDS = 8
_MOST_EFFECTS = 48  # of one function, told to its callers; beyond it callers see fewer


def call_order(calls: Mapping[FunctionId, tuple[FunctionId, ...]]) -> list[tuple[FunctionId, ...]]:
    """Return the strongly connected components of the call graph, callees before callers."""
    index: dict[FunctionId, int] = {}
    low: dict[FunctionId, int] = {}
    open_nodes: list[FunctionId] = []
    is_open: set[FunctionId] = set()
    components: list[tuple[FunctionId, ...]] = []
    for start in calls:
        work = [(start, 0)] if start not in index else []
        while work:
            node, position = work.pop()
            if position == 0:
                index[node] = low[node] = len(index)
                open_nodes.append(node)
                is_open.add(node)
            callees = calls.get(node, ())
            if position and callees[position - 1] in is_open:
                low[node] = min(low[node], low[callees[position - 1]])
            if position < len(callees):
                work.append((node, position + 1))
                if callees[position] not in index and callees[position] in calls:
                    work.append((callees[position], 0))
                continue
            if low[node] == index[node]:
                cut = open_nodes.index(node)
                components.append(tuple(open_nodes[cut:]))
                is_open.difference_update(open_nodes[cut:])
                del open_nodes[cut:]
    return components


def called_functions(view: FunctionView) -> tuple[FunctionId, ...]:
    """Return the program's functions that the function of `view` calls or reads as properties."""
    found: dict[FunctionId, None] = {}
    for effect in view.function.graph.effects:
        if effect.kind is Kind.CALL:
            callee = view.callee(effect.path)
        elif effect.kind is Kind.READ and effect.path is not None and view.owner is not None:
            path = effect.path
            own = path.root is Root.SELF and len(path.steps) == 1 and path.steps[0][0] == "."
            callee = view.names.method(view.owner, path.steps[0][1:]) if own else None
        else:
            continue
        if isinstance(callee, FunctionId):
            found[callee] = None
    return tuple(found)


class Propagated(NamedTuple):
    """Of every function: what it calls, what callers see of it, and what its nodes do."""

    calls: Mapping[FunctionId, tuple[FunctionId, ...]]
    facts: Mapping[FunctionId, Facts]
    steps: Mapping[FunctionId, tuple[Step, ...]]


def propagate(
    views: Mapping[FunctionId, FunctionView],
    before: Propagated | None = None,
    unchanged: frozenset[FunctionId] = frozenset(),
) -> Propagated:
    """Return the facts and the resolved steps of every function of the program.

    Functions in `unchanged` mean in `before` what they mean now: of them only those are resolved
    again whose callees' facts have changed.
    """
    calls = {
        identity: before.calls[identity]
        if before is not None and identity in unchanged
        else called_functions(view)
        for identity, view in views.items()
    }
    facts: dict[FunctionId, Facts] = {}
    steps: dict[FunctionId, tuple[Step, ...]] = {}

    def known(identity: FunctionId) -> Facts:
        return facts.get(identity, NO_FACTS)

    for component in call_order(calls):
        if before is not None and all(
            node in unchanged
            and all(
                callee in component or facts.get(callee) == before.facts.get(callee)
                for callee in calls[node]
            )
            for node in component
        ):
            for node in component:
                facts[node], steps[node] = before.facts[node], before.steps[node]
            continue
        recursive = len(component) > 1 or any(node in calls[node] for node in component)
        for _ in range(_ROUNDS if recursive else 1):
            last_round = [facts.get(identity) for identity in component]
            for identity in component:
                steps[identity] = Resolution(views[identity], known).steps()
                facts[identity] = summarize_facts(
                    identity, views[identity].function, steps[identity]
                )
            if [facts.get(identity) for identity in component] == last_round:
                break
    return Propagated(calls, facts, steps)


def summarize_facts(
    identity: FunctionId, function: FunctionSummary, steps: tuple[Step, ...]
) -> Facts:
    """Return what callers see of a function whose nodes do `steps`."""
    fresh, late_nodes = _reached(function, steps)
    early: set[Write] = set()
    late: set[Write] = set()
    reads: set[Access] = set()
    suspends = Suspends.NEVER
    for index, step in enumerate(steps):
        if index not in fresh and index not in late_nodes:
            continue
        suspends = max(suspends, step.suspends)
        reads.update(step.reads)
        (early if index in fresh else late).update(_told(step.early, identity, index))
        if not step.spawns:
            late.update(_told(step.late, identity, index))
    checks = _checked_groups(function, steps)
    if function.is_async:
        reads = {read for read in reads if group_of(read.place) in checks}
        suspends = min(suspends, Suspends.MAY)
    return Facts(
        suspends if function.is_async else Suspends.NEVER,
        frozenset(_few(read for read in reads if _can_be_told(read.place))),
        frozenset(_few(early)),
        frozenset(_few(write for write in late if group_of(write.place) not in checks)),
        frozenset(checks),
        _held_at_yields(function, steps) if function.is_generator else frozenset(),
    )


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


def _few(found: Iterable[_Told]) -> list[_Told]:
    return sorted(found, key=in_order)[:_MOST_EFFECTS]


def _told(writes: tuple[Write, ...], identity: FunctionId, index: int) -> list[Write]:
    return [
        write._replace(inner=write.inner or (identity, index))
        for write in writes
        if _can_be_told(write.place)
    ]


def _can_be_told(place: AccessPath) -> bool:
    return place.root in {Root.SELF, Root.NAME}


def _reached(function: FunctionSummary, steps: tuple[Step, ...]) -> tuple[set[int], set[int]]:
    """Return the nodes that are reached without a suspension, and those reached after one."""
    graph = function.graph
    fresh: set[int] = set()
    late: set[int] = set()
    stack: list[tuple[int, bool]] = [(0, False)]
    while stack:
        index, suspended = stack.pop()
        seen = late if suspended else fresh
        if index in seen:
            continue
        seen.add(index)
        after = suspended or steps[index].suspends is not Suspends.NEVER
        following = {*graph.true_edges[index], *graph.false_edges[index], *graph.raising[index]}
        stack.extend((target, after) for target in following)
    return fresh, late


def _checked_groups(function: FunctionSummary, steps: tuple[Step, ...]) -> set[AccessPath]:
    """Return the groups that decide a branch, directly or through a local variable."""
    effects = function.graph.effects
    bound: dict[str, set[Source]] = {}
    for effect in effects:
        if effect.kind is Kind.BIND:
            bound.setdefault(effect.name, set()).update(effect.sources)
    seen: set[Source] = set()
    stack = [
        source
        for effect in effects
        if effect.kind in {Kind.TEST, Kind.RETURN}
        for source in effect.sources
    ]
    groups: set[AccessPath] = set()
    while stack:
        source = stack.pop()
        if source in seen:
            continue
        seen.add(source)
        if isinstance(source, str):
            stack.extend(bound.get(source, ()))
        else:
            groups.update(group_of(access.place) for access in steps[source].reads)
    return groups
