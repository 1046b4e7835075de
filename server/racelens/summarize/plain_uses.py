"""Calls that are used as plain values, at a glance: what `summarize.usage` tells exactly.

A node goes in, the calls come out whose results it uses itself as no awaitable is used.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_SHOWING = frozenset(
    {"print", "str", "repr", "len", "int", "float", "bool", "format", "sorted"}
    | {"sum", "min", "max", "abs", "round"}
)
LAZY = frozenset({"map"})  # it calls a function when somebody goes through it
_COLLECTING = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp)


def _dropped(node: ast.AST) -> Sequence[ast.expr]:
    assert isinstance(node, ast.Expr)
    value = node.value
    if isinstance(value, ast.Attribute):
        return [value]
    made = _calls([value.body]) if isinstance(value, ast.Lambda) else []
    return [*collected_calls(value), *made]


def _assigned(node: ast.AST) -> Sequence[ast.expr]:
    assert isinstance(node, ast.Assign)
    target = node.targets[0]
    if not (isinstance(target, ast.Name) and target.id == "_" and len(node.targets) == 1):
        return ()
    return collected_calls(node.value)


def collected_calls(node: ast.expr) -> list[ast.expr]:
    """Return a call, or those whose results a display or comprehension collects."""
    if isinstance(node, ast.Call):
        return [node]
    if not isinstance(node, _COLLECTING):
        return []
    if isinstance(node, (ast.ListComp, ast.SetComp)):
        return _calls([node.elt])
    if isinstance(node, ast.DictComp):
        return _calls([node.value])
    return _calls(node.values if isinstance(node, ast.Dict) else node.elts)


def _tested(node: ast.AST) -> Sequence[ast.expr]:
    assert isinstance(node, (ast.If, ast.While, ast.IfExp, ast.Assert))
    return _calls([node.test])


def _operands(node: ast.AST) -> Sequence[ast.expr]:
    assert isinstance(node, ast.BoolOp)
    # The last operand may be the value of the whole, which somebody may await.
    return _calls(node.values[:-1])


def _negated(node: ast.AST) -> Sequence[ast.expr]:
    assert isinstance(node, ast.UnaryOp)
    return _calls([node.operand]) if isinstance(node.op, ast.Not) else ()


def _compared(node: ast.AST) -> Sequence[ast.expr]:
    assert isinstance(node, ast.Compare)
    if isinstance(node.ops[0], (ast.Is, ast.IsNot, ast.In, ast.NotIn)):
        return ()
    return _calls((node.left, *node.comparators))


def _formatted(node: ast.AST) -> Sequence[ast.expr]:
    assert isinstance(node, ast.FormattedValue)
    return _calls([node.value])


def _attribute(node: ast.AST) -> Sequence[ast.expr]:
    assert isinstance(node, ast.Attribute)
    return _calls([node.value])


def _shown(node: ast.AST) -> Sequence[ast.expr]:
    assert isinstance(node, ast.Call)
    if is_named(node, LAZY):
        given = (part.body if isinstance(part, ast.Lambda) else part for part in node.args[:1])
        return [part for part in given if isinstance(part, (ast.Call, ast.Name, ast.Attribute))]
    return _calls(node.args) if is_named(node, _SHOWING) else ()


def _iterated(node: ast.AST) -> Sequence[ast.expr]:
    assert isinstance(node, (ast.For, ast.comprehension))
    return _calls([node.iter])


def _entered(node: ast.AST) -> Sequence[ast.expr]:
    assert isinstance(node, ast.With)
    return _calls([item.context_expr for item in node.items])


# By kind of node, the calls (and attributes) that it uses itself as plain values.
USES: dict[type[ast.AST], Callable[[ast.AST], Sequence[ast.expr]]] = {
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
    ast.Call: _shown,
    ast.For: _iterated,
    ast.comprehension: _iterated,
    ast.With: _entered,
}


def is_named(node: ast.Call, names: frozenset[str]) -> bool:
    """Say whether what is called is a plain name, one of `names`."""
    return isinstance(node.func, ast.Name) and node.func.id in names


def _calls(nodes: Iterable[ast.expr]) -> list[ast.expr]:
    return [node for node in nodes if isinstance(node, ast.Call)]
