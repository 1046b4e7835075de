"""What several guards say together of one write: guards in, verdicts out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.effect import Predicate
from racelens.program.flow_state import is_protected
from racelens.program.related import Outcome, outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racelens.program.flow_state import Guard
    from racelens.program.steps import Access, Write


def concerned(guards: Iterable[Guard], write: Write) -> dict[Guard, Outcome]:
    """Return what a write does to the guards that it concerns."""
    answers: dict[tuple[Access, Predicate], Outcome] = {}
    related: dict[Guard, Outcome] = {}
    for guard in guards:
        key = (guard.fact.access, guard.predicate)
        result = answers.get(key)
        if result is None:
            result = answers[key] = outcome(*key, write)
        if result is not Outcome.UNRELATED:
            related[guard] = result
    return related


def is_taken(guard: Guard) -> bool:
    """Say whether this task has answered the check, so that a rival's check comes out otherwise."""
    return guard.claimed and guard.predicate is not Predicate.OTHER


def still_holding(guards: Iterable[Guard]) -> list[Guard]:
    """Return the guards that still hold; where both branches lead here, both have to."""
    failed = {_check(g) for g in guards if not (is_taken(g) or is_protected(g.fact))}
    return [guard for guard in guards if _check(guard) not in failed]


def _check(guard: Guard) -> tuple[int, int, Access]:
    return (guard.test, guard.fact.node, guard.fact.access)


def undivided(guards: Iterable[Guard]) -> set[Guard]:
    """Return the guards that decide: where both branches of a test lead here, it does not."""
    found: dict[tuple[int, int, Access], set[Predicate]] = {}
    for guard in guards:
        found.setdefault(_check(guard), set()).add(guard.predicate)
    return {guard for guard in guards if len(found[_check(guard)]) == 1}
