"""What one node of a function's graph does, once names and callees are known: plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.libraries.rows import Suspends
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from racelens.model.effect import Mode, Value
    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId


class Access(NamedTuple):
    """A read of a place."""

    place: AccessPath
    mode: Mode


class Spawned(NamedTuple):
    """A task that a call starts: what it runs, and the node that makes its coroutine.

    The node is -1 where the function itself is given (`start_soon(worker)`).
    """

    function: FunctionId
    made_at: int


class Write(NamedTuple):
    """A write of a place; `inner` is the callee's function and node where it really happens."""

    place: AccessPath
    mode: Mode
    value: Value
    inner: tuple[FunctionId, int] | None = None


def in_order(effect: Access | Write) -> tuple[object, ...]:
    """Return the key by which accesses are listed, so that the same input gives the same report."""
    if isinstance(effect, Access):
        return effect
    return (effect.place, effect.mode, effect.value, effect.inner or ())


class Facts(NamedTuple):
    """What a function does, as its callers see it, in terms of its own self and of globals.

    `early` writes may happen before any suspension; `late` ones only after one, and without a
    check of the same state inside. `reads` are what its result may depend on. All are in order.
    """

    suspends: Suspends = Suspends.NEVER
    reads: tuple[Access, ...] = ()
    early: tuple[Write, ...] = ()
    late: tuple[Write, ...] = ()
    deferred: tuple[Write, ...] = ()  # of a coroutine that it returns without awaiting it
    given: tuple[Write, ...] = ()  # of what it is called with, before any suspension
    checks: frozenset[AccessPath] = frozenset()  # groups that it tests itself
    holds: frozenset[AccessPath] = frozenset()  # locks that it holds at each `yield`
    keeps: frozenset[AccessPath] = frozenset()  # locks that it takes and leaves to its caller
    frees: frozenset[AccessPath] = frozenset()  # locks of its caller's that it gives back


NO_FACTS = Facts()


class Step(NamedTuple):
    """What one node does, in this order: reads, early writes, suspension, late writes.

    `acquires` is the lock that the node takes, behind its suspension; `releases` the nodes whose
    acquisition ends here, `frees` the lock they took; `interrupts` those that are given up and
    taken again inside (a condition's wait). `spawns` are functions that run as tasks of their own
    from here on.
    """

    reads: tuple[Access, ...] = ()
    early: tuple[Write, ...] = ()
    suspends: Suspends = Suspends.NEVER
    late: tuple[Write, ...] = ()
    acquires: AccessPath | None = None
    releases: tuple[int, ...] = ()
    frees: AccessPath | None = None
    interrupts: tuple[int, ...] = ()
    spawns: tuple[Spawned, ...] = ()
    runs: tuple[Spawned, ...] = ()  # run to the end before the program goes on: `asyncio.run`
    waits_for: Access | None = None  # returns when this place is set
    callee: FunctionId | None = None
    deferred: tuple[Write, ...] = ()  # of a coroutine that is made here and not awaited


NO_STEP = Step()
