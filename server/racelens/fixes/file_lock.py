"""Files that several tasks and processes write: a lock on the file, or a new file in its place.

count = read(path)                 ->  with FileLock(f"{path}.lock"):
write(path, count + 1)                     count = read(path)
                                           write(path, count + 1)

with open(path, "w") as file:      ->  with open(f"{path}.new", "w") as file:
    file.write(text)                       file.write(text)
                                       os.replace(f"{path}.new", path)
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.expressions import bound_names, is_same, is_stable, used_names
from racelens.fixes.names import module_name
from racelens.fixes.plan import Import, Lines, Plan, Replace
from racelens.fixes.syntax import first_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.fixes.spot import Spot

TITLE = "Hold a lock on the file"
TITLE_OF_NEW = "Write a new file, then `os.replace` the old one"
_NOTE = "needs the package filelock, and whoever else writes the file must take the lock"
_NOTE_OF_NEW = "nobody reads half a file, but of two changes at once one is still lost"


def file_lock(spot: Spot) -> Iterator[Plan]:
    """Yield the plans, where the file has a name that is known before it is read."""
    named = _named(spot)
    read = spot.read
    if named is None or read is None or spot.found is None:
        return
    file = spot.file
    block = file.around(spot.function, [read, spot.found])
    if block is None or not used_names([named]).isdisjoint(bound_names(block.statements)):
        return
    lock = "AsyncFileLock" if spot.is_async else "FileLock"
    word = "async with" if spot.is_async else "with"
    head = f"{file.indentation(block.first)}{word} {lock}({_text(spot, named, 'lock')}):"
    body = file.indented(block.first, block.last)
    wrapped = Lines(file.path, block.first, block.last + 1, (head, *body))
    imported = Import(file.path, "filelock", lock)
    yield Plan(TITLE, Repair.LOCK, (imported, wrapped), Safety.UNSAFE, _NOTE)
    yield from _replaced(spot, named)


def _named(spot: Spot) -> ast.expr | None:
    """Return the name of the file as an expression, where it stays the same."""
    try:
        named = ast.parse(spot.finding.state or "", mode="eval").body
    except SyntaxError:
        return None
    is_name = isinstance(named, ast.Name | ast.Attribute) and is_stable(named, named)
    is_text = isinstance(named, ast.Constant) and isinstance(named.value, str)
    return named if is_name or is_text else None


def _text(spot: Spot, named: ast.expr, ending: str) -> str:
    """Return the expression for the name of a file beside the file."""
    state = spot.finding.state or ""
    if isinstance(named, ast.Constant) and isinstance(named.value, str):
        value = f"{named.value}.{ending}"
        return repr(value) if not {'"', "\\"}.isdisjoint(value) else f'"{value}"'
    return f'f"{{{state}}}.{ending}"'


def _replaced(spot: Spot, named: ast.expr) -> Iterator[Plan]:
    """Yield the plan that writes another file, where the file is opened by a `with`."""
    file, call, statement = spot.file, spot.call, spot.statement
    lines = spot.own_lines
    if lines is None or call is None or not call.args:
        return
    if not isinstance(statement, ast.With | ast.AsyncWith):
        return
    opened = [item.context_expr for item in statement.items]
    given = call.args[0]
    if not any(each is call for each in opened) or not is_same(given, named):
        return
    new = _text(spot, named, "new")
    indent = file.indentation(first_line(statement))
    moved = f"{indent}{module_name(file, 'os')}.replace({new}, {file.text(given)})"
    changes = (
        Import(file.path, "os"),
        Replace(file.path, file.span(given), new),
        Lines(file.path, lines.last + 1, lines.last + 1, (moved,)),
    )
    yield Plan(TITLE_OF_NEW, Repair.REORDER, changes, Safety.UNSAFE, _NOTE_OF_NEW, partial=True)
