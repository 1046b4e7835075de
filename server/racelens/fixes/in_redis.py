"""Letting Redis do in one command what took two: `INCR`, `SET` with NX, `GETDEL`.

await r.set(key, count + 1)        ->  await r.incr(key)

if not await r.exists(key):        ->  if await r.set(key, 1, nx=True):
    await r.set(key, 1)                    await work()
    await work()

job = await r.get(key)             ->  job = await r.getdel(key)
await r.delete(key)
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.claim_key import claim_key, with_option
from racelens.fixes.expressions import bound_names, is_same, may_leave
from racelens.fixes.plan import Lines, Plan, Replace
from racelens.program.store_windows import How, store_windows
from racelens.source.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.fixes.spot import Spot

TITLE_OF_COUNT = "Count in Redis with `{method}`"
TITLE_OF_TAKE = "Read and delete it in one step with `getdel`"
TITLE_OF_CLAIM = "Set it only where nobody else has: `nx=True`"
_COUNT = "what was read before may be older than what it is counted from"
_TAKEN = "needs Redis 6.2, and what is read is gone if what follows fails"
_CLAIM = "it returns None where somebody else was first: look at that"


def in_redis(spot: Spot) -> Iterator[Plan]:
    """Yield the plans for a `set` that counts or claims what nobody had, and for a `delete`."""
    call = spot.call
    if call is None or not isinstance(call.func, ast.Attribute):
        return
    match call:
        case ast.Call(
            func=ast.Attribute(attr="set"),
            args=[key, ast.BinOp(op=ast.Add() | ast.Sub(), right=ast.Constant())],
        ):
            counted = _counted(spot, call, key)
            if counted is not None:
                yield counted
        case ast.Call(func=ast.Attribute(attr="set"), args=[_, value]) if _is_claim(spot):
            yield from claim_key(spot, call)
            if isinstance(value, ast.Constant):
                change = Replace(spot.file.path, spot.file.span(call), with_option(spot, call))
                kind, note = Safety.UNSAFE, _CLAIM
                yield Plan(TITLE_OF_CLAIM, Repair.SWAP, (change,), kind, note, partial=True)
        case ast.Call(func=ast.Attribute(attr="delete" | "unlink"), args=[key]):
            taken = _taken(spot, call, key)
            if taken is not None:
                yield taken
        case _:
            pass


def _is_claim(spot: Spot) -> bool:
    """Say whether the key is set where it was found to be missing."""
    line = spot.program.line(spot.identity)
    return any(
        window.how is How.MISSING
        and window.write.call.place.shifted(line).end == spot.finding.span.end
        for window in store_windows(spot.program, spot.identity, "redis")
    )


def _counted(spot: Spot, call: ast.Call, key: ast.expr) -> Plan | None:
    """Return the plan that counts in Redis; options of `set` have no counterpart."""
    value = call.args[1]
    assert isinstance(value, ast.BinOp), "the pattern says so"
    assert isinstance(value.right, ast.Constant), "the pattern says so"
    assert isinstance(call.func, ast.Attribute), "the pattern says so"
    by = value.right.value
    if call.keywords or not isinstance(by, int) or isinstance(by, bool):
        return None
    if not _is_number_read(spot, value.left, key):
        return None
    method = "incr" if isinstance(value.op, ast.Add) else "decr"
    given = spot.file.text(key) if by == 1 else f"{spot.file.text(key)}, {by}"
    name = method if by == 1 else f"{method}by"
    made = f"{spot.file.text(call.func.value)}.{name}({given})"
    change = Replace(spot.file.path, spot.file.span(call), made)
    title = TITLE_OF_COUNT.format(method=name)
    return Plan(title, Repair.SWAP, (change,), Safety.UNSAFE, _COUNT)


def _is_number_read(spot: Spot, node: ast.expr, key: ast.expr) -> bool:
    """Say whether an expression is the whole number under a key, 0 where there is none."""
    if isinstance(node, ast.Name):
        bound = [
            part.value
            for part in ast.walk(spot.function)
            if isinstance(part, ast.Assign) and node.id in bound_names([part])
        ]
        return len(bound) == 1 and _is_number_read(spot, bound[0], key)
    match node:
        case ast.Call(func=ast.Name(id="int"), args=[given], keywords=[]):
            pass
        case _:
            return False
    match given:
        case ast.BoolOp(op=ast.Or(), values=[given, ast.Constant(value=0 | "0" | b"0")]):
            pass
        case _:
            pass
    look = given.value if isinstance(given, ast.Await) else given
    match look:
        case ast.Call(func=ast.Attribute(attr="get"), args=[own], keywords=[]):
            return is_same(own, key)
        case _:
            return False


def _taken(spot: Spot, call: ast.Call, key: ast.expr) -> Plan | None:
    """Return the plan that reads and deletes in one step, where nothing lies in between."""
    file, statement, read = spot.file, spot.statement, spot.read
    look = read.value if isinstance(read, ast.Await) else read
    lines = spot.own_lines
    if statement is None or lines is None or not isinstance(look, ast.Call):
        return None
    match look:
        case ast.Call(func=ast.Attribute(attr="get") as func, args=[own], keywords=[]):
            fits = is_same(own, key)
        case _:
            return None
    body = file.block_of(statement)
    first, last = (file.number_of(body, node) for node in (look, call))
    alone = first is None or last is None or body[last] is not statement
    if not fits or alone or not _is_kept(body[first or 0], read):
        return None
    assert first is not None, "it has a place in the block"
    assert last is not None, "it has a place in the block"
    if may_leave(body[first + 1 : last]) and not _leaves_where_none(body[first:last]):
        return None
    end = file.span(func).end
    name = Span(end._replace(column=end.column - len(func.attr)), end)
    changes = (
        Replace(file.path, name, "getdel"),
        Lines(file.path, lines.first, lines.last + 1, ()),
    )
    return Plan(TITLE_OF_TAKE, Repair.SWAP, changes, Safety.UNSAFE, _TAKEN)


def _is_kept(statement: ast.stmt, read: ast.AST | None) -> bool:
    """Say whether a statement binds what is read to a name, and does nothing else."""
    match statement:
        case ast.Assign(targets=[ast.Name()], value=value):
            return value is read
        case _:
            return False


def _leaves_where_none(body: list[ast.stmt]) -> bool:
    """Say whether what is read first is looked at next, and left alone where there is nothing."""
    match body:
        case [
            ast.Assign(targets=[ast.Name(id=name)]),
            ast.If(test=test, orelse=[]),
            *more,
        ]:
            return _is_absence(test, name) and not may_leave(more)
        case _:
            return False


def _is_absence(test: ast.expr, name: str) -> bool:
    match test:
        case ast.Compare(left=ast.Name(id=own), ops=[ast.Is()], comparators=[ast.Constant(None)]):
            return own == name
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=own)):
            return own == name
        case _:
            return False
