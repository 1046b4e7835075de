"""What the flow analyses of all groups of one function share: order, regions, locks, accesses.

A graph and its resolved steps go in. Each part is computed once per function, so that a group
costs what lies between its accesses and not the whole function.
"""

from __future__ import annotations

import heapq
from functools import cached_property
from typing import TYPE_CHECKING

from racelens.libraries.rows import Suspends
from racelens.model.effect import Kind, Mode
from racelens.program.control import meeting_points
from racelens.program.related import group_of
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from racelens.model.effect import Effect, Source
    from racelens.model.graph import Graph
    from racelens.model.location import AccessPath
    from racelens.program.steps import Access, Step, Write


class Touch(NamedTuple):
    """What one node does to the places of one group."""

    reads: tuple[Access, ...] = ()
    early: tuple[Write, ...] = ()
    late: tuple[Write, ...] = ()
    waits_for: Access | None = None


class LockState(NamedTuple):
    """The acquisitions held before a node, and those released since the last suspension."""

    held: frozenset[int]
    loosed: frozenset[int]


NOWHERE = (0, -1)  # a region of no node
_NOTHING = frozenset[int]()
_NO_LOCKS = LockState(_NOTHING, _NOTHING)
# All regions together are at most so many times the function, or so many nodes if that is more.
# Real functions need 12 times, and 750 nodes.
_MOST_FLOWS = 16
_LEAST_BUDGET = 16384
_MOST_LOCKS = 32  # held at once; Python allows 20 blocks, one inside the other


