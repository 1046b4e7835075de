"""Swapping in the branch that checks, where the state is forgotten further below.

    try:                                   ->  try:
        if self.socket:                            if self.socket:
            await self.socket.close()                  socket = self.socket
    except OSError:                                    self.socket = None
        log()                                          await socket.close()
    finally:                                   except OSError:
        self.socket = None                         log()

The branch must ask for nothing but whether the state is there.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair
from racelens.fixes.expressions import (
    has_await,
    is_pure,
    is_read,
    is_same,
    mentions,
    mentions_itself,
)
from racelens.fixes.names import local_name
from racelens.fixes.plan import Lines, Plan, Replace
from racelens.fixes.stretch import written_state
from racelens.fixes.swap import TITLE, is_nothing
from racelens.fixes.syntax import first_line, last_line
from racelens.fixes.touching import touches_state

if TYPE_CHECKING:
    from racelens.fixes.plan import Change
    from racelens.fixes.site import Site


def swap_in_check(site: Site) -> Plan | None:
    """Return the plan, or None where the state is looked at between the branch and the write."""
    write = site.statement(site.write)
    check = _check(site)
    if check is None or not isinstance(write, ast.Assign) or not is_nothing(write.value):
        return None
    state = written_state(write)
    if state is None or check.lineno >= write.lineno or has_await([check.test]):
        return None
    if any(write is part for part in ast.walk(check)) or touches_state(site, _around(site, check)):
        return None
    if not _is_presence(check.test, state):
        return None
    if site.receiver is not None and mentions_itself(check.body, site.receiver):
        return None
    used = mentions(check.body, state)
    later = [
        node
        for node in mentions([site.function], state)
        if (check.end_lineno or 0) < node.lineno < write.lineno
    ]
    if not used or later or not all(map(is_read, used)):
        return None
    removed = _removed(site, write)
    own_lines = first_line(check.body[0]) > (check.test.end_lineno or 0) - 1
    if removed is None or not own_lines:
        return None
    file = site.file
    name = local_name(state, site.names(), "taken")
    line = first_line(check.body[0])
    indent = file.indentation(line)
    text = file.text(state)
    taken = (f"{indent}{name} = {text}", f"{indent}{text} = {file.text(write.value)}")
    replaced = (Replace(file.path, file.span(node), name) for node in used)
    changes: tuple[Change, ...] = (Lines(file.path, line, line, taken), *replaced, removed)
    return Plan(TITLE, Repair.SWAP, changes)


def _around(site: Site, check: ast.If) -> list[ast.stmt]:
    """Return the statement of the function's own block in which the check stands."""
    inner: ast.AST = check
    for above in site.file.above(check):
        if above is site.function:
            break
        inner = above
    return [inner] if isinstance(inner, ast.stmt) else [check]


def _is_presence(test: ast.expr, state: ast.expr) -> bool:
    """Say whether a test asks for nothing but whether the state is there."""
    match test:
        case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return is_same(left, state)
        case _:
            return is_same(test, state)


def _check(site: Site) -> ast.If | None:
    """Return the `if` that is the window's check, and in whose body the task is suspended."""
    for above in site.file.above(site.suspension) if site.suspension is not None else ():
        if above is site.function:
            return None
        if isinstance(above, ast.If) and any(part is site.read for part in ast.walk(above.test)):
            return above if is_pure(above.test) and not above.orelse else None
    return None


def _removed(site: Site, write: ast.stmt) -> Lines | None:
    """Return the change that removes a statement, and the `finally` that it was alone in."""
    file = site.file
    block = file.own_lines(write)
    if block is None:
        return None
    parent = file.parents.get(write)
    body = file.block_of(write)
    if len(body) > 1:
        return Lines(file.path, block.first, block.last + 1, ())
    if not isinstance(parent, ast.Try) or body is not parent.finalbody or not parent.handlers:
        return None
    above = [*parent.body, *parent.orelse, *(h.body[-1] for h in parent.handlers)]
    line = max(last_line(statement) for statement in above) + 1
    while line < block.first and file.source.line(line).strip() != "finally:":
        line += 1
    if line >= block.first or any("#" in text for text in file.lines(line, block.last)):
        return None
    return Lines(file.path, line, block.last + 1, ())
