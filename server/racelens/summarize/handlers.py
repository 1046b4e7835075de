"""Exception handlers of one function: its `try` statements in, `Handler`s out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.model.usage import Handler
from racelens.summarize.scopes import DEFINITIONS, children

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from racelens.model.location import AccessPath
    from racelens.summarize.control_flow import GraphBuilder
    from racelens.summarize.paths import Paths

_LOOPS = (ast.While, ast.For, ast.AsyncFor)


def handlers_of(
    node: ast.Try,
    paths: Paths,
    spans: GraphBuilder,
    parents: Mapping[int, ast.AST],
    outermost: Sequence[ast.stmt],
) -> Iterator[Handler]:
    """Yield the handlers of a `try` statement in a function of which `outermost` is the body.

    `parents` says what its nodes are parts of.
    """
    if not node.handlers:
        return
    awaits = [part for part in nodes_within(node.body) if is_suspension(part)]
    plain = [part for part in awaits if isinstance(part, ast.Await)]
    loops = any(isinstance(part, ast.AsyncFor) for part in awaits)
    of_tasks = not loops and not any(isinstance(part.value, ast.Call) for part in plain)
    before: tuple[AccessPath | None, ...] = ()
    for handler in node.handlers:
        caught = handler.type
        types = caught.elts if isinstance(caught, ast.Tuple) else [caught] if caught else []
        inside = list(nodes_within(handler.body))
        place = spans.span_of(caught) if caught is not None else spans.span_of(handler.body[0])
        caught_here = tuple(map(paths.path, types))
        yield Handler(
            caught_here,
            before,
            place,
            bool(awaits),
            of_tasks,
            any(isinstance(part, ast.Raise) for part in inside),
            any(isinstance(part, ast.Name) and part.id == handler.name for part in inside),
            isinstance(handler.body[-1], (ast.Return, ast.Break)),
            _is_in_loop(node, parents),
            _is_last(node, parents, outermost),
        )
        before += caught_here


def is_suspension(part: ast.AST) -> bool:
    """Say whether a task may be suspended at a node."""
    return isinstance(part, (ast.Await, ast.AsyncFor, ast.AsyncWith))


def nodes_within(body: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    """Yield the nodes of statements, not those of what they define."""
    stack: list[ast.AST] = [*body]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (*DEFINITIONS, ast.ClassDef, ast.Lambda)):
            stack += children(node)


def _is_last(node: ast.AST, parents: Mapping[int, ast.AST], outermost: Sequence[ast.stmt]) -> bool:
    """Say whether a statement is the last thing that its function does, on the way to it."""
    above = parents.get(id(node))
    while above is not None:
        blocks = (getattr(above, field, None) for field in ("body", "orelse", "finalbody"))
        if isinstance(above, _LOOPS) or not any(block and block[-1] is node for block in blocks):
            return False
        node, above = above, parents.get(id(above))
    return any(node is last for last in outermost[-1:])


def _is_in_loop(node: ast.AST, parents: Mapping[int, ast.AST]) -> bool:
    above = parents.get(id(node))
    while above is not None and not isinstance(above, _LOOPS):
        above = parents.get(id(above))
    return above is not None
