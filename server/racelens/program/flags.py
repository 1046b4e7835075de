"""Flags that are changed too early, or left set: a frame and its claims in, windows out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.libraries.rows import Suspends
from racelens.model.effect import Mode, Predicate, Value
from racelens.program.control import EXIT
from racelens.program.related import Outcome
from racelens.program.steps import Access
from racelens.program.window import Cause, Window

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId
    from racelens.program.flow_frame import FlowFrame, LockState


def torn_claims(
    identity: FunctionId,
    frame: FlowFrame,
    locks: Sequence[LockState],
    claims: Mapping[AccessPath, frozenset[int]],
) -> Iterator[Window]:
    """Yield a window for each flag that is changed under a lock before what it stands for is done.

    Whoever checks the flag without the lock, as this function does at first, goes ahead too early.
    """
    for group, nodes in claims.items():
        touches = frame.touches[group]
        outside = [n for n, t in touches.items() if t.reads and not t.early and not locks[n].held]
        for node in sorted(nodes):
            held = locks[node].held
            guarded = any(frame.steps[taken].acquires is not None for taken in held)
            writes = [write for write in touches[node].early if write.inner is None]
            if not (guarded and writes and any(read < node for read in outside)):
                continue
            writers = frozenset(n for n, t in touches.items() if t.early or t.late) - {node}
            pause = _pause_under(frame, locks, node, held, writers)
            if pause is not None and writes[0].mode is Mode.REBIND:
                yield Window(
                    identity,
                    Access(writes[0].place, Mode.VALUE),
                    node,
                    pause,
                    node,
                    writes[0],
                    None,
                    Outcome.CHANGES,
                    spawned=False,
                    carried=False,
                    cause=Cause.TORN,
                )


def _pause_under(
    frame: FlowFrame,
    locks: Sequence[LockState],
    node: int,
    held: frozenset[int],
    others: frozenset[int],
) -> int | None:
    """Return the first suspension behind `node` at which one of the locks `held` still is."""
    for pause, step in enumerate(frame.steps):
        if (
            step.suspends is not Suspends.NEVER
            and locks[pause].held & held
            and frame.reaches(node, pause, others)
        ):
            return pause
    return None


def stuck_flags(
    identity: FunctionId, frame: FlowFrame, claims: Mapping[AccessPath, frozenset[int]]
) -> Iterator[Window]:
    """Yield a window for each busy flag that an exception leaves set."""
    for group, nodes in claims.items():
        touches = frame.touches[group]
        resets = frozenset(
            node
            for node, touch in touches.items()
            if any(w.mode is Mode.REBIND and w.value is Value.FALSE for w in touch.early)
        )
        for node in sorted(nodes):
            writes = [w for w in touches[node].early if w.inner is None and w.value is Value.TRUE]
            read = next((n for n, t in touches.items() if t.reads and n < node), None)
            if not writes or not resets or read is None:
                continue
            pause = _left_set(frame, node, resets)
            if pause is not None:
                access = touches[read].reads[0]
                yield Window(
                    identity,
                    access,
                    read,
                    pause,
                    node,
                    writes[0],
                    Predicate.FALSE,
                    Outcome.FILLS,
                    spawned=False,
                    carried=False,
                    cause=Cause.STUCK,
                )


def _left_set(frame: FlowFrame, claim: int, resets: frozenset[int]) -> int | None:
    """Return the first suspension behind `claim` from which an exception avoids all `resets`."""
    graph = frame.graph
    for node, step in enumerate(frame.steps):
        if step.suspends is Suspends.NEVER or not frame.reaches(claim, node, resets):
            continue
        if not any(frame.reaches(node, reset) for reset in resets):
            continue
        handlers = graph.raising[node]
        if not handlers or any(h == EXIT or frame.reaches(h, EXIT, resets) for h in handlers):
            return node
    return None
