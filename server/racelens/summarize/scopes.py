"""Which names a function binds, captures and declares: definitions in, `Scope` objects out."""

from __future__ import annotations

import ast
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from racelens.model.location import AccessPath, Root, cell, module_name, variable
from racelens.model.names import MODULE
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_PARAMETER, _LOCAL = Root.PARAMETER, Root.LOCAL  # they take long to look up
Definition: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
OPAQUE = frozenset({*DEFINITIONS, ast.ClassDef, ast.Lambda})
# Nodes that `summarize.outline` looks at, beside calls: see `Scope.nodes`.
KEPT: frozenset[type] = frozenset(
    {ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Delete, ast.Assert}
    | {ast.If, ast.While, ast.For, ast.AsyncFor, ast.With, ast.AsyncWith, ast.comprehension}
    | {ast.Await, ast.IfExp, ast.BoolOp, ast.UnaryOp, ast.Compare, ast.FormattedValue}
    | {ast.Yield, ast.YieldFrom, ast.ExceptHandler, ast.Return}
)
_BINDERS: frozenset[type] = frozenset(
    {ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom, ast.ExceptHandler}
    | {ast.MatchAs, ast.MatchStar, ast.MatchMapping}
)


# Fields that hold no statement or expression; the fields of a class of nodes that do.
_LEAVES = frozenset(
    {"ctx", "op", "ops", "attr", "id", "arg", "kind", "type_comment", "conversion"}
    | {"name", "asname", "level", "module", "type_ignores", "simple", "is_async", "rest"}
    | {"names", "kwd_attrs"}
)
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


class Scope:
    """The variables of one function.

    `receiver` is the first parameter of a method, else ""; `receiver_class` the class whose
    instance it is, in a nested function that of the method around it.
    `bindings` counts how often a name is bound (parameters once); `cells` are variables that a
    nested function captures; `nested` are the scopes of functions defined directly inside;
    `nodes` are those nodes of the body that `summarize.outline` looks at, but for what nested
    functions hold; `attributes` counts those that it uses by the variable that they are taken of
    ("" for other expressions), `mentions` are those in lambdas; `loads` are the variables that it
    reads, `loaded_again` those that it reads more than once; `free_names` are those that this
    function or one nested in it uses and does not bind.
    """

    __slots__ = (
        *("node", "name", "owner", "parent", "parameters"),
        *("receiver", "receiver_class", "receiver_root"),
        *("bindings", "loads", "loaded_again", "global_names", "nonlocal_names", "cells"),
        *("free_names", "nested", "nodes", "mentions", "attributes", "_paths"),
    )

    def __init__(self, node: Definition, name: str, owner: str, parent: Scope | None) -> None:
        """Begin with the parameters of `node`; see `function_scope`."""
        self.node = node
        self.name = name
        self.owner = owner
        self.parent = parent
        self.parameters = parameter_names(node.args)
        self.receiver_root = _receiver_root(node) if owner else _PARAMETER
        is_method = owner and self.parameters and self.receiver_root is not _PARAMETER
        self.receiver = self.parameters[0] if is_method else ""
        self.receiver_class: str = owner or (parent.receiver_class if parent is not None else "")
        self.bindings = dict.fromkeys(self.parameters, 1)
        self.loads: set[str] = set()
        self.loaded_again: set[str] = set()
        self.global_names: set[str] = set()
        self.nonlocal_names: set[str] = set()
        self.cells: set[str] = set()
        self.free_names: set[str] = set()
        self.nested: list[Scope] = []
        self.nodes: list[ast.AST] = []
        self.mentions: set[str] = set()
        self.attributes: dict[tuple[str, str], int] = {}
        self._paths: dict[str, AccessPath] = {}

    def bind(self, name: str) -> None:
        """Count one more binding of `name`."""
        self.bindings[name] = self.bindings.get(name, 0) + 1

    def binds(self, name: str) -> bool:
        """Say whether `name` is a variable of this function."""
        return (
            name in self.bindings
            and name not in self.global_names
            and name not in self.nonlocal_names
        )

    def path(self, name: str) -> AccessPath:
        """Return the path of the variable that `name` means inside this function."""
        path = self._paths.get(name)
        if path is None:
            path = self._paths[name] = self._path(name)
        return path

    def _path(self, name: str) -> AccessPath:
        if not self.binds(name):
            if self.parent is None or name in self.global_names:
                return module_name(name)
            return self.parent.path(name)
        if name == self.receiver:
            return variable(self.receiver_root, name)
        if name in self.cells:
            return cell(self.name, name)
        return variable(_PARAMETER if name in self.parameters else _LOCAL, name)

    def is_local(self, name: str) -> bool:
        """Say whether `name` is a variable that only this function sees."""
        return self.binds(name) and name not in self.cells


class _Kind(NamedTuple):
    """What there is to do with nodes of one class; without `parts` they are scopes of their own."""

    kept: bool
    binds: bool
    parts: Callable[[ast.AST], Iterable[Any]] | None  # what is in the fields that are no leaves


def _kind_of(kind: type[ast.AST]) -> _Kind:
    fields = _fields_of(kind)
    parts: Callable[[ast.AST], Iterable[Any]] | None
    if kind in OPAQUE:
        parts = None
    elif len(fields) > 1:
        parts = attrgetter(*fields)
    elif fields:
        get = attrgetter(fields[0])
        parts = lambda node: (get(node),)  # noqa: E731 - a getter of one name gives no tuple
    else:
        parts = lambda _: ()  # noqa: E731
    found = _KINDS[kind] = _Kind(kind in KEPT, kind in _BINDERS, parts)
    return found


