"""Files that a function reads, changes and writes again: nodes of its graph come out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from racelens.libraries.rows import Suspends
from racelens.model.effect import Kind
from racelens.program.stores import Shared, Stores
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.stores import Access

_PATHS = "pathlib."
# The first names of what the text of an argument is made of: `path.name`, `f'{folder}/log'`.
_NAMES = re.compile(r"(?:^|[({+])([A-Za-z_]\w*)")


class FileWindow(NamedTuple):
    """A file, as the code names it, that is read at one node and opened for writing at another.

    `suspends`: the task may be suspended in between.
    """

    read: int
    write: int
    name: str
    suspends: bool


class _Use(NamedTuple):
    """A file that is opened, read or written by a call; `mode` as `open` takes it."""

    access: Access
    name: str
    mode: str


def file_windows(program: Program, function: FunctionId) -> Iterator[FileWindow]:
    """Yield the files that a function reads and writes anew, what it writes following from that."""
    stores = program.facet(Shared).of(function)
    if stores is None or stores.of("file", "guard", "replace"):
        return
    uses = list(_uses(stores))
    for write in (use for use in uses if "w" in use.mode):
        for read in (use for use in uses if "r" in use.mode and use.name == write.name):
            first, last = read.access.node, write.access.node
            if first >= last or stores.both_locked(first, last) or stores.is_fresh(read.access):
                continue
            if _follows(stores, first, last):
                steps = program.steps(function)[first:last]
                suspends = any(step.suspends is not Suspends.NEVER for step in steps)
                yield FileWindow(first, last, write.name, suspends)
                break


def appends(program: Program, function: FunctionId) -> Iterator[tuple[int, str]]:
    """Yield where a function opens a file that others name, too, to append to it."""
    stores = program.facet(Shared).of(function)
    if stores is None or stores.of("file", "guard"):
        return
    parameters = stores.view.function.parameters
    for use in _uses(stores):
        node = use.access.node
        mentioned = set(_NAMES.findall(use.name))
        shared = mentioned.isdisjoint({*stores.usage.locals, *parameters} - {"self"})
        if "a" in use.mode and shared and not stores.both_locked(node, node):
            yield node, use.name


def _uses(stores: Stores) -> Iterator[_Use]:
    """Yield the files that a function works on, with what it does to them."""
    for access in stores.of("file", "open", "get", "set"):
        call, kind = access.call, access.row.access
        by_method = bool(call.method) and call.method != "open"
        is_path = by_method or (call.method == "open" and _is_path(stores, access))
        name = access.owner if is_path else call.argument(0, "file")
        if kind == "open":
            mode = call.argument(0 if is_path else 1, "mode").strip("'\"") or "r"
        else:
            mode = "r" if kind == "get" else "w"
        if name:
            yield _Use(access, name, mode)


def _is_path(stores: Stores, access: Access) -> bool:
    """Say whether `open` is the method of a path, and no function of a module."""
    meaning = stores.view.callee(access.call.target)
    return isinstance(meaning, str) and meaning.startswith(_PATHS)


def _follows(stores: Stores, read: int, write: int) -> bool:
    """Say whether what is written behind one node was read behind another one, before it."""
    dependence, effects = stores.dependence, stores.graph.effects
    calls = [node for node, effect in enumerate(effects) if effect.kind is Kind.CALL]
    values = [n for n in calls if n == read or (read < n < write and dependence.derives(n, read))]
    for node in calls:
        if node < write or (node != write and not dependence.derives(node, write)):
            continue
        path = effects[node].path
        handle = path.name if path is not None and path.steps else ""
        if any(dependence.derives(node, value, but=handle) for value in values):
            return True
    return False
