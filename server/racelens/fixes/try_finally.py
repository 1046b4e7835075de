"""Resetting a busy flag whatever happens: `try` and `finally` around the work.

    self.busy = True           ->  self.busy = True
    await work()                   try:
    self.busy = False                  await work()
                                   finally:
                                       self.busy = False

Both writes must stand in one block.
"""

from __future__ import annotations

import ast
import itertools
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair
from racelens.fixes.expressions import is_same, may_leave
from racelens.fixes.plan import Lines, Plan
from racelens.fixes.stretch import written_state
from racelens.fixes.syntax import blocks_of, first_line, last_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.fixes.site import Site
    from racelens.fixes.syntax import FileSyntax

TITLE = "Reset it in `finally`"


def try_finally(site: Site) -> Plan | None:
    """Return the plan, or None where the flag is not set and reset in one block."""
    state = _flag(site)
    for body in _blocks(site.function) if state is not None else ():
        written = [
            number
            for number, statement in enumerate(body)
            if (own := written_state(statement)) is not None
            and state is not None
            and is_same(own, state)
            and isinstance(statement, ast.Assign)
        ]
        for start, end in itertools.pairwise(written):
            if site.file.number_of(body[start + 1 : end], site.suspension) is not None:
                return guarded(site.file, body, start, end)
    return None


def _flag(site: Site) -> ast.expr | None:
    write = site.statement(site.write)
    return written_state(write) if write is not None else None


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for body in blocks_of(node):
        yield body
        for statement in body:
            yield from _blocks(statement)


def guarded(file: FileSyntax, body: list[ast.stmt], start: int, end: int) -> Plan | None:
    """Return the plan that puts what stands between two statements into a `try`, and ends it."""
    block = file.block(body, start + 1, end)
    if block is None:
        return None
    first, last = first_line(body[start + 1]), last_line(body[end - 1])
    indent = file.indentation(first)
    reset = file.indented(last + 1, last_line(body[end]))
    new = (f"{indent}try:", *file.indented(first, last), f"{indent}finally:", *reset)
    plan = Plan(TITLE, Repair.REORDER, (Lines(file.path, first, block.last + 1, new),))
    return None if may_leave([body[end]]) else plan
