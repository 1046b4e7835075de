"""What functions do, as their callers see it: summaries in, facts to a fixed point out.

Only functions that somebody asks for are computed, and what they call. Strongly connected
components of the call graph are visited callees first; inside one, facts are computed at most
`_ROUNDS` times.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from racelens.libraries.rows import Suspends
from racelens.model.effect import Kind, Mode
from racelens.model.location import AccessPath, Root
from racelens.model.names import FunctionId
from racelens.program.components import components
from racelens.program.control import EXIT
from racelens.program.flow_frame import FlowFrame
from racelens.program.interest import Seen
from racelens.program.locks import held_places, must_held
from racelens.program.rechecks import Rechecks
from racelens.program.related import group_of
from racelens.program.resolution import Resolution
from racelens.program.steps import NO_FACTS, NO_STEP, Access, Facts, Step, Write, in_order

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from racelens.model.effect import Source
    from racelens.model.summary import FunctionSummary
    from racelens.program.interest import Interest
    from racelens.program.views import FunctionView, Views
    from racelens.program.windows import Found

_Told = TypeVar("_Told", Access, Write)
_ROUNDS = 8
_TOLD_ROOTS = frozenset({Root.SELF, Root.NAME})
_DECIDING = frozenset({Kind.TEST, Kind.RETURN})
_SUSPENDING = Facts(suspends=Suspends.MAY)  # what is told of a coroutine that nobody reads
_MOST_EFFECTS = 48  # of one function, told to its callers; beyond it callers see fewer


class CallSite(NamedTuple):
    """A node that calls a function of the program, or reads it as a property."""

    node: int
    callee: FunctionId


class Entry:
    """What was computed of a function, with all that it depends on: valid while that is the same.

    `meaning` stands for what all names mean, `told` is what its callees' facts were. Its own facts
    are computed when a caller asks: many functions have none.
    """

    __slots__ = ("_facts", "_identity", "function", "meaning", "steps", "told")

    def __init__(
        self,
        identity: FunctionId,
        function: FunctionSummary,
        meaning: object,
        told: tuple[tuple[FunctionId, Facts], ...],
        steps: tuple[Step, ...],
    ) -> None:
        """Keep the `steps` of a function, which follow from what it was `told`."""
        self._identity = identity
        self.function = function
        self.meaning = meaning
        self.told = told
        self.steps = steps
        self._facts: Facts | None = None

    @property
    def facts(self) -> Facts:
        """What callers see of the function."""
        if self._facts is None:
            self._facts = summarize_facts(self._identity, self.function, self.steps)
        return self._facts


class Memory:
    """What programs linked one after another have computed, by function. Content decides."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self.entries: dict[FunctionId, Entry] = {}
        self.sites: dict[FunctionId, tuple[FunctionSummary, object, tuple[CallSite, ...]]] = {}
        self.windows: dict[FunctionId, tuple[tuple[Step, ...], Found]] = {}
        self.seen = Seen()

    def forget(self, wanted: Container[FunctionId]) -> None:
        """Keep the functions in `wanted` only."""
        for known in (self.entries, self.sites, self.windows, self.seen.functions):
            for identity in [identity for identity in known if identity not in wanted]:
                del known[identity]


def call_sites(view: FunctionView) -> tuple[CallSite, ...]:
    """Return where the function of `view` calls functions of the program, properties included."""
    found: list[CallSite] = []
    call, read, enter = Kind.CALL, Kind.READ, Kind.ENTER
    for node, effect in enumerate(view.function.graph.effects):
        kind, path = effect.kind, effect.path
        if path is None:
            continue
        if kind is call:
            callee = view.callee(path)
        elif kind is read and view.owner is not None:
            callee = view.property_read(path)
        elif kind is enter and not effect.name:
            callee = view.entry(view.type_of(path), effect.mode)
        else:
            continue
        if isinstance(callee, FunctionId):
            found.append(CallSite(node, callee))
            if kind is call:
                found += (CallSite(node, other) for other in view.overriding(effect.path))
    return tuple(found)


