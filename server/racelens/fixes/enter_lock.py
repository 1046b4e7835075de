"""A lock that is taken and given back by hand becomes a context manager.

await self.lock.acquire()          ->  async with self.lock:
await self.send()                          await self.send()
self.lock.release()
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair
from racelens.fixes.plan import Lines, Plan, Replace
from racelens.fixes.syntax import first_line, last_line
from racelens.source.span import Span

if TYPE_CHECKING:
    from racelens.fixes.spot import Spot
    from racelens.fixes.syntax import FileSyntax

TITLE = "Use `{word} {lock}`"
TITLE_OF_ENTRY = "Use `async with`"


def enter_lock(spot: Spot) -> Plan | None:
    """Return the plan, where taking and giving back are two statements of one block."""
    file, statement = spot.file, spot.statement
    if not isinstance(statement, ast.Expr) or spot.call is None:
        return None
    lock = _owner(file, statement, "acquire")
    if not lock:
        return None
    body = file.block_of(statement)
    first = next(number for number, each in enumerate(body) if each is statement)
    last = next(
        (n for n in range(first + 1, len(body)) if _owner(file, body[n], "release") == lock), None
    )
    if (
        last is None
        or last == first + 1
        or _is_given_back_inside(file, body[first + 1 : last], lock)
    ):
        return None
    head, tail = file.own_lines(statement), file.own_lines(body[last])
    if head is None or tail is None:
        return None
    word = "async with" if isinstance(statement.value, ast.Await) else "with"
    lines = file.indented(head.last + 1, tail.first - 1)
    entered = f"{file.indentation(head.first)}{word} {lock}:"
    change = Lines(file.path, head.first, tail.last + 1, (entered, *lines))
    return Plan(TITLE.format(word=word, lock=lock), Repair.LOCK, (change,))


def _owner(file: FileSyntax, statement: ast.stmt, method: str) -> str:
    """Return what a statement calls `method` on, without arguments; "" for any other one."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    call = value.value if isinstance(value, ast.Await) else value
    match call:
        case ast.Call(func=ast.Attribute(value=owner, attr=attr), args=[], keywords=[]):
            return file.text(owner) if attr == method else ""
        case _:
            return ""


def _is_given_back_inside(file: FileSyntax, statements: list[ast.stmt], lock: str) -> bool:
    return any(
        isinstance(part, ast.stmt) and _owner(file, part, "release") == lock
        for statement in statements
        for part in ast.walk(statement)
    )


def enter_async(spot: Spot) -> Plan | None:
    """Return the plan that makes a `with` of a lock for tasks an asynchronous one."""
    statement = spot.statement
    if not isinstance(statement, ast.With) or len(statement.items) != 1 or not spot.is_async:
        return None
    if first_line(statement) > last_line(statement):
        return None
    start = spot.file.span(statement).start
    change = Replace(spot.file.path, Span(start, start), "async ")
    return Plan(TITLE_OF_ENTRY, Repair.LOCK, (change,))