_KINDS: dict[type[ast.AST], _Kind] = {}


def _fields_of(kind: type[ast.AST]) -> tuple[str, ...]:
    fields = _FIELDS.get(kind)
    if fields is None:
        fields = _FIELDS[kind] = tuple(name for name in kind._fields if name not in _LEAVES)
    return fields


def children(node: ast.AST) -> list[ast.AST]:
    """Return the statements and expressions directly below `node`, in order of the source.

    Three times as fast as `ast.iter_child_nodes`: contexts and operators are left out.
    """
    found: list[ast.AST] = []
    for name in _fields_of(type(node)):
        value: object = getattr(node, name, None)
        if isinstance(value, list):
            parts = cast("list[object]", value)
            found += [part for part in parts if isinstance(part, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def function_scope(node: Definition, name: str, owner: str, parent: Scope | None = None) -> Scope:
    """Return the scope of `node`, those of the functions nested in it included.

    `owner` is the qualified name of the class whose body holds the definition, else "".
    """
    scope = Scope(node, name, owner, parent)
    _collect(scope, node.body)
    for inner in scope.nested:
        scope.cells |= {free for free in inner.free_names if scope.binds(free)} - {scope.receiver}
    scope.free_names = _free_names(scope)
    return scope


def module_scope(body: list[ast.stmt], line: int) -> Scope | None:
    """Return the running code of a module as the scope of a function, `<module>`, at `line`.

    None where it calls nothing: then it starts no tasks.
    """
    running = [node for node in body if not isinstance(node, (*DEFINITIONS, ast.ClassDef))]
    if not _calls_something(running):
        return None
    arguments = ast.arguments([], [], None, [], [], None, [])
    node = ast.FunctionDef(MODULE, arguments, running, [])
    node.lineno = node.end_lineno = line
    node.col_offset = node.end_col_offset = 0
    scope = function_scope(node, MODULE, "")
    scope.global_names |= set(scope.bindings)  # a module's variables are its globals
    scope.nested.clear()  # definitions below an `if` are the module's own
    return scope


def _calls_something(body: list[ast.stmt]) -> bool:
    stack: list[ast.AST] = [*body]
    while stack:
        part = stack.pop()
        if type(part) is ast.Call:
            return True
        if type(part) not in OPAQUE:
            stack += children(part)
    return False


def _free_names(scope: Scope) -> set[str]:
    free = scope.loads.union(scope.nonlocal_names, *(inner.free_names for inner in scope.nested))
    return {name for name in free if not scope.binds(name)} - scope.global_names


def parameter_names(arguments: ast.arguments) -> tuple[str, ...]:
    """Return the names of all parameters, those of `*args` and `**kwargs` last."""
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
    """Go through all nodes of a function's body: the hottest loop of reading a file."""
    stack: list[Any] = [*body]
    used: dict[str, int] = {}
    loads, bindings, nodes = scope.loads, scope.bindings, scope.nodes
    loaded_again, attributes = scope.loaded_again, scope.attributes
    a_name, an_attribute, a_call, a_constant = ast.Name, ast.Attribute, ast.Call, ast.Constant
    while stack:
        node = stack.pop()
        kind = node.__class__
        if kind is a_name:
            name = node.id
            if type(node.ctx) is not ast.Load:
                bindings[name] = bindings.get(name, 0) + 1
            elif name in loads:
                loaded_again.add(name)
            else:
                loads.add(name)
        elif kind is a_constant or node is None:
            continue
        elif kind is an_attribute:
            value = node.value
            if type(value) is a_name:
                name = value.id
                (loaded_again if name in loads else loads).add(name)
            else:
                name = ""
                stack.append(value)
                if type(value) is a_call:
                    nodes.append(node)
            known = (name, node.attr)
            attributes[known] = attributes.get(known, 0) + 1
        elif kind is a_call:
            nodes.append(node)
            stack.append(node.func)
            stack += node.args
            for keyword in node.keywords:
                stack.append(keyword.value)
        else:
            kept, binds, parts = _KINDS.get(kind) or _kind_of(kind)
            if parts is None:
                stack += _enter_nested(scope, node, used)
                continue
            if kept:
                nodes.append(node)
            if binds:
                _bind_by_statement(scope, node)
            for part in parts(node):
                if type(part) is list:
                    stack += part
                else:
                    stack.append(part)


def _enter_nested(scope: Scope, node: ast.AST, used: dict[str, int]) -> list[ast.AST]:
    """Record a nested definition; return its parts that this scope evaluates."""
    if isinstance(node, ast.Lambda):
        own = set(parameter_names(node.args))
        inner = list(ast.walk(node.body))
        scope.loads |= {part.id for part in inner if isinstance(part, ast.Name)} - own
        scope.mentions |= {part.attr for part in inner if isinstance(part, ast.Attribute)}
        return [*node.args.defaults]
    assert isinstance(node, (*DEFINITIONS, ast.ClassDef))
    scope.bind(node.name)
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
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            scope.bind((alias.asname or alias.name).partition(".")[0])
    elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        scope.bind(node.name)
    elif isinstance(node, ast.MatchMapping) and node.rest:
        scope.bind(node.rest)
