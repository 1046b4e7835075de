"""What the values and the branches of one function depend on: nodes of its graph in, nodes out."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from racelens.model.effect import Kind, Mode, Predicate, nodes_behind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from racelens.model.effect import Source
    from racelens.model.graph import Graph

_EXISTENCE = frozenset({Predicate.NONE, Predicate.SOME, Predicate.TRUE, Predicate.FALSE})


class Dependence:
    """Which nodes of a graph follow from which, by value or by decision."""

    def __init__(self, graph: Graph) -> None:
        """Look at `graph`."""
        self._graph = graph
        self._decided: dict[int, frozenset[int]] = {}

    @cached_property
    def _bound(self) -> dict[str, set[Source]]:
        bound: dict[str, set[Source]] = {}
        for effect in self._graph.effects:
            if effect.kind is Kind.BIND:
                bound.setdefault(effect.name, set()).update(effect.sources)
        return bound

    def behind(self, sources: Iterable[Source]) -> frozenset[int]:
        """Return the nodes that made the values of `sources`, locals followed."""
        return frozenset(nodes_behind(sources, self._bound))

    def derives(self, node: int, origin: int, but: str = "") -> bool:
        """Say whether a node uses what `origin` made, in another way than through the local `but`.

        `but` is what a method is called on, which says nothing of what it is given.
        """
        sources = (source for source in self._graph.effects[node].sources if source != but)
        return origin in self.behind(sources)

    def decides(self, origin: int, node: int, *, more_than_existence: bool = False) -> bool:
        """Say whether what `origin` made decides whether `node` is reached.

        `more_than_existence`: that there is something at all is not enough.
        """
        return any(
            self._tests(test, origin, more_than_existence=more_than_existence)
            and self._is_decided(test, node)
            for test, effect in enumerate(self._graph.effects)
            if effect.kind is Kind.TEST
        )

    def _tests(self, test: int, origin: int, *, more_than_existence: bool) -> bool:
        effect = self._graph.effects[test]
        if origin not in self.behind(effect.sources):
            return False
        if not more_than_existence:
            return True
        looked_at = (
            checked.source
            for checked in effect.checked
            if checked.when_true not in _EXISTENCE or not isinstance(checked.source, str)
        )
        return origin in self.behind(looked_at)

    def _is_decided(self, test: int, node: int) -> bool:
        """Say whether `node` is behind one branch of a test and not behind the other."""
        if test not in self._decided:
            graph = self._graph
            left = self._reached(graph.true_edges[test], test)
            right = self._reached(graph.false_edges[test], test)
            # What stands behind a loop is not decided by its condition.
            is_loop = graph.effects[test].mode is not Mode.IF
            self._decided[test] = left - right if is_loop else left ^ right
        return node in self._decided[test]

    def _reached(self, starts: Iterable[int], but: int) -> frozenset[int]:
        """Return what is reached from `starts` without coming by `but`."""
        seen: set[int] = set()
        stack = list(starts)
        while stack:
            node = stack.pop()
            if node not in seen and node != but:
                seen.add(node)
                stack += self._following(node)
        return frozenset(seen)

    def _following(self, node: int) -> Iterator[int]:
        graph = self._graph
        yield from graph.true_edges[node]
        yield from graph.false_edges[node]
