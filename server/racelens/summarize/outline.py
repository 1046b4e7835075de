"""What a glance at a function tells, without its graph: its scope in, an `Outline` out.

Most functions cannot race, and nobody has to read their bodies to see it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, TypeVar, cast

from racelens.model.location import OWN_ROOTS, OWN_VARIABLES, AccessPath, Root
from racelens.model.outline import OWN, Outline, name_of
from racelens.model.usage import PLAIN_TYPES
from racelens.summarize.order import NO_ORDER, order
from racelens.summarize.parts import paired
from racelens.summarize.paths import ASKING, Paths
from racelens.summarize.plain_uses import USES, collected_calls
from racelens.summarize.scopes import KEPT
from racelens.summarize.types import annotation_type, value_type

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from racelens.model.summary import Type
    from racelens.summarize.order import Order
    from racelens.summarize.scopes import Scope


_PLACES = frozenset({ast.Name, ast.Attribute, ast.Subscript})
_NAMING = _PLACES | {ast.Call}  # `getattr(object, "name")` is a place, too
_ALONE = frozenset({Root.NAME, Root.CELL, Root.PARAMETER})  # roots that others may know


_NOTHING: frozenset[Any] = frozenset()
_Name = TypeVar("_Name")
_Look: TypeAlias = "Callable[[Glance, ast.AST], None]"
_Find: TypeAlias = "Callable[[ast.AST], Sequence[ast.expr]]"


def _both(
    looks: dict[type[ast.AST], _Look],
) -> dict[type[ast.AST], tuple[_Look | None, _Find | None]]:
    """Return by kind of node what looks at it, and what finds the calls that it uses itself."""
    return {kind: (looks.get(kind), USES.get(kind)) for kind in KEPT | looks.keys() | USES.keys()}


def _frozen(found: Collection[_Name]) -> frozenset[_Name]:
    """Return `found` as a set. Most are empty and share one: Python would make each anew."""
    return frozenset(found) if found else _NOTHING


def _plainly_returned(scope: Scope) -> list[ast.expr]:
    """Return the calls that a coroutine function returns where its annotation wants a plain value.

    https://docs.python.org/3/library/typing.html#annotating-generators-and-coroutines
    """
    node = scope.node
    if not isinstance(node, ast.AsyncFunctionDef) or node.returns is None:
        return []
    known = annotation_type(node.returns)
    if known is None or known.literal not in PLAIN_TYPES:
        return []
    returned = (part.value for part in scope.nodes if isinstance(part, ast.Return))
    return [value for value in returned if isinstance(value, ast.Call)]


class Glance:
    """Goes once through the nodes of a function that its scope has kept."""

    def __init__(self, scope: Scope) -> None:
        """Look at the function of `scope`; `outline` is what was seen."""
        self.scope = scope
        self._paths = Paths(scope)
        self._path = self._paths.path
        self._written: set[str] = set()
        self._repeated: set[str] = set()
        self._callees: dict[int, AccessPath | None] = {}
        self._awaited: list[AccessPath] = []
        self._passes: dict[tuple[AccessPath, tuple[AccessPath, ...]], None] = {}
        self._given: set[str] = set()
        self._written_parameters: set[str] = set()
        self._suspends = False
        self._used: list[ast.expr] = []
        self._asked: list[str] = []
        self._entered: list[AccessPath] = []
        self._managers: set[int] = set()
        self._loops = False
        self._iterates = False
        self._catches_all = False
        self._chained: set[str] = set()
        self.is_generator = False
        self.local_types: list[tuple[str, Type]] = []
        looks = self._LOOKS
        for node in reversed(scope.nodes):  # as in the source: an alias may build on another
            look, find = looks[type(node)]
            if look is not None:
                look(self, node)
            if find is not None and (uses := find(node)):
                self._used += uses
        self._variables()
        self._used += _plainly_returned(scope)
        self.outline = self._outline()

    def _outline(self) -> Outline:
        calls: dict[AccessPath, int] = {}
        used: set[AccessPath] = set()
        for call, path in self._callees.items():
            if path is not None:
                calls[path] = calls.get(path, 0) + 1
                if call not in self._managers:
                    used.add(path)
        mentions, touched, repeated = self._names()
        sides = self._order(mentions) if self._suspends else NO_ORDER
        return Outline(
            mentions,
            touched,
            self._cells(touched),
            repeated,
            _frozen(self._written),
            self._parameters(),
            _frozen(self._given),
            _frozen(self._written_parameters),
            tuple(calls),
            _frozen([path for path, count in calls.items() if count > 1 or self._loops]),
            _frozen(self._awaited),
            tuple(self._passes),
            tuple(self._entered),
            _frozen(calls.keys() - used),
            self._iterates,
            self._suspends,
            tuple(dict.fromkeys(map(self._callee, self._used))),
            self._catches_all,
            _frozen(self._chained),
            *sides,
        )

    def _order(self, mentions: frozenset[str]) -> Order:
        """Return what is used on one side of all suspensions; what others call whenever is not."""
        elsewhere = self.scope.cells.union(self.scope.mentions, self._asked)
        return order(self.scope, self._paths.aliases, mentions - elsewhere)

    def _callee(self, used: ast.expr) -> AccessPath | None:
        """Return what is called there; a lambda's calls are none of the function's own."""
        if isinstance(used, ast.Call):
            known = self._callees.get(id(used), False)
            return self._path(used.func) if known is False else cast("AccessPath | None", known)
        return self._path(used)

    def _parameters(self) -> frozenset[str]:
        """Return the parameters that the function uses more than once."""
        again = self.scope.loads if self._loops else self.scope.loaded_again
        return _frozen(again.intersection(self.scope.parameters) - {self.scope.receiver})

    def _names(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """Return the names that the function mentions, touches, and touches more than once."""
        scope = self.scope
        touched: set[str] = set()
        repeated = self._repeated
        marks: dict[str, str | None] = {"": ""}
        for (variable, attribute), count in scope.attributes.items():
            if variable not in marks:
                marks[variable] = self._mark(variable)
            mark = marks[variable]
            if mark is not None:
                name = mark + attribute
                if count > 1 or name in touched:
                    repeated.add(name)
                touched.add(name)
        own = scope.bindings.keys() - scope.global_names - scope.nonlocal_names - scope.cells
        own.difference_update(inner.node.name for inner in scope.nested)
        variables = (scope.loads | scope.bindings.keys()) - own
        repeated |= scope.loaded_again - own
        for name in self._asked:  # twice, perhaps: it costs too much to count them
            repeated |= {name, OWN + name}
        if self._loops:
            repeated |= self._written
        touched.update(variables, repeated)
        attributes = (attribute for _, attribute in scope.attributes)
        mentions = scope.mentions.union(variables, attributes, self._asked)
        return _frozen(mentions), _frozen(touched), _frozen(repeated)

    def _cells(self, touched: frozenset[str]) -> frozenset[str]:
        """Return those of the names `touched` that only functions around and inside know."""
        scope = self.scope
        if not scope.cells and scope.parent is None:
            return _NOTHING
        attributes = {attribute for _, attribute in scope.attributes}
        variables = touched.difference(attributes, self._asked)
        return _frozen([name for name in variables if scope.path(name).root is Root.CELL])

    def _mark(self, variable: str) -> str | None:
        """Return what stands before attributes of `variable`; None where nobody knows the object.

        See `name_of`.
        """
        if variable in self._paths.aliases:
            return ""
        root = self.scope.path(variable).root
        if root in OWN_ROOTS:
            return OWN
        return None if root in OWN_VARIABLES else ""

    def _variables(self) -> None:
        """Note the variables that are written and that others may see."""
        scope = self.scope
        shared = scope.global_names | scope.nonlocal_names | scope.cells
        for name in shared & scope.bindings.keys():
            self._written.add(name)
            if scope.bindings[name] > 1 or name in scope.loads:
                self._repeated.add(name)

    def _call(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Call)
        func = node.func
        path = self._callees[id(node)] = self._path(func)
        if type(func) is ast.Name and func.id in ASKING:
            asked = self._paths.asked_attribute(node)
            self._asked += [asked[1]] if asked is not None else []
        if path is None:
            if type(func) is ast.Attribute:
                self._chained.add(func.attr)
            return
        if not node.args:
            return
        passed: list[AccessPath] = []
        for part in node.args:
            if type(part) in _PLACES:
                given = self._path(part)
                if given is not None and (
                    given.root in _ALONE or (given.steps and given.shared_root)
                ):
                    passed.append(given)
        if passed:
            self._passes[path, tuple(passed)] = None

    def _await(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Await)
        self._suspends = True
        path = self._callees.get(id(node.value))
        if path is not None:
            self._awaited.append(path)

    def _assign(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Assign)
        for target in node.targets:
            if not isinstance(target, ast.Name):
                self._write(target)
                for part, value in paired(target, node.value):
                    if isinstance(part, ast.Name) and self.scope.bindings[part.id] == 1:
                        self._type(part.id, value_type(value))
                continue
            if target.id not in self.scope.loads:
                self._used += collected_calls(node.value)
            if self.scope.bindings[target.id] == 1:
                self._alias(target, node.value)
                if len(node.targets) == 1:
                    self._type(target.id, value_type(node.value))

    def _annotated(self, node: ast.AST) -> None:
        assert isinstance(node, ast.AnnAssign)
        if not isinstance(node.target, ast.Name):
            self._write(node.target)
            return
        if self.scope.bindings.get(node.target.id) == 1:
            if node.value is not None:
                self._alias(node.target, node.value)
            known = value_type(node.value) or annotation_type(node.annotation)
            self._type(node.target.id, known)

    def _alias(self, target: ast.Name, value: ast.expr) -> None:
        if type(value) in _NAMING:
            self._paths.remember_alias(target, value)
            if target.id in self._paths.aliases:
                self._repeated.add(name_of(self._paths.aliases[target.id]))

    def _type(self, name: str, known: Type | None) -> None:
        if known is not None:
            self.local_types.append((name, known))

    def _augmented(self, node: ast.AST) -> None:
        assert isinstance(node, ast.AugAssign)
        if isinstance(node.target, ast.Name):
            if not self.scope.is_local(node.target.id):
                self._repeated.add(node.target.id)
        else:
            self._write(node.target)
            self._repeated |= self._written

    def _delete(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Delete)
        for target in node.targets:
            self._write(target)

    def _for(self, node: ast.AST) -> None:
        assert isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension))
        self._loops = True
        if isinstance(node, ast.AsyncFor) or (
            isinstance(node, ast.comprehension) and node.is_async
        ):
            self._suspends = True
        self._write(node.target)
        self._iterates = self._iterates or self._goes_through(node.iter)

    def _goes_through(self, node: ast.expr) -> bool:
        """Say whether a loop over `node` goes through what others may change."""
        inner = self._paths.stepped(node)
        if inner:
            return any(self._goes_through(part) for part in inner)
        return self._paths.container(node) is not None

    def _while(self, _: ast.AST) -> None:
        self._loops = True

    def _with(self, node: ast.AST) -> None:
        assert isinstance(node, (ast.With, ast.AsyncWith))
        if isinstance(node, ast.AsyncWith):
            self._suspends = True
        for item in node.items:
            self._managers.add(id(item.context_expr))
            path = self._paths.path(item.context_expr)
            if path is not None:
                self._entered.append(path)
            target = item.optional_vars
            if target is not None:
                self._write(target)
            if isinstance(target, ast.Name) and self.scope.bindings[target.id] == 1:
                known = value_type(item.context_expr)
                self._type(target.id, known._replace(entered=True) if known is not None else None)

    def _handler(self, node: ast.AST) -> None:
        assert isinstance(node, ast.ExceptHandler)
        self._catches_all = self._catches_all or node.type is None

    def _yield(self, _: ast.AST) -> None:
        self.is_generator = True
        self._suspends = True

    def _write(self, target: ast.expr) -> None:
        """Note what an assignment to `target` changes; variables are seen to at the end."""
        if isinstance(target, (ast.Tuple, ast.List)):
            for part in target.elts:
                self._write(part)
        elif isinstance(target, ast.Starred):
            self._write(target.value)
        elif not isinstance(target, ast.Name):
            path = self._paths.path(target)
            if path is not None and path.root is Root.PARAMETER:
                self._given.add(name_of(path))
                self._written_parameters.add(path.name)
            elif path is not None and path.shared_root:
                self._written.add(name_of(path))

    # Made once, and not for each function.
    _LOOKS: ClassVar[dict[type[ast.AST], tuple[_Look | None, _Find | None]]] = _both(
        {
            ast.Call: _call,
            ast.Await: _await,
            ast.Assign: _assign,
            ast.AnnAssign: _annotated,
            ast.AugAssign: _augmented,
            ast.Delete: _delete,
            ast.For: _for,
            ast.AsyncFor: _for,
            ast.comprehension: _for,
            ast.While: _while,
            ast.With: _with,
            ast.AsyncWith: _with,
            ast.Yield: _yield,
            ast.ExceptHandler: _handler,
        }
    )
