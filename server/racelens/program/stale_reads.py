"""The flow analysis of one group of places in one function: stale reads that reach a write.

A graph, its resolved steps and a group go in; `StaleWrite`s and claims come out.

The state at a node holds what each local may derive from (facts), which guards may be in force,
which fresh guards must be, and which acquisitions must be held. A fact is one read with the first
suspension since (or none), and the acquisitions that have been held ever since the read.
"""

from __future__ import annotations

import heapq
from itertools import repeat
from typing import TYPE_CHECKING

from racelens.libraries.rows import Suspends
from racelens.model.effect import Effect, Kind, Mode, Predicate, Source, Value
from racelens.program.flow_frame import Touch
from racelens.program.flow_state import (
    EMPTY,
    FRESH,
    Fact,
    FlowState,
    Guard,
    entered,
    is_protected,
    join,
    known_of,
    remembered,
    suspend,
    without,
)
from racelens.program.guards import concerned, still_holding, undivided
from racelens.program.locks import protects
from racelens.program.receivers import is_receiver, reaches_through
from racelens.program.related import ABSENT, PRESENT, REMOVES, Outcome, carries, gives_back, outcome
from racelens.program.steps import Access, Write
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from racelens.model.location import AccessPath
    from racelens.program.flow_frame import FlowFrame, LockState
    from racelens.program.steps import Step

_NO_TOUCH = Touch()
_BIND, _TEST = Kind.BIND, Kind.TEST  # a member of an enumeration takes long to look up
_AT_ONCE = Suspends.NEVER
_HAS_VALUE = frozenset({Kind.READ, Kind.CALL, Kind.AWAIT, Kind.ENTER})
_NEVER = repeat(-1)  # the place of a use that there is not
_MAX_ROUNDS = 40  # visits of one node; real functions need three


class StaleWrite(NamedTuple):
    """A write that depends on a stale read.

    `guard` is None where the value written derives from the read (a read-modify-write).
    `spawned` is set where the suspension is the start of a task that does the write, `waited`
    where it is a wait for what is then taken away, `exact` where the very value is written back.
    """

    fact: Fact
    guard: Guard | None
    result: Outcome
    node: int
    write: Write
    spawned: bool = False
    waited: bool = False
    exact: bool = False


