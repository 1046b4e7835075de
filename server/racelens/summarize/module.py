"""The chunks of a file in, their summaries out. Each depends on its chunk's text alone."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, TypeAlias

from racelens.libraries.known import libraries_for
from racelens.model.location import module_name
from racelens.model.names import MODULE
from racelens.model.summary import (
    Body,
    ChunkSummary,
    ClassSummary,
    FunctionSummary,
    Import,
    ModuleSummary,
    Type,
)
from racelens.source.named_tuple import NamedTuple
from racelens.summarize.classes import decorator_paths, summarize_class
from racelens.summarize.columns import LINE_END, column_converter
from racelens.summarize.detail import Later, TreeBudget, nest, read_detail
from racelens.summarize.outline import Glance
from racelens.summarize.parts import paired
from racelens.summarize.scopes import (
    DEFINITIONS,
    Definition,
    Scope,
    function_scope,
    module_scope,
)
from racelens.summarize.types import aliased_type, annotation_type, value_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from racelens.source.parse import Chunk

# Functions by owner, name and text: the function itself and those nested in it.
KnownFunctions: TypeAlias = "dict[tuple[str, str, str], tuple[FunctionSummary, ...]]"

_ALIASES = frozenset({module_name("TypeAlias"), module_name("typing").below([".TypeAlias"])})
_FEW_FUNCTIONS = 4  # of one name in a file
_FLAT: tuple[type[ast.stmt], ...] = (ast.If, ast.Try, ast.With)
if sys.version_info >= (3, 11):
    _FLAT += (ast.TryStar,)


def summarize_module(path: str, chunks: Iterable[tuple[int, ChunkSummary]]) -> ModuleSummary:
    """Return the summary of the file `path` from those of its chunks and their first lines."""
    return ModuleSummary(path, tuple(chunks))


def summarize_chunks(
    chunks: Iterable[Chunk], known: KnownFunctions, budget: TreeBudget | None = None
) -> list[ChunkSummary]:
    """Return what each of `chunks` of one file defines; nothing where it could not be read.

    Trees that will perhaps be asked for are kept, as far as the `budget` allows.
    Module-level statements that run code form a function named `<module>` of their own.
    Functions whose name and text are in `known` are taken from there; all are added to it.
    """
    walkers = [_ChunkWalker(chunk, known) for chunk in chunks]
    glances = [glance for walker in walkers for found in walker.pending for glance in found.glances]
    kept = _perhaps_asked_for(glances) if budget is not None else frozenset[str]()
    plan = _Plan(_wanted(glances), kept, budget)
    return [walker.summary(plan) for walker in walkers]


class _Plan(NamedTuple):
    """When the functions of one file are read.

    Those in `at_once`, by `id`, now; of the others, trees are kept for those named in `kept`, as
    far as the `budget` allows.
    """

    at_once: set[int]
    kept: frozenset[str]
    budget: TreeBudget | None


class _Pending(NamedTuple):
    """A definition found in the text, not read yet: its key, and what its functions look like."""

    key: tuple[str, str, str] | None
    glances: list[Glance]


class _ChunkWalker:
    """Collects the definitions of one chunk."""

    def __init__(self, chunk: Chunk, known: KnownFunctions) -> None:
        """Go through `chunk`; its functions are read by `summary`."""
        self._known = known
        text = chunk.text
        self._lines = LINE_END.split(text) if "\r" in text else text.split("\n")
        self._functions: list[FunctionSummary] = []
        self._classes: list[ClassSummary] = []
        self._imports: list[Import] = []
        self._variables: list[tuple[str, Type]] = []
        self.pending: list[_Pending] = []
        self._broken = chunk.broken
        self._before = chunk.start - chunk.base
        self._columns = column_converter(chunk.text, self._before)
        self._names: dict[str, int] = {}
        if chunk.tree is not None:
            self._definitions(chunk.tree.body, "", "")
            running = module_scope(chunk.tree.body, 1 + self._before)
            if running is not None:
                key = ("", MODULE, chunk.text)
                self._found(None if self._broken else key, running)

    def _definitions(self, body: list[ast.stmt], prefix: str, owner: str) -> None:
        """Collect what `body` defines, conditional definitions included."""
        for node in _flat(body):
            if isinstance(node, DEFINITIONS):
                self._definition(node, self._unique(prefix + node.name), owner)
            elif isinstance(node, ast.ClassDef):
                name = prefix + node.name
                self._classes.append(summarize_class(node, name, 1 + self._before))
                self._definitions(node.body, name + ".", name)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                self._imports += _imports(node)
            elif not owner:
                self._variables += _variables(node)

    def _definition(self, node: Definition, name: str, owner: str) -> None:
        """Collect a function and those nested in it, from what is known if the text is the same."""
        first = min([node.lineno, *(part.lineno for part in node.decorator_list)])
        first, last = first - 1 - self._before, (node.end_lineno or node.lineno) - self._before
        key = (owner, name, "\n".join(self._lines[first:last]))
        broken = bool(self._broken) and not self._broken.isdisjoint(range(first, last))
        known = self._known.get(key) if not broken else None
        if known is not None:
            shift = node.lineno - 1 - self._before - known[0].line
            self._functions += (
                known_one._replace(
                    line=known_one.line + shift, body_line=known_one.body_line + shift
                )
                for known_one in known
            )
            return
        self._found(None if broken else key, function_scope(node, name, owner))

    def _found(self, key: tuple[str, str, str] | None, scope: Scope) -> None:
        self.pending.append(_Pending(key, [Glance(inner) for inner in nest(scope)]))

    def summary(self, plan: _Plan) -> ChunkSummary:
        """Return what the chunk defines."""
        functions: list[FunctionSummary] = []
        for key, glances in self.pending:
            later = Later(*key) if key is not None else None
            at_once = later is None or any(id(glance) in plan.at_once for glance in glances)
            read: list[FunctionSummary] = []
            for number, glance in enumerate(glances):
                detail = read_detail(glance.scope, self._columns) if at_once else None
                read.append(self._function(glance, Body(later, number, detail)))
            if later is not None and not at_once:
                self._keep(later, glances, plan)
            if key is not None:
                self._known[key] = tuple(read)
            functions += read
            for glance in glances:
                glance.scope.nested.clear()  # no cycles: trees are freed at once
        return ChunkSummary(
            (*functions, *self._functions),
            tuple(self._classes),
            tuple(self._imports),
            tuple(self._variables),
        )

    def _keep(self, later: Later, glances: list[Glance], plan: _Plan) -> None:
        """Keep the trees of a definition, if it may be asked for."""
        scopes = [glance.scope for glance in glances]
        if any(scope.node.name in plan.kept for scope in scopes) and plan.budget is not None:
            node = scopes[0].node
            if plan.budget.take((node.end_lineno or node.lineno) - node.lineno):
                later.keep(scopes, self._columns)

    def _unique(self, name: str) -> str:
        count = self._names[name] = self._names.get(name, 0) + 1
        return name if count == 1 else f"{name}#{count}"

    def _function(self, glance: Glance, body: Body) -> FunctionSummary:
        scope = glance.scope
        node = scope.node
        line = node.lineno - 1 - self._before
        body_line = (node.body[0].lineno if node.body else node.lineno) - 1 - self._before
        lines = range(line, (node.end_lineno or node.lineno) - self._before)
        return FunctionSummary(
            name=scope.name,
            owner=scope.receiver_class,
            enclosing=scope.parent.name if scope.parent else "",
            parameters=scope.parameters,
            parameter_types=_parameter_types(node),
            decorators=decorator_paths(node),
            is_async=isinstance(node, ast.AsyncFunctionDef),
            is_generator=glance.is_generator,
            local_types=tuple(glance.local_types),
            body=body,
            line=line,
            body_line=body_line,
            outline=glance.outline,
            broken=bool(self._broken) and not self._broken.isdisjoint(lines),
        )


def _perhaps_asked_for(glances: list[Glance]) -> frozenset[str]:
    """Return the names of coroutine functions and of what those mention."""
    running = [g for g in glances if isinstance(g.scope.node, ast.AsyncFunctionDef)]
    names = (glance.scope.node.name for glance in running)
    return frozenset(names).union(*(glance.outline.mentions for glance in running))


def _wanted(glances: list[Glance]) -> set[int]:
    """Return the functions of one file, by `id`, that will be asked for: a guess.

    They are the coroutine functions that may race, as far as the file tells, and those that they
    call and that touch the same names. See `program.interest`.
    """
    by_name: dict[str, list[Glance]] = {}
    for glance in glances:
        by_name.setdefault(glance.scope.node.name, []).append(glance)
    mutators = libraries_for(()).container_mutators
    wanted: set[int] = set()
    for glance in glances:
        outline = glance.outline
        if not isinstance(glance.scope.node, ast.AsyncFunctionDef):
            continue
        called = [
            callee
            for name in outline.mentions & by_name.keys()
            for callee in by_name[name][:_FEW_FUNCTIONS]
        ]
        races = outline.may_write(mutators) & outline.repeated
        for callee in called:
            races |= callee.outline.may_write(mutators) & outline.touched
        if races or outline.iterates:
            wanted.add(id(glance))
            touching = (c for c in called if not races.isdisjoint(c.outline.touched))
            wanted.update(map(id, touching))
    return wanted


def _flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a class or module, those under `if` and `try` in their place."""
    stack = list(reversed(body))
    while stack:
        node = stack.pop()
        if not isinstance(node, (ast.If, ast.Try, ast.With)):
            yield node
            continue
        inner = list(node.body)
        if not isinstance(node, ast.With):
            inner += node.orelse
        if isinstance(node, ast.Try):
            inner += [part for handler in node.handlers for part in handler.body]
            inner += node.finalbody
        stack.extend(reversed(inner))


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
        every = (pair for target in node.targets for pair in paired(target, node.value))
        pairs = [(target, value_type(value) or aliased_type(value)) for target, value in every]
    elif isinstance(node, ast.AnnAssign):
        annotated = annotation_type(node.annotation)
        if annotated is not None and annotated.path in _ALIASES:
            annotated = annotation_type(node.value)
            annotated = annotated and annotated._replace(alias=True)
        pairs = [(node.target, value_type(node.value) or annotated), (node.target, annotated)]
    elif isinstance(node, (ast.For, ast.AsyncFor)):
        pairs = [(node.target, None)]
    else:
        return
    for target, known in pairs:
        for name in [target] if isinstance(target, ast.Name) else _stored_names(target):
            yield name.id, known or Type()


def _stored_names(target: ast.expr) -> list[ast.Name]:
    if isinstance(target, (ast.Tuple, ast.List)):
        return [part for part in target.elts if isinstance(part, ast.Name)]
    return []


def _parameter_types(node: Definition) -> tuple[Type | None, ...]:
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    types = [annotation_type(each.annotation) if each.annotation else None for each in named]
    extra = [None for variadic in (arguments.vararg, arguments.kwarg) if variadic]
    return (*types, *extra)
