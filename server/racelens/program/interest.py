"""Which functions may have a window at all: outlines in, a quick answer out, no body read.

A window is a look at a state and a later write of it in one function or what that calls, with a
suspension between. So a function without two places that touch one name, one before a suspension
and one behind that writes it, has none. Names stand for states here: those of attributes of `self`,
and those of attributes of whatever other object. The answer may be yes too often, never no.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from racelens.libraries.rows import Suspends
from racelens.model.effect import Mode
from racelens.model.location import OWN_ROOTS, Root
from racelens.model.names import MODULE, FunctionId
from racelens.model.outline import OWN, name_of
from racelens.program.components import components
from racelens.program.library_calls import row_of
from racelens.program.lock_names import says_lock
from racelens.program.places import receiver_of
from racelens.program.properties import properties_read
from racelens.program.seen import MOST_BITS, Callee, Own, Touched

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from racelens.libraries.table import Libraries
    from racelens.model.location import AccessPath
    from racelens.model.outline import Outline
    from racelens.model.summary import FunctionSummary
    from racelens.program.index import Index
    from racelens.program.seen import Seen
    from racelens.program.views import FunctionView, Views

_LOCKS = 1  # the bit of a name that stands for all locks
_STARTS = 2  # the bit of one that stands for starting tasks, which write whenever they run
# The bits of attributes of `self`: each next to that of the same name of other objects.
_OF_SELF: int = 4 * (4**MOST_BITS - 1) // 3
_PARAMETER = Root.PARAMETER  # a member of an enumeration takes long to look up
_MOST_HOPS = 20  # calls through which an argument is followed
_LOCKING = frozenset(
    (f".{name}",) for name in ("acquire", "release", "enter_context", "enter_async_context")
)


def _outside(names: int) -> int:
    """Return names as one sees them for whom `self` is some other object."""
    return names & ~_OF_SELF | (names & _OF_SELF) << 1


def _inside(names: int) -> int:
    """Return names of a caller as one sees them whose `self` is some other object."""
    others = names & ~_OF_SELF
    return others | (others >> 1 & _OF_SELF)


class Interest:
    """Says which functions of one program are worth reading."""

    def __init__(
        self, views: Views, index: Index, seen: Seen, asked: Collection[FunctionId] | None
    ) -> None:
        """Look at the functions of `views`; what has been `seen` and still holds is reused.

        If windows are looked for in all of `asked`, callees that touch nothing of what those look
        for need not be read. None: the program does not know what it will be asked.
        """
        self._views = views
        self._index = index
        self._seen = seen
        self._asked = asked
        self._reach: dict[FunctionId, tuple[Touched, Touched]] = {}
        self._raced: dict[FunctionId, int] = {}
        self._giving: dict[FunctionId, bool] = {}
        self._suspending: dict[FunctionId, bool] = {}
        self._owns: dict[FunctionId, Own] = {}

    def may_have_windows(self, identity: FunctionId) -> bool:
        """Say whether a function may look at a state and write it later, callees included."""
        function = self._views[identity].function
        return function.outline.iterates or self._own(identity).alone or self._races(identity) != 0

    def matters(self, callee: FunctionId) -> bool:
        """Say whether somebody's window may depend on what a callee does, beside suspending."""
        if self._asked is None:
            return True
        function = self._views[callee].function
        if function.is_async and (function.is_generator or not self._suspends(callee)):
            return True
        touched = self._reached(callee)
        looked_for = self._looked_for.get(callee)
        if looked_for is None:  # who calls it has no windows, but is asked for something else
            return bool(touched[1].all & self._anywhere) or self._writes_given(callee)
        return bool(touched[0].all & looked_for) or self._writes_given(callee)

    def _suspends(self, callee: FunctionId) -> bool:
        """Say whether a coroutine function surely awaits what may suspend, as far as one sees."""
        if callee not in self._suspending:
            self._suspending[callee] = False  # for one that calls itself
            view = self._views[callee]
            self._suspending[callee] = any(
                self._may_suspend(view, path) for path in view.function.outline.awaited
            )
        return self._suspending[callee]

    def _may_suspend(self, view: FunctionView, awaited: AccessPath) -> bool:
        meaning = view.callee(awaited)
        if isinstance(meaning, FunctionId):
            return self._suspends(meaning)
        row = row_of(view, awaited, meaning, awaited=True)
        return row is None or (row.suspends is not Suspends.NEVER and not row.bounded)

    @cached_property
    def _looked_for(self) -> dict[FunctionId, int]:
        """By function, the names that windows of its callers and of itself may be about."""
        asked = filter(self.may_have_windows, self._asked or ())
        found = {identity: self._races(identity) | _LOCKS for identity in asked}
        inner_first: dict[tuple[FunctionId, ...], None] = {}
        visited: set[FunctionId] = set()
        for identity in found:
            if identity not in visited:
                for component in components(identity, self._callees, visited):
                    visited.update(component)
                    inner_first[component] = None
        for component in reversed(inner_first):
            names = 0
            for member in component:
                names |= found.get(member, 0)
            if len(component) > 1:  # who calls whom on what object is left open
                names |= _inside(names)
            for member in component:
                found[member] = names
                for callee in self._own(member).callees:
                    told = names if callee.same else _inside(names)
                    found[callee.function] = found.get(callee.function, 0) | told
        return found

    @cached_property
    def _anywhere(self) -> int:
        """The names that any window may be about, as one sees them from outside."""
        found = _LOCKS
        for identity in self._asked or ():
            found |= _outside(self._races(identity))
        return found

    def _races(self, identity: FunctionId) -> int:
        """Return the names touched before a suspension and written behind one, callees included."""
        if identity not in self._raced:
            self._raced[identity] = self._find_races(identity)
        return self._raced[identity]

    def _find_races(self, identity: FunctionId) -> int:
        own = self._own(identity)
        touched, repeated = own.touched.all, own.repeated
        ordered = not self._starts(identity)  # the tasks that it starts run beside it
        early, late = (own.early, own.late) if ordered else (touched, own.touched.written)
        for callee in own.callees:
            reach = self._reached(callee.function)[not callee.same]
            repeated |= touched & reach.all
            touched |= reach.all
            always = not ordered or reach.all & _STARTS
            if callee.early or always:
                early |= reach.all
            if callee.late or always:
                late |= reach.written
        return early & late & repeated

    def _starts(self, identity: FunctionId) -> bool:
        """Say whether a function may start tasks by itself."""
        return not self._index.starters.isdisjoint(self._views[identity].function.mentions)

    def _reached(self, identity: FunctionId) -> tuple[Touched, Touched]:
        """Return what a function and all that it calls touch: as it sees it, and from outside."""
        if identity not in self._reach:
            for component in components(identity, self._callees, self._reach):
                written = touched = 0
                for member in component:
                    own = self._own(member)
                    written |= own.told.written
                    touched |= own.told.all | (_STARTS if self._starts(member) else 0)
                    for callee in own.callees:
                        if callee.function in self._reach:  # not in the component itself
                            reach = self._reach[callee.function][not callee.same]
                            written |= reach.written
                            touched |= reach.all
                found = Touched(written, touched)
                outside = Touched(_outside(written), _outside(touched))
                if len(component) > 1:  # who calls whom on what object is left open
                    found = Touched(written | outside.written, touched | outside.all)
                self._reach.update(dict.fromkeys(component, (found, outside)))
        return self._reach[identity]

    def _callees(self, identity: FunctionId) -> Iterator[FunctionId]:
        return (callee.function for callee in self._own(identity).callees)

    def _own(self, identity: FunctionId) -> Own:
        own = self._owns.get(identity)
        if own is None:
            own = self._owns[identity] = self._find_own(identity)
        return own

    def _find_own(self, identity: FunctionId) -> Own:
        view = self._views[identity]
        own = self._seen.functions.get(identity)
        outline = view.function.outline
        if (
            own is None
            or own.outline != outline
            or not self._still_holds(own.bits, outline.mentions)
            or not view.names.still_means(own.meaning, identity.path, outline.mentions)
        ):
            own = self._seen.functions[identity] = self._look_at(view)
        elif own.meaning is not view.names.meaning or own.bits is not self._bits:
            own = own._replace(meaning=view.names.meaning, bits=self._bits)
            self._seen.functions[identity] = own
        return own

    def _still_holds(self, bits: object, mentions: frozenset[str]) -> bool:
        """Say whether what was seen with these bits holds: others may have been added since."""
        now, seen = self._bits, self._seen
        return bits is now or (bits is seen.fewer_bits and seen.new_names.isdisjoint(mentions))

    def _look_at(self, view: FunctionView) -> Own:
        outline = view.function.outline
        changed = tuple(self._changed(view))
        shared = outline.written.union(name_of(place) for place in changed if place.shared_root)
        given = (place.name for place in changed if place.root is _PARAMETER)
        locks = _LOCKS if _takes_locks(outline) else 0
        touched = Touched(self._mask(shared), self._mask(outline.touched) | locks)
        told = touched
        if outline.cells:
            known = self._mask(outline.touched - outline.cells)
            told = Touched(self._mask(shared - outline.cells), known | locks)
        return Own(
            outline,
            view.names.meaning,
            self._bits,
            shared.union(outline.given, map(name_of, changed)),
            touched,
            told,
            self._mask(outline.repeated),
            self._mask(_without(outline.touched, outline.behind)) | locks,
            self._mask(_without(shared, outline.ahead)),
            tuple(self._called(view)),
            alone=not _measured(view).isdisjoint(outline.written_parameters.union(given)),
        )

    def _changed(self, view: FunctionView) -> Iterator[AccessPath]:
        """Yield the places that a function changes by methods, or has changed by what it calls."""
        yield from _mutated(view)
        for called, passed in view.function.outline.passes:
            callee = view.callee(called)
            if isinstance(callee, FunctionId) and self._writes_given(callee):
                yield from passed

    def _writes_given(self, identity: FunctionId, hops: int = 0) -> bool:
        """Say whether a function may change what it is called with."""
        if identity not in self._giving:
            self._giving[identity] = True  # for one that calls itself
            view = self._views[identity]
            outline = view.function.outline
            self._giving[identity] = (
                bool(outline.written_parameters)
                or hops > _MOST_HOPS
                or any(place.root is _PARAMETER for place in _mutated(view))
                or any(
                    isinstance(callee := view.callee(called), FunctionId)
                    and any(path.root is _PARAMETER for path in passed)
                    and self._writes_given(callee, hops + 1)
                    for called, passed in outline.passes
                )
            )
        return self._giving[identity]

    def written(self, identity: FunctionId) -> frozenset[str]:
        """Return the names of places that a function may write, by itself or by what it calls.

        What it hands to others counts, what those do to places of their own does not.
        """
        return self._own(identity).written

    def _mask(self, names: frozenset[str]) -> int:
        bits = self._bits
        mask = 0
        for name in names & self._seen.marked:
            mask |= bits[name]
        return mask

    @cached_property
    def _bits(self) -> dict[str, int]:
        """The bit of each name that the program writes anywhere; the same ones while they last."""
        names, seen = self._views.names, self._seen
        found: set[str] = set()
        for path, module in names.modules.items():
            known = seen.written.get(path)
            if known is None or known[0] is not module:
                # What a module runs when it is imported is in nobody's window.
                called = (each for name, each in module.functions.items() if name != MODULE)
                here = (_perhaps_written(each.outline, names.libraries) for each in called)
                known = seen.written[path] = (module, frozenset[str]().union(*here))
                found |= known[1]
        if not found <= seen.names:
            seen.number(found)
        return self._seen.bits

    def _called(self, view: FunctionView) -> Iterator[Callee]:
        """Yield what a function calls, reads as a property or enters."""
        outline = view.function.outline
        for path in outline.calls:
            callee = view.callee(path)
            if isinstance(callee, FunctionId):
                if path in outline.managed and _is_async_generator(self._views[callee].function):
                    continue  # nobody is told what it does
                same = len(path.steps) == (path.root in OWN_ROOTS)
                early = path.last_name not in outline.behind
                found = [
                    Callee(one, same, early, self._may_write_late(one, path.last_name, outline))
                    for one in (callee, *view.overriding(path))
                ]
                yield from found
                if path in outline.repeated_calls:
                    yield from found
        for path in outline.entered:
            for mode in (Mode.AWAITED, Mode.PLAIN):
                callee = view.entry(view.type_of(path), mode)
                if callee is not None:
                    yield Callee(callee, same=path.root is Root.SELF and not path.steps)
        for name, read, of_self in properties_read(view):
            known = OWN + name if of_self else name
            # The object of a local variable is none of `touched`.
            if known in outline.touched or not of_self:
                early, late = name not in outline.behind, name not in outline.ahead
                yield from [Callee(read, of_self, early, late)] * (1 + (known in outline.repeated))

    def _may_write_late(self, callee: FunctionId, name: str, outline: Outline) -> bool:
        """Say whether what is called by `name` may write behind a suspension of its caller.

        A coroutine and a generator may be made early and run later.
        """
        function = self._views[callee].function
        return function.is_async or function.is_generator or name not in outline.ahead


