"""The control-flow graph of one function: effects, edges, loops, and positions beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.equality import equal_without
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from racelens.model.effect import Effect


class Loop(NamedTuple):
    """A loop or comprehension: the enclosing one (-1 for none) and the names it binds."""

    parent: int
    names: frozenset[str]


@equal_without("places")
class Graph(NamedTuple):
    """Effects in source order and the edges between them, all by index.

    `true_edges[n]` and `false_edges[n]` are equal but for tests; `raising[n]` are the handlers
    that an exception or cancellation at n reaches; `loop_of[n]` is the innermost loop or -1.
    `places[n]` is first line and column and last line and column of n, relative to the line of
    the function's `def`; they take no part in equality.
    """

    effects: tuple[Effect, ...]
    true_edges: tuple[tuple[int, ...], ...]
    false_edges: tuple[tuple[int, ...], ...]
    raising: tuple[tuple[int, ...], ...]
    loop_of: tuple[int, ...]
    loops: tuple[Loop, ...]
    places: tuple[tuple[int, int, int, int], ...]

    def leads(self, start: int, end: int) -> bool:
        """Say whether some way leads from one node to another."""
        seen: set[int] = set()
        stack = [start]
        while stack:
            node = stack.pop()
            for target in (*self.true_edges[node], *self.false_edges[node], *self.raising[node]):
                if target == end:
                    return True
                if target not in seen:
                    seen.add(target)
                    stack.append(target)
        return False
