"""The alphabet of effects: what one step of a function does to state, tasks and locks.

Effects name no callee and no type: those are resolved when the program is linked.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, TypeAlias

from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from racelens.model.location import AccessPath

# What a value derives from: the index of an effect of the same graph, or a local name.
Source: TypeAlias = "int | str"
Sources: TypeAlias = "frozenset[Source]"
NOTHING: Sources = frozenset()
NO_ARGUMENT = -1  # as `constant`: the call has no arguments


class Kind(enum.IntEnum):
    """What an effect does."""

    ENTRY = 0  # first node of every graph
    EXIT = 1  # last node of every graph: normal return and escaping exception alike
    READ = 2  # path is read; mode says how
    WRITE = 3  # path is written; mode says how, value what
    BIND = 4  # the local `name` gets a value derived from sources
    TEST = 5  # control branches on sources
    CALL = 6  # path is called with sources; awaited if mode says so
    AWAIT = 7  # something that is no call is awaited, iterated or yielded
    ENTER = 8  # a context manager is entered
    LEAVE = 9  # the context manager of effect `partner` is left
    RETURN = 10
    JOIN = 11  # control flow meets here; no effect


class Mode(enum.IntEnum):
    """How a place is read or written, or a call is made."""

    NONE = 0
    # reads
    VALUE = 1
    MEMBER = 2  # `key in container`; the path ends in the key
    SIZE = 3
    ITERATE = 4
    # writes
    REBIND = 10  # an assignment, of a name, an attribute or an entry
    AUGMENT = 11  # `+=` and the like
    DELETE = 12  # del, pop, remove, discard; the path ends in the key
    ADD = 13  # append, add
    UPDATE = 14  # extend, update: many entries
    CLEAR = 15
    DISCARD = 16  # discard, pop with a default: a removal that minds no absence
    # calls
    PLAIN = 20
    AWAITED = 21
    # awaits
    FUTURE = 30
    ITERATION = 31  # the head of `async for`
    YIELD = 32
    # branches
    IF = 40
    WHILE = 41
    FOR = 42
    # joins
    RAISED = 50  # an exception is raised here
    ASSERTED = 51  # an assertion fails here


class Value(enum.IntEnum):
    """What is written, as far as its syntax tells."""

    OTHER = 0
    NONE = 1
    FALSE = 2
    TRUE = 3
    ZERO = 4
    EMPTY = 5  # an empty container
    CONSTANT = 6
    MADE = 7  # the result of a call or an await
    COPY = 8  # a local or parameter, unchanged


class Predicate(enum.IntEnum):
    """What a branch has found out about a source of its condition."""

    OTHER = 0  # it had a part in the decision
    TRUE = 1
    FALSE = 2
    NONE = 3
    SOME = 4  # is not None
    IN = 5
    OUT = 6
    EQUAL = 7
    UNEQUAL = 8
    COMPARED = 9
    VISITED = 10  # a loop has gone through it

    def negated(self) -> Predicate:
        """Return what the other branch has found out."""
        return _NEGATED.get(self, self)


_PAIRS = (
    (Predicate.TRUE, Predicate.FALSE),
    (Predicate.NONE, Predicate.SOME),
    (Predicate.IN, Predicate.OUT),
    (Predicate.EQUAL, Predicate.UNEQUAL),
)
_NEGATED = {**dict(_PAIRS), **{right: left for left, right in _PAIRS}}


class Checked(NamedTuple):
    """One source of a condition, with what holds of it on the true and on the false branch.

    Unsure: it may hold there. In `a and b`, one of the two is false on the false branch.
    """

    source: Source
    when_true: Predicate
    when_false: Predicate
    sure_true: bool = True
    sure_false: bool = True


class Effect(NamedTuple):
    """One step. Which fields are used depends on `kind`; the others keep their defaults.

    `path` is what is read, written, called or entered; `sources` what the result derives from,
    and `same` those of them that it is equal to; `name` is the local that is bound, or the method
    that is called, also where what it is called on has no path;
    `arguments` the paths of a call's positional arguments (None where one is no path);
    `key` is its first argument as a step of a path, `[=symbol]` or `['constant']`;
    `constant` is the first argument of a call if it is a number: the limit of a semaphore.
    """

    kind: Kind
    path: AccessPath | None = None
    mode: Mode = Mode.NONE
    sources: Sources = NOTHING
    value: Value = Value.OTHER
    name: str = ""
    checked: tuple[Checked, ...] = ()
    arguments: tuple[AccessPath | None, ...] = ()
    key: str = ""
    constant: int | None = None
    partner: int = -1
    same: Sources = NOTHING


def nodes_behind(sources: Iterable[Source], bound: Mapping[str, Iterable[Source]]) -> Iterator[int]:
    """Yield the nodes that made the values of `sources`; what locals are `bound` to is followed."""
    seen: set[Source] = set()
    stack = list(sources)
    while stack:
        source = stack.pop()
        if source in seen:
            continue
        seen.add(source)
        if isinstance(source, str):
            stack.extend(bound.get(source, ()))
        else:
            yield source
