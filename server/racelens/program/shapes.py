"""The shapes of windows that rules are named for: which rules a window belongs to."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from racelens.model.effect import Mode
from racelens.program.related import ABSENT, Outcome
from racelens.program.window import Cause

if TYPE_CHECKING:
    from racelens.program.window import Window


class Shape(enum.Enum):
    """What a window looks like, by the code of its rule; in order of precedence."""

    LOCK_GAP = "RL302"
    PER_INSTANCE_LOCK = "RL310"
    INCONSISTENT_LOCK = "RL303"
    STUCK_BUSY_FLAG = "RL109"
    WAIT_WITHOUT_RECHECK = "RL108"
    CHANGED_WHILE_ITERATING = "RL105"
    DOUBLE_INITIALIZATION = "RL103"
    STALE_CHECK = "RL102"
    STALE_OVERWRITE = "RL104"
    TORN_UPDATE = "RL107"
    LOST_UPDATE = "RL101"
    STALE_REFERENCE = "RL106"


_BY_CAUSE = {
    Cause.STUCK: Shape.STUCK_BUSY_FLAG,
    Cause.WAITED: Shape.WAIT_WITHOUT_RECHECK,
    Cause.ITERATED: Shape.CHANGED_WHILE_ITERATING,
    Cause.OVERWROTE: Shape.STALE_OVERWRITE,
    Cause.TORN: Shape.TORN_UPDATE,
    Cause.REFERENCE: Shape.STALE_REFERENCE,
}
RANKS = {shape: rank for rank, shape in enumerate(Shape)}


def shapes(window: Window) -> tuple[Shape, ...]:
    """Return the shapes that fit a window, in order; the first one names its rule."""
    found: list[Shape] = []
    if window.gap is not None:
        found.append(Shape.LOCK_GAP)
    if window.instance_lock is not None:
        found.append(Shape.PER_INSTANCE_LOCK)
    if window.usual_lock is not None:
        found.append(Shape.INCONSISTENT_LOCK)
    if window.cause in _BY_CAUSE:
        found.append(_BY_CAUSE[window.cause])
        if window.carried:
            found.append(Shape.LOST_UPDATE)
    else:
        if window.predicate is None or window.carried:
            found.append(Shape.LOST_UPDATE)
        if _is_initialization(window):
            found.append(Shape.DOUBLE_INITIALIZATION)
        if window.predicate is not None:
            found.append(Shape.STALE_CHECK)
    return tuple(sorted(found, key=RANKS.__getitem__))


def _is_initialization(window: Window) -> bool:
    """Say whether the state was found missing and is filled: made twice when two tasks do it."""
    return (
        window.predicate in ABSENT
        and window.result is Outcome.FILLS
        and window.write.mode is Mode.REBIND
        and not window.spawned
    )
