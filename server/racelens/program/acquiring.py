"""Locks that one function takes and gives back: effects in, steps out.

A lock may be taken and given back by name, by a context manager, or by functions of the program
that keep it for their caller (`__aenter__`) and give it back (`__aexit__`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.libraries.rows import LockKind, Suspends
from racelens.model.effect import NO_ARGUMENT, Mode
from racelens.model.names import ClassId, FunctionId
from racelens.program.answers import LibraryType
from racelens.program.lock_names import class_says_lock, says_lock
from racelens.program.places import place_of, receiver_of, substituted
from racelens.program.steps import NO_STEP, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from racelens.model.effect import Effect
    from racelens.model.location import AccessPath
    from racelens.program.steps import Facts
    from racelens.program.views import FunctionView

_EXIT_STACKS = frozenset({"contextlib.AsyncExitStack", "contextlib.ExitStack"})


class Acquiring:
    """The acquisitions of one function, in the order of its nodes."""

    def __init__(self, view: FunctionView, facts: Callable[[FunctionId], Facts]) -> None:
        """Look at the function of `view`; `facts` tells what callees do with locks."""
        self._view = view
        self._facts = facts
        self._effects = view.function.graph.effects
        self._acquired: dict[int, AccessPath] = {}
        self._stacked: list[int] = []

    def call(self, index: int, effect: Effect, awaited: Suspends) -> Step | None:
        """Return the step of `lock.acquire()` or `lock.release()`; None for other calls."""
        path = effect.path
        if path is None or not path.steps:
            return None
        if path.steps[-1] in {".enter_async_context", ".enter_context"}:
            return self._stack(index, effect, awaited)
        if path.steps[-1] not in {".acquire", ".release"}:
            return None
        if not self._is_exclusive(path.parent):
            return None
        place = self._place(path.parent)
        if path.steps[-1] == ".release":
            return Step(releases=self.acquisitions(place), frees=place)
        self._acquired[index] = place
        return Step(suspends=awaited, acquires=place)

    def through(self, index: int, effect: Effect, callee: FunctionId, step: Step) -> Step:
        """Add to the step of a call what `callee` keeps for its caller, or gives back for it."""
        facts = self._facts(callee)
        function = self._view.names.module(callee.path).functions[callee.name]
        runs = effect.mode is Mode.AWAITED or not function.is_async
        if not runs or not (facts.keeps or facts.frees):
            return step
        receiver = receiver_of(self._view, effect.path)
        kept = self._first(facts.keeps, receiver)
        freed = self._first(facts.frees, receiver)
        if freed is not None:
            step = step._replace(releases=self.acquisitions(freed), frees=freed)
        if kept is None:
            return step
        self._acquired[index] = kept
        return step._replace(acquires=kept)

    def acquisitions(self, place: AccessPath | None) -> tuple[int, ...]:
        """Return the nodes that have taken the lock at `place` so far."""
        return tuple(index for index, known in self._acquired.items() if known == place)

    def enter(self, index: int, effect: Effect) -> Step:
        """Return the step of entering a context manager."""
        suspends = Suspends.MAY if effect.mode is Mode.AWAITED else Suspends.NEVER
        if effect.path is None:
            return Step(suspends=suspends)
        if effect.name:  # a call makes the context manager
            return self._enter_made(index, effect.path, suspends)
        known = self._view.type_of(effect.path)
        if isinstance(known, ClassId):
            return self._enter_object(index, effect, known, suspends)
        if not self._is_exclusive(effect.path):
            return Step(suspends=suspends)
        return self._take(index, self._place(effect.path), Step(suspends=suspends))

    def _enter_made(self, index: int, path: AccessPath, suspends: Suspends) -> Step:
        libraries = self._view.names.libraries
        meaning = self._view.callee(path)
        row = libraries.calls.get(meaning) if isinstance(meaning, str) else None
        if row is not None:
            return Step(suspends=min(suspends, row.enters))
        if isinstance(meaning, FunctionId):
            receiver = receiver_of(self._view, path)
            place = self._first(self._facts(meaning).holds, receiver)
            if place is None and says_lock(path):
                place = self._place(path)
            return self._take(index, place, Step(suspends=suspends, callee=meaning))
        fresh_lock = isinstance(meaning, str) and libraries.lock_kind(meaning) is not None
        if fresh_lock or not says_lock(path):
            return Step(suspends=suspends)
        return self._take(index, self._place(path), Step(suspends=suspends))

    def _enter_object(self, index: int, effect: Effect, known: ClassId, suspends: Suspends) -> Step:
        """Enter an object of the program: its method says which lock it keeps meanwhile."""
        method = self._view.entry(known, effect.mode)
        path = effect.path
        is_lock = path is not None and (says_lock(path) or class_says_lock(known.name))
        if method is None or path is None:
            place = self._place(path) if path is not None and is_lock else None
            return self._take(index, place, Step(suspends=suspends))
        place = self._first(self._facts(method).keeps, self._place(path))
        if place is None and is_lock:
            place = self._place(path)  # it wraps a lock in a way that is not seen through
        return self._take(index, place, Step(suspends=suspends, callee=method))

    def leave(self, effect: Effect) -> Step:
        """Return the step of leaving the context manager that was entered by `partner`."""
        entered = self._effects[effect.partner]
        held: tuple[int, ...] = (effect.partner,) if effect.partner in self._acquired else ()
        if self._view.callee(entered.path) in _EXIT_STACKS:
            held = tuple(self._stacked)
        if held or effect.mode is Mode.PLAIN or entered.path is None:
            return Step(releases=held)
        known = self._view.type_of(entered.path)
        if isinstance(known, LibraryType) and self._view.names.libraries.lock_kind(known.name):
            return NO_STEP  # leaving a semaphore never suspends
        return Step(suspends=Suspends.MAY)

    def _take(self, index: int, place: AccessPath | None, step: Step) -> Step:
        if place is None:
            return step
        self._acquired[index] = place
        return step._replace(acquires=place)

    def _stack(self, index: int, effect: Effect, awaited: Suspends) -> Step | None:
        """Return the step of `stack.enter_async_context(lock)`; None for other contexts."""
        lock = effect.arguments[0] if effect.arguments else None
        if lock is None or not self._is_exclusive(lock):
            return None
        self._stacked.append(index)
        return self._take(index, self._place(lock), Step(suspends=awaited))

    def _first(self, locks: Iterable[AccessPath], receiver: AccessPath | None) -> AccessPath | None:
        """Return the first of a callee's locks that the caller can name."""
        named = (substituted(lock, receiver) for lock in sorted(locks))
        return next((lock for lock in named if lock is not None), None)

    def _place(self, path: AccessPath) -> AccessPath:
        return place_of(self._view, path) or path

    def _is_exclusive(self, path: AccessPath) -> bool:
        """Say whether holding the object at `path` keeps every other task out."""
        known = self._view.type_of(path)
        if isinstance(known, LibraryType):
            kind = self._view.names.libraries.lock_kind(known.name)
            if kind is LockKind.COUNTED:
                return known.constant in {1, NO_ARGUMENT}  # the default is 1 everywhere
            if kind is not None:
                return kind is LockKind.EXCLUSIVE
        return says_lock(path)
