"""What an `await` that is interrupted leaves undone: statements in, `Cleanup`s out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.model.usage import Cleanup
from racelens.summarize.handlers import is_suspension, nodes_within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from racelens.model.location import AccessPath
    from racelens.summarize.control_flow import GraphBuilder
    from racelens.summarize.paths import Paths

_BRANCHING = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try)
_COMPOUND = (*_BRANCHING, ast.With, ast.AsyncWith, ast.ExceptHandler)
_PLAIN = (ast.Expr, ast.Return, ast.Pass)
_OPPOSITES = {"+": "-", "-": "+", "add": "discard", "append": "remove"}
_UNDOES = {"remove": "discard"}  # what a set has been given is taken out by either


def cleanups_of(node: ast.Try, paths: Paths, spans: GraphBuilder) -> Iterator[Cleanup]:
    """Yield the first suspension of a `finally` that is not in the last of its statements.

    One that stands in a `try` of its own does not keep the rest from running.
    """
    for number, statement in enumerate(node.finalbody[:-1]):
        first = _first_wait(statement)
        if first is None or isinstance(statement, ast.Try):
            continue
        rest = node.finalbody[number + 1 :]
        calls = [
            part for each in rest for part in nodes_within([each]) if isinstance(part, ast.Call)
        ]
        yield Cleanup(
            spans.span_of(first),
            _called(first, paths),
            spans.span_of(rest[0]),
            only_calls=tuple(paths.path(call.func) for call in calls) if _is_plain(rest) else None,
        )
        return


def undone_of(
    nodes: Iterable[ast.AST], body: Sequence[ast.stmt], paths: Paths, spans: GraphBuilder
) -> Iterator[Cleanup]:
    """Yield what a function does before it waits and takes back behind that, in no `finally`.

    `nodes` are those of the function of which `body` is the outermost block.
    """
    yield from _undone(body, paths, spans)
    for node in nodes:
        if isinstance(node, _COMPOUND):
            yield from _undone(node.body, paths, spans)
        if isinstance(node, _BRANCHING):
            yield from _undone(node.orelse, paths, spans)


def _undone(body: Sequence[ast.stmt], paths: Paths, spans: GraphBuilder) -> Iterator[Cleanup]:
    done: dict[tuple[str, str], int] = {}
    for number, statement in enumerate(body):
        change = _change(statement)
        if change is None:
            continue
        what, how = change
        begun = done.pop((what, _UNDOES.get(how, how)), None)
        if begun is None:
            done[what, _OPPOSITES.get(how, "")] = number
            continue
        between = body[begun + 1 : number]
        if any(_change(part) == change for part in nodes_within(between)):
            continue  # somebody has thought of it: a handler does the same
        waits = (_first_wait(each) for each in between)
        first = next((wait for wait in waits if wait is not None), None)
        if first is not None:
            state = what.partition(" ")[0]
            place = spans.span_of(statement)
            yield Cleanup(spans.span_of(first), _called(first, paths), place, state=state)


def _change(statement: ast.AST) -> tuple[str, str] | None:
    """Return what a statement adds to what, or takes from it, as texts; and in which way."""
    match statement:
        case ast.AugAssign(
            target=ast.Attribute() | ast.Subscript() as target,
            op=ast.Add() | ast.Sub() as op,
            value=ast.Constant(value=value),
        ):
            return f"{ast.unparse(target)} {value!r}", "+" if isinstance(op, ast.Add) else "-"
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Attribute() as owner, attr=method),
                args=[given],
                keywords=[],
            )
        ) if method in {"add", "append", "discard", "remove"}:
            return f"{ast.unparse(owner)} {ast.unparse(given)}", method
        case _:
            return None


def _first_wait(statement: ast.stmt) -> ast.expr | None:
    """Return the first expression at which a statement may suspend."""
    waits = [part for part in nodes_within([statement]) if is_suspension(part)]
    return _waited_for(min(waits, key=_begin)) if waits else None


def _begin(node: ast.AST) -> tuple[int, int]:
    return (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))


def _waited_for(wait: ast.AST) -> ast.expr | None:
    match wait:
        case ast.AsyncWith(items=[ast.withitem(context_expr=entered), *_]):
            return entered
        case ast.AsyncFor(iter=iterated):
            return iterated
        case _:
            return wait if isinstance(wait, ast.expr) else None


def _called(wait: ast.expr, paths: Paths) -> AccessPath | None:
    """Return the function whose call is waited for."""
    call = wait.value if isinstance(wait, ast.Await) else wait
    return paths.path(call.func) if isinstance(call, ast.Call) else None


def _is_plain(rest: Sequence[ast.stmt]) -> bool:
    """Say whether statements only call something, or leave."""
    return all(isinstance(each, _PLAIN) for each in rest)
