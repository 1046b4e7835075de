"""The search for task roots: a program in, its roots out, file by file.

What files add is kept: where a file that has changed adds what it did, all roots are as before.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from racelens.libraries.rows import Entry
from racelens.model.effect import Kind
from racelens.program.entries import EntryPoint, EntryPoints
from racelens.program.index import other_files
from racelens.program.roots import Roots, TaskRoot, task_root
from racelens.program.spawning import Spawning, may_start
from racelens.program.steps import Spawned
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from racelens.model.effect import Effect
    from racelens.model.location import AccessPath
    from racelens.model.names import ClassId, FunctionId
    from racelens.program.answers import Answers
    from racelens.program.index import Index
    from racelens.program.memory import Memory
    from racelens.program.module_names import ModuleNames
    from racelens.program.views import FunctionView, Views

_MAX_HELPERS = 4  # that pass a coroutine on to one another


class Started(NamedTuple):
    """What one function starts and runs to the end.

    `is_helper`: it starts what it is called with.
    """

    roots: tuple[TaskRoot, ...]
    mains: frozenset[FunctionId]
    is_helper: bool


_NOTHING_STARTED = Started((), frozenset(), is_helper=False)


class _Round(NamedTuple):
    """Who starts tasks by what was found in the round before: helpers, and how they are called."""

    helpers: frozenset[FunctionId]
    names: frozenset[str]


_Part: TypeAlias = "Started | EntryPoint"
_Parts: TypeAlias = "dict[str, list[tuple[FunctionId, _Part]]]"  # by file


class KnownRoots(NamedTuple):
    """The roots of a program of these `modules`, with what each of its files adds, and how."""

    modules: Mapping[str, ModuleNames]
    answers: Answers
    rounds: tuple[_Round, ...]
    parts: _Parts
    roots: Roots


def find_roots(views: Views, index: Index, memory: Memory) -> Roots:
    """Return the roots of a program: found once, in what mentions a starter.

    What `memory` has of functions and files and is still true is reused; what is found is added.
    """
    search = _Search(views, index, memory)
    known = memory.roots
    if known is None or not search.still_holds(known):
        known = search.run()
    memory.roots = known = known._replace(modules=views.names.modules)
    return known.roots


class _Search:
    def __init__(self, views: Views, index: Index, memory: Memory) -> None:
        self._views = views
        self._index = index
        self._memory = memory
        self._entries = EntryPoints(views, index, memory)

    def still_holds(self, known: KnownRoots) -> bool:
        """Say whether the files that have changed since add the same."""
        modules = self._views.names.modules
        if known.answers is not self._views.names.answers or known.modules.keys() != modules.keys():
            return False
        return all(
            known.parts.get(path, []) == list(self._part(path, known.rounds))
            for path in other_files(known.modules, modules)
        )

    def _part(self, path: str, rounds: tuple[_Round, ...]) -> Iterator[tuple[FunctionId, _Part]]:
        """Yield what one file adds."""
        for number, each in enumerate(rounds):
            yield from self._started_by(self._index.mentioning_in(path, each.names), each, number)
        for point in self._entries.of(path):
            yield point.function, point

    def run(self) -> KnownRoots:
        parts: _Parts = {}
        roots = Roots({}, set(), set())
        helpers: set[FunctionId] = set()
        rounds: list[_Round] = []
        each = _Round(frozenset(), self._index.starters)
        for number in range(_MAX_HELPERS + 1):
            rounds.append(each)
            new: set[FunctionId] = set()
            for identity, started in self._started_by(
                self._index.mentioning(each.names), each, number
            ):
                parts.setdefault(identity.path, []).append((identity, started))
                _add(roots, started)
                new.update((identity,) if started.is_helper else ())
            new -= helpers
            helpers |= new
            if not new:
                break
            names = (self._views[helper].function.last_name for helper in new)
            each = _Round(frozenset(new), frozenset(names))
        for path, point in self._entries.all():
            parts.setdefault(path, []).append((point.function, point))
            self._add_entry(roots, point)
        answers = self._views.names.answers
        return KnownRoots(self._views.names.modules, answers, tuple(rounds), parts, roots)

    def _started_by(
        self, functions: Iterable[FunctionId], each: _Round, number: int
    ) -> Iterator[tuple[FunctionId, Started]]:
        """Yield what those of `functions` start that may start something in this round."""
        for identity in functions:
            view = self._views[identity]
            if number == 0 or self._calls_one(view, each):
                make = partial(self._started, identity, each.helpers, number)
                known = self._memory.started[number].of(identity, view, make, given=each.helpers)
                if known != _NOTHING_STARTED:
                    yield identity, known

    def _calls_one(self, view: FunctionView, each: _Round) -> bool:
        """Say whether a function calls a helper, by its name or by one that an import gave."""
        return any(
            _is_one_of(view, path, each.helpers)
            for path in view.function.outline.calls
            if not path.steps or path.last_name in each.names
        )

    def _add_entry(self, roots: Roots, found: EntryPoint) -> None:
        root = TaskRoot(
            found.function,
            found.site,
            made_at=-1,
            many=found.entry is Entry.MANY,
            own=found.own,
            entry=found.entry,
            said_by=found.said_by,
            turns=found.turns,
            threaded=found.threaded,
        )
        roots.tasks.setdefault(found.function, []).append(root)
        owner: ClassId | None = self._views[found.function].owner
        if found.own and owner is not None:
            roots.handlers.add(owner)

    def _started(
        self, identity: FunctionId, helpers: frozenset[FunctionId], number: int
    ) -> Started:
        view = self._views[identity]
        if number == 0 and not may_start(view, self._index.starters):
            return _NOTHING_STARTED
        spawning = Spawning(view)
        wrapped: set[int] = set()  # coroutines of which a task is made that is passed on
        roots: list[TaskRoot] = []
        mains: set[FunctionId] = set()
        is_helper = False
        for node, effect in enumerate(view.function.graph.effects):
            if effect.kind is not Kind.CALL:
                continue
            meaning = view.callee(effect.path)
            mains.update(run.function for run in spawning.runs(effect, meaning))
            by_helper = _is_one_of(view, effect.path, helpers)
            if not by_helper and not spawning.spawns(effect, meaning):
                continue
            started = spawning.starts(effect, meaning)
            started = self._by_helper(spawning, effect) if by_helper else started
            for spawned in (one for one in started if one.made_at not in wrapped):
                wrapped.add(spawned.made_at) if spawned.made_at >= 0 else None
                roots.append(task_root(view, identity, node, spawned, started))
            if spawning.passes_parameter(effect) or self._wraps_parameter(identity, started):
                is_helper = True
        return Started(tuple(roots), frozenset(mains), is_helper)

    def _wraps_parameter(self, identity: FunctionId, started: tuple[Spawned, ...]) -> bool:
        """Say whether a nested function that is started awaits a parameter of the one around it."""
        given = self._views[identity].function.parameter_cells
        for spawned in started:
            function = self._views[spawned.function].function
            nested = spawned.function.path == identity.path and function.enclosing == identity.name
            if nested and any(_runs_one_of(effect, given) for effect in function.graph.effects):
                return True
        return False

    def _by_helper(self, spawning: Spawning, effect: Effect) -> tuple[Spawned, ...]:
        """Return the tasks that a call of a helper starts: coroutines, or functions it is given."""
        made = spawning.made(effect)
        if made:
            return made
        handed = (
            known for known in spawning.handed(effect) if self._views[known].function.is_async
        )
        return tuple(Spawned(known, -1) for known in handed)


def _add(roots: Roots, started: Started) -> None:
    roots.mains.update(started.mains)
    for root in started.roots:
        roots.tasks.setdefault(root.function, []).append(root)


def _runs_one_of(effect: Effect, given: frozenset[AccessPath]) -> bool:
    """Say whether an effect awaits or calls one of `given`."""
    return effect.kind in {Kind.AWAIT, Kind.CALL} and effect.path in given


def _is_one_of(view: FunctionView, path: AccessPath | None, helpers: frozenset[FunctionId]) -> bool:
    return view.callee(path) in helpers or not helpers.isdisjoint(view.overriding(path))
