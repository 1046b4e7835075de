"""The program: all summaries linked. It answers what it is asked; it is never modified.

Summaries go in; functions with their facts, resolved steps and windows come out, each computed
when it is first asked for, and taken from the program before while nothing it depends on changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from racelens.libraries.known import libraries_for
from racelens.model.names import FunctionId
from racelens.program.index import Index
from racelens.program.interest import Interest
from racelens.program.memory import Memory
from racelens.program.module_names import ModuleNames, functions_of
from racelens.program.names import Names
from racelens.program.places import place_of
from racelens.program.propagate import Propagation
from racelens.program.rivals import Rivals
from racelens.program.shapes import shapes
from racelens.program.tasks import Concurrency
from racelens.program.views import Views
from racelens.program.windows import UNSHARED, find_references, find_windows
from racelens.source.span import span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from racelens.libraries.table import Libraries
    from racelens.model.location import AccessPath
    from racelens.model.summary import FunctionSummary, ModuleSummary
    from racelens.program.resolve import Answer, Query
    from racelens.program.shapes import Shape
    from racelens.program.steps import Step
    from racelens.program.subclasses import Subclasses
    from racelens.program.views import FunctionView
    from racelens.program.window import Window
    from racelens.source.span import Span


_F = TypeVar("_F")


class Program:
    """Linked summaries. All that it tells of a function follows from the summaries alone."""

    def __init__(
        self,
        modules: Mapping[str, ModuleSummary],
        names: Names,
        memory: Memory,
        answers: Mapping[Query, Answer],
        *,
        whole: bool,
    ) -> None:
        """Link `modules`; use `link`."""
        self.modules = modules
        self.names = names
        self.answers = answers
        self.memory = memory
        self._whole = whole
        self._views = Views(names)
        self._index = Index(names, memory.files)
        self._racing: dict[FunctionId, bool] = {}
        asked = tuple(filter(self._may_race, self._identities())) if whole else None
        self._interest = Interest(self._views, self._index, memory.seen, asked)
        self._propagation = Propagation(self._views, memory, self._interest)
        self._windows: dict[FunctionId, tuple[Window, ...]] = {}
        self._shaped: dict[FunctionId, dict[Shape, list[Window]]] = {}
        self._spans: dict[tuple[FunctionId, int], Span] = {}
        self._left_out: dict[FunctionId, int] = {}
        self._lines: dict[str, dict[str, int]] = {}
        self._functions: dict[str, tuple[FunctionId, ...]] = {}
        self._facets: dict[object, object] = {}
        self.tasks = Concurrency(self._views, self._propagation, self._index, self._interest)
        self._rivals = Rivals(self._views, self._propagation, self.tasks)

    @property
    def analysed(self) -> Sequence[FunctionId]:
        """The functions that had to be analysed anew since the program was linked, in order."""
        return self._propagation.computed

    @property
    def subclasses(self) -> Subclasses:
        """Which classes derive from which."""
        return self._views.subclasses

    def view(self, identity: FunctionId) -> FunctionView:
        """Return a function with the names around it."""
        return self._views[identity]

    def function(self, identity: FunctionId) -> FunctionSummary:
        """Return the summary of a function."""
        return self._views[identity].function

    def steps(self, identity: FunctionId) -> tuple[Step, ...]:
        """Return what each node of a function's graph does."""
        return self._propagation.steps(identity)

    def held(self, identity: FunctionId) -> Mapping[int, frozenset[int]]:
        """Return by node of a function those nodes whose lock is held there, where any is."""
        return self._propagation.held(identity)

    def windows(self, identity: FunctionId) -> tuple[Window, ...]:
        """Return the windows of a function; none where a part of it could not be read."""
        if identity not in self._windows:
            self._windows[identity] = self._find_windows(identity)
        return self._windows[identity]

    def shaped(self, identity: FunctionId, shape: Shape) -> Sequence[Window]:
        """Return the windows of a function that have `shape` before any other."""
        found = self._shaped.get(identity)
        if found is None:
            found = self._shaped[identity] = {}
            for window in self.windows(identity):
                found.setdefault(shapes(window)[0], []).append(window)
        return found.get(shape, ())

    def _find_windows(self, identity: FunctionId) -> tuple[Window, ...]:
        if not (self._may_race(identity) and self._interest.may_have_windows(identity)):
            return ()
        function = self.function(identity)
        steps = self.steps(identity)
        known = self.memory.windows.get(identity)
        if known is None or known[0] is not steps:
            known = (steps, find_windows(identity, function, steps))
            self.memory.windows[identity] = known
        if known[1].left_out:
            self._left_out[identity] = known[1].left_out
        admitted = (self._rivals.admitted(window) for window in known[1].windows)
        return tuple(window for window in admitted if window is not None)

    def _may_race(self, identity: FunctionId) -> bool:
        """Say whether a function suspends or starts tasks, on what others may know."""
        known = self._racing.get(identity)
        if known is None:
            known = self._racing[identity] = self._meets_others(self.function(identity))
        return known

    def _meets_others(self, function: FunctionSummary) -> bool:
        if function.broken or function.last_name in UNSHARED:
            return False
        suspends = function.is_async and function.outline.suspends
        return suspends or not self._index.starters.isdisjoint(function.mentions)

    def _identities(self) -> Iterator[FunctionId]:
        for path, module in self.names.modules.items():
            for name in module.functions:
                yield FunctionId(path, name)

    def left_out(self, path: str) -> Iterator[tuple[FunctionId, int]]:
        """Yield the functions of `path`, so far looked at, with too many states, and how many."""
        for identity, count in sorted(self._left_out.items()):
            if identity.path == path:
                yield identity, count

    def references(self, identity: FunctionId) -> tuple[Window, ...]:
        """Return where a function goes on using what others may have taken away."""
        function = self.function(identity)
        if function.broken or not function.is_async:
            return ()
        steps = self.steps(identity)
        known = self.memory.references.get(identity)
        if known is None or known[0] is not steps:
            known = (steps, find_references(identity, function, steps))
            self.memory.references[identity] = known
        admitted = (self._rivals.admitted(window) for window in known[1])
        return tuple(window for window in admitted if window is not None)

    def facet(self, kind: Callable[[Program], _F]) -> _F:
        """Return what `kind` tells of this program, made when it is first asked for.

        Such a class looks at the whole program for one purpose, and keeps what it has found.
        """
        if kind not in self._facets:
            self._facets[kind] = kind(self)
        return cast("_F", self._facets[kind])

    def called(self, function: FunctionId) -> Iterator[FunctionId]:
        """Yield the functions of the program that a function calls."""
        view = self.view(function)
        for path in view.function.outline.calls:
            callee = view.callee(path)
            if isinstance(callee, FunctionId):
                yield callee

    def renamed(self, names: frozenset[str]) -> frozenset[str]:
        """Return `names` with what imports rename them to."""
        return self._index.named(names)

    @property
    def starters(self) -> frozenset[str]:
        """The names by which the program may call what starts or runs tasks."""
        return self._index.starters

    def names_reaching(self, names: frozenset[str], hops: int) -> frozenset[str]:
        """Return `names`, and those of the plain functions that mention them, callers of callers.

        `hops` is how many functions may lie between.
        """
        return self._index.names_reaching(names, hops)

    def mentioning(self, names: frozenset[str]) -> Iterator[FunctionId]:
        """Yield the functions that mention one of `names`, or what imports rename it to."""
        return self._index.mentioning(names)

    def is_written_elsewhere(self, function: FunctionId, path: AccessPath) -> bool:
        """Say whether another function writes the place that `path` names in `function`."""
        place = place_of(self.view(function), path)
        sites = self.tasks.writers.of(function, place) if place is not None else ()
        return any(site[0] != function for site in sites)

    def line(self, identity: FunctionId) -> int:
        """Return the 0-based line of a function's `def`."""
        return self._lines_of(identity.path)[identity.name]

    def _lines_of(self, path: str) -> dict[str, int]:
        """Return the lines of a file's functions by name."""
        if path not in self._lines:
            known = functions_of(self.modules[path])
            lines = {name: start + function.line for name, start, function in known}
            self._lines[path] = lines
            in_order = sorted(lines, key=lambda name: (lines[name], name))
            self._functions[path] = tuple(FunctionId(path, name) for name in in_order)
        return self._lines[path]

    def span(self, identity: FunctionId, node: int) -> Span:
        """Return the absolute range of a node of a function's graph."""
        known = self._spans.get((identity, node))
        if known is None:
            first, begin, last, end = self.function(identity).graph.places[node]
            line = self.line(identity)
            known = self._spans[identity, node] = span(first + line, begin, last + line, end)
        return known

    def forget_usage(self, path: str) -> None:
        """Let go of what becomes of values in the functions of a file: few others ask for it."""
        for function in self.names.module(path).functions.values():
            function.body.forget_usage()

    def functions(self, path: str) -> tuple[FunctionId, ...]:
        """Return the functions of the file `path`, in source order."""
        self._lines_of(path)
        return self._functions[path]

    def on_trial(self) -> Program:
        """Return this program with a memory of its own: what comes behind leaves no trace."""
        memory = self.memory.copy()
        return Program(self.modules, self.names, memory, self.answers, whole=self._whole)

    def answered(self, answers: Mapping[Query, Answer]) -> Program:
        """Return this program with the answers of a resolver."""
        return Program(self.modules, self.names, self.memory, answers, whole=self._whole)


def link(
    summaries: Iterable[ModuleSummary],
    answers: Mapping[Query, Answer] | None = None,
    previous: Program | None = None,
    *,
    tables: tuple[Libraries, ...] = (),
    whole: bool = False,
) -> Program:
    """Link `summaries` to a program. `answers` are a resolver's, for what own inference left.

    `tables` are the user's own facts about libraries, besides those that come with RaceLens.
    What has not changed since `previous`, and sees nothing that has, is taken from there.
    If the `whole` program will be asked for its windows, what matters to none of them is not read.
    """
    modules = {summary.path: summary for summary in summaries}
    known = {
        path: previous.names.module(path)
        if previous is not None and previous.modules.get(path) is module
        else ModuleNames(module)
        for path, module in modules.items()
    }
    before = previous.names if previous is not None else None
    imported = frozenset[str]().union(*(module.packages for module in known.values()))
    names = Names(known, libraries_for(imported, tables), before)
    memory = previous.memory if previous is not None else Memory()
    memory.tidy(known)
    return Program(modules, names, memory, answers or {}, whole=whole)
