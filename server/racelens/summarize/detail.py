"""What the body of one function tells: its scope in, a `Detail` out, at once or when asked for.

A function that is no coroutine function concerns no task as long as no task calls it. Its body is
read when the program asks: from its text, since keeping the tree would cost many times the memory.
"""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from racelens.model.summary import Body, Detail, Type
from racelens.source.syntax_tree import read
from racelens.summarize.candidates import unawaited_calls
from racelens.summarize.columns import column_converter
from racelens.summarize.control_flow import GraphBuilder
from racelens.summarize.scopes import DEFINITIONS, Scope, function_scope
from racelens.summarize.statements import Statements
from racelens.summarize.types import annotation_type, value_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def read_detail(scope: Scope, columns: Callable[[int, int], int] | None) -> Detail:
    """Return what the body of `scope` tells; `columns` turns byte columns into code points."""
    graph = GraphBuilder(scope.node.lineno)
    graph.use_columns(columns)
    statements = Statements(graph, scope)
    statements.walk(scope.node.body)
    calls = unawaited_calls(scope, graph, statements.expressions)
    return Detail(graph.finish(), tuple(_local_types(scope)), calls)


def read_later(key: tuple[str, str, str]) -> Body:
    """Return the body of the definition `key`: owner, qualified name and text, margin kept."""
    return Body(key, partial(_read_again, *key))


def _read_again(owner: str, name: str, text: str) -> Detail:
    """Read the definition `text` once more."""
    # A block keeps the margin, and with it the columns.
    indented = text[:1] in {" ", "\t", "\f"}
    text = f"if 1:\n{text}\n" if indented else f"{text}\n"
    tree = read(text).tree
    body = tree.body if tree is not None else []
    if indented and body and isinstance(body[0], ast.If):
        body = body[0].body
    if body and isinstance(body[0], DEFINITIONS):
        return read_detail(function_scope(body[0], name, owner, None), column_converter(text))
    return Detail(GraphBuilder(1).finish(), (), ())  # cannot happen: it was read before


def _local_types(scope: Scope) -> Iterator[tuple[str, Type]]:
    for node in scope.nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, known = node.targets[0], value_type(node.value)
        elif isinstance(node, ast.AnnAssign):
            target = node.target
            known = value_type(node.value) or annotation_type(node.annotation)
        else:
            continue
        if isinstance(target, ast.Name) and known and scope.bindings[target.id] == 1:
            yield target.id, known
