"""Which names a function binds, captures and declares: definitions in, `Scope` objects out."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from racelens.model.location import AccessPath, Root

Definition: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_OPAQUE = (*DEFINITIONS, ast.ClassDef, ast.Lambda)


# Fields that hold no statement or expression; the fields of a class of nodes that do.
_LEAVES = frozenset(
    {"ctx", "op", "ops", "attr", "id", "arg", "kind", "type_comment", "conversion"}
    | {"name", "asname", "level", "module", "type_ignores", "simple", "is_async", "rest"}
)
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


@dataclass(slots=True)
class Scope:
    """The variables of one function.

    `bindings` counts how often a name is bound (parameters once); `cells` are variables that a
    nested function captures; `nested` are the scopes of functions defined directly inside;
    `nodes` are the nodes of the body but for names, constants and what nested functions hold.
    """

    node: Definition
    name: str
    owner: str
    receiver: str  # the first parameter of a method, else ""
    receiver_root: Root
    parent: Scope | None
    parameters: tuple[str, ...]
    bindings: Counter[str] = field(default_factory=Counter[str])
    loads: set[str] = field(default_factory=set[str])
    global_names: set[str] = field(default_factory=set[str])
    nonlocal_names: set[str] = field(default_factory=set[str])
    cells: set[str] = field(default_factory=set[str])
    nested: list[Scope] = field(default_factory=list["Scope"])
    nodes: list[ast.AST] = field(default_factory=list[ast.AST])

    def binds(self, name: str) -> bool:
        """Say whether `name` is a variable of this function."""
        return name in self.bindings and name not in self.global_names | self.nonlocal_names

    def path(self, name: str) -> AccessPath:
        """Return the path of the variable that `name` means inside this function."""
        if self.binds(name):
            if name == self.receiver:
                return AccessPath(self.receiver_root, name)
            if name in self.cells:
                return AccessPath(Root.CELL, f"{self.name}/{name}")
            root = Root.PARAMETER if name in self.parameters else Root.LOCAL
            return AccessPath(root, name)
        outer = self.parent
        while outer is not None and name not in self.global_names:
            if outer.binds(name):
                return outer.path(name)
            outer = outer.parent
        return AccessPath(Root.NAME, name)

    def is_local(self, name: str) -> bool:
        """Say whether `name` is a variable that only this function sees."""
        return self.binds(name) and name not in self.cells

    @property
    def free_names(self) -> set[str]:
        """The names that this function or one nested in it uses and does not bind."""
        free = self.loads | self.nonlocal_names
        for inner in self.nested:
            free |= inner.free_names
        return {name for name in free if not self.binds(name)} - self.global_names


def children(node: ast.AST) -> list[ast.AST]:
    """Return the statements and expressions directly below `node`, in order of the source.

    Three times as fast as `ast.iter_child_nodes`: contexts and operators are left out.
    """
    kind = type(node)
    fields = _FIELDS.get(kind)
    if fields is None:
        fields = _FIELDS[kind] = tuple(name for name in node._fields if name not in _LEAVES)
    found: list[ast.AST] = []
    for name in fields:
        value: object = getattr(node, name, None)
        if isinstance(value, list):
            parts = cast("list[object]", value)
            found += [part for part in parts if isinstance(part, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def function_scope(node: Definition, name: str, owner: str, parent: Scope | None) -> Scope:
    """Return the scope of `node`, those of the functions nested in it included.

    `owner` is the qualified name of the class whose body holds the definition, else "".
    """
    parameters = _parameters(node.args)
    root = _receiver_root(node) if owner else Root.PARAMETER
    receiver = parameters[0] if owner and parameters and root is not Root.PARAMETER else ""
    scope = Scope(node, name, owner, receiver, root, parent, parameters)
    scope.bindings.update(parameters)
    _collect(scope, node.body)
    for inner in scope.nested:
        scope.cells |= {free for free in inner.free_names if scope.binds(free)} - {receiver}
    return scope


def _parameters(arguments: ast.arguments) -> tuple[str, ...]:
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    variadic = [extra for extra in (arguments.vararg, arguments.kwarg) if extra]
    return tuple(argument.arg for argument in [*named, *variadic])


def _receiver_root(node: Definition) -> Root:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Name):
            if decorator.id == "staticmethod":
                return Root.PARAMETER
            if decorator.id == "classmethod":
                return Root.CLASS
    return Root.CLASS if node.name in {"__new__", "__init_subclass__"} else Root.SELF


def _collect(scope: Scope, body: list[ast.stmt]) -> None:
    stack: list[ast.AST] = list(reversed(body))
    used: dict[str, int] = {}
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                scope.loads.add(node.id)
            else:
                scope.bindings[node.id] += 1
        elif isinstance(node, _OPAQUE):
            stack.extend(_enter_nested(scope, node, used))
        elif not isinstance(node, ast.Constant):
            scope.nodes.append(node)
            _bind_by_statement(scope, node)
            stack.extend(children(node))


def _enter_nested(scope: Scope, node: ast.AST, used: dict[str, int]) -> list[ast.AST]:
    """Record a nested definition; return its parts that this scope evaluates."""
    if isinstance(node, ast.Lambda):
        own = set(_parameters(node.args))
        inner = [part for part in ast.walk(node.body) if isinstance(part, ast.Name)]
        scope.loads |= {part.id for part in inner} - own
        return [*node.args.defaults]
    assert isinstance(node, (*DEFINITIONS, ast.ClassDef))
    scope.bindings[node.name] += 1
    if isinstance(node, ast.ClassDef):
        for part in node.body:
            if isinstance(part, DEFINITIONS):
                owner = f"{scope.name}.{node.name}"
                scope.nested.append(function_scope(part, f"{owner}.{part.name}", owner, scope))
        return [*node.decorator_list, *node.bases]
    name = f"{scope.name}.{node.name}"
    count = used[name] = used.get(name, 0) + 1
    name = name if count == 1 else f"{name}#{count}"
    scope.nested.append(function_scope(node, name, "", scope))
    return [*node.decorator_list, *node.args.defaults]


def _bind_by_statement(scope: Scope, node: ast.AST) -> None:
    if isinstance(node, ast.Global):
        scope.global_names.update(node.names)
    elif isinstance(node, ast.Nonlocal):
        scope.nonlocal_names.update(node.names)
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            scope.bindings[(alias.asname or alias.name).partition(".")[0]] += 1
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        scope.bindings[node.name] += 1
    elif isinstance(node, ast.MatchMapping) and node.rest:
        scope.bindings[node.rest] += 1
