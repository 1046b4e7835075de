"""Strongly connected components of a graph of calls: a start and its callees in, groups out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_Node = TypeVar("_Node", bound="tuple[object, ...]")


class Known(Protocol):
    """The functions that need not be visited any more; it may grow meanwhile."""

    def __contains__(self, key: object, /) -> bool:
        """Say whether a function is known."""
        ...


def components(
    start: _Node, callees_of: Callable[[_Node], Iterable[_Node]], known: Known
) -> Iterator[tuple[_Node, ...]]:
    """Yield the strongly connected components below `start`, callees before callers (Tarjan).

    Functions in `known` are left out. The stack is our own: chains of calls may be longer than
    Python's.
    """
    index: dict[_Node, int] = {start: 0}
    low: dict[_Node, int] = {start: 0}
    open_nodes = [start]
    is_open = {start}
    work = [(start, iter(callees_of(start)))]
    while work:
        node, callees = work[-1]
        for callee in callees:
            if callee in known:
                continue
            if callee not in index:
                index[callee] = low[callee] = len(index)
                open_nodes.append(callee)
                is_open.add(callee)
                work.append((callee, iter(callees_of(callee))))
                break
            if callee in is_open:
                low[node] = min(low[node], index[callee])
        else:
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[node])
            if low[node] == index[node]:
                component: list[_Node] = []
                while not component or component[-1] != node:
                    component.append(open_nodes.pop())
                is_open.difference_update(component)
                yield tuple(reversed(component))
