"""What a fix is: a title, the edits, how safe they are, and what kind of repair it is."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from racelens.source.edit import TextEdit


class Safety(enum.Enum):
    """Whether a fix keeps the meaning of code that has no race."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class Repair(enum.Enum):
    """What kind of repair a fix is, as one would name it in the message of a commit."""

    LOCK = "lock"
    RECHECK = "re-check"
    RESERVE = "reserve"
    SWAP = "swap"
    READ_LATER = "read later"
    SINGLE_FLIGHT = "single flight"
    MERGE = "merge"
    COPY = "copy"
    QUEUE = "queue"
    REORDER = "reorder"
    AWAIT = "await"
    KEEP = "keep"
    RAISE = "raise"
    HAND_OVER = "hand over"
    TIDY = "tidy"
    SUPPRESS = "suppress"


class Fix(NamedTuple):
    """A change that removes a finding. `title` is a verb phrase; `edits` do not overlap.

    `note` says why a fix is unsafe, or what it leaves to be done; "" where there is nothing to
    say. A fix that `rewrites` changes how the code is built, and is no quick fix to editors; one
    that is `partial` leaves some of the harm.
    """

    title: str
    edits: tuple[TextEdit, ...]
    safety: Safety
    preferred: bool
    repair: Repair = Repair.LOCK
    rewrites: bool = False
    note: str = ""
    partial: bool = False
