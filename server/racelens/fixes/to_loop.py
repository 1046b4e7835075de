"""Telling the event loop from another thread, by what it offers for that.

loop.call_soon(done)               ->  loop.call_soon_threadsafe(done)
loop.create_task(send())           ->  asyncio.run_coroutine_threadsafe(send(), loop)
future.set_result(1)               ->  loop.call_soon_threadsafe(future.set_result, 1)
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair
from racelens.fixes.lock_choice import asyncio_import
from racelens.fixes.plan import Plan, Replace
from racelens.model.names import FunctionId
from racelens.program.answers import LibraryType
from racelens.source.span import Span

if TYPE_CHECKING:
    from racelens.fixes.spot import Spot

TITLE = "Use `{name}`"
_LOOP = "asyncio.AbstractEventLoop"


def to_loop(spot: Spot) -> Plan | None:
    """Return the plan, where the loop is called itself or has a name that the function knows."""
    call, file = spot.call, spot.file
    if call is None or not isinstance(call.func, ast.Attribute):
        return None
    method, owner = call.func.attr, file.text(call.func.value)
    if method == "call_soon":
        end = file.span(call.func).end
        change = Replace(file.path, Span(end, end), "_threadsafe")
        return Plan(TITLE.format(name="call_soon_threadsafe"), Repair.HAND_OVER, (change,))
    if method == "create_task" and len(call.args) == 1 and not call.keywords:
        name, imported = asyncio_import(file)
        made = f"{name}.run_coroutine_threadsafe({file.text(call.args[0])}, {owner})"
        change = Replace(file.path, file.span(call), made)
        title = TITLE.format(name="run_coroutine_threadsafe")
        return Plan(title, Repair.HAND_OVER, (*imported, change))
    loop = _loop(spot)
    is_statement = isinstance(spot.statement, ast.Expr) and spot.statement.value is call
    if not loop or not is_statement or call.keywords:
        return None
    given = "".join(f", {file.text(part)}" for part in call.args)
    made = f"{loop}.call_soon_threadsafe({file.text(call.func)}{given})"
    change = Replace(file.path, file.span(call), made)
    return Plan(TITLE.format(name="call_soon_threadsafe"), Repair.HAND_OVER, (change,))


def _loop(spot: Spot) -> str:
    """Return a local that holds an event loop, of the function or of one around it; "" if none."""
    program = spot.program
    name = spot.identity.name
    known = program.names.module(spot.file.path).functions
    while name in known:
        view = program.view(FunctionId(spot.file.path, name))
        for local, kind in view.function.local_types:
            found = program.names.value_type(spot.file.path, (kind,))
            name_of = found.name if isinstance(found, LibraryType) else ""
            if _LOOP in program.names.libraries.classes(name_of):
                return local
        name = known[name].enclosing
    return ""
