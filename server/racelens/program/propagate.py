"""What functions do, as their callers see it: summaries in, facts to a fixed point out.

Only functions that somebody asks for are computed, and what they call. Strongly connected
components of the call graph are visited callees first; inside one, facts are computed at most
`_ROUNDS` times.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from racelens.libraries.rows import Suspends
from racelens.model.effect import Kind
from racelens.model.names import FunctionId
from racelens.program.components import components
from racelens.program.facts import summarize_facts
from racelens.program.locks import must_held
from racelens.program.resolution import Resolution
from racelens.program.steps import NO_FACTS, Facts, Step
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from racelens.model.summary import FunctionSummary
    from racelens.program.interest import Interest
    from racelens.program.memory import Memory
    from racelens.program.views import FunctionView, Views

_ROUNDS = 8
_SUSPENDING = Facts(suspends=Suspends.MAY)  # what is told of a coroutine that nobody reads


class CallSite(NamedTuple):
    """A node that calls a function of the program, or reads it as a property."""

    node: int
    callee: FunctionId


class Entry:
    """What was computed of a function, with all that it depends on: valid while that is the same.

    `meaning` stands for what all names mean, `told` is what its callees' facts were. Its own facts
    and the locks that it holds are computed when somebody asks: many functions have none.
    """

    __slots__ = ("_facts", "_held", "_identity", "function", "meaning", "steps", "told")

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
        self._held: Mapping[int, frozenset[int]] | None = None

    def renewed(self, meaning: object) -> Entry:
        """Return the same under another `meaning` of all names, which changes nothing here."""
        other = Entry(self._identity, self.function, meaning, self.told, self.steps)
        other._facts, other._held = self._facts, self._held
        return other

    @property
    def facts(self) -> Facts:
        """What callers see of the function."""
        if self._facts is None:
            self._facts = summarize_facts(self._identity, self.function, self.steps)
        return self._facts

    @property
    def held(self) -> Mapping[int, frozenset[int]]:
        """By node, those nodes whose lock is held there; without the nodes of a lockless one."""
        if self._held is None:
            takes = any(step.acquires is not None for step in self.steps)
            self._held = must_held(self.function.graph, self.steps) if takes else {}
        return self._held


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
        self.memory = memory
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

    def held(self, identity: FunctionId) -> Mapping[int, frozenset[int]]:
        """Return by node of a function those nodes whose lock is held there, where any is."""
        return self._entry(identity).held

    def sites(self, identity: FunctionId) -> tuple[CallSite, ...]:
        """Return where a function calls functions of the program."""
        if identity not in self._sites:
            view = self._views[identity]
            make = partial(call_sites, view)
            self._sites[identity] = self.memory.sites.of(identity, view, make)
        return self._sites[identity]

    def _entry(self, identity: FunctionId) -> Entry:
        if identity not in self._known:
            for component in components(identity, self._callees, self._known):
                self._solve(component)
        return self._known[identity]

    def _still(self, meaning: object, identity: FunctionId) -> bool:
        view = self._views[identity]
        return view.names.still_means(meaning, identity.path, view.function.mentions)

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
            self.memory.entries[identity] = entry
            asked[identity].clear()
        self._known.update((identity, self.memory.entries[identity]) for identity in component)

    def _remembered(self, component: tuple[FunctionId, ...]) -> bool:
        """Take what is known of `component`, if all that it depends on is what it was."""
        found: list[Entry] = []
        for identity in component:
            entry = self.memory.entries.get(identity)
            if (
                entry is None
                or not self._still(entry.meaning, identity)
                or entry.function != self._views[identity].function
                or any(
                    callee not in self._known or self._known[callee].facts != facts
                    for callee, facts in entry.told
                )
            ):
                return False
            if entry.meaning is not self._meaning:
                entry = self.memory.entries[identity] = entry.renewed(self._meaning)
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
