"""The flow analysis of one group of places in one function: stale reads that reach a write.

A graph, its resolved steps and a group go in; `StaleWrite`s and claims come out.

The state at a node holds what each local may derive from (facts), which guards may be in force,
which fresh guards must be, and which acquisitions must be held. A fact is one read with the first
suspension since (or none), and the acquisitions that have been held ever since the read.
"""

from __future__ import annotations

import heapq
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from racelens.libraries.table import Suspends
from racelens.model.effect import Kind, Mode, Predicate, Source
from racelens.model.location import Root, keys_may_match
from racelens.program.flow_state import (
    FRESH,
    Fact,
    FlowState,
    Guard,
    entered,
    is_protected,
    join,
    suspend,
    without,
)
from racelens.program.related import Outcome, carries, group_of, outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from racelens.model.graph import Graph
    from racelens.model.location import AccessPath
    from racelens.program.steps import Access, Step, Write

_MAX_ROUNDS = 40  # visits of one node; real functions need three


class StaleWrite(NamedTuple):
    """A write that depends on a stale read.

    `guard` is None where the value written derives from the read (a read-modify-write).
    `spawned` is set where the suspension is the start of a task that does the write.
    """

    fact: Fact
    guard: Guard | None
    result: Outcome
    node: int
    write: Write
    spawned: bool = False


