"""Who runs at the same time: two functions and a place in, how sure it is that tasks meet out.

Roots show tasks, sharing shows what a class is made for; nothing is analysed for it.
"""

from __future__ import annotations

import enum
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

from racelens.model.effect import Mode
from racelens.model.location import AccessPath, Root
from racelens.program.callers import Callers
from racelens.program.held_calls import HeldCalls
from racelens.program.reach import Reach, Reached, Reaching
from racelens.program.root_search import find_roots
from racelens.program.roots import Roots, TaskRoot, is_loop_name
from racelens.program.sharing import Sharing
from racelens.program.writers import Writers
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from racelens.model.names import ClassId, FunctionId
    from racelens.program.index import Index
    from racelens.program.interest import Interest
    from racelens.program.propagate import Propagation
    from racelens.program.views import Views
    from racelens.program.writers import Location, Site

# Methods of iterators and context managers: each use has an object of its own.
_PER_USE = frozenset({"__aenter__", "__aexit__", "__anext__", "__aiter__"})

_MANY_METHODS = 8  # of one object that need what is made lazily: it serves whoever asks


class Level(enum.IntEnum):
    """How sure it is that tasks meet."""

    NEVER = 0
    OPEN = 1  # nothing speaks against it: whoever uses the code decides
    NAMED = 2  # the class is named for what is mostly shared
    MEANT = 3  # the class is made to be shared
    SEEN = 4  # tasks are seen, and one assumption is needed: that they work on one object
    PROVEN = 5  # tasks are seen on one object


class Meeting(NamedTuple):
    """Why tasks meet: how sure, the place that shows it, and what it shows.

    `many_methods`: all that is known is that many methods of the class come here.
    """

    level: Level
    site: Site | None = None
    reason: str = ""
    many_methods: bool = False


_NEVER = Meeting(Level.NEVER)


