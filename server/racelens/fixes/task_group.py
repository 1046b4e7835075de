"""Waiting for the tasks that a loop starts: in a group, which holds them.

    for name in names:                 ->  async with asyncio.TaskGroup() as group:
        asyncio.create_task(send(name))        for name in names:
                                                   group.create_task(send(name))

https://docs.python.org/3/library/asyncio-task.html#asyncio.TaskGroup
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.expressions import within
from racelens.fixes.names import free_name, module_name
from racelens.fixes.plan import Lines, Plan

if TYPE_CHECKING:
    from racelens.fixes.spot import Spot

TITLE = "Start the tasks in a group that waits for them"
_NOTE = (
    "needs Python 3.11; the function waits until all are done, and where one fails the others are"
    " cancelled"
)
_STARTS = "create_task"


def task_group(spot: Spot) -> Plan | None:
    """Return the plan, where a coroutine function starts the tasks in a loop that ends."""
    call, file, loop = spot.call, spot.file, _loop(spot)
    block = file.own_lines(loop) if loop is not None else None
    if call is None or block is None or not spot.is_async:
        return None
    module = module_name(file, "asyncio")
    if file.text(call.func) != f"{module}.{_STARTS}":
        return None
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in within(block.statements)):
        return None
    start, end = file.span(call.func)
    group = free_name("group", spot.names())
    head = f"{file.indentation(block.first)}async with {module}.TaskGroup() as {group}:"
    lines = list(file.indented(block.first, block.last))
    text = lines[start.line - block.first]
    more = len(text) - len(file.source.line(start.line))
    before, behind = text[: start.column + more], text[end.column + more :]
    lines[start.line - block.first] = f"{before}{group}.{_STARTS}{behind}"
    change = Lines(file.path, block.first, block.last + 1, (head, *lines))
    return Plan(TITLE, Repair.KEEP, (change,), Safety.UNSAFE, _NOTE)


def _loop(spot: Spot) -> ast.For | None:
    """Return the outermost loop in which a statement starts a task, if it is finite."""
    statement, found = spot.statement, None
    if not isinstance(statement, ast.Expr) or statement.value is not spot.call:
        return None
    for above in spot.file.above(statement):
        if above is spot.function:
            return found
        if isinstance(above, ast.For):
            found = above
        elif not isinstance(above, ast.If):
            return None
    return None
