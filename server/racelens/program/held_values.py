"""What locals and attributes hold when they are used again: coroutines awaited twice, tasks lost.

A function's graph goes in, pairs of nodes come out.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from racelens.model.effect import Kind, Mode
from racelens.model.location import Root
from racelens.program.coroutines import is_coroutine_function
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from racelens.model.effect import Effect
    from racelens.model.graph import Graph
    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.steps import Step
    from racelens.program.views import FunctionView


class Again(NamedTuple):
    """Something that happens at node `second` although it has happened at node `first`."""

    first: int
    second: int
    name: str


def awaited_again(program: Program, function: FunctionId) -> Iterator[Again]:
    """Yield where a coroutine that a local holds is awaited, or run, that has been before."""
    summary = program.function(function)
    if summary.broken or not summary.is_async:
        return
    view, graph = program.view(function), summary.graph
    for name in sorted(_coroutines(view, graph)):
        consuming = [n for n, e in enumerate(graph.effects) if _consumes(view, e, name)]
        binds = partial(_binds, name)
        for second in consuming:
            first = next((n for n in consuming if _leads(graph, n, second, binds)), None)
            if first is not None:
                yield Again(first, second, name)
                break


def _coroutines(view: FunctionView, graph: Graph) -> set[str]:
    """Return the locals that hold nothing but coroutines of the program or of a library."""
    held: dict[str, bool] = {}
    for effect in graph.effects:
        if effect.kind is Kind.BIND:
            made = [graph.effects[node] for node in effect.same if isinstance(node, int)]
            is_coroutine = len(effect.same) == 1 and all(
                one.kind is Kind.CALL
                and one.mode is Mode.PLAIN
                and is_coroutine_function(view, view.callee(one.path))
                for one in made
            )
            held[effect.name] = bool(made) and is_coroutine and held.get(effect.name, True)
    return {name for name, is_coroutine in held.items() if is_coroutine}


def _consumes(view: FunctionView, effect: Effect, name: str) -> bool:
    """Say whether a node awaits or runs what the local holds, which can only be done once."""
    if effect.kind is Kind.AWAIT:
        path = effect.path
        return path is not None and path.root is Root.LOCAL and path.name == name and not path.steps
    if effect.kind is not Kind.CALL:
        return False
    given = (path for path in effect.arguments if path is not None)
    if not any(p.root is Root.LOCAL and p.name == name and not p.steps for p in given):
        return False
    meaning = view.callee(effect.path)
    row = view.names.libraries.row(meaning)
    return row is not None and (row.spawns or row.runs or meaning == "asyncio.wait_for")


def _binds(name: str, effect: Effect) -> bool:
    return effect.kind is Kind.BIND and effect.name == name


def _leads(graph: Graph, first: int, second: int, ends: Callable[[Effect], bool]) -> bool:
    """Say whether a way leads from one node to the other past no effect that `ends` it.

    Both may be the same node, in a loop.
    """
    seen: set[int] = set()
    stack = [first]
    while stack:
        node = stack.pop()
        for target in (*graph.true_edges[node], *graph.false_edges[node]):
            if target == second:
                return True
            if target not in seen and not ends(graph.effects[target]):
                seen.add(target)
                stack.append(target)
    return False


def tasks_overwritten(program: Program, function: FunctionId) -> Iterator[Again]:
    """Yield where a task is stored in a place that holds another one, which nobody looked after."""
    summary = program.function(function)
    if summary.broken:
        return
    view, effects = program.view(function), summary.graph.effects
    stored = [
        (node, effect.path)
        for node, effect in enumerate(effects)
        if effect.kind is Kind.WRITE
        and effect.path is not None
        and effect.path.shared_root
        and not effect.path.is_entry
        and any(isinstance(source, int) for source in effect.same)
    ]
    if not stored:
        return
    steps = program.steps(function)
    stores = [(node, path) for node, path in stored if _stores_task(effects[node], steps)]
    for second, place in stores:
        for first, other in stores:
            looks = partial(_looks_at, view, place)
            if other == place and _leads(summary.graph, first, second, looks):
                yield Again(first, second, place.display())
                break


def _stores_task(effect: Effect, steps: tuple[Step, ...]) -> bool:
    return any(isinstance(node, int) and steps[node].spawns for node in effect.same)


def _looks_at(view: FunctionView, place: AccessPath, effect: Effect) -> bool:
    """Say whether a node looks at a place, or calls a method of its object that may."""
    path = effect.path
    if path is None:
        return False
    if effect.kind in {Kind.READ, Kind.AWAIT, Kind.WRITE}:
        return path[:2] == place[:2] and path.steps[: len(place.steps)] == place.steps
    own = effect.kind is Kind.CALL and path.root is place.root and path.name == place.name
    if not own or path.root is not Root.SELF:
        return False
    made = effect.mode is Mode.PLAIN and is_coroutine_function(view, view.callee(path))
    return not made  # a coroutine that is only made does nothing yet
