"""On which side of its suspensions a function uses a name: a scope in, an `Order` out.

A window looks at a state before a suspension and writes it behind one. So a name that a function
uses behind the last one only is not looked at in time, and one that it uses before the first one
only is not written too late.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.source.named_tuple import NamedTuple
from racelens.summarize.scopes import DEFINITIONS, children

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from racelens.model.location import AccessPath
    from racelens.summarize.scopes import Scope

_SUSPENDING = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Yield, ast.YieldFrom)
_LOOPS = (ast.For, ast.While)
# What holds statements: other parts of it count as before and behind.
_COMPOUND = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match)
_BLOCKS = (ast.stmt, ast.ExceptHandler, ast.match_case)
# What binds a name that is no node of its own.
_BINDING = (*DEFINITIONS, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
_NOTHING: frozenset[str] = frozenset()


class Order(NamedTuple):
    """Names that a function uses before its first suspension only, and behind its last one only.

    They are those of variables and of attributes, whatever those belong to. No name is in both.
    """

    ahead: frozenset[str]
    behind: frozenset[str]


NO_ORDER = Order(_NOTHING, _NOTHING)


def order(scope: Scope, aliases: Mapping[str, AccessPath], names: Collection[str]) -> Order:
    """Return the order of those `names` that the function of `scope` uses on one side only.

    What an alias stands for is used where the alias is. In a loop that suspends, all is before
    and behind.
    """
    first, last = _suspended(scope)
    if not last:
        return NO_ORDER
    sides = _Sides(first, last)
    for node in scope.node.body:
        sides.read(node)
    early, late = sides.early, sides.late
    for variable, path in aliases.items():
        meant = {path.name, *(step[1:] for step in path.steps)}
        if variable in late:
            late |= meant
        if variable in early:
            early |= meant
    known = early.symmetric_difference(late).intersection(names)
    ahead = known & early
    return Order(frozenset(ahead) or _NOTHING, frozenset(known - ahead) or _NOTHING)


def _suspended(scope: Scope) -> tuple[int, int]:
    """Return the lines, in the tree, from the first suspension to the last; (0, 0) without any."""
    lines: list[tuple[int, int]] = []
    loops: list[tuple[int, int]] = []
    for node in scope.nodes:
        if isinstance(node, _SUSPENDING):
            lines.append((node.lineno, node.end_lineno or node.lineno))
        elif isinstance(node, _LOOPS):
            loops.append((node.lineno, node.end_lineno or node.lineno))
        elif isinstance(node, ast.comprehension) and node.is_async:
            return 0, 0  # it has no line of its own
    if not lines:
        return 0, 0
    first, last = min(start for start, _ in lines), max(end for _, end in lines)
    begins = [start for start, end in loops if start <= first <= end]
    ends = [end for start, end in loops if start <= last <= end]
    return min([first, *begins]), max([last, *ends])


class _Sides:
    """Collects the names used before the line `last`, and those used behind the line `first`."""

    def __init__(self, first: int, last: int) -> None:
        self._first = first
        self._last = last
        self.early: set[str] = set()
        self.late: set[str] = set()

    def read(self, node: ast.AST) -> None:
        """Read a statement, or a part of one that holds statements."""
        begin, end = _lines(node)
        if end < self._first:
            self.early |= _names(node)
        elif begin > self._last:
            self.late |= _names(node)
        elif isinstance(node, (*_COMPOUND, *_BLOCKS[1:], ast.AsyncFor, ast.AsyncWith)):
            for part in children(node):
                if isinstance(part, _BLOCKS):
                    self.read(part)
                else:
                    self._both(part)
        else:
            self._both(node)

    def _both(self, node: ast.AST) -> None:
        names = _names(node)
        self.early |= names
        self.late |= names


def _lines(node: ast.AST) -> tuple[int, int]:
    if isinstance(node, ast.match_case):
        return _lines(node.pattern)[0], _lines(node.body[-1])[1]
    assert isinstance(node, (ast.stmt, ast.pattern, ast.ExceptHandler))
    return node.lineno, node.end_lineno or node.lineno


def _names(node: ast.AST) -> set[str]:
    """Return the names of variables and attributes in `node`, bodies of definitions apart."""
    found: set[str] = set()
    stack: list[ast.AST] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, ast.Name):
            found.add(part.id)
            continue
        if isinstance(part, ast.Attribute):
            found.add(part.attr)
        elif isinstance(part, (ast.Import, ast.ImportFrom)):
            found |= {(each.asname or each.name).partition(".")[0] for each in part.names}
        elif isinstance(part, _BINDING) and part.name is not None:
            found.add(part.name)
        if isinstance(part, (*DEFINITIONS, ast.ClassDef)):
            stack += part.decorator_list
            stack += part.bases if isinstance(part, ast.ClassDef) else [part.args]
        else:
            stack += children(part)
    return found
