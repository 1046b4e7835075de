"""Checking again after the await: who finds that another task was faster leaves it at that.

    if self.pool is None:              ->  if self.pool is None:
        self.pool = await connect()            pool = await connect()
                                               if self.pool is None:
                                                   self.pool = pool
                                               else:
                                                   await pool.close()

    if self.closed:                    ->  if self.closed:
        return                                 return
    await flush()                          await flush()
    self.closed = True                     if self.closed:
                                               return
                                           self.closed = True

The work may still be done twice: then the fix is only partial.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.expressions import bound_names, is_pure, used_names
from racelens.fixes.names import local_name
from racelens.fixes.plan import Lines, Plan, Replace
from racelens.fixes.stretch import is_simple
from racelens.fixes.syntax import first_line, last_line
from racelens.model.effect import Mode
from racelens.model.names import ClassId

if TYPE_CHECKING:
    from racelens.fixes.plan import Change
    from racelens.fixes.site import Site

TITLE = "Check again after the `await`"
TITLE_CLOSING = "Check again after the `await`, and close the loser"
_STILL_TWICE = "the work may still be done twice, though its result is stored once"
_GIVEN_UP = "what was made during the `await` is given up, and nobody closes it"
_CLOSERS = ("aclose", "close", "disconnect", "stop")


def recheck(site: Site) -> Plan | None:
    """Return the plan, or None where the check cannot simply be made again before the write.

    But where a value is changed, the work may be done twice: only its result is stored once.
    """
    plan = _plan(site)
    write = site.statement(site.write)
    is_last = write is not None and site.file.block_of(write)[-1] is write
    is_guarded = _is_guarded(site)
    if plan is None or plan.title == TITLE_CLOSING:
        return plan
    if site.window.write.mode is not Mode.REBIND and is_guarded and _goes_on(site, write):
        return None
    if not is_guarded and _goes_on(site, write):
        return plan._replace(safety=Safety.UNSAFE, note=_GIVEN_UP, partial=True)
    if site.window.write.mode is Mode.AUGMENT and (is_last or not is_guarded):
        return plan
    return plan._replace(safety=Safety.UNSAFE, note=_STILL_TWICE, partial=True)


def _goes_on(site: Site, write: ast.stmt | None) -> bool:
    """Say whether what the suspension gave is used behind the write, whatever the check says."""
    awaited = site.statement(site.suspension)
    if write is None or awaited is None:
        return False
    behind = [
        node
        for node in ast.walk(site.function)
        if isinstance(node, ast.stmt) and node.lineno > last_line(write)
    ]
    return not bound_names([awaited]).isdisjoint(used_names(behind))


def _is_guarded(site: Site) -> bool:
    """Say whether the write alone is put below the check, and not all that follows."""
    write = site.statement(site.write)
    return write is not None and bool(_test_around(site, write))


def _plan(site: Site) -> Plan | None:
    write = site.statement(site.write)
    if write is None or site.read is None or not is_simple(write):
        return None
    if site.window.predicate is None or site.window.write.inner is not None:
        return None
    test = _test_around(site, write)
    if test:
        return _guarded(site, test, write)
    return _repeated(site, write)


def _test_around(site: Site, write: ast.stmt) -> str:
    """Return the test of the window's check, as it holds in the branch in which the write stands.

    It is "" where the write stands in no such branch.
    """
    below: ast.AST = write
    for above in site.file.above(write):
        if above is site.function:
            return ""
        if isinstance(above, ast.If) and any(part is site.read for part in ast.walk(above.test)):
            if not is_pure(above.test):
                return ""
            in_body = any(part is below for part in above.body)
            return site.file.text(above.test) if in_body else _negated(site, above.test)
        below = above
    return ""


def _negated(site: Site, test: ast.expr) -> str:
    """Return the opposite of a simple test; "" for others."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return site.file.text(operand)
        case ast.Compare(left=left, ops=[ast.In()], comparators=[right]):
            return f"{site.file.text(left)} not in {site.file.text(right)}"
        case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[right]):
            return f"{site.file.text(left)} is {site.file.text(right)}"
        case ast.Name() | ast.Attribute():
            return f"not {site.file.text(test)}"
        case _:
            return ""


def _guarded(site: Site, test: str, write: ast.stmt) -> Plan | None:
    file = site.file
    block = file.own_lines(write)
    if block is None:
        return None
    indent = file.indentation(block.first)
    if "\n" in test:
        return None
    awaited = site.suspension
    is_awaited = isinstance(awaited, ast.Await) and file.statement_of(awaited) is write
    if not is_awaited:
        new = (f"{indent}if {test}:", *file.indented(block.first, block.last))
        return Plan(TITLE, Repair.RECHECK, (Lines(file.path, block.first, block.last + 1, new),))
    assert isinstance(awaited, ast.Await), "it has been looked at"
    match write:
        case ast.Assign(targets=[target], value=value) if value is awaited:
            return _with_loser(site, test, target, awaited)
        case _:
            return None


def _with_loser(site: Site, test: str, target: ast.expr, awaited: ast.Await) -> Plan:
    """Return the plan for a value that is made and stored by one statement."""
    file = site.file
    write = site.statement(awaited)
    assert write is not None, "an expression stands in a statement"
    line = first_line(write)
    indent, unit = file.indentation(line), file.unit
    name = local_name(target, site.names(), "made")
    closer = _closer(site)
    more: tuple[str, ...] = ()
    if closer:
        more = (f"{indent}else:", f"{indent}{unit}{closer.format(name=name)}")
    until_value = file.span(target).start, file.span(awaited).start
    begins = Replace(file.path, type(file.span(target))(*until_value), f"{name} = ")
    behind = last_line(write) + 1
    stored = (f"{indent}if {test}:", f"{indent}{unit}{file.text(target)} = {name}", *more)
    changes: tuple[Change, ...] = (begins, Lines(file.path, behind, behind, stored))
    return Plan(TITLE_CLOSING if closer else TITLE, Repair.RECHECK, changes)


def _closer(site: Site) -> str:
    """Return how what was made in vain is closed; "" where nobody knows."""
    view = site.program.view(site.identity)
    known = view.type_of(site.window.write.place)
    if not isinstance(known, ClassId):
        return ""
    for name in _CLOSERS:
        method = site.program.names.method(known, name)
        if method is not None:
            function = site.program.function(method)
            if len(function.parameters) == 1:
                return f"{'await ' if function.is_async else ''}{{name}}.{name}()"
    return ""


def _repeated(site: Site, write: ast.stmt) -> Plan | None:
    """Repeat a check that leaves the function, or the round of the loop, before the write."""
    file = site.file
    guard = site.statement(site.read)
    if not isinstance(guard, ast.If) or guard.orelse or not is_pure(guard.test):
        return None
    if len(guard.body) != 1 or not isinstance(guard.body[0], ast.Return | ast.Raise | ast.Continue):
        return None
    block = file.block_of(guard)
    if file.number_of(block, write) is None:
        return None
    own = file.own_lines(guard)
    place = file.own_lines(write)
    awaited = site.suspension
    if own is None or place is None or (awaited and file.statement_of(awaited) is write):
        return None
    if isinstance(guard.body[0], ast.Continue) and file.block_of(write) is not block:
        return None
    text = file.moved(own.first, own.last, file.indentation(place.first))
    made = Lines(file.path, place.first, place.first, text)
    return Plan(TITLE, Repair.RECHECK, (made,))
