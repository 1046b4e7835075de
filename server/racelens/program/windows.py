"""Windows: stale reads of one function that reach a write, with all that a rule needs to know.

A function's graph and steps go in, windows come out: one per state and write, the clearest first.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from racelens.libraries.rows import Suspends
from racelens.model.effect import Kind, Mode, Predicate
from racelens.model.location import Root
from racelens.program.flags import stuck_flags, torn_claims
from racelens.program.flow_frame import FlowFrame
from racelens.program.iteration import iterations
from racelens.program.locks import held_places
from racelens.program.own_writes import own_writes, refills
from racelens.program.receivers import reaches_through
from racelens.program.rechecks import exclusive_regions
from racelens.program.related import Outcome, gives_back, group_of
from racelens.program.stale_reads import GroupFlow, StaleWrite
from racelens.program.window import Cause, Window
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from racelens.model.graph import Graph
    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId
    from racelens.model.summary import FunctionSummary
    from racelens.program.flow_frame import LockState
    from racelens.program.steps import Step

# Nobody else holds the object yet, or any more.
UNSHARED = frozenset({"__init__", "__new__", "__post_init__", "__del__", "__init_subclass__"})


_AWAITS = frozenset({Kind.CALL, Kind.AWAIT})
_WAITING = frozenset({Mode.AWAITED, Mode.FUTURE})
_PASSES_ON = frozenset({"shield", "wait_for"})  # the result of the task that they are given


class Found(NamedTuple):
    """The windows of one function, and how many states it has too many to look at them all."""

    windows: tuple[Window, ...]
    left_out: int


def find_windows(identity: FunctionId, function: FunctionSummary, steps: tuple[Step, ...]) -> Found:
    """Return the windows of one function, by the place of their write."""
    if not _may_have_windows(steps):
        return Found((), 0)
    frame = FlowFrame(function.graph, steps)
    locks = frame.own_locks
    if not any(step.early or step.late for step in steps):
        return Found(tuple(iterations(identity, frame, locks)), 0)
    groups = frame.regions(_groups(frame))
    flows = {group: GroupFlow(frame, group, locks) for group in groups}
    for group, flow in flows.items():
        flow.run(groups[group])
    claims = {group: frozenset(flow.claims) for group, flow in flows.items()}
    regions = exclusive_regions(frame, claims)
    claimed_locks = frame.locks(regions) if regions else locks
    found: list[Window] = []
    taken = Counter(node for nodes in claims.values() for node in nodes)
    every, shared = frozenset(taken), frozenset(node for node in taken if taken[node] > 1)
    for group, flow in flows.items():
        own = claims[group] - shared
        foreign = frozenset(regions) - own
        if flow.stale_writes and foreign:
            again = GroupFlow(frame, group, claimed_locks, foreign, own)
            again.run(groups[group])
            flow.stale_writes = again.stale_writes
        stale = [write for write in flow.stale_writes if _counts(frame, write, every)]
        known = _windows(identity, steps, stale)
        if not known:
            covered = [write for write in flow.covered if _counts(frame, write, every)]
            known = [_covered(window) for window in _windows(identity, steps, covered)]
        known = [_with_gap(frame, locks, window) for window in known]
        found += [w for w in known if w.gap is None or not gives_back(w.write)]
    found += iterations(identity, frame, locks)
    found += own_writes(identity, frame, locks)
    found += refills(identity, frame, locks)
    found += torn_claims(identity, frame, locks, claims)
    found += stuck_flags(identity, frame, claims)
    return Found(tuple(sorted(_one_each(found), key=_place)), frame.left_out)


def find_references(
    identity: FunctionId, function: FunctionSummary, steps: tuple[Step, ...]
) -> tuple[Window, ...]:
    """Return where a function uses what it has checked before a suspension, by place of the use."""
    if not _may_have_windows(steps):
        return ()
    frame = FlowFrame(function.graph, steps, with_unwritten=True)
    locks = frame.own_locks
    found: list[Window] = []
    for group, region in frame.regions(_looked_at_again(frame)).items():
        flow = GroupFlow(frame, group, locks)
        flow.run(region)
        if flow.uses and not flow.stale_writes:
            first = min(flow.uses, key=_rank)
            found.append(_window(identity, first, ())._replace(cause=Cause.REFERENCE))
    return tuple(sorted(found, key=_place))


def _looked_at_again(frame: FlowFrame) -> Iterator[AccessPath]:
    """Yield the groups of attributes and module variables that are read more than once."""
    for group, touches in frame.touches.items():
        reads = sum(bool(touch.reads) for touch in touches.values())
        if reads > 1 and group.root in {Root.SELF, Root.NAME}:
            yield group


def _place(window: Window) -> tuple[int, str]:
    return (window.write_node, str(window.read.place))


def _one_each(windows: list[Window]) -> list[Window]:
    """Keep the first window of each write: one window, one finding."""
    first: dict[tuple[int, AccessPath], Window] = {}
    for window in windows:
        first.setdefault((window.write_node, group_of(window.write.place)), window)
    return list(first.values())


def _covered(window: Window) -> Window:
    """Return a window that locks cover, with those locks."""
    locks = window.covering
    shared = window.read.place.root is Root.NAME
    if shared and all(lock.root is Root.SELF for lock in locks):
        return window._replace(instance_lock=locks[0], covering=())
    return window


def _with_gap(frame: FlowFrame, locks: Sequence[LockState], window: Window) -> Window:
    """Add the lock that is held at the read and at the write of a window, and not between."""
    if window.covering or window.instance_lock is not None:
        return window
    before, after = locks[window.read_node].held, locks[window.write_node].held
    lent = held_places(frame.steps, before & after)  # a condition's wait gives its lock away
    common = sorted((held_places(frame.steps, before) & held_places(frame.steps, after)) - lent)
    return window._replace(gap=common[0]) if common else window


def _counts(frame: FlowFrame, found: StaleWrite, claims: frozenset[int]) -> bool:
    """Say whether a stale write is a window that a rival could get into.

    At `claims` the function takes something, whatever it is.
    """
    if found.spawned:
        touches = frame.touches[group_of(found.write.place)].values()
        if any(touch.early for touch in touches) or _keeps_task(frame.graph, found.node, claims):
            return False
    if _is_one_result(frame, found):
        return False
    return not _is_release(frame.graph, found) and not _is_beyond(frame, found)


def _is_one_result(frame: FlowFrame, found: StaleWrite) -> bool:
    """Say whether all who fill a state store the result of one task that they have waited for.

    `self.pool = await self.pool_task`, or its `shield`: it has been made once.
    """
    if found.result is not Outcome.FILLS or found.write.mode is not Mode.REBIND:
        return False
    effects = frame.graph.effects
    write = effects[found.node]
    behind = [e for name in write.same if isinstance(name, str) for e in frame.bound.get(name, ())]
    nodes = {n for e in (write, *behind) for n in e.sources if isinstance(n, int)}
    made = [effects[node] for node in sorted(nodes)]
    awaited = [effect for effect in made if effect.kind in _AWAITS and effect.mode in _WAITING]
    for effect in awaited:
        is_call = effect.kind is Kind.CALL
        if is_call and (effect.name not in _PASSES_ON or not effect.arguments):
            return False
        task = effect.arguments[0] if is_call else effect.path
        if task is None or task == found.write.place or not _is_known_to_others(frame, task):
            return False
    return bool(awaited)


def _is_known_to_others(frame: FlowFrame, task: AccessPath) -> bool:
    """Say whether others wait for the same task: it stands in a shared place.

    So does that of a local which was read from one, or is stored in one.
    """
    if task.shared_root:
        return True
    bound = frame.bound.get(task.name, ())
    if task.root is not Root.LOCAL or task.steps or not bound:
        return False
    return all(not frame.shared.isdisjoint(effect.same) for effect in bound)


def _may_have_windows(steps: tuple[Step, ...]) -> bool:
    return any(step.suspends is not Suspends.NEVER or (step.spawns and step.late) for step in steps)


def _groups(frame: FlowFrame) -> Iterator[AccessPath]:
    """Yield the groups that are both read and written."""
    for group, touches in frame.touches.items():
        reads = any(touch.reads or touch.waits_for is not None for touch in touches.values())
        if reads and any(touch.early or touch.late for touch in touches.values()):
            yield group


def _is_beyond(frame: FlowFrame, found: StaleWrite) -> bool:
    """Say whether a window is out of reach: whose object it is, or in what order, is not known.

    Of a parameter nothing is known but that a queue is made to be shared. Where both the read and
    the write are in awaited callees, what is written does not derive from what was read
    elsewhere, an answer that is not tested itself decides nothing, and the order of calls counts.
    """
    read = found.fact.access
    if read.place.root is Root.PARAMETER:
        return read.mode is not Mode.SIZE or bool(read.place.steps)
    if frame.steps[found.fact.node].callee is None or found.write.inner is None:
        return False
    effects = frame.graph.effects
    if Mode.AWAITED not in {effects[found.fact.node].mode, effects[found.node].mode}:
        return False  # what helpers return and store at once is as good as read and written here
    if found.guard is None or found.guard.predicate is Predicate.OTHER:
        return True
    return found.fact.stale == found.fact.node and found.node <= found.fact.node


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


def _windows(
    identity: FunctionId, steps: tuple[Step, ...], stale: list[StaleWrite]
) -> list[Window]:
    """Return one window for each state: the first write, and for it the clearest read."""
    best: dict[AccessPath, StaleWrite] = {}
    for found in stale:
        group = group_of(found.write.place)
        if group not in best or _rank(found) < _rank(best[group]):
            best[group] = found
    carried = {found.node for found in stale if found.guard is None}
    windows: list[Window] = []
    for found in best.values():
        locks = sorted(held_places(steps, found.fact.locks))
        window = _window(identity, found, tuple(locks))
        windows.append(window._replace(carried=found.node in carried))
    return windows


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
    fact = found.fact
    return (found.node, clarity, not exact, fact.node, fact.stale, predicate, found.result)


def _window(identity: FunctionId, found: StaleWrite, locks: tuple[AccessPath, ...]) -> Window:
    suspend = found.node if found.spawned else found.fact.stale
    restores = found.guard is None and found.exact
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
        found.guard is None,
        Cause.OVERWROTE if restores else Cause.WAITED if found.waited else Cause.STALE,
        covering=locks,
    )
