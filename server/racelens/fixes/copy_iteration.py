"""Going through a copy: what others add or take away meanwhile disturbs nobody.

    for room in self.rooms:        ->  for room in list(self.rooms):
        await room.close()                 await room.close()

It is not enough where what the loop makes becomes the state, or where the state is emptied behind
it: what others have added meanwhile would be forgotten.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair
from racelens.fixes.expressions import is_read, mentions, own_names
from racelens.fixes.plan import Plan, Replace
from racelens.source.span import Span

if TYPE_CHECKING:
    from racelens.fixes.site import Site

TITLE = "Go through a copy"


def copy_iteration(site: Site) -> Plan | None:
    """Return the plan, or None where no plain loop goes through the collection."""
    iterated = _iterated(site)
    if iterated is None or _is_written_back(site) or _is_shadowed(site):
        return None
    file = site.file
    start, end = file.span(iterated)
    before, behind = "list(", ")"
    changes = (
        Replace(file.path, Span(start, start), before),
        Replace(file.path, Span(end, end), behind),
    )
    return Plan(TITLE, Repair.COPY, changes)


def _is_shadowed(site: Site) -> bool:
    """Say whether the function calls something else `list`."""
    return "list" in own_names(site.function)


def _is_written_back(site: Site) -> bool:
    """Say whether the state is replaced or emptied from there on: what others add would be lost."""
    states = [site.read] if isinstance(site.read, ast.Attribute | ast.Name) else []
    return any(
        node.lineno >= state.lineno and (not is_read(node) or _is_emptied(site, node))
        for state in states
        for node in mentions([site.function], state)
    )


def _is_emptied(site: Site, node: ast.expr) -> bool:
    """Say whether `node` is a collection that is emptied there: `rooms.clear()`, `del rooms[:]`."""
    above = next(iter(site.file.above(node)), None)
    match above:
        case ast.Attribute(attr="clear"):
            return True
        case ast.Subscript(ctx=ast.Del(), slice=ast.Slice()):
            return True
        case _:
            return False


def _iterated(site: Site) -> ast.expr | None:
    """Return what the loop goes through, around which the suspension is."""
    node = site.suspension
    for above in site.file.above(node) if node is not None else ():
        if above is site.function:
            return None
        found: list[ast.expr] = []
        if isinstance(above, ast.For):
            found = [above.iter]
        elif isinstance(above, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            found = [part.iter for part in above.generators if not part.is_async]
        for iterated in found:
            if any(part is site.read for part in ast.walk(iterated)):
                return _collection(iterated, site)
    return None


def _collection(iterated: ast.expr, site: Site) -> ast.expr:
    """Return what is to be copied: in `enumerate(self.rooms)` that is `self.rooms`."""
    match iterated:
        case ast.Call(func=ast.Name(id="enumerate" | "reversed" | "zip"), args=args):
            for part in args:
                if any(inner is site.read for inner in ast.walk(part)):
                    return part
        case _:
            pass
    return iterated
