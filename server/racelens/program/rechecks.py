"""Which late writes a function guards itself, so that its callers need not.

A frame goes in, verdicts come out.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from racelens.model.effect import Predicate
from racelens.program.flow_frame import NOWHERE
from racelens.program.related import group_of
from racelens.program.stale_reads import GroupFlow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from racelens.model.location import AccessPath
    from racelens.program.flow_frame import FlowFrame, LockState
    from racelens.program.steps import Write

_MOST_CLAIMS = 64  # of one function that open exclusive regions
_MOST_OF_GROUP = 16


class Rechecks:
    """The late writes of one function that it decides by checks of its own."""

    def __init__(self, frame: FlowFrame, checks: set[AccessPath], fresh: set[int]) -> None:
        """Look at the function of `frame`, which tests the groups `checks`.

        `fresh` are the nodes that it reaches before it suspends.
        """
        self._frame = frame
        self._checks = checks
        self._fresh = fresh
        self._decided: dict[AccessPath, frozenset[int]] = {}

    def decide(self, write: Write, nodes: set[int]) -> bool:
        """Say whether the `nodes` that do `write` late are all decided inside."""
        group = group_of(write.place)
        claims, locks = self._claimed
        own = claims.get(group, frozenset())
        if locks and all((locks[node].held - own) & self._taken for node in nodes):
            return True
        return group in self._checks and nodes <= self._decided_nodes(group)

    def checked(self, group: AccessPath, node: int) -> bool:
        """Say whether the write of `group` at a node stands under a check that holds there."""
        flow = GroupFlow(self._frame, group, self._frame.own_locks)
        flow.run(self._regions.get(group, NOWHERE))
        return node in flow.rechecked

    @cached_property
    def _regions(self) -> dict[AccessPath, tuple[int, int]]:
        """Where the groups matter that the function tests and writes."""
        tested = ((g, t) for g, t in self._frame.touches.items() if g in self._checks)
        written = (g for g, touches in tested if any(t.early or t.late for t in touches.values()))
        return self._frame.regions(written)

    def _decided_nodes(self, group: AccessPath) -> frozenset[int]:
        """Return the nodes whose writes of `group` the function's own check decides.

        The check still holds there; or it does not, and is a window of this function, not its
        callers'.
        """
        if group not in self._decided:
            flow = GroupFlow(self._frame, group, self._frame.own_locks)
            flow.run(self._regions.get(group, NOWHERE))
            own = (
                found.node
                for found in flow.stale_writes
                if found.guard is not None
                and found.guard.predicate is not Predicate.OTHER
                and not found.guard.passed
            )
            self._decided[group] = frozenset(flow.rechecked).union(own)
        return self._decided[group]

    @cached_property
    def _taken(self) -> frozenset[int]:
        """All claims, of whatever group."""
        return frozenset(node for nodes in self._claimed[0].values() for node in nodes)

    @cached_property
    def _claimed(self) -> tuple[dict[AccessPath, frozenset[int]], list[LockState]]:
        """The busy flags that are checked and set before the first suspension, and their regions.

        Whoever calls meanwhile is turned away, so that what is written in such a region answers
        the check that led here.
        """
        frame = self._frame
        claims: dict[AccessPath, frozenset[int]] = {}
        for group, region in self._regions.items():
            touches = frame.touches[group]
            early = any(touch.early for node, touch in touches.items() if node in self._fresh)
            if early and len(touches) > 1:
                flow = GroupFlow(frame, group, frame.own_locks)
                flow.run(region)
                claims[group] = frozenset(flow.claims) & self._fresh
        claims = {group: nodes for group, nodes in claims.items() if nodes}
        return claims, frame.locks(exclusive_regions(frame, claims)) if claims else []


def exclusive_regions(
    frame: FlowFrame, claims: Mapping[AccessPath, frozenset[int]]
) -> dict[int, frozenset[int]]:
    """Return the claims of all groups, each with the nodes that write its flag otherwise.

    Of very many the first of each group are told.
    """
    regions: dict[int, frozenset[int]] = {}
    for group, nodes in claims.items():
        if nodes:
            touches = frame.touches[group].items()
            writers = frozenset(node for node, touch in touches if touch.early or touch.late)
            for node in sorted(nodes)[: min(_MOST_OF_GROUP, _MOST_CLAIMS - len(regions))]:
                regions[node] = regions.get(node, frozenset()) | (writers - {node})
    return regions
