"""Which write answers which read: what a write does to what a check has found out."""

from __future__ import annotations

import enum
import functools
from typing import TYPE_CHECKING

from racelens.model.effect import Mode, Predicate, Value
from racelens.program.places import entry_of, same_place

if TYPE_CHECKING:
    from racelens.model.location import AccessPath
    from racelens.program.steps import Access, Write

ABSENT = frozenset({Predicate.FALSE, Predicate.NONE, Predicate.OUT})
PRESENT = frozenset({Predicate.TRUE, Predicate.SOME, Predicate.IN, Predicate.VISITED})
NOTHING_VALUES = frozenset({Value.NONE, Value.FALSE, Value.ZERO, Value.EMPTY})
REMOVES = frozenset({Mode.DELETE, Mode.CLEAR, Mode.DISCARD})


class Outcome(enum.IntEnum):
    """What a write does to what a check found out."""

    UNRELATED = 0
    CONFIRMS = 1  # the check stays as it was: nothing that a rival could spoil
    FILLS = 2  # what was absent is there now
    CONSUMES = 3  # what was there is taken away or reset
    CHANGES = 4  # the checked value is another one now


def outcome(read: Access, predicate: Predicate, write: Write) -> Outcome:
    """Return what `write` does to what `predicate` says of `read`."""
    if same_place(read.place, write.place):
        return _on_same(read, predicate, write)
    if entry_of(read.place, write.place):
        return _on_entry(read, predicate, write)
    if entry_of(write.place, read.place) and write.mode is Mode.CLEAR:
        return Outcome.CONSUMES if predicate in PRESENT else Outcome.UNRELATED
    return Outcome.UNRELATED


def _on_same(read: Access, predicate: Predicate, write: Write) -> Outcome:
    if predicate is Predicate.VISITED and read.mode is Mode.ITERATE:
        resets = write.mode is Mode.CLEAR or write.value in NOTHING_VALUES
        return Outcome.CONSUMES if resets else Outcome.UNRELATED
    # An entry that holds None is there all the same.
    emptied = gives_back(write) and read.mode is not Mode.MEMBER
    removes = write.mode in REMOVES or emptied
    if predicate in ABSENT:
        if write.mode is Mode.AUGMENT:
            return Outcome.CHANGES
        return Outcome.CONFIRMS if removes else Outcome.FILLS
    if predicate in PRESENT:
        if removes:
            return Outcome.CONSUMES
        if write.mode is Mode.REBIND and write.value is Value.TRUE:
            return Outcome.CONFIRMS
    return Outcome.CHANGES


def _on_entry(read: Access, predicate: Predicate, write: Write) -> Outcome:
    """Return what a write of one entry does to what is known of the container."""
    if read.mode is Mode.ITERATE or predicate is Predicate.VISITED:
        return Outcome.UNRELATED
    removes = write.mode in REMOVES
    if read.mode is Mode.SIZE:
        grows = write.mode is not Mode.AUGMENT
        return Outcome.CONSUMES if removes else Outcome.CHANGES if grows else Outcome.UNRELATED
    if predicate in ABSENT:
        # `append` does not mind that something else was appended to what was empty; but a callee
        # that is called because nothing is there makes what it appends.
        makes = write.mode is Mode.ADD and write.inner is not None
        fills = makes or write.mode in {Mode.REBIND, Mode.UPDATE}
        return Outcome.FILLS if fills else Outcome.UNRELATED
    if predicate in PRESENT:
        return Outcome.CONSUMES if removes else Outcome.UNRELATED
    return Outcome.UNRELATED


def gives_back(write: Write) -> bool:
    """Say whether a write sets the state to what it is when nothing is there."""
    return write.mode is Mode.REBIND and write.value in NOTHING_VALUES


def carries(read: Access, write: Write) -> bool:
    """Say whether a value derived from `read`, written by `write`, is a read-modify-write."""
    return (
        write.mode in {Mode.REBIND, Mode.AUGMENT}
        and read.mode in {Mode.VALUE, Mode.SIZE}
        and same_place(read.place, write.place)
    )


@functools.lru_cache(maxsize=1 << 14)
def group_of(place: AccessPath) -> AccessPath:
    """Return the place that stands for all entries of a container: the path to its first key."""
    return place.attribute()
