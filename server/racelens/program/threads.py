"""What runs in other threads than the event loop's: functions that are handed to threads, in.

And what those call. Coroutine functions run on a loop, whoever calls them.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from racelens.model.effect import Kind
from racelens.model.usage import Form
from racelens.program.coroutines import meaning_of
from racelens.program.spawning import Spawning
from racelens.source.span import span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.libraries.rows import CallRow
    from racelens.model.effect import Effect
    from racelens.model.names import FunctionId
    from racelens.model.usage import CallUse
    from racelens.program.program import Program
    from racelens.program.views import FunctionView
    from racelens.program.writers import Site

_MOST_HOPS = 4  # calls from the function that a thread runs


class OffLoop(NamedTuple):
    """A call in another thread of what only the event loop's may call, and where it is started."""

    call: CallUse
    instead: str
    started: Site


class Threads:
    """The functions of a program that threads run, with the place that starts each."""

    def __init__(self, program: Program) -> None:
        """Look at `program` when somebody asks."""
        self._program = program

    @cached_property
    def run(self) -> dict[FunctionId, Site]:
        """The functions that run in threads, those that they call included."""
        program = self._program
        found: dict[FunctionId, Site] = {}
        for starter in program.mentioning(program.names.libraries.threading):
            for function, node in self._started(starter):
                found.setdefault(function, (starter, node))
        following: list[FunctionId] = list(found)
        for _ in range(_MOST_HOPS):
            called = [(each, callee) for each in following for callee in program.called(each)]
            following = []
            for caller, callee in called:
                if callee not in found and not program.function(callee).is_async:
                    found[callee] = found[caller]
                    following.append(callee)
        return found

    def _started(self, starter: FunctionId) -> Iterator[tuple[FunctionId, int]]:
        """Yield the functions that `starter` hands to threads, and the nodes that do so."""
        program = self._program
        view = program.view(starter)
        spawning = Spawning(view)
        for node, effect in enumerate(view.function.graph.effects):
            if effect.kind is not Kind.CALL:
                continue
            row = _row(view, node, effect)
            if row is None or not row.threads:
                continue
            for function in (*spawning.handed(effect), *_nested(view, effect)):
                if not program.function(function).is_async:
                    yield function, node

    def off_loop(self, function: FunctionId) -> Iterator[OffLoop]:
        """Yield the calls of a function in a thread that belong on the event loop."""
        started = self.run.get(function)
        summary = self._program.function(function)
        if started is None or summary.broken:
            return
        view = self._program.view(function)
        for call in summary.usage.calls:
            meaning = meaning_of(view, call)
            row = view.names.libraries.row(meaning) if isinstance(meaning, str) else None
            if row is not None and row.loop_only:
                yield OffLoop(call, row.instead, started)


def _nested(view: FunctionView, effect: Effect) -> Iterator[FunctionId]:
    """Yield the functions that are defined inside, and given to a call under their local names."""
    for name, uses in view.function.usage.locals.items():
        given = (each.use for each in uses if each.use.form is Form.ARGUMENT)
        if any(use.into == effect.path for use in given):
            nested = view.nested(name)
            if nested is not None:
                yield nested


def _row(view: FunctionView, node: int, effect: Effect) -> CallRow | None:
    """Return the row of what a node calls, also of a method of what another call returns."""
    meaning: object = view.callee(effect.path)
    if effect.path is None:
        place = span(*view.function.graph.places[node])
        made = (call for call in view.function.usage.calls if call.method == effect.name)
        inside = (c for c in made if place.start <= c.place.start and c.place.end <= place.end)
        meaning = next((meaning_of(view, call) for call in inside), None)
    return view.names.libraries.row(meaning) if isinstance(meaning, str) else None
