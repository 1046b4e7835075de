"""One chunk of a file in, its summary out. It depends on the chunk's text alone."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from racelens.model.location import Root
from racelens.model.summary import (
    Body,
    ChunkSummary,
    ClassSummary,
    FunctionSummary,
    Import,
    ModuleSummary,
    Type,
)
from racelens.summarize.candidates import unawaited_names
from racelens.summarize.classes import decorator_paths, summarize_class
from racelens.summarize.columns import LINE_END, column_converter
from racelens.summarize.detail import read_detail, read_later
from racelens.summarize.scopes import (
    DEFINITIONS,
    Definition,
    Scope,
    children,
    function_scope,
)
from racelens.summarize.types import annotation_type, value_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from racelens.source.parse import Chunk

# Functions by owner, name and text: the function itself and those nested in it.
KnownFunctions: TypeAlias = "dict[tuple[str, str, str], tuple[FunctionSummary, ...]]"

_FLAT: tuple[type[ast.stmt], ...] = (ast.If, ast.Try, ast.With)
if sys.version_info >= (3, 11):
    _FLAT += (ast.TryStar,)
_EMPTY = ChunkSummary((), (), (), ())


def summarize_module(path: str, chunks: Iterable[tuple[int, ChunkSummary]]) -> ModuleSummary:
    """Return the summary of the file `path` from those of its chunks and their first lines."""
    return ModuleSummary(path, tuple(chunks))


def summarize_chunk(
    chunk: Chunk, known: KnownFunctions | None = None, hot: frozenset[str] = frozenset()
) -> ChunkSummary:
    """Return what `chunk` defines; nothing where it could not be read.

    Functions whose names are in `hot` are read at once, since they will be asked for; the summary
    is the same without.

    Module-level statements that run code form a function named `<module>` of their own.
    Functions whose name and text are in `known` are taken from there; all are added to it.
    """
    if chunk.tree is None:
        return _EMPTY
    walker = _ChunkWalker(chunk, known if known is not None else {}, hot)
    walker.definitions(chunk.tree.body, "", "")
    walker.read_pending()
    return ChunkSummary(
        tuple(walker.functions),
        tuple(walker.classes),
        tuple(walker.imports),
        tuple(walker.variables),
    )


class _ChunkWalker:
    """Collects the definitions of one chunk."""

    def __init__(self, chunk: Chunk, known: KnownFunctions, hot: frozenset[str]) -> None:
        self._known = known
        self._hot = hot
        text = chunk.text
        self._lines = LINE_END.split(text) if "\r" in text else text.split("\n")
        self.functions: list[FunctionSummary] = []
        self.classes: list[ClassSummary] = []
        self.imports: list[Import] = []
        self.variables: list[tuple[str, Type]] = []
        self._pending: list[tuple[tuple[str, str, str], bool, Scope]] = []
        self._broken = chunk.broken
        self._columns = column_converter(chunk.text)
        self._names: dict[str, int] = {}
        self._top: list[ast.stmt] = []
        self._tree = chunk.tree

    def definitions(self, body: list[ast.stmt], prefix: str, owner: str) -> None:
        """Collect what `body` defines, conditional definitions included."""
        for node in _flat(body):
            if isinstance(node, DEFINITIONS):
                self._definition(node, self._unique(prefix + node.name), owner)
            elif isinstance(node, ast.ClassDef):
                name = prefix + node.name
                self.classes.append(summarize_class(node, name, 1))
                self.definitions(node.body, name + ".", name)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                self.imports += _imports(node)
            elif not owner:
                self.variables += _variables(node)
        if not prefix and self._tree is not None:
            self._module_body(body)

    def _module_body(self, body: list[ast.stmt]) -> None:
        """Make the chunk's running code a function, for the tasks that it starts."""
        running = [node for node in body if not isinstance(node, (*DEFINITIONS, ast.ClassDef))]
        if not any(isinstance(part, ast.Call) for node in running for part in _shallow(node)):
            return
        arguments = ast.arguments([], [], None, [], [], None, [])
        node = ast.FunctionDef("<module>", arguments, running, [])
        node.lineno = node.end_lineno = 1
        node.col_offset = node.end_col_offset = 0
        scope = function_scope(node, "<module>", "", None)
        scope.global_names |= set(scope.bindings)  # a module's variables are its globals
        scope.nested.clear()  # definitions below an `if` are the module's own
        self._function(scope)

    def _definition(self, node: Definition, name: str, owner: str) -> None:
        """Collect a function and those nested in it, from what is known if the text is the same."""
        first = min([node.lineno, *(part.lineno for part in node.decorator_list)]) - 1
        last = node.end_lineno or node.lineno
        key = (owner, name, "\n".join(self._lines[first:last]))
        broken = bool(self._broken) and not self._broken.isdisjoint(range(first, last))
        known = self._known.get(key) if not broken else None
        if known is not None:
            shift = node.lineno - 1 - known[0].line
            self.functions += (
                replace(
                    known_one, line=known_one.line + shift, body_line=known_one.body_line + shift
                )
                for known_one in known
            )
            return
        self._pending.append((key, broken, function_scope(node, name, owner, None)))

    def read_pending(self) -> None:
        """Read the functions found so far: in full what tasks may run, the others when asked for.

        Tasks run coroutine functions, and what those mention, directly or through others.
        """
        mentioned = _mentioned_by_tasks([scope for _, _, scope in self._pending], self._hot)
        known_before = self.functions
        self.functions = []
        for key, broken, scope in self._pending:
            begin = len(self.functions)
            plain = isinstance(scope.node, ast.FunctionDef) and not scope.nested and not broken
            if plain and scope.node.name not in mentioned:
                self._function(scope, read_later(key))
            elif plain:
                self._function(scope, Body(key, None, read_detail(scope, self._columns)))
            else:
                self._function(scope)
            if not broken:
                self._known[key] = tuple(self.functions[begin:])
        self.functions += known_before

    def _unique(self, name: str) -> str:
        count = self._names[name] = self._names.get(name, 0) + 1
        return name if count == 1 else f"{name}#{count}"

    def _function(self, scope: Scope, body: Body | None = None) -> None:
        """Collect a function and those nested in it."""
        node = scope.node
        body_line = node.body[0].lineno if node.body else node.lineno
        lines = range(node.lineno - 1, node.end_lineno or node.lineno)
        self.functions.append(
            FunctionSummary(
                name=scope.name,
                owner=_receiver_class(scope),
                enclosing=scope.parent.name if scope.parent else "",
                parameters=scope.parameters,
                parameter_types=_parameter_types(node),
                decorators=decorator_paths(node),
                is_async=isinstance(node, ast.AsyncFunctionDef),
                is_generator=any(type(part) is ast.Yield for part in scope.nodes),
                body=body or Body(None, None, read_detail(scope, self._columns)),
                line=node.lineno - 1,
                body_line=body_line - 1,
                broken=any(line in self._broken for line in lines) if self._broken else False,
                mentions=frozenset(scope.mentions | scope.loads | scope.bindings.keys()),
                unawaited=unawaited_names(scope),
            )
        )
        for inner in scope.nested:
            self._function(inner)


