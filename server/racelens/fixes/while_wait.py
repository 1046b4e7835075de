"""Looking again after a wait: `while` in the place of `if`.

    async with condition:              ->  async with condition:
        if not queue:                          while not queue:
            await condition.wait()                 await condition.wait()

What a condition's `wait` returns for may be gone again by then
(https://docs.python.org/3/library/asyncio-sync.html#asyncio.Condition).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.plan import Plan, Replace
from racelens.program.answers import LibraryType
from racelens.source.span import Position, Span

if TYPE_CHECKING:
    from racelens.fixes.site import Site

TITLE = "Look again after the wait, with `while`"
_SPINS = "an event that stays set makes this loop run without a pause"


def while_wait(site: Site) -> Plan | None:
    """Return the plan, or None where no plain `if` stands around the wait."""
    node = site.suspension
    for above in site.file.above(node) if node is not None else ():
        if above is site.function or isinstance(above, ast.While | ast.For | ast.AsyncFor):
            return None
        if isinstance(above, ast.If):
            return _changed(site, above)
    return None


def _changed(site: Site, check: ast.If) -> Plan | None:
    file = site.file
    start = file.span(check).start
    text = file.source.line(start.line)[start.column :]
    last = check.body[-1]
    if check.orelse or not text.startswith("if") or not isinstance(last, ast.Expr):
        return None
    span = Span(start, Position(start.line, start.column + 2))
    waits_on_condition = _is_condition(site)
    return Plan(
        TITLE,
        Repair.RECHECK,
        (Replace(file.path, span, "while"),),
        Safety.SAFE if waits_on_condition else Safety.UNSAFE,
        "" if waits_on_condition else _SPINS,
    )


def _is_condition(site: Site) -> bool:
    effect = site.program.function(site.identity).graph.effects[site.window.suspend_node]
    view = site.program.view(site.identity)
    if effect.path is None:
        return False
    known = view.type_of(effect.path.parent)
    if isinstance(known, LibraryType):
        return known.name.endswith(".Condition")
    return "cond" in effect.path.parent.last_name.lower()
