"""Who runs at the same time: task roots and their evidence, found in the whole program.

Resolved steps go in; for a function and a place comes out how sure it is that two tasks get there.
"""

from __future__ import annotations

import enum
import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from racelens.model.effect import Kind, Mode
from racelens.model.location import AccessPath, Root
from racelens.model.names import ClassId, FunctionId
from racelens.program.callers import Callers
from racelens.program.locks import must_held
from racelens.program.names import LibraryType
from racelens.program.related import group_of
from racelens.program.spawning import Spawning, starts_something
from racelens.program.writers import Writers

if TYPE_CHECKING:
    from racelens.program.index import Index
    from racelens.program.interest import Interest
    from racelens.program.propagate import Propagation
    from racelens.program.steps import Spawned
    from racelens.program.views import Views
    from racelens.program.writers import Site

# Methods of iterators and context managers: each use has an object of its own.
_PER_USE = frozenset({"__aenter__", "__aexit__", "__anext__", "__aiter__"})
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
    made_at: int
    many: bool
    own: bool


class Meeting(NamedTuple):
    """Why two tasks run a function at once: how sure, the place that shows it, and what of it."""

    level: Level
    site: Site | None = None
    reason: str = ""
    rival: Site | None = None  # another function's write; None: the same one


class _Roots(NamedTuple):
    """What a program starts: tasks by function, functions run to the end, classes that start."""

    spawns: dict[FunctionId, list[Spawn]]
    entries: set[FunctionId]
    classes: dict[ClassId, Site]


