"""Merging into the state: each change is made where it belongs, and no copy takes its place.

    rooms = dict(self.rooms)           ->  fresh = await fetch()
    fresh = await fetch()                  self.rooms.update(fresh)
    rooms.update(fresh)
    self.rooms = rooms

The copy must be used for nothing but to be changed.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.expressions import is_same
from racelens.fixes.plan import Lines, Plan, Replace

if TYPE_CHECKING:
    from racelens.fixes.plan import Change
    from racelens.fixes.site import Site

TITLE = "Make the changes in place"
_NOTE = "others see each change at once, and who has kept the old object sees it, too"
_COPIES = frozenset({"dict", "list", "set", "copy", "deepcopy"})
_CHANGES = frozenset(
    {"append", "add", "extend", "update", "discard", "remove", "pop", "setdefault"}
)


def merge(site: Site) -> Plan | None:
    """Return the plan, or None where the copy is used for something else than to change it."""
    read, write = site.statement(site.read), site.statement(site.write)
    match read, write:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=copied),
            ast.Assign(targets=[target], value=ast.Name(id=stored)),
        ) if name == stored and _is_copy(copied, target):
            pass
        case _:
            return None
    assert read is not None, "it has been looked at"
    assert write is not None, "it has been looked at"
    file = site.file
    own, last = file.own_lines(read), file.own_lines(write)
    if own is None or last is None:
        return None
    used = [
        node for node in ast.walk(site.function) if isinstance(node, ast.Name) and node.id == name
    ]
    used = [node for node in used if node is not read.targets[0] and node is not write.value]
    if not used or not all(_changes_it(site, node) for node in used):
        return None
    text = file.text(target)
    replaced = (Replace(file.path, file.span(node), text) for node in used)
    changes: tuple[Change, ...] = (
        Lines(file.path, own.first, own.last + 1, ()),
        *replaced,
        Lines(file.path, last.first, last.last + 1, ()),
    )
    return Plan(TITLE, Repair.MERGE, changes, Safety.UNSAFE, _NOTE)


def _is_copy(value: ast.expr, state: ast.expr) -> bool:
    """Say whether a value is a copy of the state."""
    match value:
        case ast.Call(func=ast.Name(id=name), args=[copied], keywords=[]):
            return name in _COPIES and is_same(copied, state)
        case ast.Call(func=ast.Attribute(value=copied, attr="copy"), args=[]):
            return is_same(copied, state)
        case _:
            return False


def _changes_it(site: Site, node: ast.Name) -> bool:
    """Say whether a use of the copy changes it: `rooms[key] = room`, `rooms.update(fresh)`."""
    parent = site.file.parents.get(node)
    match parent:
        case ast.Subscript(ctx=ast.Store() | ast.Del()):
            return parent.value is node
        case ast.Attribute(attr=method) if method in _CHANGES:
            call = site.file.parents.get(parent)
            return isinstance(call, ast.Call) and call.func is parent
        case _:
            return False
