"""What a place is used for behind a node: a graph goes in, verdicts come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.effect import Kind
from racelens.model.location import Root

if TYPE_CHECKING:
    from racelens.model.graph import Graph
    from racelens.model.location import AccessPath

_SOON = 24  # nodes: arguments are evaluated between a receiver and its call


def is_receiver(graph: Graph, read: int) -> bool:
    """Say whether what a node reads is called, or a method or part of it is, soon after."""
    path = graph.effects[read].path
    if path is None:
        return False
    below = len(path.steps)
    for effect in graph.effects[read + 1 : read + _SOON]:
        known = effect.path
        called = effect.kind is Kind.CALL and read in effect.sources
        if called and known is not None and known[:2] == path[:2]:
            return len(known.steps) > below and known.steps[:below] == path.steps
    return False


def reaches_through(graph: Graph, node: int, place: AccessPath) -> bool:
    """Say whether what `node` awaits is `place` itself or a method of it.

    `await self.close(self.socket)` is neither: the object is passed, and no longer looked up.
    """
    effect = graph.effects[node]
    if effect.kind is Kind.CALL and effect.path is not None and effect.path.root is not Root.NAME:
        return effect.path.steps[: len(place.steps)] == place.steps
    for source in effect.sources:
        path = graph.effects[source].path if isinstance(source, int) else None
        if path is None or path.root is Root.LOCAL:
            continue
        if path.steps[: len(place.steps)] == place.steps:
            return True
    return False
