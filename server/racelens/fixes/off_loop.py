"""Taking a call that blocks off the event loop: the asynchronous twin, or a thread.

time.sleep(1)                      ->  await asyncio.sleep(1)
subprocess.run(command)            ->  await asyncio.to_thread(subprocess.run, command)
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.lock_choice import asyncio_import
from racelens.fixes.lock_conditions import reachable
from racelens.fixes.plan import Plan, Replace
from racelens.model.location import Root
from racelens.program.blocking import Blockers
from racelens.source.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.fixes.spot import Spot
    from racelens.model.names import FunctionId
    from racelens.program.blocking import Blocking
    from racelens.program.program import Program

TITLE_OF_TWIN = "Use `asyncio.sleep`"
TITLE = "Run it in a thread with `asyncio.to_thread`"
_SHARED = frozenset({Root.NAME, Root.SELF, Root.CELL, Root.CLASS})
_THREAD = "`{name}()` runs in another thread then: it must not touch what belongs to the loop"
_AWAITS = "other tasks run meanwhile: what was checked before may have changed"


def off_loop(spot: Spot) -> Iterator[Plan]:
    """Yield the plan for a call in a coroutine function."""
    call, blocking = spot.call, _blocking(spot)
    if call is None or blocking is None or not spot.is_async or _is_in_lambda(spot, call):
        return
    file = spot.file
    if any(isinstance(part, ast.Await | ast.NamedExpr) for part in ast.walk(call)):
        return
    if len(blocking.chain) > 1 and _writes_shared(spot.program, blocking.chain[1][0]):
        return
    name, imported = asyncio_import(file)
    parenthesize = _binds_tighter(spot, call)
    opening, closing = ("(", ")") if parenthesize else ("", "")
    start, end = file.span(call)
    func = file.span(call.func)
    behind = Replace(file.path, Span(end, end), closing)
    if blocking.blocker == "time.sleep" and len(blocking.chain) == 1:
        head = Replace(file.path, func, f"{opening}await {name}.sleep")
        changes = (*imported, head, *((behind,) if closing else ()))
        yield Plan(TITLE_OF_TWIN, Repair.AWAIT, changes, Safety.UNSAFE, _AWAITS)
        return
    opened = file.source.offset(func.end)
    if file.source.text[opened : opened + 1] != "(":
        return
    given = file.source.text[opened + 1 : file.source.offset(end) - 1].strip()
    comma = ", " if given else ""
    head = Replace(
        file.path,
        Span(start, func.end._replace(column=func.end.column + 1)),
        f"{opening}await {name}.to_thread({file.text(call.func)}{comma}",
    )
    changes = (*imported, head, *((behind,) if closing else ()))
    is_own = len(blocking.chain) > 1 or not _is_function(blocking)
    shown = file.text(call.func).rpartition(".")[2]
    note = _THREAD.format(name=shown) if is_own else _AWAITS
    yield Plan(TITLE, Repair.AWAIT, changes, Safety.UNSAFE, note)


def _blocking(spot: Spot) -> Blocking | None:
    """Return what the finding reports."""
    line = spot.program.line(spot.identity)
    return next(
        (
            found
            for found in spot.program.facet(Blockers).calls(spot.identity)
            if found.call.place.shifted(line) == spot.finding.span
        ),
        None,
    )


def _writes_shared(program: Program, helper: FunctionId) -> bool:
    """Say whether a helper, or what it calls, writes what others know: no thread may do that."""
    return any(
        write.place.root in _SHARED
        for function in reachable(program, [helper])
        for step in program.steps(function)
        for write in step.early
    )


def _is_function(blocking: Blocking) -> bool:
    """Say whether what blocks is a function of a module, and no method of an object."""
    target = blocking.call.target
    return target is not None and target.root is Root.NAME


def _is_in_lambda(spot: Spot, call: ast.Call) -> bool:
    """Say whether the call stands where nothing can be awaited."""
    for above in spot.file.above(call):
        if above is spot.function:
            return False
        if isinstance(above, ast.Lambda | ast.FunctionDef | ast.GeneratorExp):
            return True
    return True


def _binds_tighter(spot: Spot, call: ast.Call) -> bool:
    """Say whether what is around the call binds tighter than `await`."""
    above = spot.file.parents.get(call)
    return (
        (isinstance(above, ast.Attribute | ast.Subscript) and above.value is call)
        or (isinstance(above, ast.Call) and above.func is call)
        or (isinstance(above, ast.BinOp) and isinstance(above.op, ast.Pow))
    )
