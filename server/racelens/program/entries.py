"""What libraries run of a program: their entry points, by what the tables say of them.

A handler is decorated (`@app.get("/")`), handed over (`router.add_get("/", handler)`), or a method
that overrides one of a library's class. No function is analysed for that.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from racelens.libraries.rows import CallRow, Entry
from racelens.model.effect import Kind
from racelens.model.location import AccessPath, Root
from racelens.model.names import ClassId, FunctionId
from racelens.program.module_files import dotted_name
from racelens.program.spawning import CALLBACK_METHODS, Spawning
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.libraries.rows import MethodsRow
    from racelens.libraries.table import Libraries
    from racelens.program.index import Index
    from racelens.program.memory import Memory
    from racelens.program.module_names import ModuleNames
    from racelens.program.names import Names
    from racelens.program.views import FunctionView, Views
    from racelens.program.writers import Site


class EntryPoint(NamedTuple):
    """A function that a library runs, how, and what says so.

    `site` is where the function is handed over; None where it is decorated or overrides.
    `own`: each call has an object of its own; `turns`: functions of this queue wait for each other;
    `threaded`: if it is not asynchronous, each call has a thread of its own.
    """

    function: FunctionId
    entry: Entry
    said_by: str
    site: Site | None = None
    own: bool = False
    turns: str = ""
    threaded: bool = False


class Declared(NamedTuple):
    """The entry points that a file declares: by decorators, names, and what classes override.

    It holds while the file's names are these, and all others mean what they did.
    """

    module: ModuleNames
    meaning: object
    points: tuple[EntryPoint, ...]


class EntryPoints:
    """The entry points of a program."""

    def __init__(self, views: Views, index: Index, memory: Memory) -> None:
        """Reuse what `memory` has of files and functions and is still true; add what is found."""
        self._views = views
        self._index = index
        self._memory = memory
        self._handlers = _Handlers(views.names)
        self._names = views.names.libraries.registrars | CALLBACK_METHODS

    def all(self) -> Iterator[tuple[str, EntryPoint]]:
        """Yield all of them, each with the file that says so."""
        for path in self._views.names.modules:
            for point in self._declared_in(path):
                yield path, point
        for identity in self._index.mentioning(self._names):
            for point in self._handed_by(identity):
                yield identity.path, point

    def of(self, path: str) -> Iterator[EntryPoint]:
        """Yield those of one file, in the same order."""
        yield from self._declared_in(path)
        for identity in self._index.mentioning_in(path, self._names):
            yield from self._handed_by(identity)

    def _declared_in(self, path: str) -> tuple[EntryPoint, ...]:
        known, names = self._memory.declared, self._views.names
        module = names.module(path)
        declared = known.get(path)
        if (
            declared is None
            or declared.module is not module
            or not names.still_means(declared.meaning, path, module.mentions)
        ):
            points = tuple(_declared(self._views, self._handlers, path, module))
            declared = Declared(module, names.meaning, points)
        if declared.meaning is not names.meaning:
            declared = declared._replace(meaning=names.meaning)
        known[path] = declared
        return declared.points

    def _handed_by(self, identity: FunctionId) -> tuple[EntryPoint, ...]:
        view = self._views[identity]
        make = partial(_handed_over, view, identity, self._names)
        return self._memory.handed.of(identity, view, make)


def _declared(
    views: Views, handlers: _Handlers, path: str, module: ModuleNames
) -> Iterator[EntryPoint]:
    libraries = views.names.libraries
    yield from _decorated(views, path, module)
    yield from _by_name(libraries, path, module)
    if libraries.methods:
        yield from _overriding(handlers, path, module)


def _by_name(libraries: Libraries, path: str, module: ModuleNames) -> Iterator[EntryPoint]:
    """Yield the functions of a module that a library calls by their names."""
    for name, row in libraries.functions.items():
        if name in module.functions and row.of in module.packages:
            yield EntryPoint(FunctionId(path, name), row.entry, f"{row.of}'s {name}")


def _decorated(views: Views, path: str, module: ModuleNames) -> Iterator[EntryPoint]:
    for name, function in module.functions.items():
        for decorator in function.decorators:
            meaning = _decorator_meaning(views, path, module, function.enclosing, decorator)
            row = views.names.libraries.row(meaning)
            if row is not None and row.entry is not None:
                said_by = f"@{decorator.display()}"
                known = FunctionId(path, name)
                methods = views.names.libraries.entry_methods(str(meaning).rpartition(".")[0])
                named = methods.entry(function.last_name) if methods is not None else None
                entry = named or row.entry  # `@client.event` of a hook that runs before the rest
                yield EntryPoint(known, entry, said_by, turns=row.turns, threaded=row.threaded)


def _decorator_meaning(
    views: Views, path: str, module: ModuleNames, enclosing: str, decorator: AccessPath
) -> object:
    """Return what a decorator means where it stands: a function's own variables come first."""
    if enclosing and enclosing in module.functions:
        view = views[FunctionId(path, enclosing)]
        function = view.function
        if function.owner and function.parameters[:1] == (decorator.name,):
            return view.callee(AccessPath(Root.SELF, decorator.name, decorator.steps))
        if any(name == decorator.name for name, _ in function.local_types):
            return view.callee(AccessPath(Root.LOCAL, decorator.name, decorator.steps))
        return view.callee(decorator)
    outer = next((name for name in module.functions), None)
    return views[FunctionId(path, outer)].callee(decorator) if outer else None


