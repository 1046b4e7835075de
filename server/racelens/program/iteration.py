"""Collections that are gone through while the task suspends: a frame in, windows out.

Whether somebody changes the collection meanwhile is the program's to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.libraries.rows import Suspends
from racelens.model.effect import Kind, Mode, Value
from racelens.model.location import Root
from racelens.program.locks import held_places
from racelens.program.related import Outcome
from racelens.program.steps import Write
from racelens.program.window import Cause, Window

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId
    from racelens.program.flow_frame import FlowFrame, LockState
    from racelens.program.steps import Access


def iterations(
    identity: FunctionId, frame: FlowFrame, locks: Sequence[LockState]
) -> Iterator[Window]:
    """Yield a window for each loop over shared state that goes on after a suspension."""
    iterate = Mode.ITERATE
    for node, effect in enumerate(frame.graph.effects):
        if effect.mode is iterate and effect.kind is Kind.READ:
            access = next((a for a in frame.steps[node].reads if a.mode is Mode.ITERATE), None)
            loop = _loop_over(frame, node) if access is not None else -1
            if access is None or loop == -1 or access.place.root is Root.PARAMETER:
                continue
            pause = _pause(frame, loop)
            if pause is not None:
                covering = sorted(held_places(frame.steps, locks[pause].held))
                yield _window(identity, node, access, pause, tuple(covering))


def _window(
    identity: FunctionId, node: int, access: Access, pause: int, covering: tuple[AccessPath, ...]
) -> Window:
    return Window(
        identity,
        access,
        node,
        pause,
        node,
        Write(access.place, Mode.NONE, Value.OTHER),
        None,
        Outcome.CHANGES,
        spawned=False,
        carried=False,
        cause=Cause.ITERATED,
        covering=covering,
    )


def _loop_over(frame: FlowFrame, read: int) -> int:
    """Return the loop that goes through what `read` reads; -1 if it is none, or asynchronous."""
    graph = frame.graph
    outer = graph.loop_of[read]
    for node in range(read + 1, len(graph.effects)):
        effect = graph.effects[node]
        loop = graph.loop_of[node]
        if read in effect.sources and loop not in {outer, -1}:
            if effect.kind is Kind.AWAIT:
                return -1
            if effect.kind in {Kind.TEST, Kind.BIND}:
                return loop
        if loop == outer and effect.kind not in {Kind.READ, Kind.JOIN}:
            return -1  # the loop would have begun by now
    return -1


def _pause(frame: FlowFrame, loop: int) -> int | None:
    """Return the first suspension in `loop` after which the loop goes on."""
    head = min(
        n for n, own in enumerate(frame.graph.loop_of) if frame.inside(n, loop) and own != -1
    )
    for node, step in enumerate(frame.steps):
        suspends = step.suspends is not Suspends.NEVER
        if suspends and frame.inside(node, loop) and frame.reaches(node, head):
            return node
    return None
