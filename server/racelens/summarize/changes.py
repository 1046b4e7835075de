"""Assignments to attributes and entries of what locals hold: statements in, `Change`s out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.model.usage import Change
from racelens.summarize.argument_text import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from racelens.summarize.control_flow import GraphBuilder
    from racelens.summarize.scopes import Scope

_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def changes_of(
    node: ast.Assign | ast.AugAssign,
    scope: Scope,
    spans: GraphBuilder,
    parents: Mapping[int, ast.AST],
) -> Iterator[Change]:
    """Yield what an assignment changes of locals; `parents` says what its nodes are parts of."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        if not isinstance(target, (ast.Attribute, ast.Subscript)):
            continue
        owner = target.value
        if not isinstance(owner, ast.Name) or not scope.is_local(owner.id):
            continue
        part = _part(target)
        uses = frozenset(_uses(node.value))
        if isinstance(node, ast.AugAssign):
            uses |= {owner.id, owner.id + part}
        under = frozenset(_conditions(node, scope.node.body, parents))
        place = spans.span_of(node)
        constant = isinstance(node.value, ast.Constant) and isinstance(node, ast.Assign)
        yield Change(owner.id, part, place, uses, under, constant)


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


def _conditions(
    statement: ast.AST, outermost: list[ast.stmt], parents: Mapping[int, ast.AST]
) -> Iterator[str]:
    """Yield what the conditions use that decide whether a statement is reached.

    Those around it, and those before it in a block that lead out of the block.
    """
    part = statement
    while True:
        above = parents.get(id(part))
        for block in _blocks(above) if above is not None else (outermost,):
            yield from _left_before(part, block)
        if above is None:
            return
        if isinstance(above, (ast.If, ast.While)) and part is not above.test:
            yield from _uses(above.test)
        part = above


def _left_before(part: ast.AST, block: Sequence[ast.AST]) -> Iterator[str]:
    """Yield what the conditions use under which a block is left before its statement `part`."""
    if not any(part is one for one in block):
        return
    for before in block:
        if before is part:
            return
        if isinstance(before, ast.If) and isinstance(before.body[-1], _LEAVES):
            yield from _uses(before.test)


def _blocks(node: ast.AST) -> Iterator[list[ast.AST]]:
    for field in ("body", "orelse", "finalbody"):
        block = getattr(node, field, None)
        if isinstance(block, list):
            yield block
