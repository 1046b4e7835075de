"""Reads and writes of one entry outside the process, the second decided or computed by the first.

A function goes in, pairs of accesses come out. What makes such a pair one step for others is known:
a lock, a watch, a script, a transaction that takes rows for update.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from racelens.model.usage import Form
from racelens.program.stores import Shared, Stores
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.stores import Access

_CONDITIONAL = frozenset({"nx", "xx", "if_match", "version", "expected_version"})
_VALUES = {"setex": 2, "psetex": 2}  # where the value is, if it is not the second argument
_FIELDS = frozenset({"hget", "hset", "hexists", "hdel", "hincrby"})
# https://www.rfc-editor.org/rfc/rfc9110#name-idempotent-methods
_IDEMPOTENT = frozenset({"delete", "put"})
_CONSTANTS = ("'", '"', "True", "False", "b'", 'b"')


class How(enum.Enum):
    """How a write follows from a read."""

    COMPUTED = "its value is computed from what was read"
    DECIDED = "what was read decides that it is written"
    MISSING = "it is written where nothing was read"


class StoreWindow(NamedTuple):
    """A read and a write of the entry `key` of a store, with nothing that keeps others out.

    `claims`: what is written where nothing was is a mark, and no copy of something.
    """

    read: Access
    write: Access
    key: str
    how: How
    claims: bool = False


def store_windows(program: Program, function: FunctionId, medium: str) -> Iterator[StoreWindow]:
    """Yield the windows of a function on a medium of keys, one for each write."""
    stores = program.facet(Shared).of(function)
    if stores is None or stores.of(medium, "guard"):
        return
    reads = stores.of(medium, "get")
    for write in stores.of(medium, "set"):
        if not _CONDITIONAL.isdisjoint(write.call.keywords):
            continue
        found = [_window(stores, read, write) for read in reads]
        windows = [window for window in found if window is not None]
        if windows:
            yield min(windows, key=lambda window: list(How).index(window.how))


def _window(stores: Stores, read: Access, write: Access) -> StoreWindow | None:
    key = read.call.argument(0, "name")
    if not key or key != write.call.argument(0, "name") or not _is_one(stores, read, write):
        return None
    fields = {read.call.argument(1), write.call.argument(1)}
    if {read.call.method, write.call.method} <= _FIELDS and "" not in fields and len(fields) > 1:
        return None
    if read.node == write.node or not stores.graph.leads(read.node, write.node):
        return None
    if stores.both_locked(read.node, write.node) or stores.is_fresh(read):
        return None
    how = _how(stores, read.node, write)
    if how is None:
        return None
    value = write.call.argument(_VALUES.get(write.call.method, 1), "value")
    claims = value.startswith(_CONSTANTS) or value.isdigit()
    return StoreWindow(read, write, key, how, claims)


def _is_one(stores: Stores, read: Access, write: Access) -> bool:
    """Say whether two accesses are of one store; a pipeline is one with what has made it."""
    if read.owner == write.owner:
        return True
    made = f"{read.owner}.pipeline"
    return any(
        call.label == made and write.owner in {call.use.name, *call.use.names}
        for call in stores.usage.calls
    )


def _how(stores: Stores, read: int, write: Access) -> How | None:
    dependence, owner = stores.dependence, write.owner.partition(".")[0]
    if dependence.derives(write.node, read, but=owner):
        return How.COMPUTED
    if dependence.decides(read, write.node, more_than_existence=True):
        return How.DECIDED
    return How.MISSING if dependence.decides(read, write.node) else None


def claimed_twice(program: Program, function: FunctionId, medium: str) -> Iterator[StoreWindow]:
    """Yield what is looked up in a queue and taken out of it later, by another command."""
    stores = program.facet(Shared).of(function)
    if stores is None or stores.of(medium, "guard"):
        return
    for take in stores.of(medium, "take"):
        if take.call.use.form is not Form.DROPPED:
            continue  # its answer says who was first
        for look in stores.of(medium, "peek"):
            key = look.call.argument(0, "name")
            same = key and key == take.call.argument(0, "name") and look.owner == take.owner
            if same and stores.graph.leads(look.node, take.node):
                if not stores.both_locked(look.node, take.node):
                    yield StoreWindow(look, take, key, How.DECIDED)
                break


def retried_effects(program: Program, function: FunctionId) -> Iterator[Access]:
    """Yield the calls that change something at a service, in a function that is called again."""
    summary = program.function(function)
    if summary.broken or not summary.decorators:
        return
    view = program.view(function)
    libraries = view.names.libraries
    rows = [libraries.row(view.callee(path)) for path in summary.decorators]
    if not any(row is not None and row.access == "retry" for row in rows):
        return
    for access in Stores(program, function).of("service", "set"):
        if "headers" not in access.call.keywords and access.call.method not in _IDEMPOTENT:
            yield access
