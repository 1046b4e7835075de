"""From a window to its rival: who else writes, and how sure it is that both run at once.

A window of the program goes in; a clash comes out, or None where no other task can write.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from racelens.findings.witness import harms, rival_node
from racelens.model.effect import Mode, Value
from racelens.model.location import AccessPath
from racelens.model.names import MODULE
from racelens.program.related import REMOVES, Outcome, group_of, outcome
from racelens.program.tasks import Level
from racelens.program.window import Cause
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.steps import Write
    from racelens.program.tasks import Meeting
    from racelens.program.window import Window
    from racelens.program.writers import Site

_BY_OTHERS = frozenset({Cause.ITERATED, Cause.REFERENCE})
_MOST_WRITES, _MOST_RIVALS = 32, 8  # that are looked at for one window
_ANSWERED = frozenset({Outcome.FILLS, Outcome.CONSUMES, Outcome.CHANGES})


class Clash(NamedTuple):
    """How tasks meet in a window: the rival is another function's write, or else `own_write`."""

    meeting: Meeting
    rival: Site | None
    own_write: int


def clash(program: Program, window: Window) -> Clash | None:
    """Say how tasks meet in a window: of all rivals the one that is surest to be there.

    None where there is none, where every caller holds a lock, and where the rival is to blame
    alone: it has a window of its own, and no lock, while this one has.
    """
    if _is_covered(program, window):
        return None
    own_write = rival_node(program, window)
    best: Clash | None = None
    for rival in _rivals(program, window, own_write):
        inside = (window.function, max(window.suspend_node, window.write_node))
        meeting = program.tasks.meeting(
            inside, window.read.place, inside if rival is None else rival
        )
        if meeting.level is Level.NEVER or (best and meeting.level <= best.meeting.level):
            continue
        if rival is not None and window.covering and _has_window(program, rival[0], window):
            continue
        best = Clash(meeting, rival, window.write_node if own_write is None else own_write)
        if meeting.level >= Level.SEEN:
            break  # that tasks meet is seen: another rival would show no more
    return best


def rivals(program: Program, window: Window) -> Iterator[Site]:
    """Yield the writes of other functions that may fall into a window, whoever is surest."""
    inside = (window.function, max(window.suspend_node, window.write_node))
    known = [window.rival] if window.rival is not None else []
    for rival in dict.fromkeys([*known, *_other_writes(program, window)]):
        meeting = program.tasks.meeting(inside, window.read.place, rival)
        if meeting.level is not Level.NEVER:
            yield rival


def _rivals(program: Program, window: Window, own_write: int | None) -> Iterator[Site | None]:
    """Yield the writes that may fall into a window; None is another task in the same function.

    Whoever goes through a collection does not change it, and two tasks that hold one lock, though
    not the usual one, exclude each other: there the rival is another function, if any writes.
    """
    if window.rival is not None:
        own = window.read.place.is_own
        if not (own and _is_elsewhere(program, window.function, window.rival[0])):
            yield window.rival
        return
    others = window.cause in _BY_OTHERS or window.usual_lock is not None or bool(window.covering)
    if own_write is not None and not others:
        yield None
        if not program.tasks.may_see_tasks(window.function, window.read.place):
            return  # another rival would show no more
    yield from islice(_other_writes(program, window), _MOST_RIVALS)


def _other_writes(program: Program, window: Window) -> Iterator[Site]:
    """Yield the harmful writes of other functions; what a module does while it loads is none."""
    writers = program.tasks.writers
    place = window.read.place
    known = writers.location(window.function, place)
    own = place.is_own
    for function, node in islice(writers.of(window.function, place), _MOST_WRITES):
        loads = program.function(function).last_name == MODULE
        if loads or function == window.function:
            continue
        if own and _is_elsewhere(program, window.function, function):
            continue
        for write in program.steps(function)[node].early:
            same = write.inner is None and writers.location(function, write.place) == known
            seen = write._replace(place=_seen_from(place, write.place))
            if same and _does_harm(window, seen):
                yield (function, node)


def _is_elsewhere(program: Program, function: FunctionId, other: FunctionId) -> bool:
    """Say whether no object runs both of two methods: their classes are apart, or one overrides."""
    mine, others = program.view(function), program.view(other)
    if function == other or mine.owner is None or others.owner is None:
        return False
    if not program.subclasses.may_be_one(mine.owner, others.owner):
        return True
    if mine.function.last_name != others.function.last_name:
        return False
    names = program.names
    return others.owner in names.mro(mine.owner) or mine.owner in names.mro(others.owner)


def _seen_from(place: AccessPath, written: AccessPath) -> AccessPath:
    """Return what another function writes as the window's function would name it."""
    group = group_of(place)
    entry = written.steps[len(group_of(written).steps) :]
    return AccessPath(group.root, group.name, (*group.steps, *entry))


def _does_harm(window: Window, write: Write) -> bool:
    """Say whether a rival's write spoils what the window's task has found or is about to write."""
    if window.cause is not Cause.STALE:
        return harms(window, write)
    if window.predicate is None:
        return write.mode not in REMOVES
    cuts = window.write.mode is Mode.DELETE and window.write.value is Value.OTHER
    if cuts and write.mode is not Mode.DELETE:
        return False  # nothing is cut off what is empty
    inner = window.write.inner  # adding is making what is missing where a callee does it
    done = outcome(window.read, window.predicate, write._replace(inner=inner))
    if window.result in {Outcome.FILLS, Outcome.CONSUMES}:
        return done is window.result
    return done in _ANSWERED


def _has_window(program: Program, rival: FunctionId, window: Window) -> bool:
    """Say whether the rival has a window of the same state that no lock covers."""
    group = group_of(window.read.place)
    return any(
        not other.covering and group_of(other.read.place) == group
        for other in program.windows(rival)
    )


def _is_covered(program: Program, window: Window) -> bool:
    """Say whether every caller holds a lock, so that no rival gets in; a flag sticks though."""
    under_lock = program.tasks.held.called_under_lock
    return window.cause is not Cause.STUCK and under_lock(window.function)