def _mentioned_by_tasks(scopes: list[Scope], hot: frozenset[str]) -> set[str]:
    """Return the names that coroutine functions mention, and what those mention, and so on."""
    by_name: dict[str, list[Scope]] = {}
    for scope in scopes:
        by_name.setdefault(scope.node.name, []).append(scope)
    mentioned = set(hot)
    todo = [
        scope
        for scope in scopes
        if isinstance(scope.node, ast.AsyncFunctionDef) or scope.node.name in hot
    ]
    while todo:
        scope = todo.pop()
        for name in (scope.mentions | scope.loads) - mentioned:
            mentioned.add(name)
            todo += by_name.get(name, ())
    return mentioned


def _receiver_class(scope: Scope) -> str:
    """Return the class whose instance `self` means here, in a nested function included."""
    outer: Scope | None = scope
    while outer is not None:
        if outer.receiver_root is not Root.PARAMETER or outer.owner:
            return outer.owner
        outer = outer.parent
    return ""


def _flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a class or module, those under `if` and `try` in their place."""
    stack = list(reversed(body))
    while stack:
        node = stack.pop()
        if not isinstance(node, ast.If | ast.Try | ast.With):
            yield node
            continue
        inner = list(node.body)
        if not isinstance(node, ast.With):
            inner += node.orelse
        if isinstance(node, ast.Try):
            inner += [part for handler in node.handlers for part in handler.body]
            inner += node.finalbody
        stack.extend(reversed(inner))


def _shallow(node: ast.stmt) -> Iterator[ast.AST]:
    stack: list[ast.AST] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, (*DEFINITIONS, ast.ClassDef, ast.Lambda)):
            continue
        yield part
        stack.extend(children(part))


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.asname:
                yield Import(alias.asname, alias.name, "")
            else:
                top = alias.name.partition(".")[0]
                yield Import(top, top, "")
    else:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            yield Import(alias.asname or alias.name, module, alias.name)


def _variables(node: ast.stmt) -> Iterator[tuple[str, Type]]:
    if isinstance(node, ast.Assign):
        pairs = [(target, value_type(node.value)) for target in node.targets]
    elif isinstance(node, ast.AnnAssign):
        annotated = annotation_type(node.annotation)
        pairs = [(node.target, value_type(node.value) or annotated), (node.target, annotated)]
    elif isinstance(node, ast.For | ast.AsyncFor):
        pairs = [(node.target, None)]
    else:
        return
    for target, known in pairs:
        for name in [target] if isinstance(target, ast.Name) else _stored_names(target):
            yield name.id, known or Type()


def _stored_names(target: ast.expr) -> list[ast.Name]:
    if isinstance(target, ast.Tuple | ast.List):
        return [part for part in target.elts if isinstance(part, ast.Name)]
    return []


def _parameter_types(node: Definition) -> tuple[Type | None, ...]:
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    types = [annotation_type(argument.annotation) for argument in named]
    extra = [None for variadic in (arguments.vararg, arguments.kwarg) if variadic]
    return (*types, *extra)
