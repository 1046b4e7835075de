"""Reading after the await: a lost update becomes one step, in which nobody can interfere.

    self.total += await fetch()     ->  result = await fetch()
                                        self.total += result

    count = self.count              ->  await save()
    await save()                        count = self.count
    self.count = count + 1              self.count = count + 1

Nobody may need what was read before, and the work must not change the state itself.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair
from racelens.fixes.expressions import (
    bound_names,
    has_stable_keys,
    is_pure,
    is_stable,
    used_names,
    within,
)
from racelens.fixes.names import free_name
from racelens.fixes.plan import Lines, Plan, Replace
from racelens.fixes.stretch import moved
from racelens.fixes.touching import touches_state

if TYPE_CHECKING:
    from racelens.fixes.site import Site

TITLE = "Read after the `await`"


def read_later(site: Site) -> Plan | None:
    """Return the plan, or None where the value is needed before, or read and written apart."""
    if site.window.write.inner is not None or site.read is None:
        return None
    return _hoisted(site) or _moved(site)


def _hoisted(site: Site) -> Plan | None:
    """Take the `await` out of the statement that reads and writes."""
    statement = site.statement(site.write)
    awaited = site.suspension
    if statement is None or statement is not site.statement(site.read):
        return None
    if not isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign):
        return None
    if not isinstance(awaited, ast.Await) or site.statement(awaited) is not statement:
        return None
    if not site.file.text(awaited).startswith("await"):  # before Python 3.12, in an f-string
        return None
    block = site.file.own_lines(statement)
    if block is None or not _is_evaluated_once(site, statement, awaited):
        return None
    if touches_state(site, [statement]):
        return None
    name = free_name("result", site.names())
    line = block.first
    made = f"{site.file.indentation(line)}{name} = {site.file.text(awaited)}"
    span = site.file.span(awaited)
    changes = (
        Lines(site.file.path, line, line, tuple(made.split("\n"))),
        Replace(site.file.path, span, name),
    )
    return Plan(TITLE, Repair.READ_LATER, changes)


def _is_evaluated_once(site: Site, statement: ast.stmt, awaited: ast.Await) -> bool:
    """Say whether what stands before the `await` only reads, and the `await` is run in any case."""
    for above in site.file.above(awaited):
        if above is statement:
            break
        if isinstance(above, ast.BoolOp | ast.IfExp | ast.Lambda | ast.comprehension):
            return False
        if isinstance(above, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            return False
    start = (awaited.lineno, awaited.col_offset)
    before = [
        node
        for node in within([statement])
        if isinstance(node, ast.expr)
        and node is not awaited
        and (node.end_lineno or 0, node.end_col_offset or 0) <= start
    ]
    others = sum(isinstance(node, ast.Await) for node in within([statement]))
    inner = sum(isinstance(node, ast.Await) for node in within([awaited.value]))
    if not isinstance(site.read, ast.expr) or others - inner != 1:
        return False
    state = site.read
    plain = all(is_pure(node) and is_stable(node, state) for node in before)
    return plain and has_stable_keys(state)


def _moved(site: Site) -> Plan | None:
    """Move the statement that reads behind the one that suspends."""
    read, write = site.statement(site.read), site.statement(site.write)
    if not isinstance(read, ast.Assign) or read is write or write is None:
        return None
    match read.targets:
        case [ast.Name(id=name)]:
            pass
        case _:
            return None
    body = site.file.block_of(read)
    first, last = body.index(read), site.file.number_of(body, site.suspension)
    if last is None or last <= first or not is_pure(read.value):
        return None
    between = body[first + 1 : last + 1]
    if name in used_names(between) or used_names([read.value]) & bound_names(between):
        return None
    later = used_names(body[last + 1 :])
    everywhere = sum(isinstance(n, ast.Name) and n.id == name for n in ast.walk(site.function))
    inside = [n for part in body[first:] for n in ast.walk(part)]
    here = sum(isinstance(n, ast.Name) and n.id == name for n in inside)
    if name not in later or everywhere != here or touches_state(site, between):
        return None
    if not isinstance(site.read, ast.expr) or not is_stable(read.value, site.read):
        return None
    if not has_stable_keys(site.read):
        return None
    own, behind = site.file.own_lines(read), site.file.own_lines(body[last])
    if own is None or behind is None:
        return None
    return Plan(TITLE, Repair.READ_LATER, moved(site.file, own, behind.last + 1))
