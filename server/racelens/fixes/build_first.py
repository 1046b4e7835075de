"""Building first and assigning once: others see the old state or the new one, and no half of it.

    self.pool = make()                 ->  pool = make()
    await self.pool.open()                 await pool.open()
                                           self.pool = pool

    self.started = True                ->  await connect()
    await connect()                        self.started = True

    self.prices.clear()                ->  fresh = await fetch()
    fresh = await fetch()                  self.prices.clear()
    self.prices.update(fresh)              self.prices.update(fresh)

What is done meanwhile must not look at the state.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.expressions import (
    bound_names,
    has_await,
    is_read,
    may_leave,
    mentions,
    used_names,
)
from racelens.fixes.names import local_name
from racelens.fixes.plan import Lines, Plan, Replace
from racelens.fixes.stretch import is_simple, moved, written_state
from racelens.fixes.touching import touches_state

if TYPE_CHECKING:
    from racelens.fixes.plan import Change
    from racelens.fixes.site import Site
    from racelens.fixes.syntax import Block

TITLE = "Build it first, and assign it once"
TITLE_OF_FILLED = "Empty it when it is filled again"
TITLE_OF_FLAG = "Change it when the work is done"
_AGAIN = "what has failed is tried again"


def build_first(site: Site) -> Plan | None:
    """Return the plan, or None where the writes are not made in one block."""
    if site.window.write_node < site.window.suspend_node:
        return _later(site)
    block = site.block
    if block is None or not isinstance(block.statements[0], ast.Expr):
        return None
    return _emptied_later(site, block)


def _emptied_later(site: Site, block: Block) -> Plan | None:
    """Move the statement that empties a collection to the one that fills it again."""
    file = site.file
    write, first = site.statement(site.write), block.statements[0]
    state = written_state(first)
    body = file.block_of(first)
    start, end = body.index(first), file.number_of(body, write)
    if state is None or end is None or end <= start + 1 or body[end] is not write:
        return None
    if write is None or has_await([write]):
        return None
    between = body[start + 1 : end]
    if mentions(between, state) or touches_state(site, between) or may_leave(between):
        return None
    own, behind = file.block(body, start, start), file.block(body, end, end)
    if own is None or behind is None:
        return None
    return Plan(TITLE_OF_FILLED, Repair.REORDER, moved(file, own, behind.first))


def _later(site: Site) -> Plan | None:
    """Move a write behind the work that it speaks of."""
    file = site.file
    write = site.statement(site.write)
    if write is None or not is_simple(write) or has_await([write]) or site.suspension is None:
        return None
    state = written_state(write)
    body = file.block_of(write)
    start, end = body.index(write), file.number_of(body, site.suspension)
    if state is None or end is None or end <= start:
        return None
    end = _end_of_work(body, end)
    between = body[start + 1 : end + 1]
    if may_leave(between, raising=False) or touches_state(site, between):
        return None
    own, whole = file.block(body, start, start), file.block(body, start, end)
    if own is None or whole is None:
        return None
    used = [node for node in mentions(between, state) if is_read(node)]
    behind = whole.last + 1
    if used:
        return _assigned_once(site, write, used, behind)
    if bound_names(between) & used_names([write]):
        return None
    changes = moved(file, own, behind)
    return Plan(TITLE_OF_FLAG, Repair.REORDER, changes, Safety.UNSAFE, _AGAIN)


def _assigned_once(site: Site, write: ast.stmt, used: list[ast.expr], line: int) -> Plan | None:
    """Give what is made a name of its own, until the work on it is done."""
    file = site.file
    match write:
        case ast.Assign(targets=[target]):
            pass
        case _:
            return None
    name = local_name(target, site.names(), "made")
    renamed = (Replace(file.path, file.span(node), name) for node in (target, *used))
    stored = f"{file.indentation(write.lineno - 1)}{file.text(target)} = {name}"
    changes: tuple[Change, ...] = (*renamed, Lines(file.path, line, line, (stored,)))
    return Plan(TITLE, Repair.REORDER, changes)


def _end_of_work(body: list[ast.stmt], end: int) -> int:
    """Return the last statement of the block that suspends: until then the work is not done."""
    return max((n for n, part in enumerate(body) if n >= end and has_await([part])), default=end)
