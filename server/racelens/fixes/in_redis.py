"""Letting Redis do in one command what took two: `INCR`, or `SET` with NX.

await r.set(key, count + 1)        ->  await r.incr(key)
if not await r.exists(key):            if not await r.exists(key):
    await r.set(key, 1)                    await r.set(key, 1, nx=True)
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.plan import Plan, Replace
from racelens.program.store_windows import How, store_windows
from racelens.source.span import Span

if TYPE_CHECKING:
    from racelens.fixes.spot import Spot

TITLE_OF_COUNT = "Count in Redis with `{method}`"
TITLE_OF_CLAIM = "Set it only where nobody else has: `nx=True`"
_COUNT = "what was read before may be older than what it is counted from"
_CLAIM = "it returns None where somebody else was first: look at that"


def in_redis(spot: Spot) -> Plan | None:
    """Return the plan for a `set` that counts, or that claims what nobody had."""
    call = spot.call
    if call is None or not isinstance(call.func, ast.Attribute) or call.func.attr != "set":
        return None
    match call:
        case ast.Call(args=[key, ast.BinOp(op=ast.Add() | ast.Sub(), right=ast.Constant())]):
            return _counted(spot, call, key)
        case ast.Call(args=[_, ast.Constant() as value]) if _is_claim(spot):
            end = spot.file.span(value).end
            change = Replace(spot.file.path, Span(end, end), ", nx=True")
            return Plan(TITLE_OF_CLAIM, Repair.SWAP, (change,), Safety.UNSAFE, _CLAIM, partial=True)
        case _:
            return None


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
    method = "incr" if isinstance(value.op, ast.Add) else "decr"
    given = spot.file.text(key) if by == 1 else f"{spot.file.text(key)}, {by}"
    name = method if by == 1 else f"{method}by"
    made = f"{spot.file.text(call.func.value)}.{name}({given})"
    change = Replace(spot.file.path, spot.file.span(call), made)
    title = TITLE_OF_COUNT.format(method=name)
    return Plan(title, Repair.SWAP, (change,), Safety.UNSAFE, _COUNT)
