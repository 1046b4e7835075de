"""What a condition finds out about the values it looks at.

A condition goes in; for each of its sources comes out what holds on the true and on the false
branch. Operands of `and` all hold on the true branch, those of `or` all fail on the false one;
on the other branch each of them may have decided, which is marked as unsure.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Protocol

from racelens.model.effect import Checked, Kind, Mode, Predicate, Source, Sources
from racelens.model.location import OWN_VARIABLES, AccessPath
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from racelens.summarize.control_flow import GraphBuilder

_MAX_DEPTH = 50  # of conditions in conditions
_CALLS = {"len": Mode.SIZE, "bool": Mode.VALUE}


class Evaluator(Protocol):
    """What this module needs of the evaluation of expressions."""

    graph: GraphBuilder

    def path(self, node: ast.expr | None) -> AccessPath | None:
        """Return the path that `node` names."""
        ...

    def key(self, node: ast.expr) -> str:
        """Return `node` as a step of a path."""
        ...


class _Operand(NamedTuple):
    node: ast.expr
    when_true: Predicate
    when_false: Predicate
    sure_true: bool = True
    sure_false: bool = True


def checked_sources(
    evaluator: Evaluator, condition: ast.expr, sources: Sources
) -> tuple[Checked, ...]:
    """Return what `condition`, just evaluated to `sources`, finds out about each of them.

    Sources that it looks at only in passing (the `self.a` of `self.a.b`) have `OTHER`.
    """
    other = Predicate.OTHER
    found: dict[Source, Checked] = {source: Checked(source, other, other) for source in sources}
    by_place = _places(evaluator.graph, sources)
    for operand in _operands(condition, positive=True):
        for source in _sources_of(evaluator, operand.node, by_place):
            if source in found:
                found[source] = Checked(source, *operand[1:])
    if len(found) < 2:
        return tuple(found.values())
    return tuple(sorted(found.values(), key=_by_source))


def _by_source(checked: Checked) -> tuple[int, str]:
    source = checked.source
    return (source, "") if isinstance(source, int) else (-1, source)


def equal_sources(evaluator: Evaluator, value: ast.expr, sources: Sources) -> Sources:
    """Return those of `sources` whose value is the value of `value` itself."""
    found = _sources_of(evaluator, value, _places(evaluator.graph, sources))
    return frozenset(found) & sources


def deciders(evaluator: Evaluator, value: ast.expr, sources: Sources) -> tuple[Checked, ...]:
    """Return what decides which value is written: the test of `a if b else c`, the `a` of `a or b`.

    What is found out is said of the branch on which something new is made, as `when_true`.
    """
    if isinstance(value, ast.IfExp):
        found = _only_named(checked_sources(evaluator, value.test, sources))
        keeps = evaluator.path(value.body)
        kept = keeps is not None and keeps.shared_root
        return tuple(_turned(checked) for checked in found) if kept else found
    if isinstance(value, ast.BoolOp):
        first = value.values[0]
        found = _only_named(checked_sources(evaluator, first, sources))
        return tuple(map(_turned, found)) if isinstance(value.op, ast.Or) else found
    return ()


def _only_named(found: tuple[Checked, ...]) -> tuple[Checked, ...]:
    return tuple(checked for checked in found if checked.when_true is not Predicate.OTHER)


def _turned(checked: Checked) -> Checked:
    return checked._replace(when_true=checked.when_false, when_false=checked.when_true)


def _places(graph: GraphBuilder, sources: Sources) -> dict[tuple[AccessPath, Mode], int]:
    places: dict[tuple[AccessPath, Mode], int] = {}
    read, call, plain = Kind.READ, Kind.CALL, Mode.NONE
    for source in sources:
        if isinstance(source, int):
            effect = graph.effect(source)
            if effect.kind is read and effect.path is not None:
                places[effect.path, effect.mode] = source
            elif effect.kind is call and effect.path is not None:
                places[effect.path, plain] = source
    return places


def _sources_of(
    evaluator: Evaluator, node: ast.expr, by_place: dict[tuple[AccessPath, Mode], int]
) -> list[Source]:
    """Return the sources whose value is the value of `node` itself."""
    if isinstance(node, ast.NamedExpr):
        names: list[Source] = []
        while isinstance(node, ast.NamedExpr):
            names.append(node.target.id)
            node = node.value
        return [*names, *_sources_of(evaluator, node, by_place)]
    if isinstance(node, ast.Await):
        node = node.value
    if isinstance(node, ast.Compare):
        container = evaluator.path(node.comparators[0])
        if container is None:
            return []
        member = container.child(evaluator.key(node.left)), Mode.MEMBER
        return [by_place[member]] if member in by_place else []
    if isinstance(node, ast.Call) and evaluator.path(node) is None:
        path = evaluator.path(node.func)
        return [by_place[path, Mode.NONE]] if path and (path, Mode.NONE) in by_place else []
    path = evaluator.path(node)
    if path is None:
        return []
    if isinstance(node, ast.Name) and path.root in OWN_VARIABLES:
        return [node.id]
    read = by_place.get((path, Mode.VALUE))
    if read is None:
        return [node.id] if isinstance(node, ast.Name) else []  # a local alias of a place
    return [read]


def _operands(condition: ast.expr, *, positive: bool, depth: int = 0) -> list[_Operand]:
    """Return the operands of `condition`; `positive` is False below an odd number of `not`."""
    while isinstance(condition, ast.UnaryOp) and isinstance(condition.op, ast.Not):
        condition, positive = condition.operand, not positive
    if isinstance(condition, ast.BoolOp):
        all_hold_on = isinstance(condition.op, ast.And) is positive
        parts: list[_Operand] = []
        for value in condition.values if depth < _MAX_DEPTH else ():
            parts += _operands(value, positive=positive, depth=depth + 1)
        if all_hold_on:
            return [part._replace(sure_false=False) for part in parts]
        return [part._replace(sure_true=False) for part in parts]
    if isinstance(condition, ast.Compare):
        return _comparison(condition, positive=positive)
    return [_oriented(condition, Predicate.TRUE, positive=positive)]


def _oriented(node: ast.expr, predicate: Predicate, *, positive: bool) -> _Operand:
    true, false = predicate, predicate.negated()
    return _Operand(node, true, false) if positive else _Operand(node, false, true)


def _comparison(node: ast.Compare, *, positive: bool) -> list[_Operand]:
    if len(node.ops) != 1:
        return []
    operator, left, right = node.ops[0], node.left, node.comparators[0]
    if isinstance(operator, (ast.In, ast.NotIn)):
        found = Predicate.IN if isinstance(operator, ast.In) else Predicate.OUT
        return [_oriented(node, found, positive=positive)]
    if isinstance(operator, (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)):
        return _equality(operator, left, right, positive=positive)
    found = Predicate.COMPARED
    return [_oriented(side, found, positive=positive) for side in (left, right)]


def _equality(
    operator: ast.cmpop, left: ast.expr, right: ast.expr, *, positive: bool
) -> list[_Operand]:
    same = isinstance(operator, (ast.Eq, ast.Is))
    if isinstance(right, ast.Constant) and right.value is None:
        found = Predicate.NONE if same else Predicate.SOME
    elif isinstance(right, ast.Constant) and isinstance(right.value, bool):
        found = Predicate.TRUE if right.value is same else Predicate.FALSE
    elif isinstance(right, ast.Constant) and right.value == 0:
        found = Predicate.FALSE if same else Predicate.TRUE
    else:
        found = Predicate.EQUAL if same else Predicate.UNEQUAL
    return [_oriented(side, found, positive=positive) for side in (left, right)]
