"""Futures that are resolved: where somebody else, or a cancellation, may have come first.

https://docs.python.org/3/library/asyncio-future.html#asyncio.Future.set_result
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.libraries.rows import Suspends
from racelens.model.effect import Kind
from racelens.model.location import Root
from racelens.program.answers import LibraryType
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.effect import Effect
    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId
    from racelens.program.program import Program

RESOLVERS = frozenset({"set_result", "set_exception"})
_CHECKS = frozenset({"done", "cancelled"})
_MADE = frozenset({"create_future", "Future"})


class Resolved(NamedTuple):
    """A node that resolves a future without a fresh look whether it is done.

    `why` says who may come first; `is_seen`: such a one was found in the program.
    """

    node: int
    future: AccessPath
    why: str
    is_seen: bool


def unchecked_resolutions(program: Program, function: FunctionId) -> Iterator[Resolved]:
    """Yield where a function resolves a future that may be done, in order."""
    summary = program.function(function)
    if summary.broken:
        return
    graph = summary.graph
    for node, effect in enumerate(graph.effects):
        future = _resolved(effect)
        if future is None or graph.raising[node] or not graph.leads(0, node):
            continue
        if not _may_be_future(program, function, future):
            continue
        if _is_checked(program, function, node, future) or _is_fresh(program, function, future):
            continue
        why = _others(program, function, future)
        text = why or "whoever waits for it may have been cancelled"
        yield Resolved(node, future, text, is_seen=bool(why))


def _resolved(effect: Effect) -> AccessPath | None:
    """Return the future that a node resolves, or hands on to be resolved: `future.set_result`."""
    if effect.kind is not Kind.CALL:
        return None
    named = (path for path in (effect.path, *effect.arguments) if path is not None and path.steps)
    return next((path.parent for path in named if path.last_name in RESOLVERS), None)


def _may_be_future(program: Program, function: FunctionId, future: AccessPath) -> bool:
    """Say whether an object is a future, or may be one: its class is not known."""
    known = program.view(function).type_of(future)
    if not isinstance(known, LibraryType):
        return known is None
    libraries = program.names.libraries
    result = libraries.result(known.name)
    return not result or "asyncio.Future" in libraries.classes(result)


def _is_checked(program: Program, function: FunctionId, node: int, future: AccessPath) -> bool:
    """Say whether the future was seen not to be done, and nothing was awaited since."""
    graph, steps = program.function(function).graph, program.steps(function)
    for test, effect in enumerate(graph.effects):
        if effect.kind is not Kind.TEST:
            continue
        asked = (graph.effects[s] for s in effect.sources if isinstance(s, int))
        if not any(_asks(each, future) for each in asked):
            continue
        true, false = graph.true_edges[test], graph.false_edges[test]
        ways = [any(s == node or graph.leads(s, node) for s in starts) for starts in (true, false)]
        suspended = any(
            step.suspends is not Suspends.NEVER
            and graph.leads(test, between)
            and graph.leads(between, node)
            and not graph.leads(between, test)
            for between, step in enumerate(steps)
        )
        if any(ways) and not suspended:
            return True
    return False


def _asks(effect: Effect, future: AccessPath) -> bool:
    return effect.name in _CHECKS and effect.path is not None and effect.path.parent == future


def _is_fresh(program: Program, function: FunctionId, future: AccessPath) -> bool:
    """Say whether the function has just made the future itself, and awaited nothing since."""
    if future.root is not Root.LOCAL or future.steps:
        return False
    graph, steps = program.function(function).graph, program.steps(function)
    made = [
        node
        for node, effect in enumerate(graph.effects)
        if effect.kind is Kind.BIND and effect.name == future.name
    ]
    own = [
        any(
            isinstance(source, int)
            and graph.effects[source].kind is Kind.CALL
            and (path := graph.effects[source].path) is not None
            and path.last_name in _MADE
            for source in graph.effects[node].same
        )
        for node in made
    ]
    if not made or not all(own):
        return False
    return not any(
        step.suspends is not Suspends.NEVER and graph.leads(made[0], node)
        for node, step in enumerate(steps)
    )


def _others(program: Program, function: FunctionId, future: AccessPath) -> str:
    """Return who else resolves the future, as far as one sees; "" where nobody is seen."""
    name = program.function(function).last_name
    if future.root is Root.PARAMETER and not future.steps:
        starts = program.tasks.roots.of(function)
        if len(starts) > 1 or any(root.many for root in starts):
            return f"`{name}()` runs as several tasks"
    return ""