class Propagation:
    """Facts and resolved steps of functions, computed when asked for, callees first."""

    def __init__(self, views: Views, memory: Memory, interest: Interest) -> None:
        """Compute with the functions of `views`; what `memory` knows and is still true is reused.

        Callees that do not matter, as `interest` says, are taken for ones that do nothing.
        `computed` lists the functions that had to be analysed anew, in order.
        """
        self._views = views
        self._memory = memory
        self._interest = interest
        self._meaning = views.names.meaning
        self._known: dict[FunctionId, Entry] = {}
        self._sites: dict[FunctionId, tuple[CallSite, ...]] = {}
        self._rounds: dict[FunctionId, Facts] = {}
        self.computed: list[FunctionId] = []

    def facts(self, identity: FunctionId) -> Facts:
        """Return what callers see of a function."""
        return self._entry(identity).facts

    def steps(self, identity: FunctionId) -> tuple[Step, ...]:
        """Return what each node of a function's graph does."""
        return self._entry(identity).steps

    def sites(self, identity: FunctionId) -> tuple[CallSite, ...]:
        """Return where a function calls functions of the program."""
        if identity not in self._sites:
            function = self._views[identity].function
            known = self._memory.sites.get(identity)
            if known is None or known[1] is not self._meaning or known[0] != function:
                known = (function, self._meaning, call_sites(self._views[identity]))
                self._memory.sites[identity] = known
            self._sites[identity] = known[2]
        return self._sites[identity]

    def _entry(self, identity: FunctionId) -> Entry:
        if identity not in self._known:
            for component in components(identity, self._callees, self._known):
                self._solve(component)
        return self._known[identity]

    def _callees(self, identity: FunctionId) -> tuple[FunctionId, ...]:
        callees = {site.callee: None for site in self.sites(identity)}
        return tuple(callee for callee in callees if self._interest.matters(callee))

    def _solve(self, component: tuple[FunctionId, ...]) -> None:
        """Compute the facts of functions that call one another, to a fixed point."""
        if self._remembered(component):
            return
        self.computed += component
        first, *others = component
        steps: dict[FunctionId, tuple[Step, ...]] = {}
        asked: dict[FunctionId, dict[FunctionId, Facts]] = {}
        recursive = bool(others) or first in self._callees(first)
        for _ in range(_ROUNDS if recursive else 1):
            before = dict(self._rounds)
            for identity in component:
                view, told = self._views[identity], asked.setdefault(identity, {})
                steps[identity] = Resolution(view, partial(self._tell, told)).steps()
                if recursive:
                    self._rounds[identity] = summarize_facts(
                        identity, view.function, steps[identity]
                    )
            if self._rounds == before:
                break
        self._rounds.clear()
        for identity in component:
            told = {c: facts for c, facts in asked[identity].items() if c in self._known}
            entry = Entry(
                identity,
                self._views[identity].function,
                self._meaning,
                tuple(told.items()),
                steps[identity],
            )
            self._memory.entries[identity] = entry
            asked[identity].clear()
        self._known.update((identity, self._memory.entries[identity]) for identity in component)

    def _remembered(self, component: tuple[FunctionId, ...]) -> bool:
        """Take what is known of `component`, if all that it depends on is what it was."""
        found: list[Entry] = []
        for identity in component:
            entry = self._memory.entries.get(identity)
            if (
                entry is None
                or entry.meaning is not self._meaning
                or entry.function != self._views[identity].function
                or any(
                    callee not in self._known or self._known[callee].facts != facts
                    for callee, facts in entry.told
                )
            ):
                return False
            found.append(entry)
        self._known.update(zip(component, found, strict=True))
        return True

    def _tell(self, told: dict[FunctionId, Facts], callee: FunctionId) -> Facts:
        """Return what is known of `callee` so far, and note in `told` that it was asked for."""
        known = self._known.get(callee)
        facts = known.facts if known is not None else self._rounds.get(callee)
        if facts is None:
            unread = self._views[callee].function.is_async and not self._interest.matters(callee)
            facts = _SUSPENDING if unread else NO_FACTS
        told[callee] = facts
        return facts


def summarize_facts(
    identity: FunctionId, function: FunctionSummary, steps: tuple[Step, ...]
) -> Facts:
    """Return what callers see of a function whose nodes do `steps`."""
    busy = [index for index, step in enumerate(steps) if step is not NO_STEP]
    if not busy:
        return NO_FACTS
    fresh, late_nodes = _reached(function, steps)
    early: set[Write] = set()
    late: dict[Write, set[int]] = {}
    reads: set[Access] = set()
    told: set[tuple[int, bool]] = set()  # a callee tells the same tuple at each of its calls
    suspends = Suspends.NEVER
    for index in busy:
        step = steps[index]
        if index not in fresh and index not in late_nodes:
            continue
        suspends = max(suspends, step.suspends)
        reads.update(step.reads)
        if step.early and (id(step.early), index in fresh) not in told:
            if index in fresh:
                told.add((id(step.early), True))
                early.update(_told(step.early, identity, index))
            else:
                _add_late(late, _told(step.early, identity, index), index)
        if step.late and not step.spawns:
            _add_late(late, _told(step.late, identity, index), index)
    checks: set[AccessPath] = set()  # of a function that runs at once, nobody asks for them
    if function.is_async or late:
        checks = _checked_groups(function, steps)
    if late:
        rechecks = Rechecks(FlowFrame(function.graph, steps), checks, fresh)
        late = {w: nodes for w, nodes in late.items() if not rechecks.decide(w, nodes)}
    if function.is_async:
        reads = {read for read in reads if group_of(read.place) in checks}
        suspends = min(suspends, Suspends.MAY)
    return Facts(
        suspends if function.is_async else Suspends.NEVER,
        _few(read for read in reads if _can_be_told(read.place)),
        _few(early),
        _few(late),
        _few(_returned(function, steps)) if not function.is_async else (),
        _few(_given(steps)) if not function.is_async else (),
        frozenset(checks),
        _held_at_yields(function, steps) if function.is_generator else frozenset(),
        _kept(function, steps),
        frozenset(
            frees
            for index in busy
            if (frees := steps[index].frees) is not None
            and not steps[index].releases
            and _can_be_told(frees)
        ),
    )


