"""What a task stores for itself, and takes back after a suspension whoever has stored since.

A frame goes in, windows come out.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from racelens.libraries.rows import Suspends
from racelens.model.effect import Kind, Mode, Value
from racelens.model.location import AccessPath, Root
from racelens.program.receivers import is_receiver
from racelens.program.related import REMOVES, Outcome, gives_back
from racelens.program.steps import Access
from racelens.program.window import Cause, Window

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from racelens.model.names import FunctionId
    from racelens.program.flow_frame import FlowFrame, LockState, Touch
    from racelens.program.steps import Write

_SHARED = frozenset({Root.SELF, Root.NAME})


def own_writes(
    identity: FunctionId, frame: FlowFrame, locks: Sequence[LockState]
) -> Iterator[Window]:
    """Yield a window for each attribute that holds what a caller brought, and is cleared later."""
    for group, touches in frame.touches.items():
        if group.root in _SHARED and len(touches) > 1:
            first = _brought(frame, group, touches)
            if first is not None:
                last = _taken_back(frame, touches, first)
                pause = _pause(frame, locks, touches, first, last) if last is not None else None
                if last is not None and pause is not None:
                    write = touches[last].early[0]
                    access = Access(write.place, Mode.VALUE)
                    yield _window(identity, access, (first, pause, last), write)


def _window(
    identity: FunctionId, access: Access, nodes: tuple[int, int, int], write: Write
) -> Window:
    first, pause, last = nodes
    return Window(
        identity,
        access,
        first,
        pause,
        last,
        write,
        None,
        Outcome.CONSUMES,
        spawned=False,
        carried=False,
        cause=Cause.OVERWROTE,
    )


def refills(identity: FunctionId, frame: FlowFrame, locks: Sequence[LockState]) -> Iterator[Window]:
    """Yield a window for each collection that is emptied, and filled again after a suspension."""
    for group, touches in frame.touches.items():
        if group.root not in _SHARED or len(touches) < 2:
            continue
        nodes = [node for node, touch in touches.items() if touch.early]
        if any(touch.reads and _looks(frame, node) for node, touch in touches.items()):
            continue  # swapped out, merged back, or looked at in another way
        for first, last in pairwise(nodes):
            emptied, filled = _own_write(frame, touches, first), _own_write(frame, touches, last)
            if emptied is None or filled is None or not _refill(emptied, filled):
                continue
            pause = _pause(frame, locks, touches, first, last)
            if pause is not None and frame.graph.loop_of[first] == frame.graph.loop_of[last]:
                access = Access(emptied.place, Mode.VALUE)
                whole = filled._replace(place=emptied.place)
                window = _window(identity, access, (first, pause, last), whole)
                yield window._replace(cause=Cause.TORN, result=Outcome.CHANGES)


def _looks(frame: FlowFrame, node: int) -> bool:
    """Say whether a node reads a collection for more than to call one of its methods."""
    effect = frame.graph.effects[node]
    return effect.kind is Kind.READ and not is_receiver(frame.graph, node)


def _own_write(frame: FlowFrame, touches: Mapping[int, Touch], node: int) -> Write | None:
    """Return what a node itself writes of a group, if it is one write."""
    writes = touches[node].early
    return writes[0] if len(writes) == 1 and frame.steps[node].callee is None else None


def _refill(emptied: Write, filled: Write) -> bool:
    empties = emptied.mode is Mode.CLEAR or emptied.value is Value.EMPTY
    fills = filled.mode is Mode.UPDATE or (
        filled.mode is Mode.REBIND and filled.value in {Value.MADE, Value.COPY, Value.OTHER}
    )
    return empties and fills and not emptied.place.is_entry


def _brought(frame: FlowFrame, group: AccessPath, touches: Mapping[int, Touch]) -> int | None:
    """Return the node that stores a parameter in the attribute, or adds one to the container."""
    for node, touch in touches.items():
        effect = frame.graph.effects[node]
        for write in touch.early:
            if write.inner is not None:
                continue
            stored = write.mode is Mode.REBIND and write.value is Value.COPY
            if stored and write.place == group and _is_parameter(frame, effect.same):
                return node
            if write.mode is Mode.ADD and effect.kind is Kind.CALL and effect.key[:2] == "[=":
                return node
    return None


def _is_parameter(frame: FlowFrame, sources: frozenset[int | str]) -> bool:
    """Say whether a value is what the function was called with: a local that nothing binds."""
    bound = {effect.name for effect in frame.graph.effects if effect.kind is Kind.BIND}
    return bool(sources) and all(
        isinstance(source, str) and source not in bound for source in sources
    )


def _taken_back(frame: FlowFrame, touches: Mapping[int, Touch], first: int) -> int | None:
    """Return the node that clears what `first` stored, without looking at it again."""
    effects = frame.graph.effects
    added = effects[first].kind is Kind.CALL
    for node, touch in touches.items():
        if node == first or len(touch.early) != 1 or touch.early[0].inner is not None:
            continue
        write = touch.early[0]
        if added:
            same = effects[node].key == effects[first].key and write.mode is Mode.DELETE
        else:
            same = write.place == write.place.attribute() and (
                gives_back(write) or write.mode in REMOVES
            )
        if same and frame.reaches(first, node):
            return node
    return None


def _pause(
    frame: FlowFrame,
    locks: Sequence[LockState],
    touches: Mapping[int, Touch],
    first: int,
    last: int,
) -> int | None:
    """Return the first suspension on the way from `first` to `last`, unless something guards it.

    Whoever reads the state again on the way may be looking whether it is still his own.
    """
    held = locks[first].held & locks[last].held
    tested = {
        source
        for effect in frame.graph.effects
        if effect.kind is Kind.TEST
        for source in effect.sources
    }
    own = (
        node
        for node, touch in touches.items()
        if frame.steps[node].callee is None and (touch.early or node in tested)
    )
    others = frozenset(own) - {first, last}
    for node, step in enumerate(frame.steps):
        if (
            step.suspends is not Suspends.NEVER
            and not held
            and node not in others
            and frame.reaches(first, node, others)
            and frame.reaches(node, last, others)
        ):
            return node
    return None
