"""The state of the flow analysis of stale reads: facts, guards, and how time passes for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from racelens.model.effect import Predicate, Source
    from racelens.program.steps import Access

FRESH = -1


class Fact(NamedTuple):
    """One read of the group: its node, what it reads, the first suspension since, locks since.

    `exact`: what holds the fact is the value that was read, not one that derives from it.
    """

    node: int
    access: Access
    stale: int
    locks: frozenset[int]
    exact: bool = True


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


@dataclass(frozen=True, slots=True)
class FlowState:
    """What is known at one node: see the module of the analysis for what each part means."""

    env: Mapping[Source, frozenset[Fact]]
    may: frozenset[Guard]
    must: frozenset[int]
    held: frozenset[int]
    loosed: frozenset[int]  # released since the last suspension: nobody has run since


def join(left: FlowState, right: FlowState) -> FlowState:
    """Return what is known where two ways meet: what may be is united, what must be is common."""
    env: Mapping[Source, frozenset[Fact]] = left.env
    if left.env != right.env:
        merged = dict(left.env)
        for source, facts in right.env.items():
            merged[source] = _fewest(merged.get(source, frozenset()) | facts)
        env = merged
    may = left.may | right.may
    must, held = left.must & right.must, left.held & right.held
    return FlowState(env, may, must, held, left.loosed | right.loosed)


def _fewest(facts: frozenset[Fact]) -> frozenset[Fact]:
    """Keep of stale facts that differ in their suspension alone the one with the first."""
    if len(facts) < 2:
        return facts
    best: dict[tuple[int, Access, bool, frozenset[int], bool], Fact] = {}
    for fact in facts:
        key = (fact.node, fact.access, fact.stale == FRESH, fact.locks, fact.exact)
        if key not in best or fact.stale < best[key].stale:
            best[key] = fact
    return frozenset(best.values())


def suspend(index: int, state: FlowState, interrupted: frozenset[int]) -> FlowState:
    """Let every other task run: fresh facts become stale, released locks protect no more."""
    loosed = state.loosed

    def after(fact: Fact) -> Fact:
        stale = index if fact.stale == FRESH else fact.stale
        return fact._replace(stale=stale, locks=fact.locks - loosed)

    env = {source: frozenset(map(after, facts)) for source, facts in state.env.items()}
    may = frozenset(guard._replace(fact=after(guard.fact)) for guard in state.may)
    holding = frozenset(guard.test for guard in may if guard.claimed or is_protected(guard.fact))
    held = state.held - (loosed - interrupted)
    return FlowState(env, may, state.must & holding, held, frozenset())


def is_protected(fact: Fact) -> bool:
    """Say whether no other task can have changed what was read."""
    return fact.stale == FRESH or bool(fact.locks)


def entered(state: FlowState, claim: int) -> FlowState:
    """Enter the exclusive region that a busy flag opens: fresh facts are covered by it."""

    def covered(fact: Fact) -> Fact:
        return fact._replace(locks=fact.locks | {claim}) if fact.stale == FRESH else fact

    env = {source: frozenset(map(covered, facts)) for source, facts in state.env.items()}
    may = frozenset(guard._replace(fact=covered(guard.fact)) for guard in state.may)
    return FlowState(env, may, state.must, state.held | {claim}, state.loosed)


def without(env: Mapping[Source, frozenset[Fact]], name: str) -> Mapping[Source, frozenset[Fact]]:
    """Return `env` without the local `name`."""
    return {key: facts for key, facts in env.items() if key != name} if name in env else env
