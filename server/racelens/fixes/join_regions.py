"""Joining two regions of one lock: nobody gets in between the check and the act.

    async with self.lock:          ->  async with self.lock:
        if key in self.items:              if key in self.items:
            return                             return
    value = await fetch(key)               value = await fetch(key)
    async with self.lock:                  self.items[key] = value
        self.items[key] = value

What lies between must be such that it can be done under the lock.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.hold_lock import catches_of
from racelens.fixes.lock_conditions import Region, may_hold
from racelens.fixes.plan import Lines, Plan
from racelens.fixes.syntax import Block, first_line, last_line

if TYPE_CHECKING:
    from racelens.fixes.site import Site
    from racelens.fixes.syntax import FileSyntax

TITLE = "Join the two regions of `{lock}`"


def join_regions(site: Site) -> Plan | None:
    """Return the plan, or None where what is between the regions cannot be done under the lock."""
    file = site.file
    first, second = _region_around(site, site.read), _region_around(site, site.write)
    if first is None or second is None or first is second or not _is_plain(first, second):
        return None
    body = file.block_of(first)
    start, end = body.index(first), file.number_of(body, second)
    whole = file.block(body, start, end) if end is not None and end > start else None
    if whole is None:
        return None
    behind = Block(whole.statements[1:], first_line(whole.statements[1]), whole.last)
    own = frozenset(site.inside(_lines_of(second)))
    if not may_hold(site.program, [Region(site, behind)], site.window.gap, own):
        return None
    text = file.text(first.items[0].context_expr)
    catches = catches_of(site.program, [Region(site, behind)])
    safety = Safety.UNSAFE if catches else Safety.SAFE
    made = Lines(
        file.path, last_line(first) + 1, whole.last + 1, _joined(file, first, second, whole)
    )
    return Plan(TITLE.format(lock=text), Repair.LOCK, (made,), safety, "; ".join(catches))


def _region_around(site: Site, node: ast.AST | None) -> ast.AsyncWith | None:
    """Return the `async with` of the lock of the gap around a node."""
    lock = site.window.gap
    if node is None or lock is None:
        return None
    wanted = site.written(lock)
    for above in site.file.above(node):
        if above is site.function:
            return None
        if isinstance(above, ast.AsyncWith):
            text = site.file.text(above.items[0].context_expr)
            if text == wanted and len(above.items) == 1:
                return above
    return None


def _is_plain(first: ast.AsyncWith, second: ast.AsyncWith) -> bool:
    unnamed = first.items[0].optional_vars is None and second.items[0].optional_vars is None
    own_lines = first_line(second.body[0]) > second.lineno - 1
    return unnamed and own_lines and first_line(first.body[0]) > first.lineno - 1


def _lines_of(node: ast.stmt) -> Block:
    return Block((node,), first_line(node), node.lineno - 1)


def _joined(
    file: FileSyntax, first: ast.AsyncWith, second: ast.AsyncWith, whole: Block
) -> tuple[str, ...]:
    """Return the lines behind the first region: one deeper, but for the second's body."""
    head, body = second.lineno - 1, first_line(second.body[0])
    return (
        *file.indented(last_line(first) + 1, head - 1),
        *file.lines(body, last_line(second)),
        *file.indented(last_line(second) + 1, whole.last),
    )