class GroupFlow:
    """The analysis of one group of places."""

    def __init__(
        self,
        graph: Graph,
        steps: tuple[Step, ...],
        group: AccessPath,
        meetings: Mapping[int, int],
        foreign_claims: Mapping[int, frozenset[int]],
    ) -> None:
        """Prepare the analysis of `group`.

        `meetings` says where branches meet again. `foreign_claims` maps nodes at which a busy
        flag of another group is set to the nodes that reset it: the region between is exclusive.
        """
        self._graph = graph
        self._steps = steps
        self._group = group
        self._meetings = meetings
        self._claims = foreign_claims
        self._resets: dict[int, set[int]] = {}
        for claim, resets in foreign_claims.items():
            for reset in resets:
                self._resets.setdefault(reset, set()).add(claim)
        self._touched = frozenset(
            index
            for index, step in enumerate(steps)
            if any(group_of(place) == group for place in _places(step))
        )
        self._ends = _tests_by_meeting(graph, meetings)
        self._last_use = _last_uses(graph)
        self.stale_writes: list[StaleWrite] = []
        self.claims: list[int] = []

    def run(self) -> None:
        """Solve the flow to a fixed point, then collect stale writes and claims."""
        states = self._solve()
        for index in sorted(states):
            if index in self._touched:
                self._transfer(index, states[index], collect=True)

    def _solve(self) -> dict[int, FlowState]:
        start = FlowState({}, frozenset(), frozenset(), frozenset(), frozenset())
        states = {0: start}
        visits: dict[int, int] = {}
        queue = [0]
        queued = {0}
        while queue:
            index = heapq.heappop(queue)
            queued.discard(index)
            visits[index] = visits.get(index, 0) + 1
            if visits[index] > _MAX_ROUNDS:
                continue
            for target, state in self._successors(index, states[index]):
                known = states.get(target)
                joined = state if known is None else join(known, state)
                if joined != known:
                    states[target] = joined
                    if target not in queued:
                        queued.add(target)
                        heapq.heappush(queue, target)
        return states

    def _successors(self, index: int, before: FlowState) -> list[tuple[int, FlowState]]:
        after = self._transfer(index, before, collect=False)
        graph = self._graph
        effect = graph.effects[index]
        result: list[tuple[int, FlowState]] = []
        if effect.kind is Kind.TEST:
            true, false = self._branches(index, after)
            result += [(target, true) for target in graph.true_edges[index]]
            result += [(target, false) for target in graph.false_edges[index]]
        else:
            result += [(target, after) for target in graph.true_edges[index]]
        result += [(target, after) for target in graph.raising[index]]
        return result

    def _transfer(self, index: int, state: FlowState, *, collect: bool) -> FlowState:
        effect, step = self._graph.effects[index], self._steps[index]
        if index not in self._touched and not (state.env or state.may):
            return self._idle(index, step, state)
        state = self._drop_met(index, state)
        env = state.env
        derived = self._derived(env, effect.sources, effect.same)
        own = [access for access in step.reads if group_of(access.place) == self._group]
        if own:
            derived |= {self._fact(index, access, state) for access in own}
        if effect.kind is Kind.BIND:
            env = {**env, effect.name: derived} if derived else without(env, effect.name)
        elif derived and effect.kind in {Kind.READ, Kind.CALL, Kind.AWAIT, Kind.ENTER}:
            env = {**env, index: derived}
        state = replace(state, env=env) if env is not state.env else state
        for write in step.early:
            state = self._write(index, write, derived, state, collect=collect)
        loosed = frozenset((*step.releases, *step.interrupts, *self._resets.get(index, ())))
        if loosed:
            state = replace(state, loosed=state.loosed | loosed)
        if step.spawns and collect:
            self._spawned(index, step, state)
        if step.suspends is not Suspends.NEVER:
            state = suspend(index, state, frozenset(step.interrupts))
        if step.waits_for is not None and group_of(step.waits_for.place) == self._group:
            fact = self._fact(index, step.waits_for, state)
            guard = Guard(index, Predicate.TRUE, fact)
            state = replace(state, may=state.may | {guard}, must=state.must | {index})
        for write in () if step.spawns else step.late:
            state = self._write(index, write, derived, state, collect=collect)
        if step.acquires is not None:
            state = replace(state, held=state.held | {index})
        if index in self._claims:
            state = entered(state, index)
        # A test still needs what it looks at; the node behind it forgets that.
        return state if effect.kind is Kind.TEST else self._forget(index, state)

    def _idle(self, index: int, step: Step, state: FlowState) -> FlowState:
        """Pass a node that does not touch the group while nothing of it has been read."""
        held = state.held - state.loosed if step.suspends is not Suspends.NEVER else state.held
        exclusive = index in self._claims or index in self._resets
        if not exclusive and _only_looks(step):
            return state
        held = held.difference(step.releases, self._resets.get(index, ()))
        if step.acquires is not None or index in self._claims:
            held |= {index}
        return replace(state, held=held, loosed=frozenset())

    def _fact(self, index: int, access: Access, state: FlowState) -> Fact:
        """Return a fresh read, with those of the held acquisitions that protect its place."""
        locks = {lock for lock in state.held if _protects(self._steps[lock].acquires, access)}
        return Fact(index, access, FRESH, frozenset(locks))

    def _derived(
        self,
        env: Mapping[Source, frozenset[Fact]],
        sources: frozenset[Source],
        same: frozenset[Source] = frozenset(),
    ) -> frozenset[Fact]:
        """Return what a value of `sources` derives from; of `same` it is the very value."""
        if not env:
            return frozenset()
        return frozenset(
            fact if source in same else fact._replace(exact=False)
            for source in sources
            for fact in env.get(source, ())
        )

    def _forget(self, index: int, state: FlowState) -> FlowState:
        """Drop values of expressions that no later node uses."""
        dead = [
            source
            for source in state.env
            if isinstance(source, int) and self._last_use.get(source, -1) <= index
        ]
        if not dead:
            return state
        return replace(state, env={k: v for k, v in state.env.items() if k not in dead})

    def _drop_met(self, index: int, state: FlowState) -> FlowState:
        """End the guards whose branches meet at this node; stale ones go on as `passed`."""
        tests = self._ends.get(index)
        if not tests or not state.may:
            return state
        may = set[Guard]()
        for guard in state.may:
            if guard.test not in tests or guard.passed:
                may.add(guard)
            elif guard.fact.stale != FRESH:
                may.add(guard._replace(passed=True))
        return replace(state, may=frozenset(may), must=state.must - tests)

    def _branches(self, index: int, state: FlowState) -> tuple[FlowState, FlowState]:
        effect = self._graph.effects[index]
        may = frozenset(guard for guard in state.may if guard.test != index)
        true, false = set(may), set(may)
        fresh = False
        if effect.mode is Mode.FOR:
            for fact in self._derived(state.env, effect.sources):
                if fact.access.mode is Mode.ITERATE:
                    false.add(Guard(index, Predicate.VISITED, fact))
        for checked in effect.checked:
            for fact in state.env.get(checked.source, ()):
                when_true = checked.when_true if fact.exact else Predicate.OTHER
                when_false = checked.when_false if fact.exact else Predicate.OTHER
                true.add(Guard(index, when_true, fact, sure=checked.sure_true))
                false.add(Guard(index, when_false, fact, sure=checked.sure_false))
                fresh |= is_protected(fact)
        must = state.must | {index} if fresh else state.must - {index}
        return (
            replace(state, may=frozenset(true), must=must),
            replace(state, may=frozenset(false), must=must),
        )

    def _write(
        self, index: int, write: Write, value: frozenset[Fact], state: FlowState, *, collect: bool
    ) -> FlowState:
        if group_of(write.place) != self._group:
            return state
        deciding = {
            Guard(index, checked.when_true if fact.exact else Predicate.OTHER, fact)
            for checked in self._graph.effects[index].checked
            for fact in state.env.get(checked.source, ())
        }
        if any(is_protected(guard.fact) for guard in deciding):
            state = replace(state, must=state.must | {index})
        related = {
            guard: result
            for guard in state.may | deciding
            if (result := outcome(guard.fact.access, guard.predicate, write))
            is not Outcome.UNRELATED
        }
        if collect:
            self._collect(index, write, value, state, related)
        claimed = {
            guard._replace(claimed=True)
            if related.get(guard, Outcome.CONFIRMS) is not Outcome.CONFIRMS
            else guard
            for guard in state.may
        }
        return replace(state, may=frozenset(claimed))

    def _collect(
        self,
        index: int,
        write: Write,
        value: frozenset[Fact],
        state: FlowState,
        related: Mapping[Guard, Outcome],
    ) -> None:
        carried = [fact for fact in value if carries(fact.access, write)]
        stale = [fact for fact in carried if fact.stale != FRESH]
        read_again = {fact.node for fact in carried} - {fact.node for fact in stale}
        if not read_again:
            self.stale_writes += (
                StaleWrite(fact, None, Outcome.CHANGES, index, write)
                for fact in stale
                if not fact.locks
            )
        rechecked = any(
            guard.test in state.must and (guard.claimed or is_protected(guard.fact))
            for guard in related
        )
        for guard, result in related.items():
            if guard.claimed:
                continue
            if guard.fact.stale == FRESH:
                exclusive = write.mode is not Mode.AUGMENT and result is not Outcome.CONFIRMS
                decided = guard.sure and guard.predicate is not Predicate.OTHER
                if guard.test in state.must and exclusive and decided:
                    self.claims.append(index)
                continue
            spoiled = not rechecked and not guard.fact.locks and result is not Outcome.CONFIRMS
            if spoiled and (not guard.passed or self._completes(guard, result, write)):
                self.stale_writes.append(StaleWrite(guard.fact, guard, result, index, write))

    def _completes(self, guard: Guard, result: Outcome, write: Write) -> bool:
        """Say whether a write behind the guarded branch records what the branch has done.

        `if not self.n: await connect()` and then `self.n += 1`; or `if self.c: await
        self.c.close()` and then `self.c = None`.
        """
        if guard.predicate is Predicate.VISITED:
            return True
        if result is Outcome.CONSUMES:
            place = guard.fact.access.place
            return reaches_through(self._graph, guard.fact.stale, place)
        exact = guard.fact.access.place == write.place
        return exact and (result is Outcome.FILLS or write.mode is Mode.AUGMENT)

    def _spawned(self, index: int, step: Step, state: FlowState) -> None:
        """Report a check whose answer only the task that is started here will change."""
        for write in step.late:
            if group_of(write.place) != self._group:
                continue
            for guard in state.may:
                result = outcome(guard.fact.access, guard.predicate, write)
                if result is Outcome.FILLS and not guard.passed and not guard.fact.locks:
                    found = StaleWrite(guard.fact, guard, result, index, write, spawned=True)
                    self.stale_writes.append(found)


