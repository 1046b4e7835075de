"""Taking a row for update: `with_for_update` where it is selected.

await session.scalar(select(A))    ->  await session.scalar(select(A).with_for_update())
await session.get(A, number)       ->  await session.get(A, number, with_for_update=True)
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.plan import Plan, Replace
from racelens.program.stores import Stores
from racelens.source.span import Span

if TYPE_CHECKING:
    from racelens.fixes.spot import Spot

TITLE = "Select the row for update"
_NOTE = "the row stays locked until the transaction ends"
_BY_KEY = frozenset({"get", "get_one"})
_BY_STATEMENT = frozenset({"execute", "scalar", "scalars", "stream", "exec"})


def for_update(spot: Spot) -> Plan | None:
    """Return the plan, where the row is read by one statement of SQLAlchemy in place."""
    read = spot.read
    call = read.value if isinstance(read, ast.Await) else read
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    if not _is_session(spot, call) or not call.args:
        return None
    file, end = spot.file, spot.file.span(call.args[-1]).end
    if call.func.attr in _BY_KEY and not call.keywords:
        change = Replace(file.path, Span(end, end), ", with_for_update=True")
    elif call.func.attr in _BY_STATEMENT and isinstance(call.args[0], ast.Call):
        end = file.span(call.args[0]).end
        if "joinedload" in file.text(call.args[0]):
            return None  # PostgreSQL refuses to lock the outer side of a join
        option = "skip_locked=True" if spot.finding.code == "RL603" else ""
        change = Replace(file.path, Span(end, end), f".with_for_update({option})")
    else:
        return None
    return Plan(TITLE, Repair.LOCK, (change,), Safety.UNSAFE, _NOTE)


def _is_session(spot: Spot, call: ast.Call) -> bool:
    """Say whether a call is one of a session of SQLAlchemy."""
    end = spot.file.span(call).end
    line = spot.program.line(spot.identity)
    for access in Stores(spot.program, spot.identity).of("row", "get"):
        if access.call.place.shifted(line).end == end:
            meaning = spot.program.view(spot.identity).callee(access.call.target)
            return isinstance(meaning, str) and "sqlalchemy" in meaning.split(".")
    return False