class Concurrency:
    """What runs beside what in a program. Answers only."""

    def __init__(
        self, views: Views, propagation: Propagation, index: Index, interest: Interest
    ) -> None:
        """Look for roots in the functions that `index` finds; all is computed when asked for."""
        self._names = views.names
        self._views = views
        self._propagation = propagation
        self._index = index
        self.callers = Callers(views, index, propagation.memory)
        self.writers = Writers(views, propagation, index, interest)
        self.sharing = Sharing(views.names)
        self._many: dict[TaskRoot, bool] = {}
        self._seen: dict[tuple[Location, bool], bool] = {}

    @cached_property
    def roots(self) -> Roots:
        """What is started anywhere in the program, and what libraries run of it."""
        return find_roots(self._views, self._index, self._propagation.memory)

    @cached_property
    def reaching(self) -> Reaching:
        """Which of the roots reach a function."""
        return Reaching(self._views, self.callers, self.roots, self._propagation.memory)

    @cached_property
    def held(self) -> HeldCalls:
        """What is held by the callers of a function."""
        return HeldCalls(self._views, self._propagation, self.callers, lambda: self.roots)

    def meeting(self, window: Site, place: AccessPath, rival: Site) -> Meeting:
        """Say how sure it is that a task gets to `rival` while another is inside a window.

        `window` is the function with the node at which the window closes, `rival` one with its
        write: both on one object of `place`, as the first sees it. It may be the same function.
        """
        function, other = window[0], rival[0]
        by_object = place.root is Root.SELF
        mine = self.reaching.of(function, by_object=by_object)
        others = mine if other == function else self.reaching.of(other, by_object=by_object)
        found = self._one_root(mine, others, place)
        if found is not None:
            return found
        if place.root is Root.CELL or self._is_per_use(function, place):
            return _NEVER
        seen = self._two_tasks(mine, others, place, other) or self._beside_callers(
            (mine, window), (others, rival), place
        )
        if seen is not None:
            return seen
        if not self._may_meet(mine, others, place):
            return _NEVER
        return self._by_class(function, place, mine)

    def may_see_tasks(self, function: FunctionId, place: AccessPath) -> bool:
        """Say whether tasks are seen that reach a function, or one that may write a place."""
        by_object = place.root is Root.SELF
        if self.reaching.of(function, by_object=by_object).roots:
            return True
        key = (self.writers.location(function, place), by_object)
        if key not in self._seen:
            self._seen[key] = any(
                self.reaching.of(other, by_object=by_object).roots
                for other in self.writers.functions(function, place)
            )
        return self._seen[key]

    def _one_root(self, mine: Reach, others: Reach, place: AccessPath) -> Meeting | None:
        """Look for a root that runs many times and reaches both functions."""
        reached = {found.root for found in others.roots}
        for found in _shared(mine, place):
            root, on_self = found
            if root in reached and self._is_many(root) and self._same_keys(root, place):
                certain = root.entry is None and (root.many or self._is_started_twice(root))
                certain = certain and (place.root is not Root.SELF or on_self)
                level = Level.PROVEN if certain else Level.SEEN
                return Meeting(level, _shown(root), self._said(root))
        return None

    def _said(self, root: TaskRoot) -> str:
        name = self._views[root.function].function.last_name
        if root.entry is not None:
            return f"{root.said_by} runs {name}() for each call, several at a time"
        return f"{name}() is started as several tasks here"

    def _is_many(self, root: TaskRoot) -> bool:
        """Say whether several tasks run a root's function at the same time.

        Several places that start it count, unless each puts its task where the last one was; so do
        several objects that take turns each for itself, and a place that runs several times itself.
        """
        if root not in self._many:
            self._many[root] = root.many or root.own  # should the question lead back here
            often = self._is_started_twice(root) or self._is_started_often(root)
            self._many[root] = self._many[root] or often
        return self._many[root]

    def _is_started_often(self, root: TaskRoot) -> bool:
        if root.site is None or root.confined or root.turns:
            return False
        if root.kept is None:
            starters = self.reaching.of(root.site[0], by_object=False)
            normal = [found.root for found in starters.roots if found.root.is_normal]
            if any(starter.turns or self._is_many(starter) for starter in normal):
                return True
            if root.fed and not root.joined and (starters.outer or normal):
                return True  # each call of the starter has work of its own for it
        beside = [other for other in self.roots.of(root.function) if not other.joined]
        kept = {other.kept for other in beside}
        sites = sorted({other.site for other in beside if other.site is not None})
        apart = len(kept) > 1 or None in kept
        return apart and any(self._both_run(one, other) for one, other in combinations(sites, 2))

    def _is_started_twice(self, root: TaskRoot) -> bool:
        """Say whether one run of a function starts the root's function on one object twice."""
        return any(
            root.site is not None
            and other.site is not None
            and other.site != root.site
            and other.site[0] == root.site[0]
            and other.receiver == root.receiver
            and self._both_run(root.site, other.site)
            for other in self.roots.of(root.function)
        )

    def _both_run(self, one: Site, other: Site) -> bool:
        """Say whether two sites are in one run of a function, or in two functions."""
        if one[0] != other[0]:
            return True
        graph = self._views[one[0]].function.graph
        return graph.leads(one[1], other[1]) or graph.leads(other[1], one[1])

    def _two_tasks(
        self, mine: Reach, others: Reach, place: AccessPath, rival: FunctionId
    ) -> Meeting | None:
        """Look for two tasks of different functions, of which one reaches each."""
        rivals = {found.root.function for found in others.roots if found.root.is_normal}
        shared = {found.root.function for found in _shared(others, place)}
        apart = frozenset(mine.roots).difference(_shared(mine, place))
        for found in mine.roots:
            root = found.root
            if self._is_cancelled(root, rival):
                continue
            # Two that have an object of their own each time share none with each other.
            beside = (shared if found in apart else rivals) - {root.function}
            beside = {other for other in beside if self._on_one_object(root, other)}
            if beside and root.is_normal:
                name = self._views[root.function].function.last_name
                other = self._views[min(beside)].function.last_name
                text = f"{name}() runs as a task, and so does {other}()"
                return Meeting(Level.SEEN, _shown(root), text)
        return None

    def _beside_callers(
        self, mine: tuple[Reach, Site], others: tuple[Reach, Site], place: AccessPath
    ) -> Meeting | None:
        """Look for a task that reaches one site, while the other is called from outside."""
        for (one, _), (other, site) in ((mine, others), (others, mine)):
            for root in (r for r, _ in _shared(one, place) if not r.confined):
                if self._is_cancelled(root, site[0]):
                    continue
                outside = other.first - {root.function} - ({site[0]} if mine is others else set())
                callers = {
                    caller for caller in outside if not self._comes_before(root, caller, site)
                }
                if callers:
                    name = self._views[root.function].function.last_name
                    caller = self._views[min(callers)].function.last_name
                    text = f"{name}() runs as a task of its own, beside whoever calls {caller}()"
                    return Meeting(Level.SEEN, _shown(root), text)
        return None

    def _is_cancelled(self, root: TaskRoot, function: FunctionId) -> bool:
        """Say whether a function, or what calls it on the same object, cancels a root's task."""
        if root.kept is None:
            return False
        cancel = AccessPath(root.kept.root, root.kept.name, (*root.kept.steps, ".cancel"))
        callers = (call.caller for call in self.callers.of(function) if call.on_self)
        return any(
            cancel in self._views[one].function.outline.calls for one in (function, *callers)
        )

    def _comes_before(self, root: TaskRoot, caller: FunctionId, site: Site) -> bool:
        """Say whether what `caller` does at `site` is done before it starts the task of `root`."""
        sites = (known.site for known in self.roots.of(root.function) if known.site is not None)
        started: dict[FunctionId, int] = {}
        for function, node in sites:
            started[function] = max(node, started.get(function, node))
        if site[0] in started:
            return site[1] <= started[site[0]]
        if caller in started:
            return True
        return any(caller in self.reaching.of(s, by_object=False).first for s in started)

    def _on_one_object(self, root: TaskRoot, other: FunctionId) -> bool:
        """Say whether the tasks of two roots may have one object: none has made it for itself."""
        if root.turns and root.turns in {known.turns for known in self.roots.of(other)}:
            return False  # nor do they run at the same time
        if root.confined:
            return any(
                r.site and root.site and r.site[0] == root.site[0] for r in self.roots.of(other)
            )
        return any(not known.confined for known in self.roots.of(other))

    def _may_meet(self, mine: Reach, others: Reach, place: AccessPath) -> bool:
        """Say whether code outside of the program may run one of two functions beside the other."""
        if mine.outer and others.outer:
            return True
        beside_mine = bool(mine.outer) and bool(_shared(others, place))
        return beside_mine or (bool(others.outer) and bool(_shared(mine, place)))

    def _by_class(self, function: FunctionId, place: AccessPath, mine: Reach) -> Meeting:
        """Look for signs that several tasks use one object of the function's class."""
        owner = self._views[function].owner
        if place.root is not Root.SELF or owner is None:
            return Meeting(Level.OPEN)
        held = self._by_holders(mine, owner)
        if held is not None:
            return held
        sign = self.sharing.sign(owner)
        if sign is None or sign.by_name:
            methods = self._own_methods(mine, owner)
            if methods >= _MANY_METHODS:
                text = f"{methods} methods of {owner.name} come here"
                return Meeting(Level.MEANT, (function, 0), text, many_methods=True)
        if sign is None or (sign.by_name and mine.is_part):
            return Meeting(Level.OPEN)
        level = Level.NAMED if sign.by_name else Level.MEANT
        return Meeting(level, (sign.maker or function, 0), sign.text)

    def _own_methods(self, mine: Reach, owner: ClassId) -> int:
        """Count the methods of objects of a class by which the outside gets to a function."""
        owners = (self._views[function].owner for function in mine.outer)
        may_be_one = self._views.subclasses.may_be_one
        return sum(known is not None and may_be_one(known, owner) for known in owners)

    def _by_holders(self, mine: Reach, owner: ClassId) -> Meeting | None:
        """Look for two classes whose tasks call one object that both were given."""
        holdings = {holding.owner: holding.call for holding in sorted(mine.holders)}
        anywhere = AccessPath(Root.NAME, "")
        for (one, call), (other, beside) in combinations(holdings.items(), 2):
            first = self.reaching.of(call.caller, by_object=False)
            second = self.reaching.of(beside.caller, by_object=False)
            met = self._one_root(first, second, anywhere)
            met = met or self._two_tasks(first, second, anywhere, beside.caller)
            if met is not None:
                text = f"{one.name} and {other.name} are given one {owner.name}, and both call it"
                return Meeting(Level.SEEN, (call.caller, next(self.callers.nodes(call))), text)
        return None

    def _is_per_use(self, function: FunctionId, place: AccessPath) -> bool:
        """Say whether the object is entered or gone through by the one task that made it.

        https://docs.python.org/3/reference/datamodel.html#asynchronous-context-managers
        """
        view = self._views[function]
        if not place.is_own or view.function.last_name not in _PER_USE:
            return False
        # Who counts his users, or locks, has several of them.
        counts = any(e.mode is Mode.AUGMENT for e in view.function.graph.effects)
        classes = self._names.mro(view.owner) if view.owner is not None else ()
        return not counts and not any(map(self.sharing.lock, classes))

    def _same_keys(self, root: TaskRoot, place: AccessPath) -> bool:
        """Say whether the tasks of `root` work on one entry of `place`, if it is an entry.

        Of tasks that a loop starts, each is given a key of its own unless it is seen to be one.
        """
        if root.site is None or root.made_at < 0:
            return True
        view, started = self._views[root.function], self._views[root.site[0]]
        graph = started.function.graph
        loop, call = graph.loop_of[root.made_at], graph.effects[root.made_at]
        parameters = view.function.parameters[1 if view.function.owner else 0 :]
        for number, parameter in enumerate(parameters):
            if f"[={parameter}]" in place.steps and loop != -1:
                argument = call.arguments[number] if number < len(call.arguments) else None
                constant = number == 0 and call.key[:1] == "[" and call.key[:2] != "[="
                local = argument is not None and argument.root is Root.LOCAL
                if argument is None and not constant:
                    return False
                if argument is not None and local and is_loop_name(started, loop, argument.name):
                    return False
        return True


def _shared(reach: Reach, place: AccessPath) -> list[Reached]:
    """Return the roots whose tasks run beside others and share the object of a place.

    One that has an object of its own for each call shares what is not that object's.
    """
    apart = place.root is Root.SELF
    return [
        found
        for found in reach.roots
        if found.root.is_normal and not (apart and found.root.own and found.on_self)
    ]


def _shown(root: TaskRoot) -> Site:
    """Return the place that shows a root: where it is started, else the function itself."""
    return root.site if root.site is not None else (root.function, 0)
