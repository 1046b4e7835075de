"""Syntax that rules may want: calls that nobody awaits, in places where an awaitable is no use.

A function's body goes in, candidates come out. Whether the callee is a coroutine function is not
known here.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.model.candidate import Form, UnawaitedCall
from racelens.source.span import Position, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.summarize.control_flow import GraphBuilder
    from racelens.summarize.expressions import Expressions
    from racelens.summarize.scopes import Scope


def unawaited_calls(
    scope: Scope, graph: GraphBuilder, expressions: Expressions
) -> tuple[UnawaitedCall, ...]:
    """Return the calls of the function of `scope` whose result is used as a plain value."""
    found = [
        _candidate(scope, graph, expressions, form, call)
        for node in scope.nodes
        for form, call in _uses_in(node)
    ]
    return tuple(sorted(found, key=lambda candidate: candidate.call))


def _candidate(
    scope: Scope, graph: GraphBuilder, expressions: Expressions, form: Form, call: ast.Call
) -> UnawaitedCall:
    whole = graph.span_of(call.func)
    last = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    # A dotted name is asked about at its last name, which ends where the callee ends.
    start = Position(whole.end.line, whole.end.column - len(last)) if last else whole.start
    label = ast.unparse(call.func) if _is_short(call.func) else f"….{last}"
    return UnawaitedCall(
        scope.name,
        form,
        expressions.path(call.func),
        label,
        graph.span_of(call),
        Span(start, whole.end),
    )


def _is_short(node: ast.expr) -> bool:
    depth = 0
    while isinstance(node, ast.Attribute) and depth < 6:
        node, depth = node.value, depth + 1
    return isinstance(node, ast.Name)


def _uses_in(node: ast.AST) -> Iterator[tuple[Form, ast.Call]]:
    """Yield the calls that `node` itself uses as plain values."""
    if isinstance(node, ast.Expr):
        yield from _calls(Form.DROPPED, node.value)
    elif isinstance(node, ast.Assign):
        targets = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if targets == ["_"]:
            yield from _calls(Form.DROPPED, node.value)
    elif isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
        yield from _calls(Form.CONDITION, node.test)
    elif isinstance(node, ast.BoolOp):
        # The last operand may be the value of the whole, which somebody may await.
        yield from _calls(Form.CONDITION, *node.values[:-1])
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield from _calls(Form.CONDITION, node.operand)
    elif isinstance(node, ast.Compare):
        identity = (ast.Is, ast.IsNot, ast.In, ast.NotIn)
        if not isinstance(node.ops[0], identity):
            yield from _calls(Form.COMPARISON, node.left, *node.comparators)
    elif isinstance(node, ast.FormattedValue):
        yield from _calls(Form.FORMATTED, node.value)
    elif isinstance(node, ast.Attribute) and node.attr not in _COROUTINE_ATTRIBUTES:
        yield from _calls(Form.ATTRIBUTE, node.value)


# A coroutine, a future and a task have these: `connect().close()` may be meant.
_COROUTINE_ATTRIBUTES = frozenset(
    {"send", "throw", "close", "cr_frame", "cr_running", "cr_code", "cr_await", "cr_origin"}
    | {"__await__", "__aenter__", "__aexit__", "__name__", "__qualname__"}
)


def _calls(form: Form, *nodes: ast.expr) -> Iterator[tuple[Form, ast.Call]]:
    for node in nodes:
        if isinstance(node, ast.Call):
            yield form, node
