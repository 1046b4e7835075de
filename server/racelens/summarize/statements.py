"""Effects of statements: one function's body in, its graph out.

Nested definitions are not entered: each is a function of its own.
"""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, ClassVar, cast

from racelens.model.effect import NOTHING, Checked, Effect, Kind, Mode, Predicate, Sources, Value
from racelens.model.location import AccessPath, Root
from racelens.summarize.conditions import checked_sources, deciders, equal_sources
from racelens.summarize.control_flow import Edge, Finalizer, Frontier, GraphBuilder, LoopFrame
from racelens.summarize.expressions import Expressions, bound_names
from racelens.summarize.parts import (
    as_load,
    catches_all,
    expects_absence,
    paired,
    pattern_names,
    value_kind,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from racelens.summarize.scopes import Scope

_MAX_DEPTH = 150  # deeper statements are not analysed; Python refuses 100 nested blocks anyway


class Statements:
    """Walks the statements of one function into a graph."""

    def __init__(self, graph: GraphBuilder, scope: Scope) -> None:
        """Walk into `graph` with the names of `scope`."""
        self._graph = graph
        self._scope = scope
        self.expressions = Expressions(graph, scope)
        self._value = self.expressions.value
        self._depth = 0

    def walk(self, body: Sequence[ast.stmt]) -> None:
        """Emit the effects of `body`, in order."""
        self._depth += 1
        if self._depth <= _MAX_DEPTH:
            for statement in body:
                if visit := self._VISITS.get(type(statement)):
                    visit(self, statement)
        self._depth -= 1

    def _expression(self, node: ast.stmt) -> None:
        assert isinstance(node, ast.Expr)
        self._value(node.value)

    def _assign(self, node: ast.stmt) -> None:
        assert isinstance(node, ast.Assign)
        if self._element_wise(node):
            return
        sources = self._value(node.value)
        kind = value_kind(node.value)
        for target in node.targets:
            self._store(target, sources, kind, node, node.value)
            self.expressions.remember_alias(target, node.value)

    def _element_wise(self, node: ast.Assign) -> bool:
        """Assign `a, b = x, y` pair by pair, so that each target derives from its own value."""
        pairs = paired(node.targets[0], node.value)
        if len(node.targets) > 1 or pairs[0][0] is node.targets[0]:
            return False
        values = [self._value(value) for _, value in pairs]
        for (part, value), sources in zip(pairs, values, strict=True):
            self._store(part, sources, value_kind(value), node, value)
        return True

    def _annotated(self, node: ast.stmt) -> None:
        assert isinstance(node, ast.AnnAssign)
        if node.value is not None:
            sources = self._value(node.value)
            self._store(node.target, sources, value_kind(node.value), node, node.value)
            self.expressions.remember_alias(node.target, node.value)

    def _augmented(self, node: ast.stmt) -> None:
        assert isinstance(node, ast.AugAssign)
        load = as_load(node.target)
        sources = self._value(load) | self._value(node.value)
        if isinstance(node.target, ast.Name) and self._scope.is_local(node.target.id):
            self.expressions.bind(node.target.id, sources, node)
        else:
            effect = Effect(Kind.WRITE, None, Mode.AUGMENT, sources)
            self._write(self.expressions.path(node.target), effect, node)

    def _store(
        self,
        target: ast.expr,
        sources: Sources,
        kind: Value,
        at: ast.stmt,
        value: ast.expr | None = None,
    ) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            for part in target.elts:
                self._store(part, sources, Value.OTHER if kind is not Value.MADE else kind, at)
        elif isinstance(target, ast.Starred):
            self._store(target.value, sources, kind, at)
        elif isinstance(target, ast.Name) and self._scope.is_local(target.id):
            self.expressions.bind(target.id, sources, at, value)
        else:
            if isinstance(target, ast.Subscript):
                self._value(target.slice)
            decided = deciders(self.expressions, value, sources) if value is not None else ()
            same = equal_sources(self.expressions, value, sources) if value is not None else NOTHING
            effect = Effect(
                Kind.WRITE, None, Mode.REBIND, sources, kind, checked=decided, same=same
            )
            self._write(self.expressions.path(target), effect, at)

    def _write(self, path: AccessPath | None, effect: Effect, at: ast.stmt) -> None:
        if path is None or path.root > Root.PARAMETER or not (path.steps or path.shared_root):
            return
        self._graph.emit(effect._replace(path=path), at)
        # A later rebinding of `self.d` detaches what `d = self.d` has remembered.
        aliases = self.expressions.aliases
        for name in [name for name, known in aliases.items() if known == path]:
            del aliases[name]

    def _delete(self, node: ast.stmt) -> None:
        assert isinstance(node, ast.Delete)
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                self._value(target.slice)
            sliced = isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice)
            value = Value.OTHER if sliced else Value.NONE  # a slice may be of nothing
            effect = Effect(Kind.WRITE, None, Mode.DELETE, value=value)
            self._write(self.expressions.path(target), effect, node)

    def _test(self, condition: ast.expr, mode: Mode) -> int:
        sources = self._value(condition)
        checked = checked_sources(self.expressions, condition, sources)
        effect = Effect(Kind.TEST, mode=mode, sources=sources, checked=checked)
        return self._graph.emit(effect, condition)

    def _branch(self, test: int, edge: Edge, body: Sequence[ast.stmt]) -> Frontier:
        self._graph.frontier = [(test, edge)]
        self.walk(body)
        return self._graph.frontier

    def _if(self, node: ast.stmt) -> None:
        assert isinstance(node, ast.If)
        test = self._test(node.test, Mode.IF)
        ends = self._branch(test, Edge.TRUE, node.body)
        ends = [*ends, *self._branch(test, Edge.FALSE, node.orelse)]
        self._graph.join(ends)

    def _assert(self, node: ast.stmt) -> None:
        assert isinstance(node, ast.Assert)
        test = self._test(node.test, Mode.IF)
        self._graph.frontier = [(test, Edge.FALSE)]
        self._graph.emit(Effect(Kind.JOIN, mode=Mode.ASSERTED), node)
        self._fail()
        self._graph.frontier = [(test, Edge.TRUE)]

    def _while(self, node: ast.stmt) -> None:
        assert isinstance(node, ast.While)
        graph = self._graph
        frame_breaks: Frontier = []
        with graph.loop(frozenset()):
            head = graph.emit(Effect(Kind.JOIN))
            endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
            test = None if endless else self._test(node.test, Mode.WHILE)
            graph.loop_frames.append(LoopFrame(head, frame_breaks, len(graph.finalizers)))
            if test is not None:
                graph.frontier = [(test, Edge.TRUE)]
            self.walk(node.body)
            graph.jump_to(head)
            graph.loop_frames.pop()
        ends = [] if test is None else self._branch(test, Edge.FALSE, node.orelse)
        graph.join([*ends, *frame_breaks])

    def _for(self, node: ast.stmt) -> None:
        assert isinstance(node, (ast.For, ast.AsyncFor))
        graph = self._graph
        sources = self.expressions.iterate(node.iter)
        names = bound_names(node.target)
        frame_breaks: Frontier = []
        with graph.loop(names):
            head = graph.emit(Effect(Kind.JOIN))
            if isinstance(node, ast.AsyncFor):
                graph.emit(Effect(Kind.AWAIT, mode=Mode.ITERATION, sources=sources), node.iter)
            test = graph.emit(Effect(Kind.TEST, mode=Mode.FOR, sources=sources), node.iter)
            graph.loop_frames.append(LoopFrame(head, frame_breaks, len(graph.finalizers)))
            graph.frontier = [(test, Edge.TRUE)]
            self._store(node.target, sources, Value.OTHER, node)
            self.walk(node.body)
            graph.jump_to(head)
            graph.loop_frames.pop()
        ends = self._branch(test, Edge.FALSE, node.orelse)
        graph.join([*ends, *frame_breaks])

    def _with(self, node: ast.stmt) -> None:
        assert isinstance(node, (ast.With, ast.AsyncWith))
        self._with_items(node, 0)

    def _with_items(self, node: ast.With | ast.AsyncWith, number: int) -> None:
        if number == len(node.items):
            self.walk(node.body)
            return
        graph, item = self._graph, node.items[number]
        mode = Mode.AWAITED if isinstance(node, ast.AsyncWith) else Mode.PLAIN
        effect = self._context(item.context_expr, mode)
        entered = graph.emit(effect, item.context_expr)
        if item.optional_vars is not None:
            self._store(item.optional_vars, frozenset({entered}), Value.MADE, node)
        left = Effect(Kind.LEAVE, effect.path, mode, partner=entered)

        def leave() -> None:
            graph.emit(left, item.context_expr)

        raised = graph.node(Effect(Kind.JOIN))
        graph.finalizers.append(Finalizer(leave, raised, graph.handlers))
        with graph.raising_to(raised):
            self._with_items(node, number + 1)
        graph.finalizers.pop()
        leave()
        normal = graph.frontier
        graph.frontier = [(raised, Edge.BOTH)]
        leave()
        if effect.path is not None and effect.path.display().endswith("suppress"):
            normal = [*normal, *graph.frontier]
        self._fail()
        graph.join(normal)

    def _context(self, node: ast.expr, mode: Mode) -> Effect:
        """Return the effect of entering `node`; a call is named by what is called."""
        sources = self._value(node)
        if isinstance(node, ast.Await):  # `with await lock`, the spelling before Python 3.9
            node = node.value
        called = isinstance(node, ast.Call)
        path = self.expressions.path(node.func if isinstance(node, ast.Call) else node)
        return Effect(Kind.ENTER, path, mode, sources, name="()" if called else "")

    def _try(self, node: ast.stmt) -> None:
        self._try_with(cast("ast.Try", node))  # `except*` has the same parts

    def _try_with(self, node: ast.Try) -> None:
        graph = self._graph
        outer = graph.handlers
        final = graph.node(Effect(Kind.JOIN)) if node.finalbody else None
        escape = (final,) if final is not None else outer
        if final is not None:

            def run() -> None:
                self.walk(node.finalbody)

            graph.finalizers.append(Finalizer(run, final, outer))
        caught = graph.node(Effect(Kind.JOIN)) if node.handlers else None
        targets = escape
        if caught is not None:
            escapes = escape or (graph.exit,)
            targets = (caught,) if catches_all(node.handlers) else (caught, *escapes)
        begin = graph.size
        with graph.raising_to(*targets):
            self.walk(node.body)
        looked_up = graph.entries_read(begin)
        with graph.raising_to(*escape):
            self.walk(node.orelse)
            ends = [*graph.frontier]
            for handler in node.handlers:
                graph.frontier = [(caught, Edge.BOTH)] if caught is not None else []
                if looked_up and expects_absence(handler):
                    self._absent(looked_up, handler)
                if handler.name:
                    self.expressions.bind(handler.name, NOTHING, node)
                self.walk(handler.body)
                ends += graph.frontier
        self._finally(node, final, ends)

    def _absent(self, looked_up: Sources, handler: ast.ExceptHandler) -> None:
        """Note that a handler runs because what was looked up is missing."""
        checked = tuple(Checked(source, Predicate.OUT, Predicate.OUT) for source in looked_up)
        # WHILE: what the handler has found out holds behind it, too.
        effect = Effect(Kind.TEST, mode=Mode.WHILE, sources=looked_up, checked=checked)
        self._graph.emit(effect, handler.body[0])

    def _finally(self, node: ast.Try, final: int | None, ends: Frontier) -> None:
        graph = self._graph
        if final is not None:
            graph.finalizers.pop()
            graph.frontier = [(final, Edge.BOTH)]
            self.walk(node.finalbody)
            self._fail()
        graph.join(ends)
        if final is not None and graph.frontier:
            self.walk(node.finalbody)

    def _fail(self) -> None:
        """Lead the present place to the handlers, or out of the function."""
        graph = self._graph
        frontier = graph.frontier
        for target in graph.handlers or (graph.exit,):
            graph.connect(frontier, target)
        graph.frontier = []

    def _return(self, node: ast.stmt) -> None:
        assert isinstance(node, ast.Return)
        sources = self._value(node.value)
        self._graph.emit(Effect(Kind.RETURN, sources=sources), node)
        if self._graph.leave(0):
            self._graph.jump_to(self._graph.exit)

    def _raise(self, node: ast.stmt) -> None:
        assert isinstance(node, ast.Raise)
        self._value(node.exc)
        self._value(node.cause)
        self._graph.emit(Effect(Kind.JOIN, mode=Mode.RAISED), node)
        self._fail()

    def _break(self, _: ast.stmt) -> None:
        frames = self._graph.loop_frames
        if frames and self._graph.leave(frames[-1].depth):
            frames[-1].breaks.extend(self._graph.frontier)
            self._graph.frontier = []

    def _continue(self, _: ast.stmt) -> None:
        frames = self._graph.loop_frames
        if frames and self._graph.leave(frames[-1].depth):
            self._graph.jump_to(frames[-1].head)

    def _match(self, node: ast.stmt) -> None:
        assert isinstance(node, ast.Match)
        graph = self._graph
        sources = self._value(node.subject)
        ends: Frontier = []
        for case in node.cases:
            checked = checked_sources(self.expressions, node.subject, sources)
            unsure = tuple(
                part._replace(when_true=Predicate.OTHER, when_false=Predicate.OTHER)
                for part in checked
            )
            test = graph.emit(
                Effect(Kind.TEST, mode=Mode.IF, sources=sources, checked=unsure), node.subject
            )
            graph.frontier = [(test, Edge.TRUE)]
            for name in pattern_names(case.pattern):
                self.expressions.bind(name, sources, node)
            refused: Frontier = [(test, Edge.FALSE)]
            if case.guard is not None:
                guard = self._test(case.guard, Mode.IF)
                graph.frontier = [(guard, Edge.TRUE)]
                refused.append((guard, Edge.FALSE))
            self.walk(case.body)
            ends += graph.frontier
            graph.join(refused)
        graph.join([*ends, *graph.frontier])

    # Made once, and not for each function.
    _VISITS: ClassVar[dict[type[ast.stmt], Callable[[Statements, ast.stmt], None]]] = {
        ast.Assign: _assign,
        ast.AnnAssign: _annotated,
        ast.AugAssign: _augmented,
        ast.Expr: _expression,
        ast.If: _if,
        ast.While: _while,
        ast.For: _for,
        ast.AsyncFor: _for,
        ast.With: _with,
        ast.AsyncWith: _with,
        ast.Try: _try,
        ast.Return: _return,
        ast.Raise: _raise,
        ast.Break: _break,
        ast.Continue: _continue,
        ast.Delete: _delete,
        ast.Assert: _assert,
        ast.Match: _match,
    }
    if sys.version_info >= (3, 11):
        _VISITS[ast.TryStar] = _try
