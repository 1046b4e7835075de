"""What becomes of values in one function: its scope in, a `Usage` out. Read when a rule asks."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, ClassVar

from racelens.model.usage import (
    CallUse,
    Change,
    Cleanup,
    Condition,
    Form,
    Handler,
    NameUse,
    Usage,
    Use,
)
from racelens.source.span import Position, Span
from racelens.summarize.argument_text import text_of
from racelens.summarize.changes import changes_of, conditions_of
from racelens.summarize.cleanups import cleanups_of, undone_of
from racelens.summarize.handlers import handlers_of
from racelens.summarize.paths import Paths
from racelens.summarize.plain_uses import LAZY, is_named
from racelens.summarize.scopes import OPAQUE, children
from racelens.summarize.types import annotation_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from racelens.model.summary import Type
    from racelens.summarize.control_flow import GraphBuilder
    from racelens.summarize.scopes import Scope

_COLLECTING = frozenset[type](
    {ast.List, ast.Tuple, ast.Set, ast.Dict}
    | {ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp}
)
_PASSING = frozenset[type]({ast.BoolOp, ast.IfExp, ast.Starred, ast.keyword})
_MOST_PARTS = 6
_MAKERS = frozenset({"list", "tuple", "set", "frozenset"})


def read_usage(scope: Scope, spans: GraphBuilder) -> Usage:
    """Return what becomes of values in the function of `scope`; `spans` gives places."""
    return _Reader(scope, spans).usage()


class _Reader:
    def __init__(self, scope: Scope, spans: GraphBuilder) -> None:
        self._scope = scope
        self._spans = spans
        self._parents: dict[int, ast.AST] = {}
        self._paths = Paths(scope)
        self._calls: list[CallUse] = []
        self._locals: dict[str, list[NameUse]] = {}
        self._handlers: list[Handler] = []
        self._changes: list[Change] = []
        self._cleanups: list[Cleanup] = []
        self._conditions: list[Condition] = []

    def usage(self) -> Usage:
        """Go through the function once."""
        nodes = self._nodes()
        for node in nodes:
            if type(node) is ast.Assign:
                for target in node.targets:
                    self._paths.remember_alias(target, node.value)
        looks = self._NOTES
        for node in nodes:
            look = looks.get(type(node))
            if look is not None:
                look(self, node)
        cleanups = self._cleanups
        if isinstance(self._scope.node, ast.AsyncFunctionDef):
            cleanups += undone_of(nodes, self._scope.node.body, self._paths, self._spans)
        return Usage(
            tuple(sorted(self._calls, key=lambda call: call.place)),
            {name: tuple(uses) for name, uses in self._locals.items()},
            self._returns(),
            tuple(self._handlers),
            tuple(self._changes),
            tuple(cleanups),
            tuple(self._conditions),
        )

    def _nodes(self) -> list[ast.AST]:
        """Return the nodes of the function's own body, and note what each is a part of.

        Constants are left out: nobody asks what becomes of them.
        """
        found: list[ast.AST] = []
        parents = self._parents
        stack: list[ast.AST] = [*reversed(self._scope.node.body)]
        while stack:
            node = stack.pop()
            kind = type(node)
            if kind is ast.Constant:
                continue
            found.append(node)
            if kind is ast.Name or kind in OPAQUE:
                continue
            parts = children(node)
            for part in parts:
                parents[id(part)] = node
            parts.reverse()
            stack += parts
        return found

    def _called(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Call)
        self._calls.append(self._call(node, node.func, self._use(node)))
        if is_named(node, LAZY):
            self._mapped(node)

    def _loaded(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Name)
        if type(node.ctx) is ast.Load and self._scope.is_local(node.id):
            known = NameUse(self._use(node), self._spans.span_of(node))
            self._locals.setdefault(node.id, []).append(known)

    def _tried(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Try)
        body = self._scope.node.body
        self._handlers += handlers_of(node, self._paths, self._spans, self._parents, body)
        self._cleanups += cleanups_of(node, self._paths, self._spans)

    def _changed(self, node: ast.AST) -> None:
        assert isinstance(node, (ast.Assign, ast.AugAssign))
        self._changes += changes_of(node, self._scope, self._spans)

    def _decided(self, node: ast.AST) -> None:
        assert isinstance(node, (ast.If, ast.While))
        self._conditions += conditions_of(node, self._scope, self._spans, self._parents)

    def _shared_with(self, node: ast.AST) -> None:
        """Note the locals that a lambda uses: it holds what they hold."""
        assert isinstance(node, ast.Lambda)
        for part in ast.walk(node.body):
            if isinstance(part, ast.Name) and self._scope.is_local(part.id):
                known = NameUse(Use(Form.OTHER), self._spans.span_of(part))
                self._locals.setdefault(part.id, []).append(known)

    def _statement(self, node: ast.AST) -> None:
        """Note an attribute or a lambda that is dropped: a property may make a coroutine."""
        assert isinstance(node, ast.Expr)
        value = node.value
        if isinstance(value, ast.Attribute):
            self._calls.append(self._call(value, value, Use(Form.DROPPED), is_call=False))
            return
        if isinstance(value, ast.Lambda) and isinstance(value.body, ast.Call):
            self._calls.append(self._call(value.body, value.body.func, Use(Form.LAMBDA)))

    def _mapped(self, node: ast.Call) -> None:
        """Note what `map` calls, for each entry of what somebody makes of it."""
        use = self._use(node)
        if use.form is Form.DROPPED and not use.collected:
            use = Use(Form.LAMBDA)
        use = use._replace(collected=use.form is not Form.LAMBDA)
        for part in node.args[:1]:
            if isinstance(part, ast.Lambda) and isinstance(part.body, ast.Call):
                self._calls.append(self._call(part.body, part.body.func, use))
            elif isinstance(part, (ast.Name, ast.Attribute)):
                self._calls.append(self._call(node, part, use))

    def _call(self, node: ast.expr, func: ast.expr, use: Use, *, is_call: bool = True) -> CallUse:
        whole = self._spans.span_of(func)
        last = func.attr if isinstance(func, ast.Attribute) else ""
        # A dotted name is asked about at its last name, which ends where the callee ends.
        start = Position(whole.end.line, whole.end.column - len(last)) if last else whole.start
        place, name = self._spans.span_of(node), Span(start, whole.end)
        made = func.value if isinstance(func, ast.Attribute) else None
        keywords = node.keywords if isinstance(node, ast.Call) else ()
        return CallUse(
            self._paths.path(func),
            _dotted(func) or f"….{last}",
            use,
            place,
            name,
            is_call,
            self._paths.path(made.func) if isinstance(made, ast.Call) else None,
            last,
            len(node.args) if isinstance(node, ast.Call) else 0,
            tuple(keyword.arg for keyword in keywords if keyword.arg),
            tuple(text_of(value) for value in node.args) if isinstance(node, ast.Call) else (),
            tuple((keyword.arg, text_of(keyword.value)) for keyword in keywords if keyword.arg),
        )

    def _use(self, node: ast.expr) -> Use:
        """Return how the value of `node` is used by what it is a part of."""
        collected = awaited = False
        part: ast.AST = node
        while True:
            above = self._parents.get(id(part))
            if above is None:
                return Use(Form.OTHER)
            kind = type(above)
            if kind in _COLLECTING or (
                isinstance(above, ast.Call) and is_named(above, _MAKERS) and part in above.args
            ):
                collected = True
            elif kind is ast.Await and part is node and not awaited:
                awaited = True
            elif kind not in _PASSING or not _passes_on(above, part):
                found = self._used_by(above, part)
                if collected or awaited:
                    found = found._replace(collected=collected, awaited=awaited)
                return found
            part = above

    def _used_by(self, above: ast.AST, part: ast.AST) -> Use:
        look = self._LOOKS.get(type(above))
        return look(self, above, part) if look is not None else Use(Form.OTHER)

    def _assigned(self, above: ast.AST, _: ast.AST) -> Use:
        assert isinstance(above, (ast.Assign, ast.AnnAssign, ast.NamedExpr))
        targets = above.targets if isinstance(above, ast.Assign) else [above.target]
        target = targets[0]
        parts = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
        names = tuple(part.id for part in parts if isinstance(part, ast.Name))
        is_plain = len(targets) == 1 and len(names) == len(parts) > 0
        if not is_plain or not all(map(self._scope.is_local, names)):
            return Use(Form.STORED)
        if target is not parts[0]:
            return Use(Form.BOUND, names=names)
        is_dropped = names[0] == "_" and not isinstance(above, ast.NamedExpr)
        return Use(Form.DROPPED) if is_dropped else Use(Form.BOUND, names[0])

    def _argument(self, above: ast.AST, part: ast.AST) -> Use:
        assert isinstance(above, ast.Call)
        if part is above.func:
            return Use(Form.OPERATED)
        func = above.func
        last = func.attr if isinstance(func, ast.Attribute) else ""
        called = func.id if isinstance(func, ast.Name) else last
        return Use(Form.ARGUMENT, into=self._paths.path(func), called=called)

    def _attribute(self, above: ast.AST, _: ast.AST) -> Use:
        assert isinstance(above, ast.Attribute)
        return Use(Form.ATTRIBUTE, above.attr)

    def _subscript(self, above: ast.AST, part: ast.AST) -> Use:
        assert isinstance(above, ast.Subscript)
        return Use(Form.OPERATED if part is above.value else Form.OTHER)

    def _compared(self, above: ast.AST, _: ast.AST) -> Use:
        assert isinstance(above, ast.Compare)
        by_identity = isinstance(above.ops[0], (ast.Is, ast.IsNot, ast.In, ast.NotIn))
        return Use(Form.OTHER if by_identity else Form.COMPARED)

    def _tested(self, above: ast.AST, part: ast.AST) -> Use:
        assert isinstance(above, (ast.If, ast.While, ast.IfExp, ast.Assert))
        return Use(Form.TESTED if part is above.test else Form.OTHER)

    def _unary(self, above: ast.AST, _: ast.AST) -> Use:
        assert isinstance(above, ast.UnaryOp)
        return Use(Form.TESTED if isinstance(above.op, ast.Not) else Form.OPERATED)

    def _loop(self, above: ast.AST, part: ast.AST) -> Use:
        assert isinstance(above, (ast.For, ast.AsyncFor, ast.comprehension))
        if part is not above.iter:
            return Use(Form.TESTED if isinstance(above, ast.comprehension) else Form.OTHER)
        is_async = isinstance(above, ast.AsyncFor) or (
            isinstance(above, ast.comprehension) and bool(above.is_async)
        )
        return Use(Form.ITERATED_ASYNC if is_async else Form.ITERATED)

    def _entered(self, above: ast.AST, _: ast.AST) -> Use:
        assert isinstance(above, ast.withitem)
        outer = self._parents.get(id(above))
        form = Form.ENTERED_ASYNC if isinstance(outer, ast.AsyncWith) else Form.ENTERED
        bound = above.optional_vars
        return Use(form, bound.id if isinstance(bound, ast.Name) else "")

    def _returns(self) -> Type | None:
        return annotation_type(self._scope.node.returns)

    _NOTES: ClassVar[dict[type[ast.AST], Callable[[_Reader, ast.AST], None]]] = {
        ast.Call: _called,
        ast.Name: _loaded,
        ast.Lambda: _shared_with,
        ast.Expr: _statement,
        ast.Try: _tried,
        ast.Assign: _changed,
        ast.AugAssign: _changed,
        ast.If: _decided,
        ast.While: _decided,
    }
    _LOOKS: ClassVar[dict[type[ast.AST], Callable[[_Reader, ast.AST, ast.AST], Use]]] = {
        ast.Expr: lambda _, __, ___: Use(Form.DROPPED),
        ast.Assign: _assigned,
        ast.AnnAssign: _assigned,
        ast.NamedExpr: _assigned,
        ast.AugAssign: lambda _, __, ___: Use(Form.STORED),
        ast.Return: lambda _, __, ___: Use(Form.RETURNED),
        ast.Yield: lambda _, __, ___: Use(Form.YIELDED),
        ast.YieldFrom: lambda _, __, ___: Use(Form.ITERATED_ASYNC),
        ast.Await: lambda _, __, ___: Use(Form.AWAITED),
        ast.Call: _argument,
        ast.Attribute: _attribute,
        ast.Subscript: _subscript,
        ast.BinOp: lambda _, __, ___: Use(Form.OPERATED),
        ast.BoolOp: lambda _, __, ___: Use(Form.TESTED),
        ast.Compare: _compared,
        ast.FormattedValue: lambda _, __, ___: Use(Form.FORMATTED),
        ast.UnaryOp: _unary,
        ast.If: _tested,
        ast.While: _tested,
        ast.IfExp: _tested,
        ast.Assert: _tested,
        ast.For: _loop,
        ast.AsyncFor: _loop,
        ast.comprehension: _loop,
        ast.withitem: _entered,
    }


def _passes_on(above: ast.AST, part: ast.AST) -> bool:
    """Say whether the value of `above` is, or may be, that of its part."""
    if isinstance(above, ast.BoolOp):
        return part is above.values[-1]
    if isinstance(above, ast.IfExp):
        return part is not above.test
    return isinstance(above, (ast.Starred, ast.keyword))


def _dotted(node: ast.expr) -> str:
    """Return a dotted name of a few parts as text; "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < _MOST_PARTS:
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
