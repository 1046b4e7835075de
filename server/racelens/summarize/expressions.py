"""Effects of expressions, in Python's order of evaluation.

What goes in is the syntax of an expression; what comes out are effects in the graph, and the
sources that its value derives from. Names resolve to paths by the function's scope alone.
"""

from __future__ import annotations

import ast
from contextlib import ExitStack
from typing import TYPE_CHECKING, ClassVar

from racelens.model.effect import NO_ARGUMENT, NOTHING, Effect, Kind, Mode, Source, Sources
from racelens.model.location import NAMED_ROOTS, OWN_VARIABLES, SUPER
from racelens.summarize.conditions import checked_sources, equal_sources
from racelens.summarize.paths import Paths
from racelens.summarize.scopes import children

if TYPE_CHECKING:
    from collections.abc import Callable

    from racelens.model.location import AccessPath
    from racelens.summarize.control_flow import Frontier, GraphBuilder
    from racelens.summarize.scopes import Scope

_READ = Kind.READ  # a member of an enumeration takes long to look up
_LONG = 1000  # bits
_MAX_DEPTH = 100  # deeper expressions have no effects that matter, and Python's stack is finite
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


class Expressions(Paths):
    """Evaluates expressions of one function into its graph."""

    def __init__(self, graph: GraphBuilder, scope: Scope) -> None:
        """Evaluate into `graph` with the names of `scope`."""
        super().__init__(scope)
        self.graph = graph
        self._depth = 0

    def value(self, node: ast.expr | None) -> Sources:
        """Evaluate `node`; return what its value derives from."""
        if node is None or self._depth > _MAX_DEPTH or type(node) is ast.Constant:
            return NOTHING
        self._depth += 1
        visit = self._VISITS.get(type(node))
        sources = visit(self, node) if visit is not None else self._parts(node)
        self._depth -= 1
        return sources

    def read(self, path: AccessPath, at: ast.expr, mode: Mode = Mode.VALUE) -> Sources:
        """Emit a read of `path`; nothing where no other task could change it."""
        alone = path.root in NAMED_ROOTS
        if not path.shared_root or not (path.steps or alone):
            return NOTHING
        return frozenset({self.graph.emit(Effect(_READ, path, mode), at)})

    def _parts(self, node: ast.expr) -> Sources:
        sources: set[Source] = set()
        for child in children(node):
            if isinstance(child, ast.expr):
                sources |= self.value(child)
        return frozenset(sources)

    def _binary(self, node: ast.expr) -> Sources:
        """Evaluate `a + b + c`, which may have thousands of terms, each nested in the next."""
        rights: list[ast.expr] = []
        while isinstance(node, ast.BinOp):
            rights.append(node.right)
            node = node.left
        sources = set(self.value(node))
        for right in reversed(rights):
            sources |= self.value(right)
        return frozenset(sources)

    def _name(self, node: ast.expr) -> Sources:
        assert isinstance(node, ast.Name)
        path = self._root(node.id)
        if path.root in OWN_VARIABLES:
            return frozenset({node.id})
        return self.read(path, node)

    def _attribute(self, node: ast.expr) -> Sources:
        """Read `a.b.c` and what it goes through, `a` and `a.b`."""
        chain: list[ast.Attribute] = []
        base = node
        while isinstance(base, ast.Attribute):
            chain.append(base)
            base = base.value
        if not isinstance(base, ast.Name):
            assert isinstance(node, ast.Attribute)
            sources = self.value(node.value)
            path = self.path(node)
            return sources if path is None else sources | self.read(path, node)
        sources = self._name(base)
        path = self.aliases.get(base.id) or self._root(base.id)
        if not path.shared_root:
            return sources
        found, value = set(sources), Mode.VALUE
        for part in reversed(chain):
            path = path.child("." + part.attr)
            found.add(self.graph.emit(Effect(_READ, path, value), part))
        return frozenset(found)

    def _subscript(self, node: ast.expr) -> Sources:
        assert isinstance(node, ast.Subscript)
        sources = self.value(node.value) | self.value(node.slice)
        path = self.path(node)
        return sources if path is None else sources | self.read(path, node)

    def _compare(self, node: ast.expr) -> Sources:
        assert isinstance(node, ast.Compare)
        sources = self.value(node.left)
        for operator, right in zip(node.ops, node.comparators, strict=True):
            container = self.path(right) if isinstance(operator, (ast.In, ast.NotIn)) else None
            sources |= self.value(right)
            if container is not None and (container.shared_root or right is not node.left):
                member = container.child(self.key(node.left))
                sources |= self.read(member, node, Mode.MEMBER)
        return sources

    def _named(self, node: ast.expr) -> Sources:
        assert isinstance(node, ast.NamedExpr)
        sources = self.value(node.value)
        self.bind(node.target.id, sources, node, node.value)
        return sources | {node.target.id}

    def bind(
        self,
        name: str,
        sources: Sources,
        at: ast.expr | ast.stmt,
        value: ast.expr | None = None,
    ) -> None:
        """Emit that the local `name` now holds a value derived from `sources`.

        `value` is the expression that it is equal to, if there is one.
        """
        same = equal_sources(self, value, sources) if value is not None else NOTHING
        self.graph.emit(Effect(Kind.BIND, sources=sources, same=same, name=name), at)

    def _await(self, node: ast.expr) -> Sources:
        assert isinstance(node, ast.Await)
        if isinstance(node.value, ast.Call):
            return self.call(node.value, Mode.AWAITED, node)
        sources = self.value(node.value)
        path = self.path(node.value)
        effect = Effect(Kind.AWAIT, path, Mode.FUTURE, sources)
        return sources | {self.graph.emit(effect, node)}

    def _yield(self, node: ast.expr) -> Sources:
        assert isinstance(node, (ast.Yield, ast.YieldFrom))
        sources = self.value(node.value)
        self.graph.emit(Effect(Kind.AWAIT, mode=Mode.YIELD, sources=sources), node)
        return NOTHING  # what a generator is sent comes from outside

    def _call(self, node: ast.expr) -> Sources:
        assert isinstance(node, ast.Call)
        path = self.path(node)
        if path is not None and path.name != SUPER:
            return self.value(node.args[0]) | self.read(path, node)
        return self.call(node, Mode.PLAIN, node)

    def call(self, node: ast.Call, mode: Mode, at: ast.expr) -> Sources:
        """Evaluate receiver and arguments of `node`, then emit the call itself."""
        sources: Sources = NOTHING
        if isinstance(node.func, ast.Attribute):
            sources |= self.value(node.func.value)
        elif not isinstance(node.func, ast.Name):
            sources |= self.value(node.func)
        for argument in node.args:
            sources |= self.value(argument)
        for keyword in node.keywords:
            sources |= self.value(keyword.value)
        effect = Effect(
            Kind.CALL,
            self.path(node.func),
            mode,
            sources,
            name=node.func.attr if isinstance(node.func, ast.Attribute) else "",
            arguments=tuple(self.path(argument) for argument in node.args),
            key=self.key(node.args[0]) if node.args else "",
            constant=first_number(node),
        )
        return sources | {self.graph.emit(effect, at)}

    def _comprehension(self, node: ast.expr) -> Sources:
        assert isinstance(node, _COMPREHENSIONS)
        sources: set[Source] = set()
        open_loops: list[tuple[int, Frontier, ExitStack]] = []
        for generator in node.generators:
            iterated = self.iterate(generator.iter)
            sources |= iterated
            open_loops.append(self._enter_generator(node, generator, iterated))
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for part in parts:
            sources |= self.value(part)
        for head, skip, loop in reversed(open_loops):
            self.graph.jump_to(head)
            loop.close()
            self.graph.join(skip)
        return frozenset(sources)

    def _enter_generator(
        self, node: ast.expr, generator: ast.comprehension, iterated: Sources
    ) -> tuple[int, Frontier, ExitStack]:
        """Begin a loop; return its head, what skips it, and what ends it."""
        names = bound_names(generator.target)
        with ExitStack() as loop:
            loop.enter_context(self.graph.loop(names))
            head = self.graph.emit(Effect(Kind.JOIN))
            if generator.is_async:
                self.graph.emit(
                    Effect(Kind.AWAIT, mode=Mode.ITERATION, sources=iterated), generator.iter
                )
            skip = list(self.graph.frontier)
            for name in names:
                self.bind(name, iterated, node)
            for condition in generator.ifs:
                found = self.value(condition)
                checked = checked_sources(self, condition, found)
                test = Effect(Kind.TEST, mode=Mode.IF, sources=found, checked=checked)
                self.graph.emit(test, condition)
            return head, skip, loop.pop_all()

    def iterate(self, node: ast.expr) -> Sources:
        """Evaluate `node` as what a loop goes through; a place is read as a whole."""
        inner = self.stepped(node)
        if inner:
            return frozenset[Source]().union(*(self.iterate(part) for part in inner))
        sources = self.value(node)
        path = self.container(node)
        return sources if path is None else sources | self.read(path, node, Mode.ITERATE)

    # Made once, and not for each function.
    _VISITS: ClassVar[dict[type[ast.expr], Callable[[Expressions, ast.expr], Sources]]] = {
        ast.Await: _await,
        ast.Call: _call,
        ast.BinOp: _binary,
        ast.Name: _name,
        ast.Attribute: _attribute,
        ast.Subscript: _subscript,
        ast.Compare: _compare,
        ast.NamedExpr: _named,
        ast.Yield: _yield,
        ast.YieldFrom: _yield,
        ast.Lambda: lambda _, __: NOTHING,
        **dict.fromkeys(_COMPREHENSIONS, _comprehension),
    }


def bound_names(target: ast.expr) -> frozenset[str]:
    """Return the local names that an assignment to `target` binds."""
    return frozenset(part.id for part in ast.walk(target) if isinstance(part, ast.Name))


_LIMITS = frozenset({"max_workers", "value", "total_tokens", "maxsize"})


def first_number(node: ast.Call) -> int | None:
    """Return the first argument of a call if it is a whole number, `value=` included.

    `NO_ARGUMENT` where the call has none at all.
    """
    if not node.args and not node.keywords:
        return NO_ARGUMENT
    given = node.args[:1]
    if node.keywords:
        given += [k.value for k in node.keywords if k.arg in _LIMITS]
    for argument in given:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, int):
            return argument.value if argument.value.bit_length() <= _LONG else None
    return None
