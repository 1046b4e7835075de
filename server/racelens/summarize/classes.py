"""Classes: a definition in, its bases and the types of its attributes out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.model.summary import ClassSummary, Type
from racelens.summarize.parts import paired
from racelens.summarize.scopes import DEFINITIONS
from racelens.summarize.types import annotation_type, dotted_path, value_type

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeGuard

    from racelens.model.location import AccessPath


def summarize_class(node: ast.ClassDef, name: str, first_line: int) -> ClassSummary:
    """Return the summary of `node`, whose lines are counted from the 1-based `first_line`."""
    types: dict[str, list[Type]] = {}
    slots = False
    for attribute, found in _attributes(node):
        slots = slots or attribute == "__slots__"
        known = types.setdefault(attribute, [])
        if found is not None and found not in known:
            known.append(found)
    return ClassSummary(
        name,
        tuple(path for path in map(dotted_path, node.bases) if path is not None),
        tuple((attribute, tuple(found)) for attribute, found in types.items()),
        (ast.get_docstring(node, clean=False) or "")[:400],
        slots,
        decorator_paths(node),
        node.lineno - first_line,
    )


def decorator_paths(
    node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef,
) -> tuple[AccessPath, ...]:
    """Return the dotted names of the decorators of `node`, those of called ones included."""
    called = (part.func if isinstance(part, ast.Call) else part for part in node.decorator_list)
    return tuple(path for path in map(dotted_path, called) if path is not None)


def _attributes(node: ast.ClassDef) -> Iterator[tuple[str, Type | None]]:
    for part in node.body:
        if isinstance(part, ast.Assign):
            for target, value in (p for whole in part.targets for p in paired(whole, part.value)):
                if isinstance(target, ast.Name):
                    yield target.id, value_type(value)
        elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            yield part.target.id, annotation_type(part.annotation)
            yield part.target.id, value_type(part.value)
        elif isinstance(part, DEFINITIONS) and part.args.args:
            yield from _assigned_in(part, part.args.args[0].arg)


def _assigned_in(
    method: ast.FunctionDef | ast.AsyncFunctionDef, receiver: str
) -> Iterator[tuple[str, Type | None]]:
    annotations = {argument.arg: argument.annotation for argument in method.args.args}
    stack: list[ast.AST] = list(reversed(method.body))
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Assign):
            pairs = [pair for target in node.targets for pair in paired(target, node.value)]
        elif isinstance(node, ast.AnnAssign):
            pairs = [(node.target, node.value)] if node.value else []
            if _is_own(node.target, receiver):
                yield node.target.attr, annotation_type(node.annotation)
        else:
            for name in _BLOCKS:
                stack += getattr(node, name, ())
            continue
        for target, value in pairs:
            if _is_own(target, receiver):
                known = value_type(value)
                if known is None and isinstance(value, ast.Name):
                    known = annotation_type(annotations.get(value.id))
                yield target.attr, known


# Fields of statements, handlers and cases that hold statements, handlers or cases.
_BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")


def _is_own(target: ast.expr, receiver: str) -> TypeGuard[ast.Attribute]:
    return (
        isinstance(target, ast.Attribute)
        and isinstance(target.value, ast.Name)
        and target.value.id == receiver
    )
