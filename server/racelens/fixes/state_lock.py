"""A lock at the level of the state: what all objects share needs one lock for all of them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.lock_choice import new_lock
from racelens.fixes.plan import Plan, Replace

if TYPE_CHECKING:
    from racelens.fixes.site import Site

TITLE = "Hold one lock for all objects"


def state_lock(site: Site) -> Plan | None:
    """Return the plan, or None where the object's lock is not taken by `async with`."""
    held = site.window.instance_lock
    if held is None:
        return None
    file = site.file
    wanted = site.written(held)
    lock = next(new_lock(site, ""), None)
    used = [
        node.items[0].context_expr
        for node in ast.walk(site.function)
        if isinstance(node, ast.AsyncWith)
        and len(node.items) == 1
        and file.text(node.items[0].context_expr) == wanted
    ]
    if lock is None or not used:
        return None
    expression = lock.expression(site)
    replaced = (Replace(file.path, file.span(node), expression) for node in used)
    changes = (*lock.changes, *replaced)
    return Plan(TITLE, Repair.LOCK, changes, Safety.UNSAFE if lock.note else Safety.SAFE, lock.note)
