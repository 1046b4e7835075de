"""Syntax that rules may want: calls that nobody awaits, in places where an awaitable is no use.

A function's body goes in, candidates come out. Whether the callee is a coroutine function is not
known here.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from racelens.model.candidate import Form, UnawaitedCall
from racelens.source.span import Position, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from racelens.summarize.control_flow import GraphBuilder
    from racelens.summarize.expressions import Expressions
    from racelens.summarize.scopes import Scope


_MOST_PARTS = 6
_DROPPED, _CONDITION = Form.DROPPED, Form.CONDITION  # they take long to look up
Uses: TypeAlias = "Sequence[tuple[Form, ast.Call]]"


def unawaited_calls(
    scope: Scope, graph: GraphBuilder, expressions: Expressions
) -> tuple[UnawaitedCall, ...]:
    """Return the calls of the function of `scope` whose result is used as a plain value."""
    found = [
        _candidate(scope, graph, expressions, form, call)
        for node in scope.nodes
        if type(node) in USES
        for form, call in USES[type(node)](node)
    ]
    return tuple(sorted(found, key=lambda candidate: candidate.call))


def _candidate(
    scope: Scope, graph: GraphBuilder, expressions: Expressions, form: Form, call: ast.Call
) -> UnawaitedCall:
    whole = graph.span_of(call.func)
    last = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    # A dotted name is asked about at its last name, which ends where the callee ends.
    start = Position(whole.end.line, whole.end.column - len(last)) if last else whole.start
    return UnawaitedCall(
        scope.name,
        form,
        expressions.path(call.func),
        _dotted(call.func) or f"….{last}",
        graph.span_of(call),
        Span(start, whole.end),
    )


def _dotted(node: ast.expr) -> str:
    """Return a dotted name of a few parts as text; "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < _MOST_PARTS:
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _dropped(node: ast.AST) -> Uses:
    assert isinstance(node, ast.Expr)
    return _call(_DROPPED, node.value)


def _assigned(node: ast.AST) -> Uses:
    assert isinstance(node, ast.Assign)
    target = node.targets[0]
    if not (isinstance(target, ast.Name) and target.id == "_" and len(node.targets) == 1):
        return ()
    return _call(_DROPPED, node.value)


def _tested(node: ast.AST) -> Uses:
    assert isinstance(node, (ast.If, ast.While, ast.IfExp, ast.Assert))
    return _call(_CONDITION, node.test)


def _operands(node: ast.AST) -> Uses:
    assert isinstance(node, ast.BoolOp)
    # The last operand may be the value of the whole, which somebody may await.
    return _calls(Form.CONDITION, node.values[:-1])


def _negated(node: ast.AST) -> Uses:
    assert isinstance(node, ast.UnaryOp)
    return _call(Form.CONDITION, node.operand) if isinstance(node.op, ast.Not) else ()


def _compared(node: ast.AST) -> Uses:
    assert isinstance(node, ast.Compare)
    if isinstance(node.ops[0], (ast.Is, ast.IsNot, ast.In, ast.NotIn)):
        return ()
    return _calls(Form.COMPARISON, (node.left, *node.comparators))


def _formatted(node: ast.AST) -> Uses:
    assert isinstance(node, ast.FormattedValue)
    return _call(Form.FORMATTED, node.value)


def _attribute(node: ast.AST) -> Uses:
    assert isinstance(node, ast.Attribute)
    if node.attr in _COROUTINE_ATTRIBUTES:
        return ()
    return _call(Form.ATTRIBUTE, node.value)


# By kind of node, the calls that it uses itself as plain values.
USES: dict[type[ast.AST], Callable[[ast.AST], Uses]] = {
    ast.Expr: _dropped,
    ast.Assign: _assigned,
    ast.If: _tested,
    ast.While: _tested,
    ast.IfExp: _tested,
    ast.Assert: _tested,
    ast.BoolOp: _operands,
    ast.UnaryOp: _negated,
    ast.Compare: _compared,
    ast.FormattedValue: _formatted,
    ast.Attribute: _attribute,
}

# A coroutine, a future and a task have these: `connect().close()` may be meant.
_COROUTINE_ATTRIBUTES = frozenset(
    {"send", "throw", "close", "cr_frame", "cr_running", "cr_code", "cr_await", "cr_origin"}
    | {"__await__", "__aenter__", "__aexit__", "__name__", "__qualname__"}
)


def _call(form: Form, node: ast.expr) -> Uses:
    return [(form, node)] if isinstance(node, ast.Call) else ()


def _calls(form: Form, nodes: Iterable[ast.expr]) -> Uses:
    return [(form, node) for node in nodes if isinstance(node, ast.Call)]
