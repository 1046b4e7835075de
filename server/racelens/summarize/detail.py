"""What the body of one function tells: its scope in, a `Detail` out, at once or when asked for.

Most functions cannot race and concern no task. Their bodies are read when the program asks: from
their trees as far as a budget allows these to be kept, else from their text once more.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.model.names import MODULE
from racelens.model.summary import Detail
from racelens.model.usage import Usage
from racelens.source.syntax_tree import read
from racelens.summarize.columns import column_converter
from racelens.summarize.control_flow import GraphBuilder
from racelens.summarize.scopes import DEFINITIONS, Scope, function_scope, module_scope
from racelens.summarize.statements import Statements
from racelens.summarize.usage import read_usage

if TYPE_CHECKING:
    from collections.abc import Callable

    Columns = Callable[[int, int], int] | None


def read_detail(scope: Scope, columns: Columns) -> Detail:
    """Return what the body of `scope` tells; `columns` turns byte columns into code points."""
    graph = GraphBuilder(scope.node.lineno)
    graph.use_columns(columns)
    Statements(graph, scope).walk(scope.node.body)
    return Detail(graph.finish())


class TreeBudget:
    """How many more lines of syntax trees may be kept: one megabyte for a thousand."""

    def __init__(self, lines: int) -> None:
        """Allow for trees of `lines` lines in all."""
        self._left = lines

    def take(self, lines: int) -> bool:
        """Say whether a tree of `lines` lines may be kept, and count it."""
        if lines > self._left:
            return False
        self._left -= lines
        return True


class Later:
    """A definition that is read when the first of its functions is asked for."""

    def __init__(self, owner: str, name: str, text: str) -> None:
        """Read the definition `name` of the class `owner` later; `text` keeps its margin."""
        self._definition = (owner, name, text)
        self._kept: tuple[list[Scope], Columns] | None = None
        self._details: list[Detail] | None = None
        self._usages: list[Usage] | None = None

    def keep(self, scopes: list[Scope], columns: Columns) -> None:
        """Keep the trees of the functions: they need not be parsed again, but take much memory."""
        self._kept = (scopes, columns)

    def __eq__(self, other: object) -> bool:
        """Say whether the texts are the same, and whose they are."""
        if not isinstance(other, Later):
            return NotImplemented
        return self is other or self._definition == other._definition

    __hash__ = None  # type: ignore[assignment] # nobody looks it up

    def __reduce__(self) -> tuple[object, ...]:
        """Go to another process as the text alone."""
        return (Later, self._definition)

    def detail(self, number: int) -> Detail:
        """Return what function `number` of the definition tells; see `nest`."""
        if self._details is None:
            scopes, columns = self._read()
            self._kept = None
            self._details = [read_detail(scope, columns) for scope in scopes]
        if number >= len(self._details):
            return Detail(GraphBuilder(1).finish())  # deeper nesting than Python can read twice
        return self._details[number]

    def usage(self, number: int) -> Usage:
        """Return what becomes of values in function `number` of the definition; see `nest`."""
        if self._usages is None:
            scopes, columns = self._read()
            self._usages = []
            for scope in scopes:
                spans = GraphBuilder(scope.node.lineno)
                spans.use_columns(columns)
                self._usages.append(read_usage(scope, spans))
        return self._usages[number] if number < len(self._usages) else Usage((), {}, None)

    def forget_usage(self) -> None:
        """Let go of what becomes of values."""
        self._usages = None

    def _read(self) -> tuple[list[Scope], Columns]:
        return self._kept if self._kept is not None else _read_again(*self._definition)


def _read_again(owner: str, name: str, text: str) -> tuple[list[Scope], Columns]:
    """Read the definition `text` once more, and the functions nested in it."""
    if name == MODULE:
        tree = read(text).tree
        running = module_scope(tree.body, 1) if tree is not None else None
        return ([running] if running is not None else []), column_converter(text)
    # A block keeps the margin, and with it the columns.
    indented = text[:1] in {" ", "\t", "\f"}
    text = f"if 1:\n{text}\n" if indented else f"{text}\n"
    tree = read(text).tree
    body = tree.body if tree is not None else []
    if indented and body and isinstance(body[0], ast.If):
        body = body[0].body
    if not body or not isinstance(body[0], DEFINITIONS):
        return [], None
    scopes = nest(function_scope(body[0], name, owner))
    for scope in scopes:
        scope.nested.clear()  # no cycles: the tree is freed at once
    return scopes, column_converter(text)


def nest(scope: Scope) -> list[Scope]:
    """Return `scope` and those nested in it, outer before inner, in order of the source."""
    found: list[Scope] = []
    stack = [scope]
    while stack:
        found.append(stack.pop())
        stack += reversed(found[-1].nested)
    return found
