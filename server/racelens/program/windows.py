"""Windows: stale reads of one function that reach a write, with all that a rule needs to know.

A function's graph and steps go in, windows come out: one per state and write, the clearest first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from racelens.libraries.table import Suspends
from racelens.model.effect import Mode, Predicate
from racelens.model.location import Root
from racelens.program.control import meeting_points
from racelens.program.related import Outcome, gives_back, group_of
from racelens.program.stale_reads import GroupFlow, StaleWrite, reaches_through

if TYPE_CHECKING:
    from racelens.model.graph import Graph
    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId
    from racelens.model.summary import FunctionSummary
    from racelens.program.steps import Access, Step, Write

# Nobody else holds the object yet, or any more.
UNSHARED = frozenset({"__init__", "__new__", "__post_init__", "__del__", "__init_subclass__"})


@dataclass(frozen=True, slots=True)
class Window:
    """A read, a suspension and a write of one state by one function, by nodes of its graph.

    `predicate` is what the read was found to be where it decided a branch, None where its value
    is part of what is written; `carried` says that (also) the latter holds of the same write.
    `spawned`: the suspension is the start of a task that writes.
    """

    function: FunctionId
    read: Access
    read_node: int
    suspend_node: int
    write_node: int
    write: Write
    predicate: Predicate | None
    result: Outcome
    spawned: bool
    carried: bool

    @property
    def state(self) -> str:
        """The state as the code of the function would write it."""
        return self.write.place.display() if self.write.inner is None else self.read.place.display()


def find_windows(
    identity: FunctionId, function: FunctionSummary, steps: tuple[Step, ...]
) -> tuple[Window, ...]:
    """Return the windows of one function, by the place of their write."""
    if function.last_name in UNSHARED or not _may_have_windows(steps):
        return ()
    groups = _groups(steps)
    if not groups:
        return ()
    graph = function.graph
    meetings = meeting_points(graph)
    flows = {group: GroupFlow(graph, steps, group, meetings, {}) for group in groups}
    for flow in flows.values():
        flow.run()
    claims = {group: frozenset(flow.claims) for group, flow in flows.items()}
    found: list[Window] = []
    for group, flow in flows.items():
        stale = flow.stale_writes
        if stale:
            foreign = _exclusive_regions(steps, claims, group)
            if foreign:
                again = GroupFlow(graph, steps, group, meetings, foreign)
                again.run()
                stale = again.stale_writes
        taken = frozenset(node for nodes in claims.values() for node in nodes)
        stale = [
            write
            for write in stale
            if not write.spawned
            or not (_own_write(steps, group) or _keeps_task(graph, write.node, taken))
        ]
        stale = [write for write in stale if not _is_release(graph, write)]
        stale = [write for write in stale if not _is_beyond(steps, write)]
        found += _windows(identity, stale)
    return tuple(sorted(found, key=lambda window: (window.write_node, str(window.read.place))))


def _may_have_windows(steps: tuple[Step, ...]) -> bool:
    return any(step.suspends is not Suspends.NEVER or (step.spawns and step.late) for step in steps)


def _groups(steps: tuple[Step, ...]) -> list[AccessPath]:
    """Return the groups that are both read and written, in a stable order."""
    read = {group_of(access.place) for step in steps for access in step.reads}
    waited = {group_of(step.waits_for.place) for step in steps if step.waits_for is not None}
    written = {group_of(write.place) for step in steps for write in (*step.early, *step.late)}
    return sorted((read | waited) & written)


def _own_write(steps: tuple[Step, ...], group: AccessPath) -> bool:
    return any(group_of(write.place) == group for step in steps for write in step.early)


def _is_beyond(steps: tuple[Step, ...], found: StaleWrite) -> bool:
    """Say whether a window is out of reach: whose object it is, or in what order, is not known.

    Of a parameter nothing is known but that a queue is made to be shared; and where both the read
    and the write are in awaited callees, only the order of the calls in the source counts.
    """
    read = found.fact.access
    if read.place.root is Root.PARAMETER:
        return read.mode is not Mode.SIZE or bool(read.place.steps)
    in_callee = steps[found.fact.node].callee is not None and found.fact.stale == found.fact.node
    return in_callee and found.write.inner is not None and found.node <= found.fact.node


def _is_release(graph: Graph, found: StaleWrite) -> bool:
    """Say whether a write only gives back what was taken: no claim that a rival could share.

    It is more than that where the task awaited the very thing that it takes away.
    """
    if found.write.mode is Mode.DISCARD:
        return not reaches_through(graph, found.fact.stale, found.fact.access.place)
    unsure = found.guard is not None and found.guard.predicate is Predicate.OTHER
    if not gives_back(found.write) or found.write.inner is not None:
        return False
    if found.result is not Outcome.CONSUMES and not unsure:
        return False
    return not reaches_through(graph, found.fact.stale, found.fact.access.place)


def _keeps_task(graph: Graph, spawn: int, claims: frozenset[int]) -> bool:
    """Say whether the task that is started is stored where the next call finds it."""
    return any(spawn in graph.effects[claim].sources for claim in claims)


def _exclusive_regions(
    steps: tuple[Step, ...], claims: dict[AccessPath, frozenset[int]], group: AccessPath
) -> dict[int, frozenset[int]]:
    """Return the claims of other groups, each with the nodes that write its flag otherwise."""
    regions: dict[int, frozenset[int]] = {}
    for other, nodes in claims.items():
        if other == group:
            continue
        writers = frozenset(
            index
            for index, step in enumerate(steps)
            if any(group_of(write.place) == other for write in (*step.early, *step.late))
        )
        for node in nodes:
            regions[node] = writers - {node}
    return regions


def _windows(identity: FunctionId, stale: list[StaleWrite]) -> list[Window]:
    """Return one window for each state: the first write, and for it the clearest read."""
    best: dict[AccessPath, StaleWrite] = {}
    for found in stale:
        group = group_of(found.write.place)
        if group not in best or _rank(found) < _rank(best[group]):
            best[group] = found
    carried = {found.node for found in stale if found.guard is None}
    return [_window(identity, found, found.node in carried) for found in best.values()]


def _rank(found: StaleWrite) -> tuple[int, ...]:
    """Order what may be reported of one state: first write, then how clear the dependence is."""
    exact = found.fact.access.place.steps == found.write.place.steps
    if found.guard is None:
        clarity = 1
    elif found.guard.predicate is Predicate.OTHER or found.guard.passed:
        clarity = 2
    else:
        clarity = 0
    return (found.node, clarity, not exact, found.fact.node, found.fact.stale)


def _window(identity: FunctionId, found: StaleWrite, carried: bool) -> Window:  # noqa: FBT001
    suspend = found.node if found.spawned else found.fact.stale
    return Window(
        identity,
        found.fact.access,
        found.fact.node,
        suspend,
        found.node,
        found.write,
        found.guard.predicate if found.guard else None,
        found.result,
        found.spawned,
        carried,
    )
