"""Resolved effects: what each node of a function's graph does, its callees' facts included.

A function's graph and the facts of its callees go in; one `Step` per node comes out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.libraries.rows import CallRow, Suspends
from racelens.model.effect import NO_ARGUMENT, Effect, Kind, Mode, Value
from racelens.model.location import MAX_STEPS, AccessPath, Root
from racelens.model.names import ClassId, FunctionId
from racelens.program.acquiring import Acquiring
from racelens.program.answers import LibraryType
from racelens.program.library_calls import row_of
from racelens.program.places import SELF, place_of, receiver_of, substituted
from racelens.program.related import group_of
from racelens.program.spawning import Spawning
from racelens.program.steps import NO_STEP, Access, Facts, Step, Write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from racelens.model.summary import FunctionSummary
    from racelens.program.views import FunctionView

# Kinds of nodes that do nothing of their own to state, tasks or locks.
_READ, _CALL = Kind.READ, Kind.CALL  # a member of an enumeration takes long to look up
_IDLE = frozenset({Kind.ENTRY, Kind.EXIT, Kind.BIND, Kind.TEST, Kind.RETURN, Kind.JOIN})
_WRITE_MODES = {
    "add": Mode.ADD,
    "delete": Mode.DELETE,
    "discard": Mode.DISCARD,
    "clear": Mode.CLEAR,
}


class Resolution:
    """Resolves the effects of one function."""

    def __init__(self, view: FunctionView, facts: Callable[[FunctionId], Facts]) -> None:
        """Resolve with the names of `view` and what `facts` says of callees."""
        self._view = view
        self._facts = facts
        self._effects = view.function.graph.effects
        self._locks = Acquiring(view, facts)
        self._spawning = Spawning(view)

    def steps(self) -> tuple[Step, ...]:
        """Return what each node does."""
        return tuple(
            NO_STEP if effect.kind in _IDLE else self._step(index, effect)
            for index, effect in enumerate(self._effects)
        )

    def _step(self, index: int, effect: Effect) -> Step:
        kind = effect.kind
        if kind is _READ:
            return self._read(effect)
        if kind is _CALL:
            return self._call(index, effect)
        if kind is Kind.WRITE and effect.path is not None:
            place = place_of(self._view, effect.path)
            write = Write(place, effect.mode, effect.value) if place else None
            return Step(early=(write,)) if write else NO_STEP
        if kind is Kind.AWAIT:
            # A generator that is no coroutine yields to its caller, not to the event loop.
            return self._await(effect) if self._view.function.is_async else NO_STEP
        if kind is Kind.ENTER:
            return self._locks.enter(index, effect)
        if kind is Kind.LEAVE:
            return self._locks.leave(effect)
        return NO_STEP

    def _read(self, effect: Effect) -> Step:
        if effect.path is None or (place := place_of(self._view, effect.path)) is None:
            return NO_STEP
        own = Access(place, effect.mode)
        method = self._view.property_read(effect.path)
        if method is None:
            return Step(reads=(own,))
        receiver = receiver_of(self._view, effect.path)
        return Step(reads=(own, *self._substituted_reads(method, receiver)), callee=method)

    def _call(self, index: int, effect: Effect) -> Step:
        meaning = self._view.callee(effect.path)
        if isinstance(meaning, FunctionId):
            return self._locks.through(index, effect, meaning, self._own_call(effect, meaning))
        awaits = effect.mode is Mode.AWAITED
        awaited = Suspends.MAY if awaits else Suspends.NEVER
        spawned = self._spawning.starts(effect, meaning)
        if isinstance(meaning, ClassId):
            return Step(suspends=awaited, spawns=spawned)
        receiver = receiver_of(self._view, effect.path)
        row = row_of(self._view, effect.path, meaning, awaited=awaits)
        if row is not None and awaits:
            awaited = Suspends.NEVER if row.bounded and self._unlimited(effect) else row.suspends
        lock = self._locks.call(index, effect, awaited)
        if lock is not None:
            return lock
        reads, writes = self._container_access(effect, row, receiver)
        runs = self._spawning.runs(effect, meaning)
        waits = Access(receiver, Mode.VALUE) if row and row.waits and receiver else None
        interrupts = self._locks.acquisitions(receiver) if _is_condition_wait(meaning) else ()
        return Step(
            reads=reads,
            early=writes,
            suspends=awaited,
            late=self._deferred_writes(effect) if spawned else (),
            interrupts=interrupts,
            spawns=spawned,
            runs=runs,
            waits_for=waits,
        )

    def _unlimited(self, effect: Effect) -> bool:
        """Say whether the object of a call was made without a limit: a queue that is never full."""
        known = self._view.type_of(effect.path.parent) if effect.path is not None else None
        return isinstance(known, LibraryType) and known.constant in {0, NO_ARGUMENT}

    def _own_call(self, effect: Effect, callee: FunctionId) -> Step:
        receiver = receiver_of(self._view, effect.path)
        told = [self._told(effect, callee, receiver)]
        told += (
            self._told(effect, other, receiver) for other in self._view.overriding(effect.path)
        )
        if len(told) == 1:
            return told[0]
        return Step(
            reads=tuple(dict.fromkeys(read for step in told for read in step.reads)),
            early=tuple(dict.fromkeys(write for step in told for write in step.early)),
            suspends=max(step.suspends for step in told),
            late=tuple(dict.fromkeys(write for step in told for write in step.late)),
            deferred=tuple(dict.fromkeys(write for step in told for write in step.deferred)),
            callee=callee,
        )

    def _told(self, effect: Effect, callee: FunctionId, receiver: AccessPath | None) -> Step:
        """Return what a call of `callee` does, by the facts of that function alone."""
        function = self._view.names.module(callee.path).functions[callee.name]
        facts = self._facts(callee)
        if effect.mode is Mode.PLAIN and function.is_async:
            # It makes a coroutine and runs nothing; whoever awaits what is made runs it.
            deferred = self._substituted_writes((*facts.early, *facts.late), receiver)
            return Step(deferred=deferred, callee=callee)
        suspends, awaits = Suspends.NEVER, effect.mode is Mode.AWAITED
        if awaits:
            suspends = facts.suspends if function.is_async else Suspends.MAY
        late = self._substituted_writes(facts.late, receiver)
        deferred = self._substituted_writes(facts.deferred, receiver)
        early = self._substituted_writes(facts.early, receiver)
        if facts.given:
            early = (*early, *self._given(effect, function, facts.given))
        if awaits and deferred:
            # What it does at once is what it does in classes that do not make a coroutine.
            awaited = {group_of(write.place) for write in deferred}
            early = tuple(write for write in early if group_of(write.place) not in awaited)
            late, deferred = (*late, *deferred), ()
        if awaits and suspends is Suspends.NEVER and is_abstract(function):
            suspends = Suspends.MAY
        return Step(
            reads=self._substituted_reads(callee, receiver),
            early=early,
            suspends=suspends,
            late=late,
            deferred=deferred,
            callee=callee,
        )

    def _given(
        self, effect: Effect, function: FunctionSummary, given: tuple[Write, ...]
    ) -> Iterator[Write]:
        """Yield what a call does to the places that it is given, as if it were done here."""
        bound = 1 if function.owner and effect.path is not None and effect.path.steps else 0
        for name, path in zip(function.parameters[bound:], effect.arguments, strict=False):
            place = place_of(self._view, path) if path is not None else None
            if place is None:
                continue
            for write in given:
                steps = (*place.steps, *write.place.steps)
                if write.place.name == name and len(steps) <= MAX_STEPS:
                    yield Write(AccessPath(place.root, place.name, steps), write.mode, write.value)

    def _await(self, effect: Effect) -> Step:
        """Await what is no call; going through an async generator of the program runs its body."""
        if effect.mode is Mode.ITERATION:
            for source in self._spawning.coroutines(effect):
                path = self._effects[source].path
                callee = self._view.callee(path)
                if isinstance(callee, FunctionId):
                    function = self._view.names.module(callee.path).functions[callee.name]
                    if function.is_async and function.is_generator:
                        asked = effect._replace(mode=Mode.AWAITED)
                        step = self._told(asked, callee, receiver_of(self._view, path))
                        return step._replace(suspends=Suspends.MAY)
        return Step(suspends=Suspends.MAY)

    def _substituted_reads(
        self, callee: FunctionId, receiver: AccessPath | None
    ) -> tuple[Access, ...]:
        reads = self._facts(callee).reads
        if receiver == SELF:
            return reads
        return tuple(
            Access(place, read.mode)
            for read in reads
            if (place := substituted(read.place, receiver)) is not None
        )

    def _substituted_writes(
        self, writes: tuple[Write, ...], receiver: AccessPath | None
    ) -> tuple[Write, ...]:
        if receiver == SELF:
            return writes
        return tuple(
            Write(place, write.mode, write.value, write.inner)
            for write in writes
            if (place := substituted(write.place, receiver)) is not None
        )

    def _container_access(
        self, effect: Effect, row: CallRow | None, receiver: AccessPath | None
    ) -> tuple[tuple[Access, ...], tuple[Write, ...]]:
        if receiver is None or row is None:
            return self._builtin_read(effect)
        place = receiver
        if row.keyed and effect.key:
            place = receiver.child(effect.key)
        elif row.writes in {"add", "delete", "update", "discard"}:
            place = receiver.child("[?]")
        if row.writes:
            mode = _WRITE_MODES.get(row.writes, Mode.UPDATE)
            if mode is Mode.DELETE and row.keyed and len(effect.arguments) > 1:
                mode = Mode.DISCARD  # `pop(key, default)`
            # What a queue hands out, after a wait or not, says nothing of its size.
            looks = row.writes == "delete" and effect.mode is not Mode.AWAITED
            reads = (Access(receiver, Mode.SIZE),) if looks else ()
            value = Value.OTHER
            if row.writes == "atomic":
                return (Access(place, Mode.MEMBER),), ()
            return reads, (Write(place, mode, value),)
        if row.reads:
            return (Access(place, Mode.SIZE if row.reads == "size" else Mode.VALUE),), ()
        return (), ()

    def _builtin_read(self, effect: Effect) -> tuple[tuple[Access, ...], tuple[Write, ...]]:
        """Read `len(x)` as a look at the size of `x`."""
        path = effect.path
        if path is None or path.steps or path.name != "len" or not effect.arguments:
            return (), ()
        argument = effect.arguments[0]
        place = place_of(self._view, argument) if argument is not None else None
        if place is None or place.root is Root.PARAMETER:
            return (), ()
        return (Access(place, Mode.SIZE),), ()

    def _deferred_writes(self, effect: Effect) -> tuple[Write, ...]:
        """Return what the tasks that a call starts will write, where they do not check it first."""
        found: list[Write] = []
        for source in self._spawning.coroutines(effect):
            path = self._effects[source].path
            callee = self._view.callee(path)
            if isinstance(callee, FunctionId):
                facts = self._facts(callee)
                writes = tuple(
                    write
                    for write in (*facts.early, *facts.late)
                    if write.place.attribute() not in facts.checks
                )
                found += self._substituted_writes(writes, receiver_of(self._view, path))
        return tuple(found)


def is_abstract(function: FunctionSummary) -> bool:
    """Say whether classes are expected to override a method: what it does itself says nothing."""
    return "abstractmethod" in function.decorator_names


def _is_condition_wait(meaning: object) -> bool:
    return isinstance(meaning, str) and meaning.endswith((".Condition.wait", ".Condition.wait_for"))
