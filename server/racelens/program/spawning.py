"""Which calls start tasks, and what the tasks run: effects of one function in, functions out.

No facts of other functions are needed here, so that the task roots of a whole program can be
found without analysing what they run.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from racelens.model.effect import Effect, Kind
from racelens.model.location import Root
from racelens.model.names import FunctionId
from racelens.program.steps import Spawned

if TYPE_CHECKING:
    from racelens.model.effect import Source
    from racelens.model.location import AccessPath
    from racelens.program.views import FunctionView

# Methods of loops, task groups and nurseries that start tasks; for receivers of unknown type.
SPAWNING_METHODS = frozenset(
    {"create_task", "start_soon", "ensure_future", "create_background_task"}
)


class Spawning:
    """The tasks that one function starts."""

    def __init__(self, view: FunctionView) -> None:
        """Look at the function of `view`."""
        self._view = view
        self._effects = view.function.graph.effects

    def starts(self, effect: Effect, meaning: object) -> tuple[Spawned, ...]:
        """Return the tasks that the call `effect` of `meaning` starts; none for other calls."""
        return self._given(effect) if _spawns(self._view, effect.path, meaning) else ()

    def runs(self, effect: Effect, meaning: object) -> tuple[Spawned, ...]:
        """Return what the call `effect` of `meaning` runs to the end, as `asyncio.run` does."""
        return self._given(effect) if _runs(self._view, meaning) else ()

    def _given(self, effect: Effect) -> tuple[Spawned, ...]:
        """Return what a call is given to run: coroutines, and a function as first argument."""
        found: list[Spawned] = []
        for source in self.coroutines(effect):
            callee = self._view.callee(self._effects[source].path)
            if isinstance(callee, FunctionId):
                found.append(Spawned(callee, source))
        for argument in effect.arguments[:1]:
            callee = self._view.callee(argument) if argument is not None else None
            if isinstance(callee, FunctionId):
                found.append(Spawned(callee, -1))
        return tuple(found)

    def coroutines(self, effect: Effect) -> tuple[int, ...]:
        """Return the calls that made the values which `effect` is given, bindings followed."""
        found: dict[int, None] = {}
        seen: set[Source] = set()
        stack = list(effect.sources)
        while stack:
            source = stack.pop()
            if source in seen:
                continue
            seen.add(source)
            if isinstance(source, str):
                stack.extend(self._bound.get(source, ()))
            elif self._effects[source].kind is Kind.CALL:
                found[source] = None
        return tuple(sorted(found))

    @cached_property
    def _bound(self) -> dict[str, set[Source]]:
        """What each local may hold, or have been given to hold."""
        bound: dict[str, set[Source]] = {}
        for effect in self._effects:
            if effect.kind is Kind.BIND:
                bound.setdefault(effect.name, set()).update(effect.sources)
            elif _fills_local(effect) and effect.path is not None:
                bound.setdefault(effect.path.name, set()).update(effect.sources)
        return bound


def starts_something(view: FunctionView, path: AccessPath) -> bool:
    """Say whether a call of `path` starts tasks, or runs what it is given to the end."""
    meaning = view.callee(path)
    return _spawns(view, path, meaning) or _runs(view, meaning)


def _spawns(view: FunctionView, path: AccessPath | None, meaning: object) -> bool:
    if isinstance(meaning, str):
        row = view.names.libraries.row(meaning)
        if row is not None:
            return row.spawns
    if meaning is None and path is not None and path.steps:
        return path.steps[-1][1:] in SPAWNING_METHODS
    return False


def _runs(view: FunctionView, meaning: object) -> bool:
    row = view.names.libraries.row(meaning) if isinstance(meaning, str) else None
    return row is not None and row.runs


def _fills_local(effect: Effect) -> bool:
    """Say whether a call puts something into a local container: `work.append(job())`."""
    path = effect.path
    return (
        effect.kind is Kind.CALL
        and path is not None
        and path.root is Root.LOCAL
        and path.steps in {(".append",), (".add",), (".extend",), (".insert",)}
    )
