"""Which calls start tasks, and what the tasks run: effects of one function in, functions out.

No facts of other functions are needed here, so that the task roots of a whole program can be
found without analysing what they run.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from racelens.model.effect import Effect, Kind, Mode, nodes_behind
from racelens.model.location import Root
from racelens.model.names import FunctionId
from racelens.program.steps import Spawned

if TYPE_CHECKING:
    from racelens.model.effect import Source
    from racelens.model.location import AccessPath
    from racelens.program.views import FunctionView

# Methods of loops, task groups and nurseries that start tasks; for receivers of unknown type.
SPAWNING_METHODS = frozenset(
    {"create_task", "start_soon", "ensure_future", "create_background_task", "spawn_callback"}
)
# Methods of loops, tasks and futures that call a function later; for receivers of unknown type.
CALLBACK_METHODS = frozenset(
    {
        "add_done_callback",
        "add_signal_handler",
        "call_at",
        "call_later",
        "call_soon",
        "call_soon_threadsafe",
    }
)


class Spawning:
    """The tasks that one function starts."""

    def __init__(self, view: FunctionView) -> None:
        """Look at the function of `view`."""
        self._view = view
        self._effects = view.function.graph.effects

    def starts(self, effect: Effect, meaning: object) -> tuple[Spawned, ...]:
        """Return the tasks that the call `effect` of `meaning` starts; none for other calls."""
        return self._given(effect) if self.spawns(effect, meaning) else ()

    def spawns(self, effect: Effect, meaning: object) -> bool:
        """Say whether the call `effect` of `meaning` starts what it is given as a task."""
        if effect.path is None:  # `asyncio.get_running_loop().create_task(work())`
            return effect.name in SPAWNING_METHODS
        return _spawns(self._view, effect.path, meaning)

    def runs(self, effect: Effect, meaning: object) -> tuple[Spawned, ...]:
        """Return what the call `effect` of `meaning` runs to the end, as `asyncio.run` does."""
        return self._given(effect) if _runs(self._view, meaning) else ()

    def handed(self, effect: Effect) -> tuple[FunctionId, ...]:
        """Return the functions of the program that a call is given, in a `partial` or by itself."""
        nodes = sorted(source for source in effect.sources if isinstance(source, int))
        sources = (self._effects[node] for node in nodes)
        read = (source.path for source in sources if source.kind is Kind.READ)
        known = map(self._view.callee, (*read, *effect.arguments))
        return tuple(dict.fromkeys(one for one in known if isinstance(one, FunctionId)))

    def _given(self, effect: Effect) -> tuple[Spawned, ...]:
        """Return what a call is given to run: coroutines, and a function as first argument."""
        found = list(self.made(effect))
        for argument in effect.arguments[:1]:
            callee = self._view.callee(argument) if argument is not None else None
            if isinstance(callee, FunctionId):
                found.append(Spawned(callee, -1))
        return tuple(found)

    def made(self, effect: Effect) -> tuple[Spawned, ...]:
        """Return the coroutines of the program's functions that a call is given."""
        found: list[Spawned] = []
        for source in self.coroutines(effect):
            callee = self._view.callee(self._effects[source].path)
            awaited = self._effects[source].mode is Mode.AWAITED
            if isinstance(callee, FunctionId) and not awaited and self._is_async(callee):
                found.append(Spawned(callee, source))
        return tuple(found)

    def _is_async(self, callee: FunctionId) -> bool:
        return self._view.names.module(callee.path).functions[callee.name].is_async

    def passes_parameter(self, effect: Effect) -> bool:
        """Say whether a call is given a parameter of the function, or what calling one makes."""
        made = [self._effects[source] for source in self.coroutines(effect)]
        wrapped = (argument for one in made if self._wraps(one) for argument in one.arguments)
        given = (*effect.arguments, *(one.path for one in made), *wrapped)
        return any(
            path is not None and path.root is Root.PARAMETER and not path.steps for path in given
        )

    def _wraps(self, call: Effect) -> bool:
        """Say whether a call makes a coroutine of the program, which may await what it is given."""
        callee = self._view.callee(call.path)
        return isinstance(callee, FunctionId) and self._is_async(callee)

    def coroutines(self, effect: Effect) -> tuple[int, ...]:
        """Return the calls that made the values which `effect` is given, bindings followed."""
        made = nodes_behind(effect.sources, self._bound)
        return tuple(sorted(node for node in made if self._effects[node].kind is Kind.CALL))

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


def may_start(view: FunctionView, starters: frozenset[str]) -> bool:
    """Say whether a function may start tasks, by a call named among `starters`."""
    outline = view.function.outline
    named = [path for path in outline.calls if path.last_name in starters]
    if len({path.last_name for path in named}) < len(outline.mentions & SPAWNING_METHODS):
        return True  # one of them is called on what has no path
    meanings = ((path, view.callee(path)) for path in named)
    return any(
        isinstance(meaning, FunctionId) or _spawns(view, path, meaning) or _runs(view, meaning)
        for path, meaning in meanings
    )


def _spawns(view: FunctionView, path: AccessPath | None, meaning: object) -> bool:
    if isinstance(meaning, str):
        row = view.names.libraries.row(meaning)
        if row is not None:
            return row.spawns
    if meaning is None and path is not None and path.steps:
        return path.last_name in SPAWNING_METHODS
    return False


def _runs(view: FunctionView, meaning: object) -> bool:
    row = view.names.libraries.row(meaning)
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
