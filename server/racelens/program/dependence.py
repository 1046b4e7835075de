"""What the values and the branches of one function depend on: nodes of its graph in, nodes out."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from racelens.model.effect import Kind, Mode, Predicate

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
        self._held: dict[tuple[str, int], frozenset[int]] = {}
        self._used: dict[tuple[int, str], frozenset[int]] = {}

    @cached_property
    def _binds(self) -> dict[str, frozenset[int]]:
        """The nodes that bind each local."""
        found: dict[str, set[int]] = {}
        for node, effect in enumerate(self._graph.effects):
            if effect.kind is Kind.BIND:
                found.setdefault(effect.name, set()).add(node)
        return {name: frozenset(nodes) for name, nodes in found.items()}

    def behind(self, sources: Iterable[Source], at: int) -> frozenset[int]:
        """Return the nodes that made the values of `sources` as they are at a node.

        Locals are followed to what they are bound to on some way to it.
        """
        found: set[int] = set()
        seen: set[tuple[Source, int]] = set()
        stack = [(source, at) for source in sources]
        while stack:
            source, node = stack.pop()
            if (source, node) in seen:
                continue
            seen.add((source, node))
            if isinstance(source, int):
                found.add(source)
                stack += [(other, source) for other in self._graph.effects[source].sources]
                continue
            for bind in self._reaching(source, node):
                stack += [(other, bind) for other in self._graph.effects[bind].sources]
        return frozenset(found)

    def _reaching(self, name: str, node: int) -> frozenset[int]:
        """Return the binds of a local that hold at a node: no other one comes between."""
        binds = self._binds.get(name, frozenset())
        if len(binds) <= 1:
            return binds
        if (name, node) not in self._held:
            held: set[int] = set()
            seen: set[int] = set()
            stack = list(self._before[node])
            while stack:
                before = stack.pop()
                if before in seen:
                    continue
                seen.add(before)
                if before in binds:
                    held.add(before)
                else:
                    stack += self._before[before]
            self._held[name, node] = frozenset(held)
        return self._held[name, node]

    @cached_property
    def _before(self) -> tuple[tuple[int, ...], ...]:
        """By node, those that lead to it."""
        graph = self._graph
        found: list[list[int]] = [[] for _ in graph.effects]
        for node in range(len(graph.effects)):
            for target in (*self._following(node), *graph.raising[node]):
                found[target].append(node)
        return tuple(map(tuple, found))

    def derives(self, node: int, origin: int, but: str = "") -> bool:
        """Say whether a node uses what `origin` made, in another way than through the local `but`.

        `but` is what a method is called on, which says nothing of what it is given.
        """
        if (node, but) not in self._used:
            sources = (source for source in self._graph.effects[node].sources if source != but)
            self._used[node, but] = self.behind(sources, node)
        return origin in self._used[node, but]

    def decides(self, origin: int, node: int, *, more_than_existence: bool = False) -> bool:
        """Say whether what `origin` made decides whether `node` is reached.

        `more_than_existence`: that there is something at all is not enough.
        """
        return any(
            self._is_decided(test, node)
            and not (more_than_existence and self._looks_for_existence(test, origin))
            for test in self._tests.get(origin, ())
        )

    @cached_property
    def _tests(self) -> dict[int, list[int]]:
        """By node, the tests that look at what it made, in order."""
        found: dict[int, list[int]] = {}
        for test, effect in enumerate(self._graph.effects):
            if effect.kind is Kind.TEST:
                for origin in self.behind(effect.sources, test):
                    found.setdefault(origin, []).append(test)
        return found

    def _looks_for_existence(self, test: int, origin: int) -> bool:
        """Say whether a test asks of what `origin` made only whether it is there."""
        effect = self._graph.effects[test]
        looked_at = (
            checked.source
            for checked in effect.checked
            if checked.when_true not in _EXISTENCE
            or not (checked.source == origin or isinstance(checked.source, str))
        )
        return origin not in self.behind(looked_at, test)

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
