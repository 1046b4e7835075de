"""A number that many tasks change gets one owner, who takes the changes from a queue.

    self.total += await fetch()        ->  if self._total_owner is None:
                                               self._total_owner = asyncio.create_task(
                                                   self._own_total()
                                               )
                                           await self._total_changes.put(await fetch())
                                           await self._total_changes.join()

The owner's method is added to the class: it takes one change after the other, and nobody else
reads and writes. `join` returns when the change has been made
(https://docs.python.org/3/library/asyncio-queue.html#asyncio.Queue.join).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.expressions import bound_names, mentions
from racelens.fixes.lock_choice import asyncio_import
from racelens.fixes.names import free_name
from racelens.fixes.new_attribute import Wanted, attribute_home
from racelens.fixes.plan import Lines, Plan
from racelens.fixes.syntax import last_line
from racelens.model.location import Root

if TYPE_CHECKING:
    from racelens.fixes.site import Site

TITLE = "Let one task own it, and send it the changes"
_NOTE = "a task of its own makes the changes from then on, until its loop ends"


def owner_queue(site: Site) -> Plan | None:
    """Return the plan, or None where no number of the object is raised or lowered."""
    place = site.window.write.place
    owner = site.program.view(site.identity).owner
    write = site.statement(site.write)
    change = _change(site, write)
    is_own = place.root is Root.SELF and len(place.steps) == 1
    if owner is None or not is_own or change is None or write is None or site.receiver is None:
        return None
    block = site.file.own_lines(write)
    method = _method_above(site)
    if block is None or method is None:
        return None
    name = place.steps[0][1:]
    short = name.strip("_")
    queue = Wanted(f"_{short}_changes", "{}.Queue()", "{}.Queue", "{}.Queue")
    task = Wanted(f"_{short}_owner", "None", "lambda: None", "{}.Task | None")
    homes = [
        attribute_home(site.program, owner, name, wanted, site.syntax_of)
        for wanted in (queue, task)
    ]
    if any(home is None or home.is_shared for home in homes):
        return None
    file, receiver = site.file, site.receiver
    asyncio, imported = asyncio_import(file)
    indent, unit = file.indentation(block.first), file.unit
    names = [home.name for home in homes if home is not None]
    changes, owns = (f"{receiver}.{each}" for each in names)
    owning_method = free_name(f"_own_{short}", _methods(site))
    sent = (
        f"{indent}if {owns} is None:",
        f"{indent}{unit}{owns} = {asyncio}.create_task({receiver}.{owning_method}())",
        *f"{indent}await {changes}.put({change})".split("\n"),
        f"{indent}await {changes}.join()",
    )
    outer = file.indentation(site.function.lineno - 1)
    last = last_line(method) + 1
    owning = (
        "",
        f"{outer}async def {owning_method}(self) -> None:",
        f"{outer}{unit}while True:",
        f"{outer}{unit}{unit}change = await self.{names[0]}.get()",
        f"{outer}{unit}{unit}self.{name} += change",
        f"{outer}{unit}{unit}self.{names[0]}.task_done()",
    )
    made = [change for home in homes if home is not None for change in home.changes]
    written = Lines(file.path, block.first, block.last + 1, sent)
    added = Lines(file.path, last, last, owning)
    everything = (*imported, *made, written, added)
    return Plan(TITLE, Repair.QUEUE, everything, Safety.UNSAFE, _NOTE, rewrites=True)


def _change(site: Site, write: ast.stmt | None) -> str | None:
    """Return by how much a statement raises the state, as code; None where that is not clear."""
    file = site.file
    match write:
        case ast.AugAssign(op=ast.Add(), value=value):
            return file.text(value)
        case ast.AugAssign(op=ast.Sub(), value=value):
            return f"-({file.text(value)})"
        case ast.Assign(targets=[target], value=ast.BinOp(op=ast.Add(), left=left, right=right)):
            is_read = left is site.read or isinstance(left, ast.Name)
            fresh = not mentions([right], target)
            return file.text(right) if is_read and fresh and _is_snapshot(site, left) else None
        case _:
            return None


def _is_snapshot(site: Site, left: ast.expr) -> bool:
    """Say whether what is added to is the state, or a name for it that nobody else uses."""
    if left is site.read:
        return True
    bound = site.statement(site.read)
    match bound, left:
        case ast.Assign(targets=[ast.Name(id=name)], value=value), ast.Name(id=used):
            return name == used and value is site.read
        case _:
            return False


def _methods(site: Site) -> frozenset[str]:
    """Return the names of the class's methods."""
    parent = site.file.parents.get(site.function)
    return bound_names(parent.body) if isinstance(parent, ast.ClassDef) else frozenset()


def _method_above(site: Site) -> ast.stmt | None:
    """Return the method behind which the owner's is put: the one that is changed."""
    parent = site.file.parents.get(site.function)
    return site.function if isinstance(parent, ast.ClassDef) else None
