"""Paths of expressions: syntax in, the place that it names out, local aliases followed."""

from __future__ import annotations

import ast
from sys import intern
from typing import TYPE_CHECKING, Any

from racelens.model.location import NAMED_ROOTS, SUPER, UNKNOWN_KEY, AccessPath, Root

if TYPE_CHECKING:
    from racelens.summarize.scopes import Scope

_LONG = 1000  # characters of a constant, or bits
# Builtins that go through what they are given step by step, as a loop over them does.
_STEPPING = frozenset({"enumerate", "filter", "iter", "map", "reversed", "zip"})
ASKING = frozenset({"getattr", "hasattr"})
_CONTENTS = frozenset({"values", "items", "keys"})  # methods whose result shows the container


class Paths:
    """The paths of one function, by the names of its scope alone."""

    def __init__(self, scope: Scope) -> None:
        """Name places with the names of `scope`."""
        self.scope = scope
        self.aliases: dict[str, AccessPath] = {}
        self._root = scope.path

    def remember_alias(self, target: ast.expr, value: ast.expr) -> None:
        """Follow `d = self.d` where `d` is bound once: then `d[k]` is `self.d[k]`."""
        if not (isinstance(target, ast.Name) and self.scope.is_local(target.id)):
            return
        path = self.path(value)
        if path is None or not path.shared_root or self.scope.bindings[target.id] != 1:
            return
        if path.steps or path.root in NAMED_ROOTS:
            self.aliases[target.id] = path

    def path(self, node: ast.expr | None) -> AccessPath | None:
        """Return the path that `node` names; None where it is none."""
        steps: list[str] = []
        part: Any = node  # types are compared at once: it is asked of every expression
        while (kind := part.__class__) is not ast.Name:
            if kind is ast.Attribute:
                steps.append(intern("." + part.attr))
                part = part.value
            elif kind is ast.Subscript:
                steps.append(self.key(part.slice))
                part = part.value
            elif kind is not ast.Call:
                return None
            elif (asked := self.asked_attribute(part)) is not None:
                steps.append("." + asked[1])
                part = asked[0]
            elif _is_super(part):
                return AccessPath(Root.SELF, SUPER).below(steps)
            else:
                return None
        root = self.aliases.get(part.id) or self._root(part.id)
        return root.below(steps) if steps else root

    def asked_attribute(self, node: ast.expr | None) -> tuple[ast.expr, str] | None:
        """Return object and name of `getattr(object, "name")` and `hasattr(object, "name")`."""
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            return None
        if node.func.id not in ASKING or len(node.args) < 2:
            return None
        owner, name = node.args[:2]
        if self._root(node.func.id).root is not Root.NAME:
            return None
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            return owner, name.value
        return None

    def key(self, node: ast.expr) -> str:
        """Return `node` as a step: a constant, the symbol of a plain name, or unknown."""
        if isinstance(node, ast.Constant):
            text = constant_text(node)
            return f"[{text}]" if text else UNKNOWN_KEY
        symbol = _symbol(node)
        return f"[={symbol}]" if symbol else UNKNOWN_KEY

    def stepped(self, node: ast.expr) -> list[ast.expr]:
        """Return what `enumerate(x)` and its like go through; nothing for other expressions."""
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            return []
        if node.func.id not in _STEPPING or self._root(node.func.id).root is not Root.NAME:
            return []
        return node.args

    def container(self, node: ast.expr) -> AccessPath | None:
        """Return the shared place that a loop over `node` goes through; None where it is none."""
        path = self.path(node)
        if path is None and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            path = self.path(node.func.value) if node.func.attr in _CONTENTS else None
        return path if path is not None and path.shared_root else None


def _is_super(node: ast.expr | None) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "super"
        and not node.args
    )


def constant_text(node: ast.Constant) -> str:
    """Return a constant as Python writes it; "" for one that is too long to name a place."""
    value = node.value
    is_long = value.bit_length() > _LONG if isinstance(value, int) else False
    if is_long or (isinstance(value, str | bytes) and len(value) > _LONG):
        return ""
    return repr(value)


def _symbol(node: ast.expr) -> str:
    """Return `node` as text if it is a name, an attribute chain or a tuple of them, else ""."""
    steps = ""
    while isinstance(node, ast.Attribute):
        steps = f".{node.attr}{steps}"
        node = node.value
    if isinstance(node, ast.Name):
        return node.id + steps
    if isinstance(node, ast.Tuple) and not steps:
        parts = [constant_text(p) if isinstance(p, ast.Constant) else _symbol(p) for p in node.elts]
        return f"({', '.join(parts)})" if all(parts) else ""
    return ""