def _only_looks(step: Step) -> bool:
    """Say whether a node neither suspends nor takes or gives back a lock."""
    locks = step.releases or step.interrupts or step.acquires is not None
    return step.suspends is Suspends.NEVER and not locks


def _places(step: Step) -> list[AccessPath]:
    """Return the places that a node reads, writes or waits for."""
    places = [access.place for access in step.reads]
    places += [write.place for write in (*step.early, *step.late)]
    return [*places, step.waits_for.place] if step.waits_for is not None else places


def _protects(lock: AccessPath | None, access: Access) -> bool:
    """Say whether `lock` (None: a busy flag) keeps others from the place.

    A lock per key keeps them from the entry of that key only.
    """
    if lock is None or not lock.is_entry:
        return True
    keys = [step for step in access.place.steps if step[0] == "["]
    return any(keys_may_match(lock.steps[-1], key) for key in keys)


def reaches_through(graph: Graph, node: int, place: AccessPath) -> bool:
    """Say whether what `node` awaits was reached through `place` itself."""
    for source in graph.effects[node].sources:
        path = graph.effects[source].path if isinstance(source, int) else None
        if path is None or path.root is Root.LOCAL:
            continue
        if path.steps[: len(place.steps)] == place.steps:
            return True
    return False


def _tests_by_meeting(graph: Graph, meetings: Mapping[int, int]) -> dict[int, frozenset[int]]:
    """Return the tests that end at a node; what a loop has waited for holds behind it, too."""
    ends: dict[int, set[int]] = {}
    for test, meeting in meetings.items():
        if graph.effects[test].mode is Mode.IF:
            ends.setdefault(meeting, set()).add(test)
    return {meeting: frozenset(tests) for meeting, tests in ends.items()}


def _last_uses(graph: Graph) -> dict[int, int]:
    last: dict[int, int] = {}
    for index, effect in enumerate(graph.effects):
        for source in effect.sources:
            if isinstance(source, int):
                # The head of a loop uses what it goes through once more on each round.
                until = len(graph.effects) if effect.mode is Mode.FOR else index
                last[source] = max(until, last.get(source, -1))
    return last
