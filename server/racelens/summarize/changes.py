"""Assignments to attributes and entries of what locals hold: statements in, `Change`s out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.model.usage import Change, Condition
from racelens.source.span import Span
from racelens.summarize.argument_text import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from racelens.summarize.control_flow import GraphBuilder
    from racelens.summarize.scopes import Scope

_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def changes_of(
    node: ast.Assign | ast.AugAssign,
    scope: Scope,
    spans: GraphBuilder,
) -> Iterator[Change]:
    """Yield what an assignment changes of locals."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        if not isinstance(target, (ast.Attribute, ast.Subscript)):
            continue
        owner = target.value
        if not isinstance(owner, ast.Name) or not scope.is_local(owner.id):
            continue
        part = _part(target)
        uses = frozenset(each for value in _computed(node.value) for each in _uses(value))
        if isinstance(node, ast.AugAssign):
            uses |= {owner.id, owner.id + part}
        place = spans.span_of(node)
        is_constant = isinstance(node.value, ast.Constant) and isinstance(node, ast.Assign)
        constant = text_of(node.value) if is_constant else ""
        yield Change(owner.id, part, place, uses, constant)


def _computed(value: ast.expr) -> Iterator[ast.expr]:
    """Yield what a value is computed from: not what is one of its alternatives as it is."""
    if isinstance(value, ast.BoolOp):
        alternatives = value.values
    elif isinstance(value, ast.IfExp):
        alternatives = [value.body, value.orelse]
    else:
        yield value
        return
    for each in alternatives:
        if not isinstance(each, ast.Attribute | ast.Subscript | ast.Name):
            yield from _computed(each)


def _part(target: ast.Attribute | ast.Subscript) -> str:
    if isinstance(target, ast.Attribute):
        return f".{target.attr}"
    return f"[{text_of(target.slice)}]"


def _uses(value: ast.AST) -> Iterator[str]:
    """Yield the names in an expression, and their attributes and entries."""
    for node in ast.walk(value):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.value, ast.Name):
            yield node.value.id + _part(node)


def conditions_of(
    node: ast.If | ast.While, scope: Scope, spans: GraphBuilder, parents: Mapping[int, ast.AST]
) -> Iterator[Condition]:
    """Yield where the condition of a statement decides what runs: in it, and what it leads out of.

    `parents` says what the function's nodes are parts of.
    """
    uses = frozenset(_uses(node.test))
    whole = spans.span_of(node)
    yield Condition(uses, Span(spans.span_of(node.test).end, whole.end))
    if isinstance(node.body[-1], _LEAVES):
        around = parents.get(id(node))
        last = around if isinstance(around, ast.stmt) else scope.node.body[-1]
        yield Condition(uses, Span(whole.end, spans.span_of(last).end))
