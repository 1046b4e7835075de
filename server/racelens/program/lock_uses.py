"""How one function uses locks: taken and not given back, held too long, used the wrong way.

A function's graph, steps and types go in; nodes come out. Paths are compared as places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.libraries.rows import Suspends
from racelens.model.effect import NO_ARGUMENT, Kind, Mode, Value
from racelens.program.answers import LibraryType
from racelens.program.control import EXIT
from racelens.program.lock_types import blocks_thread, is_for_tasks, lock_row
from racelens.program.places import place_of
from racelens.program.windows import UNSHARED
from racelens.source.named_tuple import NamedTuple
from racelens.source.span import span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from racelens.model.effect import Effect
    from racelens.model.graph import Graph
    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.steps import Step
    from racelens.program.views import FunctionView

_STOPPING = frozenset({"notify", "notify_all"})


class Region(NamedTuple):
    """Where a lock is taken, by its path, and the nodes that may run before it is given back."""

    taken: int
    lock: AccessPath
    nodes: frozenset[int]


class LockUses:
    """The locks of one function, as far as their types are known."""

    def __init__(self, program: Program, function: FunctionId) -> None:
        """Look at `function`."""
        self.program = program
        self.function = function
        self.view: FunctionView = program.view(function)
        self.graph: Graph = self.view.function.graph
        self.steps: tuple[Step, ...] = program.steps(function)

    def place(self, path: AccessPath) -> AccessPath:
        """Return what a path of the function names."""
        return place_of(self.view, path) or path

    def regions(self, wanted: Callable[[AccessPath], bool]) -> Iterator[Region]:
        """Yield where locks that are `wanted` are held, in order."""
        for node, effect in enumerate(self.graph.effects):
            path = _taken(effect)
            if path is not None and wanted(path):
                yield Region(node, path, frozenset(self._until_given_back(node, path)))

    def _until_given_back(self, taken: int, lock: AccessPath) -> set[int]:
        """Return the nodes that may run between the node that takes a lock and its release."""
        graph = self.graph
        found: set[int] = set()
        stack = [*graph.true_edges[taken], *graph.false_edges[taken]]
        while stack:
            node = stack.pop()
            if node in found or self.gives_back(node, taken, lock):
                continue
            found.add(node)
            stack += (*graph.true_edges[node], *graph.false_edges[node], *graph.raising[node])
        return found - {taken}

    def gives_back(self, node: int, taken: int, lock: AccessPath) -> bool:
        """Say whether a node gives back the lock, or hands on what does."""
        effect = self.graph.effects[node]
        if effect.kind is Kind.LEAVE and effect.partner == taken:
            return True
        if taken in self.steps[node].releases or self.steps[node].frees == self.place(lock):
            return True
        path = effect.path
        if path is None or path.steps[-1:] != (".release",):
            return False
        is_used = effect.kind in {Kind.CALL, Kind.READ}
        return is_used and self.place(path.parent) == self.place(lock)

    def is_kept_elsewhere(self, lock: AccessPath) -> bool:
        """Say whether another function takes a lock, by its path here, and keeps it."""
        program, function = self.program, self.function
        writers = program.tasks.writers
        place = self.place(lock)
        wanted = writers.location(function, place)
        return any(
            writers.location(other, kept) == wanted
            for other in program.mentioning(frozenset({place.last_name}))
            if other != function
            for kept in LockUses(program, other).left_held()
        )

    def is_by_hand(self, taken: int) -> bool:
        """Say whether a node takes a lock by `acquire`, and waits until it has it."""
        effect = self.graph.effects[taken]
        waits = effect.mode is Mode.AWAITED or blocks_thread(self.view, _taken(effect))
        return effect.kind is Kind.CALL and waits and not self.is_limited(taken)

    def is_limited(self, taken: int) -> bool:
        """Say whether a node takes a lock by a call with arguments: only perhaps, or in time."""
        if self.graph.effects[taken].kind is not Kind.CALL:
            return False
        place = span(*self.graph.places[taken])
        calls = (call for call in self.view.function.usage.calls if call.method == "acquire")
        return any(
            place.start <= call.place.start
            and call.place.end <= place.end
            and (call.positional or call.keywords)
            for call in calls
        )

    def long_wait(self, region: Region) -> tuple[int, str] | None:
        """Return where others are waited for, or worked for, while a lock is held, and what for.

        None where that is nowhere.
        """
        function = self.view.function
        hands_out = function.is_async and "asynccontextmanager" not in function.decorator_names
        for node in sorted(region.nodes):
            effect = self.graph.effects[node]
            if effect.mode is Mode.YIELD and hands_out:
                return node, "whoever goes through this generator works on what it yields"
            meaning = self.view.callee(effect.path) if effect.kind is Kind.CALL else None
            row = self.view.names.libraries.row(meaning)
            if row is not None and row.waits and effect.path is not None:
                return node, f"the task waits for `{effect.path.parent.display()}`"
        return None

    def suspension(self, nodes: frozenset[int]) -> int | None:
        """Return the first of `nodes` at which other tasks may run; None where there is none."""
        suspended = (n for n in sorted(nodes) if self.steps[n].suspends is not Suspends.NEVER)
        return next((n for n in suspended if self.graph.effects[n].kind is not Kind.LEAVE), None)

    def leak(self, region: Region) -> int | None:
        """Return a node at which the function may be left while it holds the lock.

        By an exception or a cancellation in an `await`, by `raise`, or by `return`. None where
        there is none, or where the lock is never given back here: it is meant to be kept.
        """
        graph = self.graph
        ended = any(
            self.gives_back(node, region.taken, region.lock) for node in range(len(graph.effects))
        )
        opens = self.view.function.last_name == "__aenter__"
        if not ended and not opens:
            return None
        nodes = self._before_same_test(region)
        for node in sorted(nodes):
            effect = graph.effects[node]
            if self._may_fail(node) and not graph.raising[node]:
                return node
            following = {*graph.true_edges[node], *graph.false_edges[node]}
            if not opens and EXIT in following and effect.kind is not Kind.LEAVE:
                return node
        return None

    def _before_same_test(self, region: Region) -> set[int]:
        """Return the nodes of a region up to where what guards the lock guards its release, too.

        `if self.shared: await lock.acquire()`, and later `if self.shared: lock.release()`.
        """
        graph = self.graph
        guards = self._guards(region.taken)
        if not guards:
            return set(region.nodes)
        releases = [
            node
            for node in range(len(graph.effects))
            if self.gives_back(node, region.taken, region.lock)
        ]
        ends = {test for node in releases for test in self._tests_before(node)}
        ends = {test for test in ends if guards & self._looked_at(test)}
        found: set[int] = set()
        stack = [*graph.true_edges[region.taken]]
        while stack:
            node = stack.pop()
            if node in region.nodes and node not in found and node not in ends:
                found.add(node)
                stack += (*graph.true_edges[node], *graph.false_edges[node], *graph.raising[node])
        return found

    def _guards(self, node: int) -> set[AccessPath]:
        """Return what the tests look at that decide whether a node is reached."""
        return {path for test in self._tests_before(node) for path in self._looked_at(test)}

    def _tests_before(self, node: int) -> list[int]:
        """Return the tests of which one branch alone leads to a node."""
        graph = self.graph
        return [
            test
            for test, effect in enumerate(graph.effects)
            if effect.kind is Kind.TEST
            and self._lead(graph.true_edges[test], node)
            != self._lead(graph.false_edges[test], node)
        ]

    def _lead(self, starts: tuple[int, ...], end: int) -> bool:
        return any(start == end or self.graph.leads(start, end) for start in starts)

    def _looked_at(self, test: int) -> set[AccessPath]:
        effects = self.graph.effects
        nodes = (source for source in effects[test].sources if isinstance(source, int))
        paths = (effects[node].path for node in nodes if effects[node].kind is Kind.READ)
        return {path for path in paths if path is not None}

    def _may_fail(self, node: int) -> bool:
        """Say whether a node may end with an exception, as an `await` may that is cancelled."""
        effect = self.graph.effects[node]
        waits = effect.mode in {Mode.AWAITED, Mode.FUTURE, Mode.ITERATION}
        return waits and effect.kind in {Kind.CALL, Kind.AWAIT, Kind.ENTER}

    def unheld_notices(self) -> Iterator[tuple[int, AccessPath]]:
        """Yield where a condition is notified that the function does not hold."""
        held = self.program.held(self.function)
        for node, effect in enumerate(self.graph.effects):
            path = effect.path
            if effect.kind is not Kind.CALL or effect.name not in _STOPPING or path is None:
                continue
            if not is_for_tasks(self.view, path.parent):
                continue
            places = {self.steps[taken].acquires for taken in held.get(node, ())}
            known = self.view.type_of(path.parent)
            is_given = isinstance(known, LibraryType) and known.constant != NO_ARGUMENT
            if self.place(path.parent) not in places and not (is_given and places):
                yield node, path.parent  # it may be made of a lock that is held

    def plainly_entered(self) -> Iterator[tuple[int, AccessPath]]:
        """Yield where a lock for tasks is entered by a plain `with`."""
        for node, effect in enumerate(self.graph.effects):
            path = effect.path
            if effect.kind is Kind.ENTER and effect.mode is Mode.PLAIN and path is not None:
                made = effect.name == "()"
                if not made and is_for_tasks(self.view, path):
                    yield node, path

    def asked_before(self) -> Iterator[tuple[int, int, AccessPath]]:
        """Yield where `locked()` decides that a lock is taken, with a suspension before it is."""
        graph = self.graph
        for node, effect in enumerate(graph.effects):
            path = effect.path
            if effect.kind is not Kind.CALL or effect.name != "locked" or path is None:
                continue
            test = next(
                (t for t in range(node + 1, len(graph.effects)) if self._tests(t, node)), -1
            )
            if test < 0 or not is_for_tasks(self.view, path.parent):
                continue
            for taken, other in enumerate(graph.effects):
                lock = _taken(other)
                if lock is None or self.place(lock) != self.place(path.parent):
                    continue
                between = self._suspension_between(test, taken)
                if between is not None:
                    yield node, between, path.parent
                    break

    def _tests(self, test: int, source: int) -> bool:
        effect = self.graph.effects[test]
        return effect.kind is Kind.TEST and source in effect.sources

    def _suspension_between(self, start: int, end: int) -> int | None:
        """Return a suspension on a way from one node to another; None where there is none."""
        graph = self.graph
        suspended = (n for n, s in enumerate(self.steps) if s.suspends is not Suspends.NEVER)
        for node in suspended:
            if node not in {start, end} and graph.leads(start, node) and graph.leads(node, end):
                return node
        return None

    def left_held(self) -> Iterator[AccessPath]:
        """Yield the locks that a function takes by hand and may return with: others free them.

        Not those that it takes because they were free before.
        """
        asked = {self.place(lock) for _, _, lock in self.asked_before()}
        for region in self.regions(lambda path: lock_row(self.view, path) is not None):
            place = self.place(region.lock)
            if self.is_by_hand(region.taken) and EXIT in region.nodes and place not in asked:
                yield place

    def replaced_while_held(self) -> Iterator[tuple[int, AccessPath]]:
        """Yield where another lock is stored in the place of one that the function holds.

        Or none is, and somebody else makes another one when it is missing.
        """
        held = self.program.held(self.function)
        for node, step in enumerate(self.steps):
            locks = {self.steps[taken].acquires for taken in held.get(node, ())}
            for write in (*step.early, *step.late):
                if write.mode is not Mode.REBIND or write.place not in locks:
                    continue
                made = write.value is Value.MADE
                if made or (write.value is Value.NONE and self._is_made_later(write.place)):
                    yield node, write.place

    def _is_made_later(self, lock: AccessPath) -> bool:
        """Say whether a method makes the lock when the object is in use."""
        for function, node in self.program.tasks.writers.of(self.function, lock):
            if self.program.function(function).last_name in UNSHARED:
                continue
            step = self.program.steps(function)[node]
            if any(write.value is Value.MADE for write in step.early):
                return True
        return False

    def freed_unheld(self) -> Iterator[tuple[int, AccessPath]]:
        """Yield where a lock is released that the function has taken on no way to there."""
        graph = self.graph
        taken = [(n, self.place(p)) for n, e in enumerate(graph.effects) if (p := _taken(e))]
        for node, effect in enumerate(graph.effects):
            path = effect.path
            if effect.kind is not Kind.CALL or effect.name != "release" or path is None:
                continue
            row = lock_row(self.view, path.parent)
            if row is None or row.lock.value != "exclusive":
                continue
            own = [n for n, place in taken if place == self.place(path.parent)]
            if graph.leads(0, node) and not any(graph.leads(start, node) for start in own):
                yield node, path.parent


def _taken(effect: Effect) -> AccessPath | None:
    """Return the path of what a node takes: it enters it, or calls its `acquire`."""
    path = effect.path
    if effect.kind is Kind.ENTER and not effect.name:
        return path
    is_call = effect.kind is Kind.CALL and effect.name == "acquire" and path is not None
    return path.parent if is_call and path is not None and path.steps else None
