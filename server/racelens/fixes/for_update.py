"""Taking a row for update where it is selected.

await session.scalar(select(A))        ->  await session.scalar(select(A).with_for_update())
await session.get(A, number)           ->  await session.get(A, number, with_for_update=True)
Page.objects.get(pk=number)            ->  Page.objects.select_for_update().get(pk=number)
await db.fetchval("SELECT n FROM t")   ->  await db.fetchval("SELECT n FROM t FOR UPDATE")

Whatever begins a transaction by itself only does it where a transaction is begun.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.plan import Plan, Replace
from racelens.program.stores import Stores
from racelens.source.named_tuple import NamedTuple
from racelens.source.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.fixes.spot import Spot

TITLE = "Select the row for update"
_NOTE = "the row stays locked until the transaction ends"
_BY_KEY = frozenset({"get", "get_one"})
_BY_STATEMENT = frozenset({"execute", "scalar", "scalars", "stream", "exec"})
_READS = frozenset({"get", "aget", "first", "afirst", "filter", "get_or_none", "all"})
_CLAIMED = "RL603"  # others take the next row
_NO_ROWS = frozenset({"GROUP", "DISTINCT", "UNION", "HAVING", "JOIN", "FOR", "WITH", "COUNT(*)"})


class _Insertion(NamedTuple):
    """A text that goes in front of a place in the code."""

    before: ast.expr
    text: str
    inside: int = 0  # so many characters before the end of that expression


def for_update(spot: Spot) -> Plan | None:
    """Return the plan, where the row is read by one call in place."""
    read = spot.read
    call = read.value if isinstance(read, ast.Await) else read
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    family = library_of(spot, call)
    if family == "sqlalchemy":
        found = _of_session(spot, call)
    elif not _in_transaction(spot, call):
        found = None
    elif family in {"django", "tortoise"}:
        found = _of_model(call)
    else:
        found = _of_text(spot, call)
    if found is None:
        return None
    end = spot.file.span(found.before).end
    place = end._replace(column=end.column - found.inside)
    change = Replace(spot.file.path, Span(place, place), found.text)
    return Plan(TITLE, Repair.LOCK, (change,), Safety.UNSAFE, _NOTE)


def _of_session(spot: Spot, call: ast.Call) -> _Insertion | None:
    """Return what is added to a statement that a session of SQLAlchemy runs, or to its `get`."""
    assert isinstance(call.func, ast.Attribute), "its caller has looked"
    if not call.args:
        return None
    if call.func.attr in _BY_KEY and not call.keywords:
        return _Insertion(call.args[-1], ", with_for_update=True")
    statement = call.args[0]
    if call.func.attr not in _BY_STATEMENT or selected(statement) is None:
        return None
    if "joinedload" in spot.file.text(statement):
        return None  # PostgreSQL refuses to lock the outer side of a join
    option = "skip_locked=True" if spot.finding.code == _CLAIMED else ""
    return _Insertion(statement, f".with_for_update({option})")


def selected(statement: ast.expr) -> ast.expr | None:
    """Return what a statement that is written here selects first: `select(Account).where(...)`."""
    while isinstance(statement, ast.Call) and isinstance(statement.func, ast.Attribute):
        if statement.func.attr == "select":  # of a module
            break
        statement = statement.func.value
    match statement:
        case ast.Call(func=ast.Name(id="select") | ast.Attribute(attr="select"), args=[first, *_]):
            return first
        case _:
            return None


def _of_model(call: ast.Call) -> _Insertion | None:
    """Return what is added to a query of a model, behind the model or its manager."""
    func = call.func
    while isinstance(func, ast.Attribute):
        if func.attr in _READS:
            return _Insertion(func.value, ".select_for_update()")
        inner = func.value
        func = inner.func if isinstance(inner, ast.Call) else inner
    return None


def _of_text(spot: Spot, call: ast.Call) -> _Insertion | None:
    """Return what is added to SQL that selects rows of one table, and no groups of them."""
    match call.args:
        case [ast.Constant(value=str(text)) as query, *_]:
            pass
        case _:
            return None
    words = text.upper().split()
    if not words or words[0] != "SELECT" or not _NO_ROWS.isdisjoint(words):
        return None
    quote = spot.file.text(query)
    ending = 3 if quote.endswith(('"""', "'" * 3)) else 1
    skip = " SKIP LOCKED" if spot.finding.code == _CLAIMED else ""
    columns = text[: text.upper().find("FROM")]
    ends_well = text == text.rstrip() and not text.endswith(";") and "--" not in text
    if "(" in columns or not ends_well:  # groups of rows cannot be locked
        return None
    return _Insertion(query, f" FOR UPDATE{skip}", ending)


def library_of(spot: Spot, call: ast.Call) -> str:
    """Return the library whose call reads the row; "" where that is not known."""
    end = spot.file.span(call).end
    line = spot.program.line(spot.identity)
    stores = Stores(spot.program, spot.identity)
    for access in stores.accesses:
        if access.call.place.shifted(line).end == end and access.row.access == "get":
            parts = stores.called(access.call).split(".")
            return "sqlalchemy" if "sqlalchemy" in parts else parts[0]
    return ""


def _in_transaction(spot: Spot, call: ast.Call) -> bool:
    """Say whether a call stands in a transaction that this function begins."""
    view = spot.program.view(spot.identity)
    rows = (view.names.libraries.row(view.callee(path)) for path in view.function.decorators)
    if any(row is not None and row.access == "transaction" for row in rows):
        return True
    line = spot.program.line(spot.identity)
    begun = {
        access.call.place.shifted(line).end
        for access in Stores(spot.program, spot.identity).of("row", "transaction")
    }
    return any(spot.file.span(entered).end in begun for entered in _entered(spot, call))


def _entered(spot: Spot, call: ast.Call) -> Iterator[ast.expr]:
    for above in spot.file.above(call):
        if isinstance(above, ast.With | ast.AsyncWith):
            yield from (item.context_expr for item in above.items)
