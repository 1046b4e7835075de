"""Task roots: what a program, or a library for it, starts as tasks of their own.

Names and graphs in, roots out: the function, where it is started, and how often it runs at once.
Helpers that pass their parameter on to what starts tasks start tasks themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.libraries.rows import Entry
from racelens.model.effect import Kind, Mode
from racelens.model.location import Root
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racelens.model.effect import Effect
    from racelens.model.graph import Graph
    from racelens.model.location import AccessPath
    from racelens.model.names import ClassId, FunctionId
    from racelens.program.steps import Spawned
    from racelens.program.views import FunctionView
    from racelens.program.writers import Site


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


def task_root(
    view: FunctionView,
    identity: FunctionId,
    node: int,
    spawned: Spawned,
    group: tuple[Spawned, ...],
) -> TaskRoot:
    """Return the root that `spawned` is, one of a `group` that the call at `node` starts."""
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
