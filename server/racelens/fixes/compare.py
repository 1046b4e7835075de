"""Comparing before restoring: a task takes back only what it has stored itself.

    self.current = task        ->  self.current = task
    await work()                   await work()
    self.current = None            if self.current is task:
                                       self.current = None

Every way to the write must come by the store, and what is stored must keep its name.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair
from racelens.fixes.expressions import bound_names, is_read, is_same, mentions, used_names
from racelens.fixes.names import local_name
from racelens.fixes.plan import Lines, Plan, Replace
from racelens.fixes.stretch import is_simple, written_state
from racelens.fixes.touching import touches_state
from racelens.source.span import Span

if TYPE_CHECKING:
    from racelens.fixes.plan import Change
    from racelens.fixes.site import Site

TITLE = "Take back only what this task has stored"


def compare(site: Site) -> Plan | None:
    """Return the plan, or None where it cannot be told what this task has stored."""
    write = site.statement(site.write)
    if write is None or not is_simple(write) or site.window.write.inner is not None:
        return None
    block = site.file.own_lines(write)
    own = _own_store(site, write)
    if block is None or own is None:
        return None
    test, changes = own
    indent = site.file.indentation(block.first)
    new = (f"{indent}if {test}:", *site.file.indented(block.first, block.last))
    guarded = Lines(site.file.path, block.first, block.last + 1, new)
    return Plan(TITLE, Repair.RECHECK, (*changes, guarded))


def _own_store(site: Site, write: ast.stmt) -> tuple[str, tuple[Change, ...]] | None:
    """Return the test that the state is what this task has stored, and what that needs."""
    stored = _stores(site, write)
    if stored is None:
        return None
    statement, state = stored
    file = site.file
    match statement:
        case ast.Assign(value=value):
            name, changes = _named(site, statement, value, state)
        case ast.Expr(value=ast.Call(func=ast.Attribute(), args=[item])):
            return f"{file.text(item)} in {file.text(state)}", ()
        case _:
            return None
    if isinstance(state, ast.Subscript):
        holder, key = file.text(state.value), file.text(state.slice)
        return f"{holder}.get({key}) is {name}", changes
    return f"{file.text(state)} is {name}", changes


def _named(
    site: Site, statement: ast.Assign, value: ast.expr, state: ast.expr
) -> tuple[str, tuple[Change, ...]]:
    """Return a name for what is stored; a new one where it has none."""
    file = site.file
    stores = [
        node
        for node in ast.walk(site.function)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    ]
    is_kept = isinstance(value, ast.Name) and not any(
        node.id == value.id and node.lineno > statement.lineno for node in stores
    )
    if isinstance(value, ast.Name) and is_kept:
        return value.id, ()
    name = local_name(state, site.names(), "own")
    start, end = file.span(statement).start, file.span(value).start
    line = start.line
    indent = file.indentation(line)
    text = f"{name} = "
    behind = (statement.end_lineno or statement.lineno) - 1
    stored = f"{indent}{file.text(state)} = {name}"
    begins = Replace(file.path, Span(start, end), text)
    return name, (begins, Lines(file.path, behind + 1, behind + 1, (stored,)))


def _stores(site: Site, write: ast.stmt) -> tuple[ast.stmt, ast.expr] | None:
    """Return the last statement before the write that stores the same state, and the state."""
    state = written_state(write)
    if state is None:
        return None
    keys = used_names([state])
    found: ast.stmt | None = None
    for node in ast.walk(site.function):
        if not isinstance(node, ast.stmt) or node.lineno >= write.lineno:
            continue
        other = written_state(node)
        is_store = (isinstance(node, ast.Assign) and node.targets[0] is other) or _adds(node)
        if other is not None and is_store and is_same(_whole(other, node), _whole(state, write)):
            found = node if found is None or node.lineno > found.lineno else found
    if found is None or not (_adds(found) or _dominates(site, found, write, state)):
        return None
    if keys & bound_names(_between(site, found, write)):
        return None
    known = written_state(found)
    return (found, known) if known is not None else None


def _dominates(site: Site, found: ast.stmt, write: ast.stmt, state: ast.expr) -> bool:
    """Say whether every way to the write comes by a store, and nobody stores behind it."""
    blocks = [site.file.block_of(write)]
    blocks += [
        site.file.block_of(above)
        for above in site.file.above(write)
        if isinstance(above, ast.stmt) and above is not site.function
    ]
    if not any(part is found for block in blocks for part in block):
        return False
    between = _between(site, found, write)
    others = [node for node in mentions(between, state) if not is_read(node)]
    return not others and not (between and touches_state(site, between))


def _adds(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append" | "add"))):
            return True
        case _:
            return False


def _whole(state: ast.expr, statement: ast.stmt) -> ast.expr:
    """Return what a statement writes, with the key of what it takes out of a dictionary."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="pop"), args=[key, *_])):
            return ast.Subscript(state, key, ast.Load())
        case _:
            return state


def _between(site: Site, first: ast.stmt, last: ast.stmt) -> list[ast.stmt]:
    return [
        node
        for node in ast.walk(site.function)
        if isinstance(node, ast.stmt)
        and is_simple(node)
        and first.lineno < node.lineno < last.lineno
    ]
