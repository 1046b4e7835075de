"""Parts of statements: what handlers catch, patterns bind, targets load, and values are."""

from __future__ import annotations

import ast

from racelens.model.effect import Value

_CATCHES_ALL = frozenset({"BaseException"})
_ABSENCE = frozenset({"KeyError", "LookupError", "IndexError", "AttributeError"})


def paired(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """Return what an assignment stores where: `a, b = x, y` pair by pair, others as they are."""
    displays = (ast.Tuple, ast.List)
    if not (isinstance(target, displays) and isinstance(value, displays)):
        return [(target, value)]
    starred = any(isinstance(part, ast.Starred) for part in (*target.elts, *value.elts))
    if starred or not target.elts or len(target.elts) != len(value.elts):
        return [(target, value)]
    return list(zip(target.elts, value.elts, strict=True))


def expects_absence(handler: ast.ExceptHandler) -> bool:
    """Say whether a handler runs because something that was looked up is missing."""
    caught = handler.type
    parts = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(part, ast.Name) and part.id in _ABSENCE for part in parts)


def catches_all(handlers: list[ast.ExceptHandler]) -> bool:
    """Say whether no exception escapes `handlers`."""
    return any(
        handler.type is None
        or (isinstance(handler.type, ast.Name) and handler.type.id in _CATCHES_ALL)
        for handler in handlers
    )


def pattern_names(pattern: ast.pattern) -> list[str]:
    """Return the names that a pattern of `match` binds."""
    names = [
        getattr(part, "name", None) or getattr(part, "rest", None) for part in ast.walk(pattern)
    ]
    return [name for name in names if name]


def as_load(target: ast.expr) -> ast.expr:
    """Return the target of an augmented assignment as what is read first."""
    if isinstance(target, ast.Name):
        load: ast.expr = ast.Name(target.id, ast.Load())
    elif isinstance(target, ast.Attribute):
        load = ast.Attribute(target.value, target.attr, ast.Load())
    elif isinstance(target, ast.Subscript):
        load = ast.Subscript(target.value, target.slice, ast.Load())
    else:
        return target
    return ast.copy_location(load, target)


_EMPTY_MAKERS = frozenset({"list", "dict", "set", "tuple", "bytearray"})


def value_kind(node: ast.expr) -> Value:
    """Return what kind of value `node` is, by its syntax."""
    if isinstance(node, ast.Constant):
        kinds = {None: Value.NONE, True: Value.TRUE, False: Value.FALSE}
        if node.value is None or isinstance(node.value, bool):
            return kinds[node.value]
        if node.value in (0, "", b""):
            return Value.ZERO
        return Value.CONSTANT
    if isinstance(node, (ast.List, ast.Set, ast.Tuple)):
        return Value.OTHER if node.elts else Value.EMPTY
    if isinstance(node, ast.Dict):
        return Value.OTHER if node.keys else Value.EMPTY
    if isinstance(node, ast.Await):
        return Value.MADE
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        return Value.EMPTY if name in _EMPTY_MAKERS and not node.args else Value.MADE
    return Value.COPY if isinstance(node, ast.Name) else Value.OTHER
