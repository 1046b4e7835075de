"""Letting the database compute what a row gets: an expression in the place of a value.

account.balance -= amount          ->  account.balance = Account.balance - amount
page.visits += 1                   ->  page.visits = F("visits") + 1

https://docs.sqlalchemy.org/en/20/orm/persistence_techniques.html#embedding-sql-insert-update-expressions-into-a-flush
https://docs.djangoproject.com/en/5.2/ref/models/expressions/#f-expressions
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.expressions import is_pure, is_same, mentions, used_names
from racelens.fixes.for_update import library_of, selected
from racelens.fixes.plan import Import, Lines, Plan

if TYPE_CHECKING:
    from racelens.fixes.plan import Change
    from racelens.fixes.spot import Spot

TITLE = "Let the database compute it"
_NOTE = "until the row is loaded again, the attribute is an expression and no value"


def in_database(spot: Spot) -> Plan | None:
    """Return the plan, where something is added to a column that nobody looks at but for that."""
    statement, lines = spot.statement, spot.own_lines
    added = _added(statement)
    if added is None or statement is None or lines is None or lines.first != lines.last:
        return None
    target, sign, value = added
    own = mentions([spot.function], target)
    inside = mentions([statement], target)
    row = used_names([target])
    if len(own) != len(inside) or not is_pure(value) or row & used_names([value]):
        return None
    column = _column(spot, target.attr)
    if column is None:
        return None
    name, imported = column
    file = spot.file
    text = file.text(value)
    right = text if isinstance(value, ast.Name | ast.Attribute | ast.Constant) else f"({text})"
    line = file.source.line(lines.first)
    behind = line[file.span(statement).end.column :]
    head = f"{file.indentation(lines.first)}{file.text(target)}"
    made = f"{head} = {name} {sign} {right}{behind}"
    change = Lines(file.path, lines.first, lines.last + 1, (made,))
    return Plan(TITLE, Repair.SWAP, (*imported, change), Safety.UNSAFE, _NOTE)


def _added(statement: ast.stmt | None) -> tuple[ast.Attribute, str, ast.expr] | None:
    """Return what is added to which attribute, and with which sign."""
    op: ast.operator
    match statement:
        case ast.AugAssign(target=ast.Attribute() as target, op=op, value=value):
            pass
        case ast.Assign(
            targets=[ast.Attribute() as target], value=ast.BinOp(left=left, op=op, right=value)
        ) if is_same(left, target):
            pass
        case _:
            return None
    if not isinstance(op, ast.Add | ast.Sub) or not isinstance(target.value, ast.Name):
        return None
    return target, "+" if isinstance(op, ast.Add) else "-", value


def _column(spot: Spot, attribute: str) -> tuple[str, tuple[Change, ...]] | None:
    """Return the column as an expression, and what must be imported for it."""
    read = spot.read
    call = read.value if isinstance(read, ast.Await) else read
    if not isinstance(call, ast.Call):
        return None
    library = library_of(spot, call)
    if library == "django":
        imported = Import(spot.file.path, "django.db.models", "F")
        return f'F("{attribute}")', (imported,)
    by_key = isinstance(call.func, ast.Attribute) and call.func.attr in {"get", "get_one"}
    first = call.args[0] if call.args else None
    model = first if by_key or first is None else selected(first)
    if library != "sqlalchemy" or not isinstance(model, ast.Name):
        return None
    return f"{model.id}.{attribute}", ()
