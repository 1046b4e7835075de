"""Windows: stale reads of one function that reach a write, with all that a rule needs to know.

A function's graph and steps go in, windows come out: one per state and write, the clearest first.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from racelens.libraries.table import Suspends
from racelens.model.effect import Mode, Predicate
from racelens.model.location import Root
from racelens.program.flow_frame import FlowFrame
from racelens.program.related import Outcome, gives_back, group_of
from racelens.program.rechecks import exclusive_regions
from racelens.program.stale_reads import GroupFlow, StaleWrite, reaches_through

if TYPE_CHECKING:
    from collections.abc import Mapping

    from racelens.model.graph import Graph
    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId
    from racelens.model.summary import FunctionSummary
    from racelens.program.steps import Access, Step, Write

_MOST_FLOWS = 64  # times the size of a function, for all its groups together
# Nobody else holds the object yet, or any more.
UNSHARED = frozenset({"__init__", "__new__", "__post_init__", "__del__", "__init_subclass__"})


class Cause(enum.Enum):
    """Why a window is open."""

    STALE = "what was read decides or becomes what is written"
    WAITED = "a wait is taken for a promise that what was waited for still holds"
    ITERATED = "a collection is gone through, and others change it meanwhile"
    OVERWROTE = "what this task stored is taken back, whoever has stored something since"
    TORN = "others see the state between two writes that belong together"
    STUCK = "a busy flag stays set when the region is left by an exception"
    REFERENCE = "what was checked is used after others may have taken it away"


@dataclass(frozen=True, slots=True)
class Window:
    """A read, a suspension and a write of one state by one function, by nodes of its graph.

    `predicate` is what the read was found to be where it decided a branch, None where its value
    is part of what is written; `carried` says that (also) the latter holds of the same write.
    `spawned`: the suspension is the start of a task that writes. `gap` is the lock that is held
    at the read and at the write, but given back between; `usual_lock` the one under which the
    state is used elsewhere and not here; `instance_lock` one that each object has for itself
    although the state is shared by all. `write_node` is that of the read where another task
    writes (ITERATED).
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
    cause: Cause = Cause.STALE
    gap: AccessPath | None = None
    usual_lock: AccessPath | None = None
    instance_lock: AccessPath | None = None

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
    frame = FlowFrame(function.graph, steps)
    groups = _groups(frame)
    if not groups:
        return ()
    locks = frame.locks({})
    flows = {group: GroupFlow(frame, group, locks) for group in groups}
    for group, flow in flows.items():
        flow.run(groups[group])
    claims = {group: frozenset(flow.claims) for group, flow in flows.items()}
    regions = exclusive_regions(frame, claims)
    claimed_locks = frame.locks(regions) if regions else locks
    found: list[Window] = []
    for group, flow in flows.items():
        stale = flow.stale_writes
        foreign = frozenset(n for g, nodes in claims.items() if g != group for n in nodes)
        if stale and foreign:
            own = claims[group] - foreign
            again = GroupFlow(frame, group, claimed_locks, foreign, own)
            again.run(groups[group])
            stale = again.stale_writes
        found += _windows(identity, [write for write in stale if _counts(frame, write, claims)])
    return tuple(sorted(found, key=lambda window: (window.write_node, str(window.read.place))))


def _counts(
    frame: FlowFrame, found: StaleWrite, claims: Mapping[AccessPath, frozenset[int]]
) -> bool:
    """Say whether a stale write is a window that a rival could get into."""
    if found.spawned:
        touches = frame.touches[group_of(found.write.place)].values()
        taken = frozenset(node for nodes in claims.values() for node in nodes)
        if any(touch.early for touch in touches) or _keeps_task(frame.graph, found.node, taken):
            return False
    return not _is_release(frame.graph, found) and not _is_beyond(frame.steps, found)


def _may_have_windows(steps: tuple[Step, ...]) -> bool:
    return any(step.suspends is not Suspends.NEVER or (step.spawns and step.late) for step in steps)


def _groups(frame: FlowFrame) -> dict[AccessPath, tuple[int, int]]:
    """Return the groups that are both read and written, with the regions in which they matter.

    The groups with the smallest regions come first, and all regions together are at most
    `_MOST_FLOWS` times the function: a function of thousands of lines that reads hundreds of
    states at its top and writes them at its bottom is not analysed to the last of them.
    """
    regions: list[tuple[int, AccessPath, tuple[int, int]]] = []
    for group, touches in frame.touches.items():
        reads = any(touch.reads or touch.waits_for is not None for touch in touches.values())
        if reads and any(touch.early or touch.late for touch in touches.values()):
            first, last = frame.region(group)
            regions.append((last - first + 1, group, (first, last)))
    budget = _MOST_FLOWS * len(frame.steps)
    chosen: dict[AccessPath, tuple[int, int]] = {}
    for size, group, region in sorted(regions):
        budget -= size
        if budget >= 0 and size > 0:
            chosen[group] = region
    return dict(sorted(chosen.items()))


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
    predicate = found.guard.predicate if found.guard else -1
    return (found.node, clarity, not exact, found.fact.node, found.fact.stale, predicate)


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
