"""The state of the flow analysis of stale reads: facts, guards, and how time passes for them."""

from __future__ import annotations

from itertools import filterfalse, islice
from operator import attrgetter
from typing import TYPE_CHECKING

from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from racelens.model.effect import Predicate, Source
    from racelens.program.steps import Access

FRESH = -1
# What one state holds at most, about twice what is found in real functions: beyond it the work and
# the memory of a function would be quadratic in its size.
_MOST_IN_FORCE = (16, 64)  # tests, and guards of them
_MOST_PASSED = (12, 40)  # the same behind the meetings of their branches
_MOST_SOURCES = 48
_MOST_FACTS = 32  # of one source
_TEST: Callable[[Guard], int] = attrgetter("test")
_IS_PASSED: Callable[[Guard], bool] = attrgetter("passed")
_ALL = -1  # before the first test


class Fact(NamedTuple):
    """One read of the group: its node, what it reads, the first suspension since, locks since.

    `exact`: what holds the fact is the value that was read, not one that derives from it.
    """

    node: int
    access: Access
    stale: int
    locks: frozenset[int]
    exact: bool = True

    def inexact(self) -> Fact:
        """Return the fact as a value that derives from the read knows it."""
        return Fact(self.node, self.access, self.stale, self.locks, False) if self.exact else self  # noqa: FBT003 - the hottest constructor: no keywords


class Guard(NamedTuple):
    """A branch that a fact decided.

    `passed`: the branches have met again since. `claimed`: this task has written the state since,
    so that a rival's check finds it taken; such a guard is not reported, and others rely on it.
    `sure`: the predicate holds; else it may hold.
    """

    test: int
    predicate: Predicate
    fact: Fact
    passed: bool = False
    claimed: bool = False
    sure: bool = True

    def about(self, fact: Fact) -> Guard:
        """Return the guard with another state of its fact."""
        if fact is self.fact:
            return self
        return Guard(self.test, self.predicate, fact, self.passed, self.claimed, self.sure)

    def as_claimed(self) -> Guard:
        """Return the guard behind a write by which this task takes what it has checked."""
        return Guard(self.test, self.predicate, self.fact, self.passed, True, self.sure)  # noqa: FBT003 - as above


class FlowState(NamedTuple):
    """What is known at one node: see the module of the analysis for what each part means."""

    env: Mapping[Source, frozenset[Fact]]
    may: frozenset[Guard]
    must: frozenset[int]


EMPTY = FlowState({}, frozenset(), frozenset())


def join(left: FlowState, right: FlowState) -> FlowState:
    """Return what is known where two ways meet: what may be is united, what must be is common."""
    if left is right:
        return left
    env: Mapping[Source, frozenset[Fact]] = left.env
    if left.env is not right.env and left.env != right.env:
        merged = {**left.env, **right.env}
        for source, facts in left.env.items() - merged.items():
            merged[source] = _fewest(merged[source] | facts)
        if len(merged) > _MOST_SOURCES:
            merged = dict(islice(merged.items(), _MOST_SOURCES))
        env = merged
    may = left.may if right.may <= left.may else remembered(left.may | right.may)
    return FlowState(env, may, left.must & right.must)


def _fewest(facts: frozenset[Fact]) -> frozenset[Fact]:
    """Keep of stale facts that differ in their suspension alone the one with the first."""
    best: dict[tuple[int, Access, bool, frozenset[int], bool], Fact] = {}
    for fact in facts:
        key = (fact.node, fact.access, fact.stale == FRESH, fact.locks, fact.exact)
        if key not in best or fact.stale < best[key].stale:
            best[key] = fact
    found = frozenset(best.values())
    return found if len(found) <= _MOST_FACTS else few(found)


def few(facts: frozenset[Fact]) -> frozenset[Fact]:
    """Forget some of very many reads that one value derives from: fresh ones are the last to go."""
    if len(facts) <= _MOST_FACTS:
        return facts
    return frozenset(sorted(facts, key=_first_fresh)[:_MOST_FACTS])


def _first_fresh(fact: Fact) -> tuple[bool, int, Access, int, list[int], bool]:
    return (fact.stale != FRESH, *fact[:3], sorted(fact.locks), fact.exact)


def known_of(
    env: Mapping[Source, frozenset[Fact]], source: Source, facts: frozenset[Fact]
) -> Mapping[Source, frozenset[Fact]]:
    """Return `env` with what `source` derives from; as it is where there are very many sources."""
    if len(env) >= _MOST_SOURCES and source not in env:
        return env
    return {**env, source: few(facts)}


def remembered(may: frozenset[Guard]) -> frozenset[Guard]:
    """Forget the guards of the first tests where there are very many."""
    passed = sum(map(_IS_PASSED, may))
    if passed <= _MOST_PASSED[0] and len(may) - passed <= _MOST_IN_FORCE[0]:
        return may
    first_passed = _first_kept(map(_TEST, filter(_IS_PASSED, may)), *_MOST_PASSED)
    first = _first_kept(map(_TEST, filterfalse(_IS_PASSED, may)), *_MOST_IN_FORCE)
    if first == first_passed == _ALL:
        return may
    return frozenset(g for g in may if g.test >= (first_passed if g.passed else first))


def _first_kept(tests: Iterator[int], most_tests: int, most_guards: int) -> int:
    """Return the first test whose guards are kept; `tests` has one for each guard."""
    last_first = sorted(tests, reverse=True)
    distinct = sorted({*last_first}, reverse=True)
    if len(distinct) <= most_tests and len(last_first) <= most_guards:
        return _ALL
    return max(last_first[:most_guards][-1], distinct[:most_tests][-1])


def suspend(index: int, state: FlowState, loosed: frozenset[int]) -> FlowState:
    """Let every other task run: fresh facts become stale, released locks protect no more."""
    env_before, may_before, must = state
    if not env_before and not may_before:
        return state
    aged: dict[Fact, Fact] = {}

    def after(fact: Fact) -> Fact:
        known = aged.get(fact)
        if known is None:
            known = fact
            if fact.stale == FRESH or not loosed.isdisjoint(fact.locks):
                stale = index if fact.stale == FRESH else fact.stale
                known = Fact(fact.node, fact.access, stale, fact.locks - loosed, fact.exact)
            aged[fact] = known
        return known

    env = {source: frozenset(map(after, facts)) for source, facts in env_before.items()}
    if not may_before:
        return FlowState(env, may_before, frozenset())
    may = frozenset(guard.about(after(guard.fact)) for guard in may_before)
    holding = frozenset(guard.test for guard in may if guard.claimed or is_protected(guard.fact))
    return FlowState(env, may, must & holding)


def is_protected(fact: Fact) -> bool:
    """Say whether no other task can have changed what was read."""
    return fact.stale == FRESH or bool(fact.locks)


def entered(state: FlowState, claim: int) -> FlowState:
    """Enter the exclusive region that a busy flag opens: fresh facts are covered by it."""

    def covered(fact: Fact) -> Fact:
        return fact._replace(locks=fact.locks | {claim}) if fact.stale == FRESH else fact

    env = {source: frozenset(map(covered, facts)) for source, facts in state.env.items()}
    may = frozenset(guard.about(covered(guard.fact)) for guard in state.may)
    return FlowState(env, may, state.must)


def without(env: Mapping[Source, frozenset[Fact]], name: str) -> Mapping[Source, frozenset[Fact]]:
    """Return `env` without the local `name`."""
    return {key: facts for key, facts in env.items() if key != name} if name in env else env