def _add_late(late: dict[Write, set[int]], writes: Iterable[Write], index: int) -> None:
    for write in writes:
        late.setdefault(write, set()).add(index)


def _returned(function: FunctionSummary, steps: tuple[Step, ...]) -> Iterator[Write]:
    """Yield what the coroutine writes that a function returns without awaiting it."""
    returns = Kind.RETURN
    for effect in function.graph.effects:
        if effect.kind is returns:
            for source in effect.sources:
                if isinstance(source, int):
                    yield from (w for w in steps[source].deferred if _can_be_told(w.place))


def _given(steps: tuple[Step, ...]) -> Iterator[Write]:
    """Yield what a function that runs at once does to what it is called with."""
    for step in steps:
        yield from (w for w in step.early if w.place.root is Root.PARAMETER and w.place.steps)


def _held_at_yields(function: FunctionSummary, steps: tuple[Step, ...]) -> frozenset[AccessPath]:
    """Return the locks that a generator holds whenever its user's code runs."""
    held = must_held(function.graph, steps)
    yields = [
        index
        for index, effect in enumerate(function.graph.effects)
        if effect.mode is Mode.YIELD and index in held
    ]
    if not yields:
        return frozenset()
    common = frozenset[int].intersection(*(held[index] for index in yields))
    locks = (steps[index].acquires for index in common)
    return frozenset(lock for lock in locks if lock is not None and _can_be_told(lock))


def _kept(function: FunctionSummary, steps: tuple[Step, ...]) -> frozenset[AccessPath]:
    """Return the locks that are still held when a function returns."""
    if function.is_generator or all(step.acquires is None for step in steps):
        return frozenset()
    held = must_held(function.graph, steps).get(EXIT, frozenset())
    return frozenset(lock for lock in held_places(steps, held) if _can_be_told(lock))


def _few(found: Iterable[_Told]) -> tuple[_Told, ...]:
    return tuple(sorted(found, key=in_order)[:_MOST_EFFECTS])


def _told(writes: tuple[Write, ...], identity: FunctionId, index: int) -> list[Write]:
    return [
        write if write.inner is not None else Write(write[0], write[1], write[2], (identity, index))
        for write in writes
        if _can_be_told(write.place)
    ]


def _can_be_told(place: AccessPath) -> bool:
    return place.root in _TOLD_ROOTS


def _reached(function: FunctionSummary, steps: tuple[Step, ...]) -> tuple[set[int], set[int]]:
    """Return the nodes that are reached without a suspension, and those reached after one."""
    graph = function.graph
    true, false, raising = graph.true_edges, graph.false_edges, graph.raising
    fresh: set[int] = set()
    late: set[int] = set()
    stack = [0]
    resumed: list[int] = []
    at_once = Suspends.NEVER
    while stack:
        index = stack.pop()
        if index in fresh:
            continue
        fresh.add(index)
        following = resumed if steps[index].suspends is not at_once else stack
        following += true[index]
        if false[index] != true[index]:
            following += false[index]
        following += raising[index]
    while resumed:
        index = resumed.pop()
        if index not in late:
            late.add(index)
            resumed += true[index]
            if false[index] != true[index]:
                resumed += false[index]
            resumed += raising[index]
    return fresh, late


def _checked_groups(function: FunctionSummary, steps: tuple[Step, ...]) -> set[AccessPath]:
    """Return the groups that decide a branch, directly or through a local variable."""
    effects = function.graph.effects
    bound: dict[str, set[Source]] = {}
    bind = Kind.BIND
    for effect in effects:
        if effect.kind is bind:
            bound.setdefault(effect.name, set()).update(effect.sources)
    seen: set[Source] = set()
    stack = [source for effect in effects if effect.kind in _DECIDING for source in effect.sources]
    groups: set[AccessPath] = set()
    while stack:
        source = stack.pop()
        if source in seen:
            continue
        seen.add(source)
        if isinstance(source, str):
            stack.extend(bound.get(source, ()))
        else:
            groups.update(group_of(access.place) for access in steps[source].reads)
    return groups