class FlowFrame:
    """One function, prepared for the analysis of its groups."""

    def __init__(
        self, graph: Graph, steps: tuple[Step, ...], *, with_unwritten: bool = False
    ) -> None:
        """Prepare `graph`, whose nodes do `steps`.

        Groups that the function only reads matter to few, and are left out but for those.
        """
        self.graph = graph
        self.steps = steps
        self._with_unwritten = with_unwritten
        self.left_out = 0  # groups that `regions` has left out

    @cached_property
    def touches(self) -> dict[AccessPath, dict[int, Touch]]:
        """For each group the nodes that touch it, with what they do to it."""
        wanted = {
            group_of(write.place) for step in self.steps for write in (*step.early, *step.late)
        }
        if self._with_unwritten:
            wanted.update(group_of(read.place) for step in self.steps for read in step.reads)
        found: dict[AccessPath, dict[int, Touch]] = {}
        for node, step in enumerate(self.steps):
            if step.reads or step.early or step.late or step.waits_for is not None:
                for group, touch in _by_group(step, wanted).items():
                    found.setdefault(group, {})[node] = touch
        return found

    @cached_property
    def bound(self) -> dict[str, list[Effect]]:
        """The bindings of each local."""
        found: dict[str, list[Effect]] = {}
        for effect in self.graph.effects:
            if effect.kind is Kind.BIND:
                found.setdefault(effect.name, []).append(effect)
        return found

    @cached_property
    def shared(self) -> frozenset[Source]:
        """What others know, too: what is read from a shared place, or stored in one as it is."""
        found: set[Source] = {node for node, step in enumerate(self.steps) if step.reads}
        for effect in self.graph.effects:
            if effect.kind is Kind.WRITE and effect.path is not None and effect.path.shared_root:
                found |= effect.same
        return frozenset(found)

    @cached_property
    def meetings(self) -> Mapping[int, int]:
        """Where the branches of a test meet again."""
        return meeting_points(self.graph)

    @cached_property
    def ends(self) -> dict[int, frozenset[int]]:
        """The tests that end at a node; what a loop has waited for holds behind it, too."""
        ends: dict[int, set[int]] = {}
        for test, meeting in self.meetings.items():
            if self.graph.effects[test].mode is Mode.IF:
                ends.setdefault(meeting, set()).add(test)
        return {meeting: frozenset(tests) for meeting, tests in ends.items()}

    @cached_property
    def successors(self) -> tuple[tuple[int, ...], ...]:
        """All nodes that may follow a node."""
        graph = self.graph
        return tuple(
            (*true, *raising) if true == false else (*true, *false, *raising)
            for true, false, raising in zip(
                graph.true_edges, graph.false_edges, graph.raising, strict=True
            )
        )

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The nodes that can be reached, in reverse postorder: before what follows, but in loops.

        The ways out of a loop are visited first, so that its body comes before what is behind it.
        """
        found: list[int] = []
        seen = {0}
        stack = [(0, reversed(self.successors[0]))]
        while stack:
            node, following = stack[-1]
            for target in following:
                if target not in seen:
                    seen.add(target)
                    stack.append((target, reversed(self.successors[target])))
                    break
            else:
                stack.pop()
                found.append(node)
        return tuple(reversed(found))

    @cached_property
    def position(self) -> dict[int, int]:
        """The place of each reachable node in `order`."""
        return {node: number for number, node in enumerate(self.order)}

    @cached_property
    def predecessors(self) -> dict[int, list[int]]:
        """The reachable nodes that lead to a node."""
        found: dict[int, list[int]] = {}
        for node in self.order:
            for target in self.successors[node]:
                found.setdefault(target, []).append(node)
        return found

    @cached_property
    def _loop_regions(self) -> list[tuple[int, int]]:
        """For each loop the first and the last place in `order` of what is inside."""
        loops, position = self.graph.loops, self.position
        regions = [(len(self.order), -1)] * len(loops)
        for node, loop in enumerate(self.graph.loop_of):
            if loop != -1 and node in position:
                first, last = regions[loop]
                regions[loop] = (min(first, position[node]), max(last, position[node]))
        for loop in range(len(loops) - 1, -1, -1):  # inner loops come behind outer ones
            outer = loops[loop].parent
            if outer != -1:
                regions[outer] = (
                    min(regions[outer][0], regions[loop][0]),
                    max(regions[outer][1], regions[loop][1]),
                )
        return regions

    def region(self, group: AccessPath) -> tuple[int, int]:
        """Return the first and the last place in `order` at which `group` matters.

        A loop that touches the group belongs to it as a whole: what it knows comes round.
        """
        places = [self.position[node] for node in self.touches[group] if node in self.position]
        if not places:
            return NOWHERE
        first, last = min(places), max(places)
        for inner in {self.graph.loop_of[node] for node in self.touches[group]}:
            loop = inner
            while loop != -1:
                first = min(first, self._loop_regions[loop][0])
                last = max(last, self._loop_regions[loop][1])
                loop = self.graph.loops[loop].parent
        return (first, last)

    def regions(self, groups: Iterable[AccessPath]) -> dict[AccessPath, tuple[int, int]]:
        """Return the regions of `groups`, in order, but for the largest of very many.

        All together are at most `_MOST_FLOWS` times the function: one of thousands of nodes that
        reads hundreds of states at its top and writes them at its bottom is not analysed to the
        last of them.
        """
        budget = max(_MOST_FLOWS * len(self.steps), _LEAST_BUDGET)
        found = ((group, self.region(group)) for group in groups)
        chosen: dict[AccessPath, tuple[int, int]] = {}
        for group, (first, last) in sorted(found, key=_size):
            budget -= last - first + 1
            if last >= first and budget >= 0:
                chosen[group] = (first, last)
            elif last >= first:
                self.left_out += 1
        return dict(sorted(chosen.items()))

    @cached_property
    def own_locks(self) -> list[LockState]:
        """The locks held before each node; busy flags are none."""
        return self.locks({})

    @cached_property
    def last_use(self) -> dict[Source, int]:
        """The last place in `order` at which a value or local is used; in a loop, its end."""
        last: dict[Source, int] = {}
        for place, node in enumerate(self.order):
            effect = self.graph.effects[node]
            if effect.sources or effect.checked:
                until = place
                loop = self.graph.loop_of[node]
                while loop != -1:
                    until = max(until, self._loop_regions[loop][1])
                    loop = self.graph.loops[loop].parent
                for source in effect.sources:
                    last[source] = max(until, last.get(source, -1))
        return last

    def inside(self, node: int, loop: int) -> bool:
        """Say whether `node` is part of `loop`, inner loops included."""
        inner = self.graph.loop_of[node]
        while inner not in {-1, loop}:
            inner = self.graph.loops[inner].parent
        return inner == loop

    def reaches(self, start: int, goal: int, without: frozenset[int] = frozenset()) -> bool:
        """Say whether `goal` may follow `start`, on a way that avoids `without`."""
        seen = {start}
        stack = [start]
        while stack:
            for target in self.successors[stack.pop()]:
                if target == goal:
                    return True
                if target not in seen and target not in without:
                    seen.add(target)
                    stack.append(target)
        return False

    def locks(self, claims: Mapping[int, frozenset[int]]) -> list[LockState]:
        """Return the locks held before each node.

        `claims` maps nodes at which a busy flag is set to the nodes that reset it: the region
        between is exclusive, as if a lock were held.
        """
        steps = self.steps
        resets: dict[int, set[int]] = {}
        for claim, nodes in claims.items():
            for node in nodes:
                resets.setdefault(node, set()).add(claim)
        if not claims and all(step.acquires is None for step in steps):
            return [_NO_LOCKS] * len(steps)
        order, position = self.order, self.position
        known: dict[int, LockState] = {0: _NO_LOCKS}
        queue, queued = [0], {0}
        while queue:
            place = heapq.heappop(queue)
            queued.discard(place)
            node = order[place]
            after = _passed(node, steps[node], known[node], claims, resets)
            for target in self.successors[node]:
                before = known.get(target)
                joined = after if before is None else _joined(before, after)
                if joined != before:
                    known[target] = joined
                    if position[target] not in queued:
                        queued.add(position[target])
                        heapq.heappush(queue, position[target])
        return [known.get(node, _NO_LOCKS) for node in range(len(steps))]


def _size(found: tuple[AccessPath, tuple[int, int]]) -> tuple[int, AccessPath]:
    group, (first, last) = found
    return (last - first, group)


def _passed(
    node: int,
    step: Step,
    state: LockState,
    claims: Mapping[int, frozenset[int]],
    resets: Mapping[int, set[int]],
) -> LockState:
    held, loosed = state
    if step.releases or step.interrupts or node in resets:
        ended = {*step.releases, *step.interrupts, *resets.get(node, ())}
        loosed = loosed if ended <= loosed else loosed | ended
    if step.suspends is not Suspends.NEVER:
        held, loosed = held - loosed.difference(step.interrupts), _NOTHING
    if step.acquires is not None or node in claims:
        if len(held) >= _MOST_LOCKS:
            held -= loosed  # the next suspension would end them anyway
        if len(held) < _MOST_LOCKS:
            held |= {node}
    return LockState(held, loosed)


def _joined(left: LockState, right: LockState) -> LockState:
    if left is right or left == right:
        return left
    return LockState(left.held & right.held, left.loosed | right.loosed)


def _by_group(step: Step, wanted: set[AccessPath]) -> dict[AccessPath, Touch]:
    """Return what a step does to each of the groups in `wanted` that it touches."""
    waits = step.waits_for
    touched: list[Access | Write] = [*step.reads, *step.early, *step.late]
    if waits is None and len(touched) == 1:
        group = group_of(touched[0].place)
        return {group: Touch(step.reads, step.early, step.late)} if group in wanted else {}
    parts: dict[AccessPath, tuple[list[Access], list[Write], list[Write]]] = {}
    for access in step.reads:
        if (group := group_of(access.place)) in wanted:
            parts.setdefault(group, ([], [], []))[0].append(access)
    for write in step.early:
        parts.setdefault(group_of(write.place), ([], [], []))[1].append(write)
    for write in step.late:
        parts.setdefault(group_of(write.place), ([], [], []))[2].append(write)
    waited = group_of(waits.place) if waits is not None else None
    if waited is not None and waited in wanted:
        parts.setdefault(waited, ([], [], []))
    return {
        group: Touch(
            tuple(own[0]), tuple(own[1]), tuple(own[2]), waits if group == waited else None
        )
        for group, own in parts.items()
    }
