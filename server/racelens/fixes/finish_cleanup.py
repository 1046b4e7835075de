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

if TYPE_CHECKING:
    from racelens.fixes.spot import Spot

TITLE = "Do the rest in a `finally` of its own"


def finish_cleanup(spot: Spot) -> Plan | None:
    """Return the plan, where the `await` is a statement of the `finally` itself."""
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
