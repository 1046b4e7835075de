"""Task roots: what a program, or a library for it, starts as tasks of their own.

Names and graphs in, roots out: the function, where it is started, and how often it runs at once.
Helpers that pass their parameter on to what starts tasks start tasks themselves.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from racelens.libraries.rows import Entry
from racelens.model.effect import Kind, Mode
from racelens.model.location import Root
from racelens.program.entries import entry_points
from racelens.program.spawning import Spawning, may_start
from racelens.program.steps import Spawned
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racelens.model.effect import Effect
    from racelens.model.graph import Graph
    from racelens.model.location import AccessPath
    from racelens.model.names import ClassId, FunctionId
    from racelens.program.index import Index
    from racelens.program.memory import Memory
    from racelens.program.views import FunctionView, Views
    from racelens.program.writers import Site

_MAX_HELPERS = 4  # that pass a coroutine on to one another


class TaskRoot(NamedTuple):
    """A function that runs as a task of its own, or as part of one that waits for it.

    `site` is where it is started; None where a library runs it. `many`: several such tasks run at
    once; `own`: each works on an object of its own; `confined`: on one that the function which
    starts it has made; `joined`: who starts it waits for it at once; `kept` is where the task is
    stored, `receiver` what the function is called on; `fed`: it works on what its starter was
    called with, and goes on without it; `entry`: how a library runs it,
    `turns`: functions of this queue wait for each other; `threaded`: if it is not asynchronous, it
    runs in a thread of its own.
    """

    function: FunctionId
    site: Site | None
    made_at: int
    many: bool = False
    own: bool = False
    confined: bool = False
    joined: bool = False
    kept: AccessPath | None = None
    receiver: AccessPath | None = None
    fed: bool = False
    entry: Entry | None = None
    said_by: str = ""
    turns: str = ""
    threaded: bool = False

    @property
    def is_normal(self) -> bool:
        """Whether it runs neither before nor after everything else."""
        return self.entry not in {Entry.FIRST, Entry.LAST}


class Roots(NamedTuple):
    """The task roots by function, and the functions that are run to the end (`asyncio.run`).

    `handlers` are the classes of which a library makes an object for each of its calls.
    """

    tasks: dict[FunctionId, list[TaskRoot]]
    mains: set[FunctionId]
    handlers: set[ClassId]

    def of(self, function: FunctionId) -> Sequence[TaskRoot]:
        """Return the roots that run a function."""
        return self.tasks.get(function, ())


class Started(NamedTuple):
    """What one function starts and runs to the end.

    `is_helper`: it starts what it is called with.
    """

    roots: tuple[TaskRoot, ...]
    mains: frozenset[FunctionId]
    is_helper: bool


_NOTHING_STARTED = Started((), frozenset(), is_helper=False)


def find_roots(views: Views, index: Index, memory: Memory) -> Roots:
    """Return the roots of a program: found once, in what mentions a starter.

    What `memory` has of functions and files and is still true is reused; what is found is added.
    """
    return _Search(views, index, memory).run()


class _Search:
    def __init__(self, views: Views, index: Index, memory: Memory) -> None:
        self._views = views
        self._index = index
        self._memory = memory
        self._roots = Roots({}, set(), set())
        self._helpers: set[FunctionId] = set()

    def run(self) -> Roots:
        for identity in self._index.mentioning(self._index.starters):
            self._look_into(identity, frozenset(self._helpers), 0)
        known: set[FunctionId] = set()
        for number in range(1, _MAX_HELPERS + 1):
            new = frozenset(self._helpers - known)
            known |= new
            names = frozenset(self._views[helper].function.last_name for helper in new)
            for identity in self._index.mentioning(names) if names else ():
                if self._calls_one(self._views[identity], new, names):
                    self._look_into(identity, new, number)
        for found in entry_points(self._views, self._index, self._memory):
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
            self._roots.tasks.setdefault(found.function, []).append(root)
            owner = self._views[found.function].owner
            if found.own and owner is not None:
                self._roots.handlers.add(owner)
        return self._roots

    def _calls_one(
        self, view: FunctionView, helpers: frozenset[FunctionId], names: frozenset[str]
    ) -> bool:
        """Say whether a function calls a helper, of those `names` or one that an import gave."""
        return any(
            _is_one_of(view, path, helpers)
            for path in view.function.outline.calls
            if not path.steps or path.last_name in names
        )

    def _look_into(self, identity: FunctionId, helpers: frozenset[FunctionId], number: int) -> None:
        """Add what a function starts, as is found in this round."""
        make = partial(self._started, identity, helpers, number)
        view = self._views[identity]
        known = self._memory.started[number].of(identity, view, make, given=helpers)
        self._roots.mains.update(known.mains)
        for root in known.roots:
            self._roots.tasks.setdefault(root.function, []).append(root)
        if known.is_helper:
            self._helpers.add(identity)

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
                roots.append(_root(view, identity, node, spawned, started))
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


def _runs_one_of(effect: Effect, given: frozenset[AccessPath]) -> bool:
    """Say whether an effect awaits or calls one of `given`."""
    return effect.kind in {Kind.AWAIT, Kind.CALL} and effect.path in given


def _is_one_of(view: FunctionView, path: AccessPath | None, helpers: frozenset[FunctionId]) -> bool:
    return view.callee(path) in helpers or not helpers.isdisjoint(view.overriding(path))


def _root(
    view: FunctionView,
    identity: FunctionId,
    node: int,
    spawned: Spawned,
    group: tuple[Spawned, ...],
) -> TaskRoot:
    graph = view.function.graph
    made_at = spawned.made_at if spawned.made_at >= 0 else node
    joined = graph.effects[node].mode is Mode.AWAITED
    call = graph.effects[made_at]
    receiver = call.path.parent if call.path is not None and call.path.steps else None
    twins = sum(
        other.function == spawned.function and _receiver(graph, other) == receiver
        for other in group
    )
    inner, outer = graph.loop_of[made_at], graph.loop_of[node]
    ends = joined or is_waited_for(graph, node)
    many = twins > 1 or inner != outer or (inner != -1 and not ends)
    name = receiver.name if receiver is not None and receiver.root is Root.LOCAL else ""
    return TaskRoot(
        spawned.function,
        (identity, node),
        made_at,
        many=many,
        own=inner != -1 and _varies(view, inner, receiver),
        confined=is_confined(view, name),
        joined=joined and len(group) == 1 and not many,
        kept=_kept(graph.effects, node),
        receiver=receiver,
        fed=not ends and any(_is_parameter(path) for path in call.arguments),
    )


def _is_parameter(path: AccessPath | None) -> bool:
    return path is not None and path.root is Root.PARAMETER


def _receiver(graph: Graph, spawned: Spawned) -> AccessPath | None:
    path = graph.effects[spawned.made_at].path if spawned.made_at >= 0 else None
    return path.parent if path is not None and path.steps else None


def _varies(view: FunctionView, loop: int, receiver: AccessPath | None) -> bool:
    """Say whether each round of a loop has another object: the loop's own, or by its key."""
    if receiver is None:
        return False
    if receiver.root is Root.LOCAL and is_loop_name(view, loop, receiver.name):
        return True
    keys = (step[2:-1] for step in receiver.steps if step.startswith("[="))
    return any(is_loop_name(view, loop, key) for key in keys)


