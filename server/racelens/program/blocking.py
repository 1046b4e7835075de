"""Calls that hold up the thread, directly or through functions of the program.

Functions go in; calls with the chain of functions that leads to what blocks come out. What is only
handed to a thread is not called here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.names import FunctionId
from racelens.program.coroutines import meaning_of
from racelens.program.library_calls import calls_named
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.libraries.rows import CallRow
    from racelens.model.usage import CallUse
    from racelens.program.program import Program
    from racelens.program.views import FunctionView

_MOST_HOPS = 12  # functions between the event loop and what blocks
_LIMITS = frozenset({"block", "blocking", "timeout"})
_WAITS = frozenset({"acquire", "get", "put", "join", "wait", "result"})


class Blocking(NamedTuple):
    """A call that blocks: what really does, its row, and the places on the way there.

    Each is a function and the call in it that leads on; the last one is the call that blocks.
    """

    call: CallUse
    row: CallRow
    blocker: str
    chain: tuple[tuple[FunctionId, CallUse], ...]


class Blockers:
    """Which functions of a program hold up the thread that runs them."""

    def __init__(self, program: Program) -> None:
        """Look at the functions of `program`, as they are asked for."""
        self._program = program
        self._known: dict[FunctionId, tuple[Blocking, ...]] = {}
        self._names = program.names_reaching(program.names.libraries.blocking, _MOST_HOPS)
        self._may: dict[FunctionId, bool] = {}

    def may_block(self, function: FunctionId, hops: int = 0) -> bool:
        """Say whether a function calls what may block, as its outline tells: its body is not read.

        Yes too often, never no: so for those that call each other.
        """
        if function not in self._may:
            self._may[function] = True
            self._may[function] = hops > _MOST_HOPS or self._calls_blocking(function, hops)
        return self._may[function]

    def _calls_blocking(self, function: FunctionId, hops: int) -> bool:
        view = self._program.view(function)
        return any(
            path is None or self._is_blocking(view, meaning, hops)
            for path, meaning in calls_named(view, self._names)
        )

    def _is_blocking(self, view: FunctionView, meaning: object, hops: int) -> bool:
        if isinstance(meaning, FunctionId):
            known = self._program.function(meaning)
            runs_here = not (known.is_async or known.is_generator)
            return runs_here and self.may_block(meaning, hops + 1)
        row = view.names.libraries.row(meaning)
        return row is not None and bool(row.blocks)

    def calls(self, function: FunctionId) -> Iterator[Blocking]:
        """Yield the calls of a function that block, in source order."""
        program = self._program
        summary = program.function(function)
        if summary.broken or not self.may_block(function):
            return
        view = program.view(function)
        for call in summary.usage.calls:
            if not call.is_call or call.use.awaited:
                continue
            meaning = meaning_of(view, call)
            if isinstance(meaning, FunctionId):
                yield from self._through(function, call, meaning)
                continue
            row = view.names.libraries.row(meaning)
            if row is not None and row.blocks and not _is_limited(view, call, str(meaning)):
                yield Blocking(call, row, str(meaning), ((function, call),))

    def _through(
        self, function: FunctionId, call: CallUse, callee: FunctionId
    ) -> Iterator[Blocking]:
        """Yield the call once if what it calls blocks: the worst of that."""
        known = self._program.function(callee)
        if known.is_async or known.is_generator:
            return
        if callee not in self._known:
            self._known[callee] = ()  # for one that calls itself
            self._known[callee] = tuple(self.calls(callee))
        inner = sorted(self._known[callee], key=lambda one: one.row.blocks != "long")
        if inner and len(inner[0].chain) < _MOST_HOPS:
            first = inner[0]
            chain = ((function, call), *first.chain)
            yield Blocking(call, first.row, first.blocker, chain)


def _is_limited(view: FunctionView, call: CallUse, meaning: str) -> bool:
    """Say whether a method of a lock, queue or the like waits for a while only, or not at all."""
    target = call.target
    is_method = target is None or (bool(target.steps) and view.type_of(target.parent) is not None)
    last = meaning.rpartition(".")[2]
    return is_method and last in _WAITS and not _LIMITS.isdisjoint(call.keywords)
