"""What runs in other threads than the event loop's: functions that are handed to threads, in.

And those that a library runs in a thread for each request, and what all of them call. Coroutine
functions run on a loop, whoever calls them.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from racelens.libraries.rows import Entry
from racelens.model.effect import Kind, Mode
from racelens.model.location import AccessPath, Root
from racelens.model.names import MODULE
from racelens.model.outline import OWN
from racelens.model.usage import Form
from racelens.program.answers import LibraryType
from racelens.program.coroutines import meaning_of
from racelens.program.library_calls import calls_named
from racelens.program.roots import is_loop_name, is_waited_for
from racelens.program.spawning import Spawning
from racelens.program.tasks import Level
from racelens.source.named_tuple import NamedTuple
from racelens.source.span import span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.libraries.rows import CallRow
    from racelens.model.effect import Effect
    from racelens.model.names import FunctionId
    from racelens.model.usage import CallUse
    from racelens.program.program import Program
    from racelens.program.views import FunctionView
    from racelens.program.writers import Location, Site

_MOST_HOPS = 4  # calls from the function that a thread runs
_EXECUTOR = "concurrent.futures.Executor"
_LOOPS = frozenset({"asyncio.new_event_loop", "asyncio.run", "asyncio.Runner", "anyio.run"})
_ANYWHERE = AccessPath(Root.NAME, "")


class Start(NamedTuple):
    """How threads come to run a function, `said` in words: where they are started.

    `many`: several threads at once; `apart`: each on an object of its own; `awaited`: the task that
    starts the thread waits for it; `direct`: it is what the thread is given, or called on the same
    object; `by_library`: a library runs it; `own_loop`: it makes an event loop for its thread;
    `worker` is the executor, as the code names it, if that has one thread only. `varies`: each
    thread is given something else; `follows`: it is a timer that starts itself anew at its end;
    `locks` are held from before it starts until it has ended.
    """

    site: Site
    said: str
    many: bool
    apart: bool = False
    awaited: bool = False
    direct: bool = True
    by_library: bool = False
    own_loop: bool = False
    worker: str = ""
    varies: bool = False
    follows: bool = False
    locks: frozenset[Location] = frozenset()

    @property
    def thread(self) -> object:
        """What tells the threads apart: the one worker of an executor, else the place."""
        return self.worker or self.site

    def shares(self, place: AccessPath) -> bool:
        """Say whether all threads that are started so work on one object of a place."""
        return place.root is not Root.SELF or (self.direct and not self.apart)

    def guards(self, place: AccessPath) -> frozenset[Location]:
        """Return those of the locks that all have in common who work on one object of a place."""
        is_own = place.root is Root.SELF
        return frozenset(lock for lock in self.locks if is_own or lock[1].root is not Root.SELF)


class OffLoop(NamedTuple):
    """A call in another thread of what only the event loop's may call, and where it is started."""

    call: CallUse
    instead: str
    started: Start


