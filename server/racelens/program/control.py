"""Where branches meet again: a graph goes in, immediate post-dominators come out.

Exceptions that merely may happen are left out: otherwise every branch would meet at the exit only.
Algorithm: Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm" (2001), on reversed edges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.effect import Kind

if TYPE_CHECKING:
    from racelens.model.graph import Graph

EXIT = 1  # the index of the exit in every graph


def meeting_points(graph: Graph) -> dict[int, int]:
    """Return for each test the node at which its branches meet again.

    A test whose branches meet only at the exit, or never, is left out.
    """
    successors = [
        tuple({*true, *false})
        for true, false in zip(graph.true_edges, graph.false_edges, strict=True)
    ]
    predecessors: list[list[int]] = [[] for _ in successors]
    for index, following in enumerate(successors):
        for target in following:
            predecessors[target].append(index)
    order = _postorder(predecessors)
    rank = {node: number for number, node in enumerate(order)}
    immediate = {EXIT: EXIT}
    changed = True
    while changed:
        changed = False
        for node in reversed(order[:-1]):
            known = [target for target in successors[node] if target in immediate]
            if not known:
                continue
            meet = known[0]
            for target in known[1:]:
                meet = _intersect(meet, target, immediate, rank)
            if immediate.get(node) != meet:
                immediate[node] = meet
                changed = True
    test = Kind.TEST
    return {
        node: meet
        for node, meet in immediate.items()
        if meet != EXIT and graph.effects[node].kind is test
    }


def _postorder(predecessors: list[list[int]]) -> list[int]:
    """Return the nodes that reach the exit, in postorder of the reversed graph."""
    order: list[int] = []
    seen = {EXIT}
    stack: list[tuple[int, int]] = [(EXIT, 0)]
    while stack:
        node, position = stack.pop()
        if position < len(predecessors[node]):
            stack.append((node, position + 1))
            following = predecessors[node][position]
            if following not in seen:
                seen.add(following)
                stack.append((following, 0))
        else:
            order.append(node)
    return order


def _intersect(left: int, right: int, immediate: dict[int, int], rank: dict[int, int]) -> int:
    while left != right:
        while rank[left] < rank[right]:
            left = immediate[left]
        while rank[right] < rank[left]:
            right = immediate[right]
    return left
