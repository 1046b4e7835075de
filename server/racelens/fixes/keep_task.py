"""Keeping a task that nobody holds: in a set of the object or the module, until it is done.

    asyncio.create_task(send())        ->  task = asyncio.create_task(send())
                                           self._background_tasks.add(task)
                                           task.add_done_callback(self._background_tasks.discard)

https://docs.python.org/3/library/asyncio-task.html#asyncio.create_task
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair
from racelens.fixes.names import free_name
from racelens.fixes.new_attribute import Wanted, attribute_home
from racelens.fixes.plan import Lines, Plan, Replace
from racelens.fixes.syntax import last_line
from racelens.program.answers import LibraryType
from racelens.source.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.fixes.plan import Change
    from racelens.fixes.spot import Spot
    from racelens.model.summary import Type

TITLE = "Keep the task in `{place}` until it is done"
_NAME = "_background_tasks"
_TASKS = Wanted(_NAME, "set()", "set", "set")


def keep_task(spot: Spot) -> Iterator[Plan]:
    """Yield the plan, where the task is dropped or bound to a local alone."""
    block, call = spot.own_lines, spot.call
    if block is None or call is None:
        return
    name, bind = _bound(spot, call)
    if not name:
        return
    home = _home(spot)
    if home is None:
        return
    place, changes = home
    indent = spot.file.indentation(block.first)
    kept = (
        f"{indent}{place}.add({name})",
        f"{indent}{name}.add_done_callback({place}.discard)",
    )
    line = block.last + 1
    added = Lines(spot.file.path, line, line, kept)
    yield Plan(TITLE.format(place=place), Repair.KEEP, (*changes, *bind, added))


def _bound(spot: Spot, call: ast.Call) -> tuple[str, tuple[Change, ...]]:
    """Return the local that holds the task, and what binds it; "" where it goes elsewhere."""
    file, statement = spot.file, spot.statement
    free = free_name("task", spot.names())
    if isinstance(statement, ast.Expr) and statement.value is call:
        start = file.span(statement).start
        return free, (Replace(file.path, Span(start, start), f"{free} = "),)
    match statement:
        case ast.Assign(targets=[ast.Name(id="_") as target], value=value) if value is call:
            return free, (Replace(file.path, file.span(target), free),)
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is call:
            return name, ()
        case _:
            return "", ()


def _home(spot: Spot) -> tuple[str, tuple[Change, ...]] | None:
    """Return where tasks are kept, and the changes that make that place."""
    owner = spot.program.view(spot.identity).owner
    if owner is not None and spot.receiver:
        if "classmethod" in spot.program.view(spot.identity).function.decorator_names:
            return None
        known = spot.program.names.attribute(owner, _NAME)
        if known is not None and _is_set(spot, known[0].path, known[1]):
            return f"{spot.receiver}.{_NAME}", ()
        wanted = _TASKS if known is None else _TASKS._replace(name=f"{_NAME}_2")
        home = attribute_home(spot.program, owner, _NAME, wanted, spot.syntax_of)
        return (f"{spot.receiver}.{home.name}", home.changes) if home is not None else None
    names = spot.program.names.module(spot.file.path)
    known_here = names.variables.get(_NAME)
    if known_here and _is_set(spot, spot.file.path, known_here):
        return _NAME, ()
    name = free_name(_NAME, spot.taken_names())
    line = _below_imports(spot)
    made = Lines(spot.file.path, line, line, ("", f"{name} = set()"))
    return name, (made,)


def _is_set(spot: Spot, path: str, types: tuple[Type, ...]) -> bool:
    """Say whether what has the name already is a set."""
    known = spot.program.names.value_type(path, types)
    return isinstance(known, LibraryType) and known.name == "set"


def _below_imports(spot: Spot) -> int:
    """Return the line behind the imports at the top of a file, or behind its docstring."""
    line = 0
    while spot.file.source.line(line).startswith("#"):
        line += 1
    for number, node in enumerate(spot.file.body):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_import = isinstance(node, ast.Import | ast.ImportFrom | ast.Try)
        if not (is_import or (is_text and not number)):
            break
        line = last_line(node) + 1
    return line
