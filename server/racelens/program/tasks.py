"""Who runs at the same time: task roots and their evidence, found in the whole program.

Resolved steps go in; for a function and a place comes out how sure it is that two tasks get there.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, NamedTuple

from racelens.model.effect import Kind, Mode
from racelens.model.location import AccessPath, Root
from racelens.model.names import ClassId, FunctionId
from racelens.program.locks import must_held
from racelens.program.names import LibraryType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from racelens.program.names import Names
    from racelens.program.steps import Spawned, Step
    from racelens.program.views import FunctionView

_MAX_HOPS = 6
_SHARED_WORDS = frozenset(
    {"client", "pool", "cache", "session", "manager", "registry", "store"}
)  # names of classes whose instances are made to be shared
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


class Level(enum.IntEnum):
    """How sure it is that tasks meet; the values are those of a finding's confidence."""

    NEVER = 0
    POSSIBLE = 1
    LIKELY = 2
    PROVEN = 3


class Spawn(NamedTuple):
    """A place that starts a function as a task.

    `many`: several such tasks run at once; `own`: each works on an object of its own.
    """

    function: FunctionId
    spawner: FunctionId
    node: int
    many: bool
    own: bool


class Meeting(NamedTuple):
    """Why two tasks run a function at once: how sure, the place that shows it, and what of it."""

    level: Level
    site: tuple[FunctionId, int] | None
    reason: str


class _Call(NamedTuple):
    caller: FunctionId
    node: int
    on_self: bool