class Threads:
    """The functions of a program that threads run, with the places that start each."""

    def __init__(self, program: Program) -> None:
        """Look at `program` when somebody asks."""
        self._program = program

    @cached_property
    def run(self) -> dict[FunctionId, tuple[Start, ...]]:
        """The functions that run in threads, those that they call included."""
        program = self._program
        found: dict[FunctionId, tuple[Start, ...]] = {}
        handed = ((each[0], self._start(each)) for each in self._handed)
        for function, start in (*handed, *self._entries):
            if not program.function(function).is_async:
                found[function] = (*found.get(function, ()), start)
        following: list[FunctionId] = list(found)
        for _ in range(_MOST_HOPS):
            called = [(each, callee) for each in following for callee in program.called(each)]
            following = []
            for caller, callee in called:
                if callee not in found and not program.function(callee).is_async:
                    own = self._is_own_call(caller, callee)
                    has_loop = self._makes_loop(callee)
                    found[callee] = tuple(
                        each._replace(
                            direct=own and each.direct, own_loop=each.own_loop or has_loop
                        )
                        for each in found[caller]
                    )
                    following.append(callee)
        return found

    def may_meet(self, function: FunctionId) -> bool:
        """Say whether a function changes what others may know and a thread mentions, perhaps."""
        outline = self._program.function(function).outline
        changes = outline.may_write(self._program.names.libraries.mutators) | outline.cells
        if not changes or not self.functions:
            return False
        known = (name.removeprefix(OWN) for name in changes)
        return function in self.functions or not self._mentioned.isdisjoint(known)

    @cached_property
    def functions(self) -> frozenset[FunctionId]:
        """The functions in `run`: who they are is known before how they are started."""
        program = self._program
        begun = (function for function, *_ in self._handed)
        entered = (function for function, _ in self._entries)
        found = {each for each in (*begun, *entered) if not program.function(each).is_async}
        following = found
        for _ in range(_MOST_HOPS):
            called = {callee for each in following for callee in program.called(each)}
            new = called - found
            following = {callee for callee in new if not program.function(callee).is_async}
            found = found | following
        return frozenset(found)

    @cached_property
    def _mentioned(self) -> frozenset[str]:
        """The names that functions mention which run in threads."""
        functions = (self._program.function(each) for each in self.functions)
        return frozenset[str]().union(*(function.mentions for function in functions))

    def _is_own_call(self, caller: FunctionId, callee: FunctionId) -> bool:
        """Say whether a function calls a method of its own object."""
        view = self._program.view(caller)
        own = (path for path in view.function.outline.calls if path.root is Root.SELF)
        return any(len(path.steps) == 1 and view.callee(path) == callee for path in own)

    @cached_property
    def _handed(self) -> tuple[tuple[FunctionId, FunctionId, int, str], ...]:
        """The functions that are handed to threads: by whom, at which node, by what call."""
        program = self._program
        names = program.renamed(program.names.libraries.threading)
        found: list[tuple[FunctionId, FunctionId, int, str]] = []
        for starter in program.mentioning(names):
            view = program.view(starter)
            if any(_may_thread(view, meaning) for _, meaning in calls_named(view, names)):
                make = lambda view=view: tuple(_handed_over(view))  # noqa: E731
                known = program.memory.threads.of(starter, view, make)
                found += ((function, starter, node, name) for function, node, name in known)
        return tuple(found)

    def _start(self, handed: tuple[FunctionId, FunctionId, int, str]) -> Start:
        function, starter, node, name = handed
        program = self._program
        view = program.view(starter)
        graph = view.function.graph
        loop, effect = graph.loop_of[node], graph.effects[node]
        receivers = {
            path.parent
            for path in _read_by(view, effect)
            if path.steps and view.callee(path) == function
        }
        local = {path.name for path in receivers if path.root is Root.LOCAL}
        again = self._runs_often(starter, node)
        made_here = any(name in dict(view.function.local_types) for name in local)
        varies = any(is_loop_name(view, loop, name) for name in local)
        shown = program.function(function).last_name
        worker = _only_worker(view, effect)
        awaited = effect.mode is Mode.AWAITED
        ends_here = awaited or is_waited_for(graph, node)
        return Start(
            (starter, node),
            f"`{shown}()` is run in {'several threads' if loop != -1 else 'a thread'} from here",
            many=not worker and (loop != -1 or name == "map" or again),
            apart=varies or (made_here and again and loop == -1),
            awaited=awaited,
            own_loop=self._makes_loop(function),
            worker=worker,
            varies=_is_given_loop_name(view, loop, effect),
            follows=name == "Timer" and starter in {function, *program.called(function)},
            locks=self.locks_at((starter, node)) if ends_here else frozenset(),
        )

    def locks_at(self, site: Site) -> frozenset[Location]:
        """Return the locks that are held at a place, as all functions name them."""
        function, node = site
        steps = self._program.steps(function)
        held = self._program.held(function).get(node, frozenset())
        taken = (steps[each].acquires for each in held)
        location = self._program.tasks.writers.location
        return frozenset(location(function, lock) for lock in taken if lock is not None)

    def _makes_loop(self, function: FunctionId) -> bool:
        """Say whether a function makes an event loop: what it touches is that one's, perhaps."""
        view = self._program.view(function)
        return any(view.callee(path) in _LOOPS for path in view.function.outline.calls)

    def _runs_often(self, starter: FunctionId, node: int) -> bool:
        """Say whether several tasks are seen to come to the place that starts a thread."""
        site = (starter, node)
        if self._program.function(starter).last_name == MODULE:
            return False
        return self._program.tasks.meeting(site, _ANYWHERE, site).level >= Level.SEEN

    @cached_property
    def _entries(self) -> tuple[tuple[FunctionId, Start], ...]:
        """The functions that a library runs in threads."""
        return tuple(self._find_entries())

    def _find_entries(self) -> Iterator[tuple[FunctionId, Start]]:
        for function, roots in self._program.tasks.roots.tasks.items():
            for root in roots:
                if root.threaded and root.entry is not None and root.is_normal:
                    name = self._program.function(function).last_name
                    many = root.entry is Entry.MANY or (root.own and self._is_made_often(function))
                    said = f"{root.said_by} runs `{name}()` in a thread for each call"
                    if not many:
                        said = f"`{name}()` runs in a thread"
                    site = root.site or (function, 0)
                    yield function, Start(site, said, many, apart=root.own, by_library=True)

    def _is_made_often(self, method: FunctionId) -> bool:
        """Say whether the program makes several objects of a method's class: a thread each."""
        program = self._program
        owner = program.view(method).owner
        if owner is None:
            return False
        made = [
            (function, view.function.graph.loop_of[node])
            for function in program.mentioning(frozenset({owner.name.rpartition(".")[2]}))
            for view in (program.view(function),)
            for node, effect in enumerate(view.function.graph.effects)
            if effect.kind is Kind.CALL and view.callee(effect.path) == owner
        ]
        return len(made) > 1 or any(loop != -1 for _, loop in made)

    def off_loop(self, function: FunctionId) -> Iterator[OffLoop]:
        """Yield the calls of a function in a thread that belong on the event loop."""
        starts = self.run.get(function, ())
        started = [start for start in starts if not (start.by_library or start.own_loop)]
        summary = self._program.function(function)
        if not started or summary.broken:
            return
        view = self._program.view(function)
        for call in summary.usage.calls:
            meaning = meaning_of(view, call)
            row = view.names.libraries.row(meaning)
            if row is not None and row.loop_only:
                yield OffLoop(call, row.instead, started[0])