class GroupFlow:
    """The analysis of one group of places."""

    def __init__(
        self,
        frame: FlowFrame,
        group: AccessPath,
        locks: Sequence[LockState],
        foreign_claims: frozenset[int] = frozenset(),
        own_claims: frozenset[int] = frozenset(),
    ) -> None:
        """Prepare the analysis of `group` in the function of `frame`, with `locks` held.

        At `foreign_claims` a busy flag of another group is set; `own_claims` are those of the
        group itself, which do not count as locks here although `locks` has them.
        """
        self._graph = frame.graph
        self._steps = frame.steps
        self._frame = frame
        self._touches = frame.touches[group]
        self._locks = locks
        self._claims = foreign_claims
        self._own_claims = own_claims
        self.stale_writes: list[StaleWrite] = []
        self.covered: list[StaleWrite] = []  # but for a lock that is held all the time
        self.uses: list[StaleWrite] = []  # of what was found to be there, by others' leave
        self.claims: list[int] = []
        self.rechecked: set[int] = set()

    def run(self, region: tuple[int, int]) -> None:
        """Solve the flow of a region to a fixed point, then collect stale writes and claims."""
        states = self._solve(*region)
        for index in sorted(self._touches):
            if index in states:
                self._transfer(index, states[index], collect=True)

    def _solve(self, first: int, last: int) -> dict[int, FlowState]:
        """Return what is known before each node of the region.

        Nothing is known where control comes in from outside.
        """
        frame = self._frame
        order, position = frame.order, frame.position
        states: dict[int, FlowState] = {}
        queue: list[int] = []
        for place in range(first, last + 1):
            node = order[place]
            if place == first or any(
                not first <= position[before] <= last for before in frame.predecessors[node]
            ):
                states[node] = EMPTY
                queue.append(place)
        queued = set(queue)
        visits: dict[int, int] = {}
        while queue:
            place = heapq.heappop(queue)
            queued.discard(place)
            index = order[place]
            visits[index] = visits.get(index, 0) + 1
            if visits[index] > _MAX_ROUNDS:
                continue
            for target, state in self._successors(index, states[index]):
                there = position[target]
                if not first <= there <= last:
                    continue
                known = states.get(target)
                joined = state if known is None else join(known, state)
                if known is None or (joined is not known and joined != known):
                    states[target] = joined
                    if there not in queued:
                        queued.add(there)
                        heapq.heappush(queue, there)
        return states

    def _successors(self, index: int, before: FlowState) -> list[tuple[int, FlowState]]:
        after = self._transfer(index, before, collect=False)
        graph = self._graph
        if graph.effects[index].kind is not _TEST:
            return [(target, after) for target in self._frame.successors[index]]
        true, false = self._branches(index, after)
        result = [(target, true) for target in graph.true_edges[index]]
        result += [(target, false) for target in graph.false_edges[index]]
        result += [(target, after) for target in graph.raising[index]]
        return result

    def _transfer(self, index: int, state: FlowState, *, collect: bool) -> FlowState:
        touch = self._touches.get(index)
        effect, step = self._graph.effects[index], self._steps[index]
        if touch is None and self._passes(index, effect, step, state):
            return state
        state = self._drop_met(index, state)
        touch = touch or _NO_TOUCH
        derived = self._derived(state.env, effect.sources, effect.same)
        if touch.reads:
            derived |= {self._fact(index, access) for access in touch.reads}
        if derived or effect.kind is _BIND:
            state = self._bound(index, effect, derived, state)
        if collect and touch.reads and state.may and effect.kind is Kind.READ:
            self._collect_uses(index, touch.reads[0], state)
        for write in touch.early:
            state = self._write(index, write, derived, state, collect=collect)
        if step.spawns and collect:
            self._spawned(index, touch, state)
        if step.suspends is not _AT_ONCE:
            loosed = self._locks[index].loosed.union(step.releases, step.interrupts)
            state = suspend(index, state, loosed)
        if touch.waits_for is not None:
            fact = self._fact(index, touch.waits_for)
            guard = Guard(index, Predicate.TRUE, fact)
            state = state._replace(may=state.may | {guard}, must=state.must | {index})
        for write in () if step.spawns else touch.late:
            state = self._write(index, write, derived, state, collect=collect)
        if index in self._claims:
            state = entered(state, index)
        # A test still needs what it looks at; the node behind it forgets that.
        return state if effect.kind is _TEST else self._forget(index, state)

    def _passes(self, index: int, effect: Effect, step: Step, state: FlowState) -> bool:
        """Say whether a node that does not touch the group leaves what is known as it is."""
        env = state.env
        if not env and not state.may:
            return True
        if step.suspends is not _AT_ONCE or index in self._claims:
            return False
        if effect.name in env or not effect.sources.isdisjoint(env):
            return False
        return index not in self._frame.ends or not state.may

    def _bound(
        self, index: int, effect: Effect, derived: frozenset[Fact], state: FlowState
    ) -> FlowState:
        """Let a local, or the node's own value, derive from `derived`."""
        env = state.env
        if effect.kind is _BIND:
            env = known_of(env, effect.name, derived) if derived else without(env, effect.name)
        elif effect.kind in _HAS_VALUE:
            env = known_of(env, index, derived)
        return state if env is state.env else FlowState(env, state.may, state.must)

    def _fact(self, index: int, access: Access) -> Fact:
        """Return a fresh read, with those of the held acquisitions that protect its place."""
        held = self._locks[index].held - self._own_claims
        if held:
            held = frozenset(lock for lock in held if protects(self._steps[lock].acquires, access))
        return Fact(index, access, FRESH, held)

    def _derived(
        self,
        env: Mapping[Source, frozenset[Fact]],
        sources: frozenset[Source],
        same: frozenset[Source] = frozenset(),
    ) -> frozenset[Fact]:
        """Return what a value of `sources` derives from; of `same` it is the very value."""
        if not env or sources.isdisjoint(env):
            return frozenset()
        return frozenset(
            fact if source in same else fact.inexact()
            for source in sources
            for fact in env.get(source, ())
        )

    def _forget(self, index: int, state: FlowState) -> FlowState:
        """Drop the values and locals that no later node uses."""
        last_use, place = self._frame.last_use, self._frame.position[index]
        if not state.env or min(map(last_use.get, state.env, _NEVER)) > place:
            return state
        env = dict(state.env)
        for source in self._graph.effects[index].sources:
            if source in env and last_use[source] <= place:
                del env[source]
        if env and min(map(last_use.get, env, _NEVER)) <= place:
            env = {known: facts for known, facts in env.items() if last_use.get(known, -1) > place}
        return FlowState(env, state.may, state.must)

    def _drop_met(self, index: int, state: FlowState) -> FlowState:
        """End the guards whose branches meet at this node; stale ones go on as `passed`."""
        tests = self._frame.ends.get(index)
        if not tests or not state.may:
            return state
        may = set[Guard]()
        for guard in state.may:
            if guard.test not in tests or guard.passed:
                may.add(guard)
            elif guard.fact.stale != FRESH:
                may.add(guard._replace(passed=True))
        return FlowState(state.env, frozenset(may), state.must - tests)

    def _branches(self, index: int, state: FlowState) -> tuple[FlowState, FlowState]:
        effect = self._graph.effects[index]
        if not state.env and not state.may:
            return state, state
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
            FlowState(state.env, remembered(frozenset(true)), must),
            FlowState(state.env, remembered(frozenset(false)), must),
        )

    def _write(
        self, index: int, write: Write, value: frozenset[Fact], state: FlowState, *, collect: bool
    ) -> FlowState:
        deciding = {
            Guard(index, checked.when_true if fact.exact else Predicate.OTHER, fact)
            for checked in self._graph.effects[index].checked
            for fact in state.env.get(checked.source, ())
        }
        if any(is_protected(guard.fact) for guard in deciding):
            state = state._replace(must=state.must | {index})
        related = concerned(state.may | deciding if deciding else state.may, write)
        if collect:
            self._collect(index, write, value, state, related)
        claimed = {
            guard
            for guard, result in related.items()
            if not guard.claimed and result is not Outcome.CONFIRMS and guard in state.may
        }
        if not claimed:
            return state
        may = state.may.difference(claimed).union(guard.as_claimed() for guard in claimed)
        return FlowState(state.env, may, state.must)

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
            restored = write.mode is Mode.REBIND and all(fact.exact for fact in stale)
            for fact in stale:
                self._add(StaleWrite(fact, None, Outcome.CHANGES, index, write, exact=restored))
        deciding = undivided(related)
        rechecked = any(guard.test in state.must for guard in still_holding(related))
        if rechecked:
            self.rechecked.add(index)
        if not rechecked and (write.mode in REMOVES or gives_back(write)):
            self._collect_waits(index, write, state)
        for guard, result in related.items():
            if guard.claimed:
                continue
            if guard.fact.stale == FRESH:
                exclusive = write.mode is not Mode.AUGMENT and result is not Outcome.CONFIRMS
                decided = guard.sure and guard.predicate is not Predicate.OTHER
                if guard.test in state.must and exclusive and decided:
                    self.claims.append(index)
                continue
            # A lock that is held since the read covers it; whether all others take it is not known.
            spoiled = (not rechecked or bool(guard.fact.locks)) and result is not Outcome.CONFIRMS
            passed = guard.passed or guard not in deciding
            if spoiled and (not passed or self._completes(guard, result, write)):
                known = guard._replace(passed=passed)
                waited = passed and self._is_wait(guard.fact.stale)
                self._add(StaleWrite(guard.fact, known, result, index, write, waited=waited))

    def _collect_uses(self, index: int, access: Access, state: FlowState) -> None:
        """Note what is used although the check that it is there is stale."""
        if not (access.place.is_entry or is_receiver(self._graph, index)):
            return  # an attribute may be None; an entry that is gone cannot even be read
        for guard in state.may:
            same = guard.fact.access.place == access.place and guard.predicate in PRESENT
            stale = guard.fact.stale != FRESH and not guard.fact.locks
            if same and stale and guard.sure and not (guard.passed or guard.claimed):
                fresh = any(
                    other.test in state.must and is_protected(other.fact) for other in state.may
                )
                if not fresh:
                    gone = Write(access.place, Mode.REBIND, Value.NONE)
                    found = StaleWrite(guard.fact, guard, Outcome.CONSUMES, index, gone)
                    self.uses.append(found)

    def _collect_waits(self, index: int, write: Write, state: FlowState) -> None:
        """Report what is taken away after one wait for it: whoever woke first has taken it."""
        for guard in state.may:
            waits = guard.passed and guard.predicate in ABSENT and guard.fact.stale != FRESH
            if waits and self._is_wait(guard.fact.stale) and not guard.claimed:
                found = StaleWrite(guard.fact, guard, Outcome.CONSUMES, index, write, waited=True)
                self._add(found)

    def _is_wait(self, node: int) -> bool:
        """Say whether a node waits for a condition or an event."""
        return bool(self._steps[node].interrupts) or self._steps[node].waits_for is not None

    def _add(self, found: StaleWrite) -> None:
        """Keep a stale write: apart, where a lock has been held ever since the read."""
        if not found.fact.locks:
            self.stale_writes.append(found)
        elif all(self._steps[lock].acquires is not None for lock in found.fact.locks):
            self.covered.append(found)

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

    def _spawned(self, index: int, touch: Touch, state: FlowState) -> None:
        """Report a check whose answer only the task that is started here will change."""
        for write in touch.late:
            for guard in state.may:
                result = outcome(guard.fact.access, guard.predicate, write)
                if result is Outcome.FILLS and not guard.passed and not guard.fact.locks:
                    found = StaleWrite(guard.fact, guard, result, index, write, spawned=True)
                    self.stale_writes.append(found)
