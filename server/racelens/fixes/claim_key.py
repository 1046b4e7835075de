"""Asking for a key and setting it, in one command: `SET` with NX says who was first.

if not await r.exists(key):            ->  if await r.set(key, 1, nx=True):
    await r.set(key, 1)                        await work()
    await work()

if await r.exists(key):                ->  if not await r.set(key, 1, nx=True):
    return                                     return
await r.set(key, 1)
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.expressions import is_pure, is_same
from racelens.fixes.plan import Lines, Plan, Replace
from racelens.source.named_tuple import NamedTuple
from racelens.source.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.fixes.spot import Spot
    from racelens.fixes.syntax import Block

TITLE = "Claim it in one step: `set` with `nx=True`"
_EMPTY = "an empty value counts as set"
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class _Asked(NamedTuple):
    """A test for a key of a store: whether it holds where the key is `absent`, or by its truth."""

    store: ast.expr
    key: ast.expr
    absent: bool
    by_truth: bool


def claim_key(spot: Spot, call: ast.Call) -> Iterator[Plan]:
    """Yield the plan, where `call` sets right behind the test what was found to be missing."""
    statement, lines = spot.statement, spot.own_lines
    if not isinstance(statement, ast.Expr) or lines is None or not is_pure(call.args[1]):
        return
    test = _test_before(spot, statement)
    asked = _asked(test.test) if test is not None else None
    if test is None or asked is None or not is_same(asked.key, call.args[0]):
        return
    assert isinstance(call.func, ast.Attribute), "it is the `set` of something"
    gives_old = any(given.arg == "get" for given in call.keywords)
    if gives_old or not is_same(asked.store, call.func.value):
        return
    is_inside = any(each is statement for each in test.body)
    if asked.absent is not is_inside:
        return
    waits = "await " if isinstance(statement.value, ast.Await) else ""
    word = "" if asked.absent else "not "
    made = f"{waits}{with_option(spot, call)}"
    file = spot.file
    first = Replace(file.path, file.span(test.test), word + made)
    changes = (first, _without(spot, lines, test if is_inside else None))
    safety = Safety.UNSAFE if asked.by_truth else Safety.SAFE
    yield Plan(TITLE, Repair.SWAP, changes, safety, _EMPTY if asked.by_truth else "")


def with_option(spot: Spot, call: ast.Call) -> str:
    """Return the text of a call of `set` with NX behind the value."""
    file = spot.file
    span = file.span(call)
    head = Span(span.start, file.span(call.args[1]).end)
    text = file.source.text
    start, middle, end = (file.source.offset(place) for place in (span.start, head.end, span.end))
    made = f"{text[start:middle]}, nx=True{text[middle:end]}"
    return made.replace("\r\n", "\n").replace("\r", "\n")


def _without(spot: Spot, lines: Block, test: ast.If | None) -> Lines:
    """Return the change that leaves a statement out; `test`: whose block it stands in."""
    file = spot.file
    left = () if test is None or len(test.body) > 1 else (f"{file.indentation(lines.first)}pass",)
    return Lines(file.path, lines.first, lines.last + 1, left)


def _test_before(spot: Spot, statement: ast.stmt) -> ast.If | None:
    """Return the test that a statement stands right behind: first in its block, or below it."""
    body = spot.file.block_of(statement)
    number = next(n for n, each in enumerate(body) if each is statement)
    if number == 0:
        above = spot.file.parents.get(statement)
        return above if isinstance(above, ast.If) and above.body is body else None
    before = body[number - 1]
    if isinstance(before, ast.If) and not before.orelse and isinstance(before.body[-1], _LEAVES):
        return before
    return None


def _asked(test: ast.expr) -> _Asked | None:
    """Return what a test asks of a key, where it asks for nothing else."""
    absent = False
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        absent, test = True, test.operand
    by_truth = True
    match test:
        case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot() as op], comparators=[other]):
            if not isinstance(other, ast.Constant) or other.value is not None:
                return None
            absent, by_truth, test = absent is isinstance(op, ast.IsNot), False, left
        case _:
            pass
    call = test.value if isinstance(test, ast.Await) else test
    match call:
        case ast.Call(func=ast.Attribute(value=store, attr="exists"), args=[key], keywords=[]):
            return _Asked(store, key, absent, by_truth=False) if by_truth else None
        case ast.Call(func=ast.Attribute(value=store, attr="get"), args=[key], keywords=[]):
            return _Asked(store, key, absent, by_truth)
        case _:
            return None