def _without(names: frozenset[str], left_out: frozenset[str]) -> frozenset[str]:
    """Return `names` but those `left_out`, be they of attributes of `self` or not."""
    if not left_out:
        return names
    return frozenset([name for name in names if name.removeprefix(OWN) not in left_out])


def _is_async_generator(function: FunctionSummary) -> bool:
    return function.is_async and function.is_generator


def _perhaps_written(outline: Outline, libraries: Libraries) -> frozenset[str]:
    """Return the names of what a function may write, whatever its calls mean."""
    passed = (name_of(path) for _, places in outline.passes for path in places)
    found = outline.may_write(libraries.mutators).union(passed)
    return frozenset(name.removeprefix(OWN) for name in found)


def _mutated(view: FunctionView) -> Iterator[AccessPath]:
    """Yield the places that a function changes by methods."""
    outline, mutators = view.function.outline, view.names.libraries.mutators
    for path in outline.calls:
        if path.steps and path.last_name in mutators:
            place, meaning = receiver_of(view, path), view.callee(path)
            ways = {False, path in outline.awaited}
            rows = [row_of(view, path, meaning, awaited=awaited) for awaited in ways]
            if place is not None and any(row is not None and row.writes for row in rows):
                yield place


def _measured(view: FunctionView) -> frozenset[str]:
    """Return the parameters that are used more than once and of which the size is looked at."""
    outline, measures = view.function.outline, view.names.libraries.measures
    return frozenset(
        path.name
        for path in outline.calls
        if path.root is _PARAMETER
        and len(path.steps) == 1
        and path.steps[0][1:] in measures
        and path.name in outline.parameters
    )


def _takes_locks(outline: Outline) -> bool:
    """Say whether a function may take or give back a lock."""
    return bool(outline.entered) or any(
        path.steps[-1:] in _LOCKING or says_lock(path) for path in outline.calls
    )
