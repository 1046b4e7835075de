"""Loops that do nothing but sleep until shared state changes: a function in, nodes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.effect import Kind, Mode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.effect import Effect
    from racelens.model.names import FunctionId
    from racelens.program.program import Program

_SLEEPS = frozenset({"asyncio.sleep", "anyio.sleep", "trio.sleep"})
_HARMLESS = frozenset({Kind.READ, Kind.TEST, Kind.JOIN, Kind.CALL})


def polling_loops(program: Program, function: FunctionId) -> Iterator[tuple[int, str, bool]]:
    """Yield the tests of such loops, with the state that each waits for, and if that is all."""
    summary = program.function(function)
    if summary.broken:
        return
    graph = summary.graph
    for node, effect in enumerate(graph.effects):
        if effect.kind is not Kind.TEST or effect.mode is not Mode.WHILE:
            continue
        loop = graph.loop_of[node]
        inside = [e for n, e in enumerate(graph.effects) if graph.loop_of[n] == loop]
        if loop == -1 or not _only_sleeps(program, function, inside):
            continue
        asked = [graph.effects[s] for s in effect.sources if isinstance(s, int)]
        if any(each.kind is not Kind.READ for each in asked):
            continue
        states = {each.path for each in asked if each.path is not None}
        for path in sorted(states):
            if program.is_written_elsewhere(function, path):
                yield node, path.display(), len(states) == 1
                break


def _only_sleeps(program: Program, function: FunctionId, inside: list[Effect]) -> bool:
    view = program.view(function)
    calls = [effect for effect in inside if effect.kind is Kind.CALL]
    return (
        bool(calls)
        and all(view.callee(call.path) in _SLEEPS for call in calls)
        and all(effect.kind in _HARMLESS for effect in inside)
    )
