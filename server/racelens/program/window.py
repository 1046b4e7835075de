"""A window: the data that rules classify, and why it is open."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from racelens.model.effect import Predicate
    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId
    from racelens.program.related import Outcome
    from racelens.program.steps import Access, Write


class Cause(enum.Enum):
    """Why a window is open."""

    STALE = "what was read decides or becomes what is written"
    WAITED = "a wait is taken for a promise that what was waited for still holds"
    ITERATED = "a collection is gone through, and others change it meanwhile"
    OVERWROTE = "what this task stored is taken back, whoever has stored something since"
    TORN = "others see the state between two writes that belong together"
    STUCK = "a busy flag stays set when the region is left by an exception"
    REFERENCE = "what was checked is used after others may have taken it away"


class Window(NamedTuple):
    """A read, a suspension and a write of one state by one function, by nodes of its graph.

    `predicate` is what the read was found to be where it decided a branch, None where its value
    is part of what is written; `carried` says that (also) the latter holds of the same write.
    `spawned`: the suspension is the start of a task that writes. `gap` is the lock that is held
    at the read and at the write, but given back between; `usual_lock` the one under which the
    state is used elsewhere and not here; `instance_lock` one that each object has for itself
    although the state is shared by all; `covering` are the locks held from read to write: such a
    window is open to those only who do not take them. `rival` is a write that is known to fall
    into the window. `write_node` is that of the read where another task writes (ITERATED).
    """

    function: FunctionId
    read: Access
    read_node: int
    suspend_node: int
    write_node: int
    write: Write
    predicate: Predicate | None
    result: Outcome
    spawned: bool
    carried: bool
    cause: Cause = Cause.STALE
    gap: AccessPath | None = None
    usual_lock: AccessPath | None = None
    instance_lock: AccessPath | None = None
    covering: tuple[AccessPath, ...] = ()
    rival: tuple[FunctionId, int] | None = None

    @property
    def state(self) -> str:
        """The state as the code of the function would write it."""
        return self.write.place.display() if self.write.inner is None else self.read.place.display()
