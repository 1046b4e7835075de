"""Cleaning up to the end: what stands behind an `await` in a `finally` gets a `finally` of its own.

finally:                           ->  finally:
    await self.writer.close()              try:
    self.busy = False                          await self.writer.close()
                                           finally:
                                               self.busy = False
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair
from racelens.fixes.expressions import may_leave
from racelens.fixes.plan import Lines, Plan
from racelens.fixes.syntax import first_line, last_line
from racelens.fixes.try_finally import guarded

if TYPE_CHECKING:
    from racelens.fixes.spot import Spot

_WAYS = (
    ("+=", "-="), ("-=", "+="), (".add(", ".discard("), (".add(", ".remove("),
    (".append(", ".remove("),
)  # fmt: skip
TITLE = "Do the rest in a `finally` of its own"


def finish_cleanup(spot: Spot) -> Plan | None:
    """Return the plan, where the `await` is in the `finally` itself, or before a change back."""
    if spot.statement is None:
        return None
    for cleanup in spot.program.function(spot.identity).usage.cleanups:
        line = spot.program.line(spot.identity)
        if cleanup.state and cleanup.place.shifted(line) == spot.finding.span:
            last = spot.file.statement_at(spot.function, cleanup.behind.shifted(line).start.line)
            return _taken_back(spot, last) if last is not None else None
    return _finished(spot)


def _taken_back(spot: Spot, last: ast.stmt) -> Plan | None:
    """Return the plan for a change that is taken back by the statement `last`."""
    file = spot.file
    body = file.block_of(last)
    end = file.number_of(body, last)
    text = file.text(last)
    if end is None:
        return None
    first = next((n for n in range(end - 1, -1, -1) if _undoes(text, file.text(body[n]))), None)
    if first is None or may_leave(body[first + 1 : end], raising=False):
        return None  # who leaves in between means to
    return guarded(file, body, first, end)


def _undoes(last: str, first: str) -> bool:
    """Say whether two statements differ only in the sign or the method of their change."""
    return any(first == last.replace(back, forth, 1) for forth, back in _WAYS if back in last)


def _finished(spot: Spot) -> Plan | None:
    file, statement, lines = spot.file, spot.statement, spot.own_lines
    if statement is None or lines is None or not isinstance(statement, ast.Expr):
        return None
    body = file.block_of(statement)
    above = file.parents.get(statement)
    if not isinstance(above, ast.Try) or above.finalbody is not body:
        return None
    number = next(n for n, each in enumerate(body) if each is statement)
    rest = body[number + 1 :]
    block = file.block(body, number + 1, len(body) - 1) if rest else None
    if block is None or may_leave(rest):
        return None
    indent, last = file.indentation(lines.first), last_line(rest[-1])
    new = (
        f"{indent}try:",
        *file.indented(lines.first, lines.last),
        f"{indent}finally:",
        *file.indented(lines.last + 1, last),
    )
    change = Lines(file.path, first_line(statement), last + 1, new)
    return Plan(TITLE, Repair.REORDER, (change,))
