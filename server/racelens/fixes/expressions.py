"""Questions about expressions and statements: what they mention, bind, and may leave by."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.fixes.syntax import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from racelens.fixes.syntax import Function

_SCOPES = (*DEFINITIONS, ast.Lambda)
_LEAVING = (ast.Return, ast.Yield, ast.YieldFrom)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_PURE = (
    ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Compare,
    ast.BoolOp, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.Slice, ast.JoinedStr,
    ast.FormattedValue, ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop,
)  # fmt: skip
# What copies or measures a collection, and suspends nobody.
_HARMLESS_CALLS = frozenset({
    "len", "list", "dict", "set", "tuple", "sorted", "copy", "get", "min", "max", "sum", "bool",
    "int", "float", "str", "frozenset",
})  # fmt: skip


def within(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield nodes and what is below them, in no order; what is defined there is left out."""
    stack: list[ast.AST] = list(nodes)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, _SCOPES):
            stack.extend(ast.iter_child_nodes(node))


def is_same(left: ast.AST, right: ast.AST) -> bool:
    """Say whether two expressions are written alike, read or written."""
    return _shape(left) == _shape(right)


def _shape(node: ast.AST) -> str:
    return ast.dump(node).replace("Store()", "Load()").replace("Del()", "Load()")


def mentions(nodes: Iterable[ast.AST], wanted: ast.expr) -> list[ast.expr]:
    """Return the expressions below `nodes` that are written as `wanted` is, in source order."""
    kind, shape = type(wanted), _shape(wanted)
    found = [
        node
        for top in nodes
        for node in ast.walk(top)
        if isinstance(node, kind) and _shape(node) == shape
    ]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


def is_read(node: ast.expr) -> bool:
    """Say whether an expression is read, and not stored to or deleted."""
    return isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


def own_names(function: Function) -> frozenset[str]:
    """Return the names of a function's own: its parameters, and what it binds."""
    given = (node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg))
    return bound_names(function.body).union(given)


def used_names(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Return the names that are mentioned below `nodes`, nested definitions included."""
    return frozenset(
        node.id for top in nodes for node in ast.walk(top) if isinstance(node, ast.Name)
    )


def bound_names(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Return the names that are bound or deleted below `nodes`."""
    found: set[str] = set()
    for node in within(nodes):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, (*DEFINITIONS, ast.ExceptHandler)):
            found.add(node.name or "")
    return frozenset(found)


def may_leave(nodes: Iterable[ast.AST], *, raising: bool = True) -> bool:
    """Say whether statements go elsewhere than behind themselves, exceptions of calls apart.

    What is raised by a statement of its own counts if `raising` does.
    """
    stack = [(node, False) for node in nodes]
    while stack:
        node, in_loop = stack.pop()
        jumps = isinstance(node, ast.Break | ast.Continue) and not in_loop
        if jumps or isinstance(node, _LEAVING) or (raising and isinstance(node, ast.Raise)):
            return True
        if not isinstance(node, _SCOPES):
            inside = in_loop or isinstance(node, _LOOPS)
            stack += ((child, inside) for child in ast.iter_child_nodes(node))
    return False


def has_await(nodes: Iterable[ast.AST]) -> bool:
    """Say whether something below `nodes` may suspend."""
    return any(
        isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith)
        or (isinstance(node, ast.comprehension) and bool(node.is_async))
        for node in within(nodes)
    )


def is_pure(node: ast.expr) -> bool:
    """Say whether evaluating an expression does nothing but read."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            if part.keywords or _called(part.func) not in _HARMLESS_CALLS:
                return False
        elif not isinstance(part, _PURE):
            return False
    return True


def is_stable(node: ast.expr, state: ast.expr) -> bool:
    """Say whether an expression has the same value whatever is done meanwhile to objects.

    It is made of names and constants; the `state` itself, and the way to it, may be in it.
    """
    known = {id(part) for part in ast.walk(state)}
    shapes = {_shape(part) for part in ast.walk(state) if isinstance(part, ast.expr)}
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute | ast.Subscript):
            if id(part) not in known and _shape(part) not in shapes:
                return False
        elif isinstance(part, ast.Call | ast.Await | ast.NamedExpr | ast.Lambda):
            return False
    return True


def has_stable_keys(state: ast.expr) -> bool:
    """Say whether the keys of a state are the same whatever is done meanwhile to objects."""
    keys = [part.slice for part in ast.walk(state) if isinstance(part, ast.Subscript)]
    return all(is_stable(key, ast.Constant(None)) for key in keys)


def mentions_itself(nodes: Iterable[ast.AST], name: str) -> bool:
    """Say whether an object is handed on as a whole, and not for one of its attributes."""
    for top in nodes:
        bases = {id(node.value) for node in ast.walk(top) if isinstance(node, ast.Attribute)}
        for node in ast.walk(top):
            if isinstance(node, ast.Name) and node.id == name and id(node) not in bases:
                return True
    return False


def _called(callee: ast.expr) -> str:
    if isinstance(callee, ast.Attribute):
        return callee.attr
    return callee.id if isinstance(callee, ast.Name) else ""
