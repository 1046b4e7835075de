"""Swapping before the await: the state is taken away first, then what was there is dealt with.

    if self.socket is not None:      ->  if self.socket is not None:
        await self.socket.close()            socket = self.socket
        self.socket = None                   self.socket = None
                                             await socket.close()

What lies between must look at the state by its name alone.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.expressions import (
    bound_names,
    has_await,
    is_read,
    is_same,
    may_leave,
    mentions,
    mentions_itself,
    used_names,
)
from racelens.fixes.names import local_name
from racelens.fixes.plan import Lines, Plan, Replace
from racelens.fixes.stretch import Stretch, stretch_of, written_state
from racelens.fixes.syntax import FUNCTIONS, last_line
from racelens.fixes.touching import touches_state

if TYPE_CHECKING:
    from racelens.fixes.plan import Change
    from racelens.fixes.site import Site

TITLE = "Take it away before the `await`"
_EMPTY = frozenset({"set", "dict", "list", "deque", "Event", "Queue"})  # when they are made
_LOST = "what has been taken is lost if the work on it fails"
_MADE_AGAIN = "who finds nothing there meanwhile may make one, too, before this one is stored"
_NEAR = 4  # statements behind a loop, in which what it went through may be forgotten
_REMOVALS = frozenset({"pop", "remove", "discard", "clear", "popleft"})


def swap(site: Site) -> Plan | None:
    """Return the plan, or None where the write does not take away what was used before."""
    stretch = stretch_of(site)
    if stretch is None or site.window.write.inner is not None:
        return None
    return _swap(site, stretch)


def swap_loop(site: Site) -> Plan | None:
    """Return the plan for a loop behind which what it has gone through is forgotten."""
    for loop in site.file.above(site.suspension) if site.suspension is not None else ():
        if loop is site.function:
            return None
        if isinstance(loop, ast.For) and any(part is site.read for part in ast.walk(loop.iter)):
            body = site.file.block_of(loop)
            start = body.index(loop)
            for end in range(start + 1, min(start + _NEAR, len(body))):
                state = written_state(body[end])
                if state is not None and mentions([loop.iter], state):
                    return _swap(site, Stretch(site.file, body, start, end, state))
    return None


def _swap(site: Site, stretch: Stretch) -> Plan | None:
    if stretch.block is None:
        return None
    write, between = stretch.write, stretch.before_write
    kept = _kept(stretch)
    if not between or kept is None or has_await([write]) or may_leave(between):
        return None
    if bound_names(between) & used_names([write]) or touches_state(site, between):
        return None
    if bound_names([write]) & used_names(between):
        return None
    used = mentions(between, kept)
    if not _is_all_seen(site, stretch, kept, used):
        return None
    if used and isinstance(write, ast.Assign) and isinstance(write.value, ast.Call):
        return None  # what is left there is looked at before the one is taken
    if not all(map(is_read, used)):
        return None
    changes = tuple(_swapped(site, stretch, kept, used))
    if _loses_work(stretch):
        return Plan(TITLE, Repair.SWAP, changes, Safety.UNSAFE, _LOST)
    if _is_made_again(site, stretch):
        return Plan(TITLE, Repair.SWAP, changes, Safety.UNSAFE, _MADE_AGAIN)
    return Plan(TITLE, Repair.SWAP, changes)


def _loses_work(stretch: Stretch) -> bool:
    """Say whether several things are taken away at once, which a failure then loses."""
    match stretch.write:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="clear"))):
            return True
        case ast.Assign(value=value):
            return not isinstance(value, ast.Constant) and is_nothing(value)
        case _:
            return False


def _is_made_again(site: Site, stretch: Stretch) -> bool:
    """Say whether the function stores something else there behind the work."""
    behind = last_line(stretch.write)
    return any(
        not is_read(node) and node.lineno > behind
        for node in mentions([site.function], stretch.state)
    )


def _is_all_seen(site: Site, stretch: Stretch, kept: ast.expr, used: list[ast.expr]) -> bool:
    """Say whether what lies between looks at the state by its name alone, and looks at once."""
    between = stretch.before_write
    if site.receiver is not None and mentions_itself(between, site.receiver):
        return False
    for node in used:
        for above in site.file.above(node):
            if above is site.function:
                break
            if isinstance(above, (*FUNCTIONS, ast.Lambda)):
                return False  # it is looked at later
    container = kept
    while isinstance(container, ast.Subscript):
        container = container.value
    inside = {id(part) for node in used for part in ast.walk(node)}
    if any(id(node) not in inside for node in mentions(between, container)):
        return False
    rebinds = isinstance(stretch.write, ast.Assign) and stretch.state is kept
    is_replaced = rebinds and not isinstance(kept, ast.Subscript)
    return is_replaced or not _has_alias(site, container)


def _has_alias(site: Site, container: ast.expr) -> bool:
    """Say whether a local of the function names the collection from which something is taken."""
    return any(
        isinstance(node, ast.Assign | ast.NamedExpr) and is_same(node.value, container)
        for node in ast.walk(site.function)
    )


def _kept(stretch: Stretch) -> ast.expr | None:
    """Return what is taken away, as an expression; None where the write does something else."""
    match stretch.write:
        case ast.Assign(value=value) if is_nothing(value):
            return stretch.state
        case ast.Delete():
            return stretch.state
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name))) if name in _REMOVALS:
            return stretch.state
        case ast.Assign(value=ast.Call(func=ast.Attribute(attr=name))) if name in _REMOVALS:
            return stretch.state
        case _:
            return None


def is_nothing(value: ast.expr) -> bool:
    """Say whether a value stands for nothing: None, False, or an empty collection."""
    match value:
        case ast.Constant(value=None | False):
            return True
        case ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[], keywords=[]):
            return name in _EMPTY
        case _:
            return False


def _swapped(site: Site, stretch: Stretch, kept: ast.expr, used: list[ast.expr]) -> list[Change]:
    file = stretch.file
    first, last = stretch.lines_before_write()
    write = stretch.write_lines()
    taken: tuple[str, ...] = ()
    changes: list[Change] = []
    if used:
        name = local_name(kept, site.names(), "taken")
        is_emptied = _empties(stretch.write)
        copied = ".copy()" if is_emptied else ""
        taken = (f"{stretch.indent}{name} = {file.text(kept)}{copied}",)
        changes += [Replace(file.path, file.span(node), name) for node in used]
    changes.append(Lines(file.path, first, first, (*taken, *write)))
    changes.append(Lines(file.path, last + 1, last_line(stretch.write) + 1, ()))
    return changes


def _empties(write: ast.stmt) -> bool:
    """Say whether the collection itself is emptied, so that a copy of it is to be kept."""
    match write:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name))):
            return name in _REMOVALS
        case _:
            return False