class Concurrency:
    """The task roots of a program. Answers only."""

    def __init__(
        self, views: Views, propagation: Propagation, index: Index, interest: Interest
    ) -> None:
        """Look for roots in the functions that `index` finds; all is computed when asked for."""
        self._names = views.names
        self._views = views
        self._propagation = propagation
        self._index = index
        self._callers = Callers(views, propagation, index)
        self.writers = Writers(views, propagation, index, interest)
        self._locks: dict[ClassId, str] = {}

    @cached_property
    def _roots(self) -> _Roots:
        """What is started anywhere in the program: found once, in what mentions a starter."""
        roots = _Roots({}, set(), {})
        for identity in self._index.mentioning(self._index.starters):
            view = self._views[identity]
            if not any(starts_something(view, path) for path in view.function.outline.calls):
                continue
            spawning = Spawning(view)
            for node, effect in enumerate(view.function.graph.effects):
                if effect.kind is Kind.CALL and effect.path is not None:
                    meaning = view.callee(effect.path)
                    self._add_started(roots, identity, node, spawning.starts(effect, meaning))
                    roots.entries.update(run.function for run in spawning.runs(effect, meaning))
        return roots

    def _add_started(
        self, roots: _Roots, identity: FunctionId, node: int, started: tuple[Spawned, ...]
    ) -> None:
        owner = self._views[identity].owner
        for spawned in started:
            spawn = self._spawn(identity, node, spawned, started)
            roots.spawns.setdefault(spawned.function, []).append(spawn)
            if owner is not None and self._views[spawned.function].owner == owner:
                roots.classes.setdefault(owner, (identity, node))

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
        return Spawn(spawned.function, identity, node, made_at, many, own)

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

    @cached_property
    def _singletons(self) -> frozenset[ClassId]:
        """The classes of which a module keeps an instance in a variable."""
        found: set[ClassId] = set()
        for path, module in self._names.modules.items():
            for types in module.variables.values():
                known = self._names.value_type(path, types)
                if isinstance(known, ClassId):
                    found.add(known)
        return frozenset(found)

    def is_singleton(self, known: ClassId) -> bool:
        """Say whether a module keeps an instance of the class."""
        return known in self._singletons

    def together(self, meeting: Meeting, function: FunctionId, rival: FunctionId) -> Meeting:
        """Raise `meeting` where two functions are started as tasks side by side."""
        own, other = self._roots.spawns.get(function, []), self._roots.spawns.get(rival, [])
        beside = {spawn.spawner for spawn in own} & {spawn.spawner for spawn in other}
        if not beside or meeting.level >= Level.LIKELY:
            return meeting
        spawn = next(spawn for spawn in own if spawn.spawner in beside)
        name = self._views[rival].function.last_name
        reason = f"{name}() is started beside it here"
        return Meeting(Level.LIKELY, (spawn.spawner, spawn.node), reason, meeting.rival)

    def meeting(self, function: FunctionId, place: AccessPath) -> Meeting:
        """Say how sure it is that two tasks run `function` at once on one object of `place`."""
        found = self._by_roots(function, place)
        if found is not None:
            return found
        if place.root is Root.CELL or self._is_per_use(function, place):
            return Meeting(Level.NEVER)
        rival = None
        if self._runs_alone(function):
            rival = self.other_writer(function, place)
            if rival is None:
                return Meeting(Level.NEVER)
        owner = self._views[function].owner
        if place.root is Root.SELF and owner is not None:
            return self._by_class(owner)._replace(rival=rival)
        return Meeting(Level.POSSIBLE, rival=rival)

    def _is_per_use(self, function: FunctionId, place: AccessPath) -> bool:
        """Say whether the object is entered or gone through by the one task that made it.

        https://docs.python.org/3/reference/datamodel.html#asynchronous-context-managers
        """
        view = self._views[function]
        own = place.root is Root.SELF and len(group_of(place).steps) == 1
        if not own or view.function.last_name not in _PER_USE:
            return False
        # Who counts his users, or locks, has several of them.
        counts = any(e.mode is Mode.AUGMENT for e in view.function.graph.effects)
        classes = self._names.mro(view.owner) if view.owner is not None else ()
        return not counts and not any(map(self._own_lock, classes))

    def _runs_alone(self, function: FunctionId, hops: int = 0) -> bool:
        """Say whether one task at most runs `function`: it is started or run at one place only."""
        spawns, calls = self._roots.spawns.get(function, []), self._callers.of(function)
        if hops > _MAX_HOPS or len(spawns) > 1 or self._many(function):
            return False
        if function in self._roots.entries and not calls:
            return True
        if not function.name.rpartition(".")[2].startswith("_"):
            return False  # others may start it, too
        callers = {call.caller for call in calls} - {function}
        if not callers:
            return bool(spawns)
        return not spawns and all(self._runs_alone(caller, hops + 1) for caller in callers)

    def other_writer(self, function: FunctionId, place: AccessPath) -> Site | None:
        """Return the first write of a place by a function other than `function`; None if none."""
        found = [site for site in self.writers.of(function, place) if site[0] != function]
        return min(found, default=None)

    def _by_roots(self, function: FunctionId, place: AccessPath) -> Meeting | None:
        """Look for a root that runs many times, in `function` itself and in what calls it."""
        seen = {function}
        queue: list[tuple[FunctionId, int, bool]] = [(function, 0, True)]
        while queue:
            current, hops, on_self = queue.pop(0)
            for spawn in self._many(current):
                if self._same_object(spawn, place):
                    certain = place.root is not Root.SELF or on_self
                    level = Level.PROVEN if certain else Level.LIKELY
                    name = self._views[current].function.last_name
                    site = (spawn.spawner, spawn.node)
                    return Meeting(level, site, f"{name}() is started as several tasks here")
            if hops < _MAX_HOPS:
                for call in self._callers.of(current):
                    if call.caller not in seen:
                        seen.add(call.caller)
                        queue.append((call.caller, hops + 1, on_self and call.on_self))
        return None

    def _same_object(self, spawn: Spawn, place: AccessPath) -> bool:
        """Say whether the tasks of `spawn` work on one place: one object, one key."""
        if place.root is Root.SELF and spawn.own:
            return False
        view = self._views[spawn.function]
        graph = self._views[spawn.spawner].function.graph
        given = graph.effects[spawn.made_at].arguments
        parameters = view.function.parameters[1 if view.function.owner else 0 :]
        for parameter, argument in zip(parameters, given, strict=False):
            if f"[={parameter}]" in place.steps and argument is not None:
                loop = graph.loop_of[spawn.made_at]
                own = argument.root is Root.LOCAL and not argument.steps
                if own and loop != -1 and self._is_loop_name(spawn.spawner, loop, argument.name):
                    return False
        return True

    def _many(self, function: FunctionId) -> list[Spawn]:
        spawns = self._roots.spawns.get(function, [])
        sites = {(spawn.spawner, spawn.node) for spawn in spawns}
        return [spawn for spawn in spawns if spawn.many or len(sites) > 1]

    def _by_class(self, owner: ClassId) -> Meeting:
        """Look for signs that instances of the class are made to be shared by tasks."""
        for known in self._names.mro(owner):
            spawning = self._roots.classes.get(known)
            if spawning is not None:
                return Meeting(Level.LIKELY, spawning, f"{known.name} starts tasks on itself here")
            if known in self._singletons:
                return Meeting(Level.LIKELY, None, f"one {known.name} serves the whole module")
            if known not in self._locks:
                self._locks[known] = self._own_lock(known)
            lock = self._locks[known]
            if lock:
                reason = f"{known.name} is made for several tasks: it has the lock self.{lock}"
                return Meeting(Level.LIKELY, None, reason)
        words = {word.lower() for word in _WORD.findall(owner.name.rpartition(".")[2])}
        if words & _SHARED_WORDS:
            return Meeting(Level.LIKELY, None, f"a {owner.name} is made to be shared")
        return Meeting(Level.POSSIBLE)

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
        if self._locked_by_decorator(function):
            return True
        calls = self._callers.of(function)
        if not calls or function in self._roots.spawns or hops > 2:
            return False
        return all(
            must_held(
                self._views[call.caller].function.graph, self._propagation.steps(call.caller)
            ).get(call.node)
            or self.called_under_lock(call.caller, hops + 1)
            for call in calls
        )

    def _locked_by_decorator(self, function: FunctionId) -> bool:
        """Say whether a decorator of the program calls `function` while it holds a lock."""
        view = self._views[function]
        for path in view.function.decorators:
            decorator = view.callee(path)
            if isinstance(decorator, FunctionId) and self._calls_locked(decorator):
                return True
        return False

    def _calls_locked(self, decorator: FunctionId) -> bool:
        """Say whether a function nested in `decorator` holds a lock where it calls its argument."""
        given = {f"{decorator.name}/{name}" for name in self._views[decorator].function.parameters}
        for name in self._names.module(decorator.path).functions:
            identity = FunctionId(decorator.path, name)
            view = self._views[identity]
            if view.function.enclosing != decorator.name:
                continue
            held = must_held(view.function.graph, self._propagation.steps(identity))
            for node, effect in enumerate(view.function.graph.effects):
                path = effect.path
                called = effect.kind is Kind.CALL and path is not None and not path.steps
                if called and path is not None and path.name in given and held.get(node):
                    return True
        return False
