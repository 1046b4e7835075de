"""The shapes of windows that rules are named for: which rule a window belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.effect import Mode, Predicate
from racelens.program.related import Outcome

if TYPE_CHECKING:
    from racelens.program.windows import Window

_ABSENT = frozenset({Predicate.FALSE, Predicate.NONE, Predicate.OUT})


def is_update(window: Window) -> bool:
    """Say whether the value written derives from the stale read: read-modify-write."""
    return window.predicate is None


def is_initialization(window: Window) -> bool:
    """Say whether the state was found missing and is filled: made twice when two tasks do it."""
    return (
        window.predicate in _ABSENT
        and window.result is Outcome.FILLS
        and window.write.mode is Mode.REBIND
        and not window.spawned
    )


def is_action(window: Window) -> bool:
    """Say whether the state was checked and then acted upon in any other way."""
    return not is_update(window) and not is_initialization(window)