class _Handlers:
    """The rows for methods of a class's objects, those of its bases included."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._rows: dict[ClassId, tuple[MethodsRow, ...]] = {}

    def rows(self, known: ClassId) -> tuple[MethodsRow, ...]:
        if known not in self._rows:
            self._rows[known] = ()  # a class that derives from itself has none
            found: dict[MethodsRow, None] = {}
            for base in self._names.bases(known):
                if isinstance(base, ClassId):
                    outside = f"{dotted_name(base.path)}.{base.name}"  # it may be generated
                    found.update(dict.fromkeys(self.rows(base)))
                else:
                    outside = base.name
                row = self._names.libraries.entry_methods(outside)
                found.update({} if row is None else {row: None})
            self._rows[known] = tuple(found)
        return self._rows[known]


def _overriding(handlers: _Handlers, path: str, module: ModuleNames) -> Iterator[EntryPoint]:
    methods: dict[str, list[str]] = {}
    for name in module.functions:
        methods.setdefault(name.rpartition(".")[0], []).append(name)
    for owner in (owner for owner in module.classes if owner in methods):
        for row in handlers.rows(ClassId(path, owner)):
            for name in methods[owner]:
                method = name.rpartition(".")[2].partition("#")[0]
                entry = row.entry(method)
                if entry is not None:
                    known = FunctionId(path, name)
                    said_by = f"{owner}.{method}"
                    yield EntryPoint(known, entry, said_by, own=row.own, threaded=row.threaded)


def _handed_over(
    view: FunctionView, identity: FunctionId, names: frozenset[str]
) -> tuple[EntryPoint, ...]:
    """Return what a function hands over to be run, by calls of those `names`."""
    calls = view.function.outline.calls  # a name alone may be one that an import has given
    named = (path for path in calls if not path.steps or path.last_name in names)
    rows = {path: _row(view, path) for path in named}
    unnamed = not view.function.outline.mentions.isdisjoint(CALLBACK_METHODS)
    if not unnamed and not any(rows.values()):
        return ()
    spawning = Spawning(view)
    found: list[EntryPoint] = []
    for node, effect in enumerate(view.function.graph.effects):
        if effect.kind is not Kind.CALL:
            continue
        row = rows.get(effect.path) if effect.path is not None else _of_unknown(effect.name)
        if row is not None and row.entry is not None:
            said_by = f"{effect.path.display() if effect.path is not None else effect.name}()"
            for function in spawning.handed(effect):
                site = (identity, node)
                found.append(
                    EntryPoint(
                        function,
                        row.entry,
                        said_by,
                        site,
                        turns=row.turns,
                        threaded=row.threaded,
                    )
                )
    return tuple(found)


def _row(view: FunctionView, path: AccessPath) -> CallRow | None:
    """Return the row of a call that is given functions to run; None where it runs none."""
    meaning = view.callee(path)
    if meaning is None and path.steps:
        return _of_unknown(path.last_name)
    row = view.names.libraries.row(meaning)
    return row if row is not None and row.entry is not None else None


def _of_unknown(method: str) -> CallRow | None:
    """Return the same for a method of an object of unknown type, by its name alone."""
    return CallRow(entry=Entry.ONCE) if method in CALLBACK_METHODS else None
