"""Claiming before a task is started: the flag that the task would set is set for it.

    if not self.reconnecting:          ->  if not self.reconnecting:
        asyncio.create_task(self.run())        self.reconnecting = True
                                               asyncio.create_task(self.run())

The task must set the flag before it does anything else: otherwise it could end, and never reset it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair
from racelens.fixes.plan import Lines, Plan
from racelens.fixes.site import place_of
from racelens.fixes.syntax import first_line
from racelens.model.location import Root

if TYPE_CHECKING:
    from racelens.fixes.site import Site
    from racelens.fixes.syntax import Function


TITLE = "Claim it before the task is started"


def claim_first(site: Site) -> Plan | None:
    """Return the plan, or None where the task does not set a constant of the same object."""
    window = site.window
    inner = window.write.inner
    started = site.statement(site.suspension)
    place = window.read.place
    if not window.spawned or inner is None or started is None or place.root is not Root.SELF:
        return None
    task = place_of(site.program, inner[0], site.syntax_of)
    written = task.node(inner[1]) if task is not None else None
    statement = task.file.statement_of(written) if task is not None and written else None
    block = site.file.own_lines(started)
    match statement:
        case ast.Assign(targets=[ast.Attribute(value=ast.Name())], value=ast.Constant() as value):
            pass
        case _:
            return None
    if task is None or not _comes_first(task.function, statement):
        return None
    if block is None or site.receiver is None:
        return None
    line = first_line(started)
    state = site.receiver + "".join(place.steps)
    text = f"{site.file.indentation(line)}{state} = {task.file.text(value)}"
    return Plan(TITLE, Repair.RESERVE, (Lines(site.file.path, line, line, (text,)),))


def _comes_first(task: Function, statement: ast.stmt) -> bool:
    """Say whether a task does nothing before a statement: else it may end, and never set it."""
    body = [part for part in task.body if not _is_text(part)]
    return bool(body) and body[0] is statement


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
