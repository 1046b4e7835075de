"""What arguments of calls say, as short texts: constants, names and what is put together of them.

A syntax tree goes in, a text comes out, equal for equal expressions.
"""

from __future__ import annotations

import ast

_MOST = 2000  # characters of a constant: SQL may be long
_MOST_DEPTH = 4
_MOST_ITEMS = 8  # of a dictionary: options have few


def text_of(node: ast.expr, depth: int = 0) -> str:
    """Return a constant as Python writes it, a dotted name, an f-string, a dict; "" for all else.

    Of a call that is given one of these, as `text("SELECT ...")` is, its name stands around it.
    """
    if depth > _MOST_DEPTH:
        return ""
    if isinstance(node, ast.Constant):
        shown = repr(node.value)
        return shown if len(shown) <= _MOST else ""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = text_of(node.value, depth + 1)
        return f"{owner}.{node.attr}" if owner else ""
    if isinstance(node, ast.JoinedStr):
        return _formatted(node, depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Div):
        left, right = text_of(node.left, depth + 1), text_of(node.right, depth + 1)
        return f"{left}+{right}" if left and right else ""
    if isinstance(node, ast.Dict) and len(node.keys) <= _MOST_ITEMS:
        return _displayed(node, depth)
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        called, inner = text_of(node.func, depth + 1), text_of(node.args[0], depth + 1)
        return f"{called}({inner})" if called and inner else ""
    return ""


def _displayed(node: ast.Dict, depth: int) -> str:
    """Return a dictionary as its keys and values are written, if they all have texts."""
    pairs: list[str] = []
    for key, value in zip(node.keys, node.values, strict=True):
        left = text_of(key, depth + 1) if key is not None else ""
        right = text_of(value, depth + 1)
        if not left or not right:
            return ""
        pairs.append(f"{left}: {right}")
    return f"{{{', '.join(pairs)}}}"


def _formatted(node: ast.JoinedStr, depth: int) -> str:
    parts: list[str] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
            continue
        inner = text_of(part.value, depth + 1) if isinstance(part, ast.FormattedValue) else ""
        if not inner:
            return ""
        parts.append("{" + inner + "}")
    shown = repr("".join(parts))
    return f"f{shown}" if len(shown) <= _MOST else ""
