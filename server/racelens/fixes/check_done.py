"""Looking whether a future is done right before it is resolved.

future.set_result(value)           ->  if not future.done():
                                           future.set_result(value)
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair
from racelens.fixes.plan import Lines, Plan

if TYPE_CHECKING:
    from racelens.fixes.spot import Spot

TITLE = "Check `done()` first"


def check_done(spot: Spot) -> Plan | None:
    """Return the plan, where the future has a name and the call is a statement of its own."""
    block, call = spot.own_lines, spot.call
    if block is None or call is None or not isinstance(call.func, ast.Attribute):
        return None
    is_statement = isinstance(spot.statement, ast.Expr) and spot.statement.value is call
    if not is_statement or not _is_plain(call.func.value):
        return None
    file = spot.file
    head = f"{file.indentation(block.first)}if not {file.text(call.func.value)}.done():"
    body = file.indented(block.first, block.last)
    return Plan(
        TITLE, Repair.RECHECK, (Lines(file.path, block.first, block.last + 1, (head, *body)),)
    )


def _is_plain(node: ast.expr) -> bool:
    """Say whether an expression is a name, or an attribute or entry of one."""
    return all(
        isinstance(part, ast.Name | ast.Attribute | ast.Subscript | ast.Constant | ast.expr_context)
        for part in ast.walk(node)
    )