def is_waited_for(graph: Graph, node: int) -> bool:
    """Say whether what is started at a node is waited for by its starter, in the same round.

    It is awaited later, or started in a task group that is left there.
    """
    loop, effects = graph.loop_of[node], graph.effects
    names: set[int | str] = {node}
    for later in range(node + 1, len(effects)):
        effect = effects[later]
        if graph.loop_of[later] != loop:
            continue
        if effect.kind is Kind.BIND and not names.isdisjoint(effect.sources):
            names.add(effect.name)
        waits = effect.kind is Kind.AWAIT or effect.mode is Mode.AWAITED
        if waits and effect.kind is not Kind.LEAVE and not names.isdisjoint(effect.sources):
            return True
        if effect.kind is Kind.LEAVE and effect.mode is Mode.AWAITED:
            entered = effect.partner
            if graph.loop_of[entered] == loop and entered < node:
                return True
    return False


def is_confined(view: FunctionView, name: str) -> bool:
    """Say whether the local `name` holds an object that the function has made and keeps to itself.

    It gives it to nobody: returns it, stores it and passes it on nowhere.
    """
    function = view.function
    if not name or not any(local == name for local, _ in function.local_types):
        return False
    for effect in function.graph.effects:
        if name in effect.sources and effect.kind in {Kind.WRITE, Kind.RETURN}:
            return False
        given = (path for path in effect.arguments if path is not None and not path.steps)
        if any(path.root is Root.LOCAL and path.name == name for path in given):
            return False
    return True


def _kept(effects: tuple[Effect, ...], node: int) -> AccessPath | None:
    """Return the attribute or variable of the module in which the result of a call is stored."""
    for effect in effects[node + 1 :]:
        if effect.kind is Kind.WRITE and node in effect.sources and effect.path is not None:
            return effect.path if effect.path.shared_root and not effect.path.is_entry else None
    return None


def is_loop_name(view: FunctionView, loop: int, name: str) -> bool:
    """Say whether each round of `loop` has another object in the local `name`."""
    graph = view.function.graph
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
