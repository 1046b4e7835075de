"""The program: all summaries linked. It answers; it is never modified.

Summaries go in; functions with their facts, resolved steps and windows come out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from racelens.libraries.table import known_libraries
from racelens.model.names import FunctionId
from racelens.program.names import ModuleNames, Names, module_names
from racelens.program.propagate import Propagated, propagate
from racelens.program.tasks import Concurrency
from racelens.program.views import FunctionView
from racelens.program.windows import Window, find_windows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from racelens.libraries.table import Libraries
    from racelens.model.summary import FunctionSummary, ModuleSummary
    from racelens.program.resolve import Answer, Query
    from racelens.program.steps import Step
    from racelens.source.span import Span


@dataclass(frozen=True)
class Program:
    """Linked summaries. `lines` holds for each function the 0-based line of its `def`."""

    modules: Mapping[str, ModuleSummary]
    names: Names
    views: Mapping[FunctionId, FunctionView]
    lines: Mapping[FunctionId, int]
    propagated: Propagated
    windows: Mapping[FunctionId, tuple[Window, ...]]
    tasks: Concurrency
    answers: Mapping[Query, Answer]

    @property
    def steps(self) -> Mapping[FunctionId, tuple[Step, ...]]:
        """What each node of each function does."""
        return self.propagated.steps

    def function(self, identity: FunctionId) -> FunctionSummary:
        """Return the summary of a function."""
        return self.views[identity].function

    def span(self, identity: FunctionId, node: int) -> Span:
        """Return the absolute range of a node of a function's graph."""
        return self.function(identity).graph.spans[node].shifted(self.lines[identity])

    def functions(self, path: str) -> tuple[FunctionId, ...]:
        """Return the functions of the file `path`, in source order."""
        module = self.names.module(path)
        own = (FunctionId(path, name) for name in module.functions)
        return tuple(sorted(own, key=lambda identity: (self.lines[identity], identity.name)))


def link(
    summaries: Iterable[ModuleSummary],
    answers: Mapping[Query, Answer] | None = None,
    libraries: Libraries | None = None,
    previous: Program | None = None,
) -> Program:
    """Link `summaries` to a program. `answers` are a resolver's, for what own inference left.

    What has not changed since `previous`, and sees nothing that has, is taken from there.
    """
    modules = {summary.path: summary for summary in summaries}
    known: dict[str, ModuleNames] = {path: module_names(m) for path, m in modules.items()}
    names = Names(known, libraries or known_libraries())
    views: dict[FunctionId, FunctionView] = {}
    lines: dict[FunctionId, int] = {}
    for path, module in modules.items():
        for start, chunk in module.chunks:
            for function in chunk.functions:
                identity = FunctionId(path, function.name)
                views[identity] = FunctionView(names, path, known[path].functions[function.name])
                lines[identity] = start + function.line
    unchanged = _unchanged(names, views, previous)
    propagated = propagate(views, previous.propagated if previous is not None else None, unchanged)
    windows = {
        identity: previous.windows[identity]
        if previous is not None
        and identity in previous.windows
        and propagated.steps[identity] is previous.propagated.steps.get(identity)
        else find_windows(identity, view.function, propagated.steps[identity])
        for identity, view in views.items()
        if not view.function.broken
    }
    tasks = Concurrency(names, views, propagated.steps)
    return Program(modules, names, views, lines, propagated, windows, tasks, answers or {})


def _unchanged(
    names: Names, views: Mapping[FunctionId, FunctionView], previous: Program | None
) -> frozenset[FunctionId]:
    """Return the functions that are what they were, if all names mean what they meant."""
    if previous is None or not names.mean_the_same_as(previous.names):
        return frozenset()
    return frozenset(
        identity
        for identity, view in views.items()
        if identity in previous.views and view.function == previous.views[identity].function
    )
