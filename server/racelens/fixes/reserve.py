"""Reserving before the await: the write comes first, and is taken back where the work fails.

    if self.busy:              ->  if self.busy:
        return                         return
    await work()                   self.busy = True
    self.busy = True               try:
                                       await work()
                                   except BaseException:
                                       self.busy = False
                                       raise

What is written must be known before the work, and mean the same.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.expressions import (
    bound_names,
    has_await,
    has_stable_keys,
    is_stable,
    may_leave,
    mentions,
    used_names,
)
from racelens.fixes.plan import Lines, Plan
from racelens.fixes.stretch import stretch_of
from racelens.fixes.touching import touches_state
from racelens.model.effect import Predicate

if TYPE_CHECKING:
    from racelens.fixes.site import Site
    from racelens.fixes.stretch import Stretch

TITLE = "Reserve before the `await`, and take it back on failure"
_GO_ON = "others go on as if it were done, while it is being done"
_BEFORE = {Predicate.FALSE: "False", Predicate.NONE: "None"}  # what was found before


def reserve(site: Site) -> Plan | None:
    """Return the plan, or None where what is written is only known after the suspension."""
    stretch = stretch_of(site)
    window = site.window
    if stretch is None or window.predicate is None or window.write.inner is not None:
        return None
    between = stretch.before_write
    undo = _undo(site, stretch)
    if not between or undo is None or may_leave(between) or has_await([stretch.write]):
        return None
    if bound_names(between) & used_names([stretch.write]) or mentions(between, stretch.state):
        return None
    if touches_state(site, between) or not _is_known_before(stretch):
        return None
    change = _reserved(stretch, undo)
    if site.finding.name == "double-initialization":
        return Plan(TITLE, Repair.RESERVE, (change,), Safety.UNSAFE, _GO_ON, partial=True)
    return Plan(TITLE, Repair.RESERVE, (change,))


def _is_known_before(stretch: Stretch) -> bool:
    """Say whether what is written, and where, is the same before the work as behind it."""
    match stretch.write:
        case ast.Assign(value=value):
            parts = [value]
        case ast.AugAssign(value=value):
            parts = [value]
        case ast.Expr(value=ast.Call(args=args)):
            parts = [*args]
        case _:
            return False
    plain = all(is_stable(part, stretch.state) for part in parts)
    return plain and has_stable_keys(stretch.state)


def _reserved(stretch: Stretch, undo: str) -> Lines:
    file, indent, unit = stretch.file, stretch.indent, stretch.file.unit
    first, last = stretch.lines_before_write()
    write = stretch.write_lines()
    new = (
        *write,
        f"{indent}try:",
        *file.indented(first, last),
        f"{indent}except BaseException:",
        f"{indent}{unit}{undo}",
        f"{indent}{unit}raise",
    )
    return Lines(file.path, first, last + 1 + len(write), new)


def _undo(site: Site, stretch: Stretch) -> str | None:
    """Return the statement that takes the write back; None where it cannot be."""
    file, write = stretch.file, stretch.write
    state = file.text(stretch.state)
    match write:
        case ast.Assign(value=value, targets=[target]):
            return _undo_assignment(site, target, value, state)
        case ast.AugAssign(op=ast.Add(), value=value):
            return f"{state} -= {file.text(value)}"
        case ast.AugAssign(op=ast.Sub(), value=value):
            return f"{state} += {file.text(value)}"
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="add"), args=[key])):
            return f"{state}.discard({file.text(key)})"
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append"), args=[item])):
            return f"{state}.remove({file.text(item)})"
        case _:
            return None


def _undo_assignment(site: Site, target: ast.expr, value: ast.expr, state: str) -> str | None:
    predicate = site.window.predicate
    if isinstance(target, ast.Subscript) and predicate is Predicate.OUT:
        holder = site.file.text(target.value)
        return f"{holder}.pop({site.file.text(target.slice)}, None)"
    if predicate is None or predicate not in _BEFORE:
        return None
    if predicate is Predicate.FALSE and not (
        isinstance(value, ast.Constant) and value.value is True
    ):
        return None  # what it was is not known: zero, None, or empty
    return f"{state} = {_BEFORE[predicate]}"