def _may_thread(view: FunctionView, meaning: object) -> bool:
    """Say whether a call of `meaning` may run what it is given in a thread."""
    if meaning is None:
        return True
    row = view.names.libraries.row(meaning)
    return row is not None and row.threads


def _handed_over(view: FunctionView) -> Iterator[tuple[FunctionId, int, str]]:
    """Yield the functions that one function hands to threads, the nodes that do so, and by what."""
    spawning = Spawning(view)
    for node, effect in enumerate(view.function.graph.effects):
        if effect.kind is not Kind.CALL:
            continue
        row = _row(view, node, effect)
        if row is None or not row.threads:
            continue
        for function in dict.fromkeys((*spawning.handed(effect), *_nested(view, effect))):
            yield function, node, effect.name


def _is_given_loop_name(view: FunctionView, loop: int, effect: Effect) -> bool:
    """Say whether a call in a loop is given what the loop goes through: a local, or a global."""
    if loop == -1:
        return False
    graph = view.function.graph
    names = {source for source in effect.sources if isinstance(source, str)}
    names.update(path.name for path in _read_by(view, effect) if not path.steps)
    bound = {
        other.path.name
        for node, other in enumerate(graph.effects)
        if other.kind is Kind.WRITE and other.path is not None and graph.loop_of[node] == loop
    }
    return any(name in bound or is_loop_name(view, loop, name) for name in names)


def _only_worker(view: FunctionView, effect: Effect) -> str:
    """Return the executor that a call hands something to, if that has one thread; "" else."""
    owner = effect.path.parent if effect.path is not None and effect.path.steps else None
    for path in (owner, *effect.arguments[:1]):
        known = view.type_of(path) if path is not None else None
        if path is None or not isinstance(known, LibraryType) or known.constant != 1:
            continue
        if _EXECUTOR in view.names.libraries.classes(known.name):
            return path.display()
    return ""


def _read_by(view: FunctionView, effect: Effect) -> Iterator[AccessPath]:
    """Yield the paths that a call is given."""
    effects = view.function.graph.effects
    for source in effect.sources:
        path = effects[source].path if isinstance(source, int) else None
        if path is not None and effects[source].kind is Kind.READ:  # type: ignore[index]
            yield path
    yield from (path for path in effect.arguments if path is not None)


def _nested(view: FunctionView, effect: Effect) -> Iterator[FunctionId]:
    """Yield the functions that are defined inside, and given to a call under their local names."""
    for name, uses in view.function.usage.locals.items():
        given = (each.use for each in uses if each.use.form is Form.ARGUMENT)
        if any(use.into == effect.path for use in given):
            nested = view.nested(name)
            if nested is not None:
                yield nested


def _row(view: FunctionView, node: int, effect: Effect) -> CallRow | None:
    """Return the row of what a node calls, also of a method of what another call returns."""
    meaning: object = view.callee(effect.path)
    if effect.path is None:
        place = span(*view.function.graph.places[node])
        made = (call for call in view.function.usage.calls if call.method == effect.name)
        inside = (c for c in made if place.start <= c.place.start and c.place.end <= place.end)
        meaning = next((meaning_of(view, call) for call in inside), None)
    return view.names.libraries.row(meaning)