class Concurrency:
    """The task roots of a program. Answers only."""

    def __init__(
        self,
        names: Names,
        views: Mapping[FunctionId, FunctionView],
        steps: Mapping[FunctionId, tuple[Step, ...]],
    ) -> None:
        """Collect what is started, run and called anywhere in the program."""
        self._names = names
        self._views = views
        self._steps = steps
        self._spawns: dict[FunctionId, list[Spawn]] = {}
        self._entries: set[FunctionId] = set()
        self._calls: dict[FunctionId, list[_Call]] = {}
        self._spawning_classes: dict[ClassId, tuple[FunctionId, int]] = {}
        for identity, own in steps.items():
            for node, step in enumerate(own):
                self._collect(identity, node, step)
        self._singletons = frozenset(self._module_instances())

    def _collect(self, identity: FunctionId, node: int, step: Step) -> None:
        effect = self._views[identity].function.graph.effects[node]
        for spawned in step.spawns:
            spawn = self._spawn(identity, node, spawned, step.spawns)
            self._spawns.setdefault(spawned.function, []).append(spawn)
            owner = self._views[identity].owner
            if owner is not None and self._views[spawned.function].owner == owner:
                self._spawning_classes.setdefault(owner, (identity, node))
        self._entries.update(run.function for run in step.runs)
        if step.callee is not None and effect.kind is Kind.CALL:
            function = self._views[step.callee].function
            if effect.mode is Mode.AWAITED or not function.is_async:
                on_self = effect.path is not None and effect.path.root is Root.SELF
                own = on_self and effect.path is not None and len(effect.path.steps) == 1
                self._calls.setdefault(step.callee, []).append(_Call(identity, node, own))

    def _spawn(
        self, identity: FunctionId, node: int, spawned: Spawned, group: tuple[Spawned, ...]
    ) -> Spawn:
        graph = self._views[identity].function.graph
        made_at = spawned.made_at if spawned.made_at >= 0 else node
        joined = graph.effects[node].mode is Mode.AWAITED
        twins = sum(other.function == spawned.function for other in group) > 1
        inner, outer = graph.loop_of[made_at], graph.loop_of[node]
        many = twins or inner != outer or (inner != -1 and not joined)
        path = graph.effects[made_at].path
        receiver = path.name if path is not None and path.root is Root.LOCAL else ""
        own = bool(receiver) and inner != -1 and self._is_loop_name(identity, inner, receiver)
        return Spawn(spawned.function, identity, node, many, own)

    def _is_loop_name(self, identity: FunctionId, loop: int, name: str) -> bool:
        """Say whether each round of `loop` has another object in the local `name`."""
        graph = self._views[identity].function.graph
        while loop != -1:
            if name in graph.loops[loop].names:
                return True
            loop = graph.loops[loop].parent
        bound = (
            index
            for index, effect in enumerate(graph.effects)
            if effect.kind is Kind.BIND and effect.name == name
        )
        return any(graph.loop_of[index] != -1 for index in bound)

    def _module_instances(self) -> Iterator[ClassId]:
        """Yield the classes of which a module keeps an instance in a variable."""
        for view in self._views.values():
            for types in self._names.module(view.path).variables.values():
                known = self._names.value_type(view.path, types)
                if isinstance(known, ClassId):
                    yield known

    def meeting(self, function: FunctionId, place: AccessPath) -> Meeting:
        """Say how sure it is that two tasks run `function` at once on one object of `place`."""
        found = self._by_roots(function, place)
        if found is not None:
            return found
        if function in self._entries and function not in self._calls:
            return Meeting(Level.NEVER, None, "")
        if place.root is Root.CELL:
            return Meeting(Level.NEVER, None, "")
        owner = self._views[function].owner
        if place.root is Root.SELF and owner is not None:
            return self._by_class(owner)
        return Meeting(Level.POSSIBLE, None, "")

    def _by_roots(self, function: FunctionId, place: AccessPath) -> Meeting | None:
        """Look for a root that runs many times, in `function` itself and in what calls it."""
        seen = {function}
        queue: list[tuple[FunctionId, int, bool]] = [(function, 0, True)]
        while queue:
            current, hops, on_self = queue.pop(0)
            for spawn in self._many(current):
                if place.root is not Root.SELF or not spawn.own:
                    certain = place.root is not Root.SELF or on_self
                    level = Level.PROVEN if certain else Level.LIKELY
                    name = self._views[current].function.last_name
                    site = (spawn.spawner, spawn.node)
                    return Meeting(level, site, f"{name}() is started as several tasks here")
            if hops < _MAX_HOPS:
                for call in self._calls.get(current, ()):
                    if call.caller not in seen:
                        seen.add(call.caller)
                        queue.append((call.caller, hops + 1, on_self and call.on_self))
        return None

    def _many(self, function: FunctionId) -> list[Spawn]:
        spawns = self._spawns.get(function, [])
        sites = {(spawn.spawner, spawn.node) for spawn in spawns}
        return [spawn for spawn in spawns if spawn.many or len(sites) > 1]

    def _by_class(self, owner: ClassId) -> Meeting:
        """Look for signs that instances of the class are made to be shared by tasks."""
        for known in self._names.mro(owner):
            spawning = self._spawning_classes.get(known)
            if spawning is not None:
                return Meeting(Level.LIKELY, spawning, f"{known.name} starts tasks on itself here")
            if known in self._singletons:
                return Meeting(Level.LIKELY, None, f"one {known.name} serves the whole module")
            lock = self._own_lock(known)
            if lock:
                reason = f"{known.name} is made for several tasks: it has the lock self.{lock}"
                return Meeting(Level.LIKELY, None, reason)
        words = {word.lower() for word in _WORD.findall(owner.name.rpartition(".")[2])}
        if words & _SHARED_WORDS:
            return Meeting(Level.LIKELY, None, f"a {owner.name} is made to be shared")
        return Meeting(Level.POSSIBLE, None, "")

    def _own_lock(self, known: ClassId) -> str:
        for name, types in self._names.summary(known).attributes:
            found = self._names.value_type(known.path, types)
            if isinstance(found, LibraryType):
                kind = self._names.libraries.lock_kind(found.name)
                if kind is not None and kind.value != "none" and "threading" not in found.name:
                    return name
        return ""

    def called_under_lock(self, function: FunctionId, hops: int = 0) -> bool:
        """Say whether every call of `function` in the program is made while a lock is held."""
        calls = self._calls.get(function, [])
        if not calls or function in self._spawns or hops > 2:
            return False
        return all(
            must_held(self._views[call.caller].function.graph, self._steps[call.caller]).get(
                call.node
            )
            or self.called_under_lock(call.caller, hops + 1)
            for call in calls
        )
