"""Single flight: the first task starts the work, the others wait for its result.

    if self.pool is None:
        self.pool = await connect()
  ->
    if self.pool is None:
        if self._pool_task is None or self._pool_task.done():
            self._pool_task = asyncio.ensure_future(connect())
        self.pool = await asyncio.shield(self._pool_task)

A task that has failed is done, so that the next caller tries again; the shield keeps one caller's
cancellation from the others
(https://docs.python.org/3/library/asyncio-task.html#shielding-from-cancellation).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.hold_lock import catches_of
from racelens.fixes.lock_choice import SEVERAL_LOOPS, asyncio_import
from racelens.fixes.lock_conditions import Region, may_hold
from racelens.fixes.new_attribute import Wanted, attribute_home, is_copied_somewhere
from racelens.fixes.plan import Lines, Plan, Replace
from racelens.fixes.syntax import first_line
from racelens.model.location import Root

if TYPE_CHECKING:
    from racelens.fixes.plan import Change
    from racelens.fixes.site import Site

TITLE = "Make it once, in a task that all wait for"
_APART = "the work goes on when a caller is cancelled, with the context variables of the first"
_ANNOTATION = "{}.Future | None"


def single_flight(site: Site) -> Plan | None:
    """Return the plan, or None where the value is not made and stored by one statement."""
    write, awaited = site.statement(site.write), site.suspension
    place = site.window.write.place
    owner = site.program.view(site.identity).owner
    if owner is None or place.root is not Root.SELF or len(place.steps) != 1:
        return None
    match write, awaited:
        case ast.Assign(targets=[ast.Attribute()], value=value), ast.Await() if value is awaited:
            pass
        case _:
            return None
    assert isinstance(awaited, ast.Await), "it has been looked at"
    if site.window.write.inner is not None or not isinstance(awaited.value, ast.Call):
        return None
    block = site.file.own_lines(write)
    if block is None:
        return None
    region = [Region(site, block)]
    if not may_hold(site.program, region, None) or catches_of(site.program, region):
        return None  # whoever is run inside would wait for itself, as for a lock
    if is_copied_somewhere(site.program):
        return None  # a task cannot be copied
    beside = place.steps[0][1:]
    wanted = Wanted(f"_{beside.strip('_')}_task", "None", "lambda: None", _ANNOTATION)
    home = attribute_home(site.program, owner, beside, wanted, site.syntax_of)
    if home is None or site.receiver is None:
        return None
    changes = (*home.changes, *_changes(site, write, awaited, f"{site.receiver}.{home.name}"))
    note = f"{SEVERAL_LOOPS}; {_APART}" if home.is_shared else _APART
    safety = Safety.UNSAFE if home.is_shared else Safety.SAFE
    return Plan(TITLE, Repair.SINGLE_FLIGHT, changes, safety, note, rewrites=True)


def _changes(
    site: Site, write: ast.stmt | None, awaited: ast.Await, task: str
) -> tuple[Change, ...]:
    file = site.file
    assert write is not None, "it has been looked at"
    line = first_line(write)
    indent, unit = file.indentation(line), file.unit
    asyncio, imported = asyncio_import(file)
    call = file.text(awaited.value)
    started = f"{indent}{unit}{task} = {asyncio}.ensure_future({call})".split("\n")
    test = f"{indent}if {task} is None or {task}.done():"
    return (
        *imported,
        Lines(file.path, line, line, (test, *started)),
        Replace(file.path, file.span(awaited), f"await {asyncio}.shield({task})"),
    )
