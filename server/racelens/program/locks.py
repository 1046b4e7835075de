"""Which acquisitions are held where: a graph and its steps in, locks per node out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.location import keys_may_match

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from racelens.model.graph import Graph
    from racelens.model.location import AccessPath
    from racelens.program.steps import Access, Step


def held_places(steps: Sequence[Step], held: Iterable[int]) -> frozenset[AccessPath]:
    """Return the locks that the acquisitions `held` have taken; busy flags are none."""
    taken = (steps[node].acquires for node in held)
    return frozenset(lock for lock in taken if lock is not None)


def must_held(graph: Graph, steps: tuple[Step, ...]) -> dict[int, frozenset[int]]:
    """Return for each reachable node the nodes whose lock is held on every way to it."""
    held: dict[int, frozenset[int]] = {0: frozenset()}
    stack = [0]
    while stack:
        index = stack.pop()
        after = held[index].difference(steps[index].releases)
        if steps[index].acquires is not None:
            after |= {index}
        following = {*graph.true_edges[index], *graph.false_edges[index], *graph.raising[index]}
        for target in following:
            known = held.get(target)
            joined = after if known is None else known & after
            if joined != known:
                held[target] = joined
                stack.append(target)
    return held


def protects(lock: AccessPath | None, access: Access) -> bool:
    """Say whether `lock` (None: a busy flag) keeps others from the place.

    A lock per key keeps them from the entry of that key only.
    """
    if lock is None or not lock.is_entry:
        return True
    keys = [step for step in access.place.steps if step[0] == "["]
    return any(keys_may_match(lock.steps[-1], key) for key in keys)
