"""Who writes into a window: other functions' writes and the locks that they hold.

A window goes in; it comes out with its rival, or not at all where nobody can get in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.effect import Kind, Mode, Value
from racelens.model.location import Root
from racelens.program.answers import LibraryType
from racelens.program.flow_frame import FlowFrame
from racelens.program.locks import held_places
from racelens.program.rechecks import Rechecks
from racelens.program.related import REMOVES, Outcome, gives_back, group_of, outcome
from racelens.program.window import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId
    from racelens.program.propagate import Propagation
    from racelens.program.steps import Step, Write
    from racelens.program.tasks import Concurrency
    from racelens.program.views import Views
    from racelens.program.window import Window
    from racelens.program.writers import Site

# What changes the entries of a collection that somebody goes through.
_RESIZES = frozenset({Mode.ADD, Mode.DELETE, Mode.DISCARD, Mode.UPDATE, Mode.CLEAR})
_DERIVED = frozenset({Value.OTHER, Value.COPY, Value.MADE})
_GROWS = frozenset({Mode.ADD, Mode.REBIND})


class Rivals:
    """The writes of a program, seen from one window at a time."""

    def __init__(self, views: Views, propagation: Propagation, tasks: Concurrency) -> None:
        """Look at what `tasks` knows of writers."""
        self._views = views
        self._propagation = propagation
        self._tasks = tasks

    def admitted(self, window: Window) -> Window | None:
        """Return `window` with what is known of its rival; None where nobody can get in."""
        if (
            window.cause is Cause.STALE
            and window.write.mode is not Mode.REBIND
            and (self._is_signal(window))
        ):
            return None
        if window.instance_lock is not None and not self._is_per_instance(window):
            return None
        if self._is_checked_inside(window) or self._is_reset(window):
            return None
        if window.cause is Cause.ITERATED:
            return self._found(window, self._changes(window))
        if window.cause is Cause.REFERENCE:
            return self._found(window, self._clears(window))
        if window.covering:
            rival = next(self._unlocked(window), None)
            if rival is None:
                return None
            return window._replace(rival=rival, usual_lock=window.covering[0])
        if window.cause is Cause.OVERWROTE and window.write.mode is Mode.DELETE:
            return self._found(window, self._empties(window))
        if window.cause is Cause.STALE and window.gap is None and window.instance_lock is None:
            usual = self._usual_lock(window)
            return window._replace(usual_lock=usual) if usual is not None else window
        return window

    def _is_per_instance(self, window: Window) -> bool:
        """Say whether each object has a lock of its own, and there may be several objects."""
        lock, owner = window.instance_lock, self._views[window.function].owner
        if lock is None or owner is None or self._tasks.sharing.is_singleton(owner):
            return False
        maker = self._views.names.method(owner, "__init__")
        if maker is None:
            return False
        return any(w.place == lock for step in self._propagation.steps(maker) for w in step.early)

    def _is_checked_inside(self, window: Window) -> bool:
        """Say whether the function that really writes has a check of its own for it."""
        acts = window.cause is Cause.STALE and window.predicate is not None and not window.carried
        if not acts or window.write.inner is None:
            return False
        function, node = window.write.inner
        steps = self._propagation.steps(function)
        groups = {group_of(write.place) for write in steps[node].early}
        frame = FlowFrame(self._views[function].function.graph, steps)
        return any(Rechecks(frame, {group}, set()).checked(group, node) for group in groups)

    def _is_reset(self, window: Window) -> bool:
        """Say whether a flag is set under a lock to what it was at first: nobody goes ahead."""
        owner = self._views[window.function].owner
        is_claim = window.cause is Cause.TORN and window.write_node == window.read_node
        if not is_claim or owner is None:
            return False
        maker = self._views.names.method(owner, "__init__")
        made = self._propagation.steps(maker) if maker is not None else ()
        return any(
            write.place == window.write.place and write.value is window.write.value
            for step in made
            for write in step.early
        )

    def _is_signal(self, window: Window) -> bool:
        """Say whether the state is an event: setting or clearing it twice loses nothing."""
        view = self._views[window.function]
        known = view.type_of(window.read.place)
        rows = view.names.libraries.types
        name = known.name if isinstance(known, LibraryType) else ""
        while name and name != "asyncio.Event":
            name = rows[name].base if name in rows else ""
        return bool(name)

    def _found(self, window: Window, sites: Iterator[Site]) -> Window | None:
        rival = next(sites, None)
        return window._replace(rival=rival) if rival is not None else None

    def _writes(self, window: Window) -> Iterator[tuple[Site, Write, frozenset[AccessPath]]]:
        """Yield the other writes of the window's state, with the locks held there."""
        writers = self._tasks.writers
        known = writers.location(window.function, window.read.place)
        for site in sorted(writers.of(window.function, window.read.place)):
            function, node = site
            if function == window.function and window.cause is not Cause.ITERATED:
                continue
            steps = self._propagation.steps(function)
            held = self._held(function, node)
            for write in steps[node].early:
                if write.inner is None and writers.location(function, write.place) == known:
                    yield site, write, held

    def _held(self, function: FunctionId, node: int) -> frozenset[AccessPath]:
        held = self._propagation.held(function).get(node, ())
        return held_places(self._propagation.steps(function), held)

    def _changes(self, window: Window) -> Iterator[Site]:
        """Yield the writes that change the number of entries while a loop goes through them."""
        grows = self._minds_growth(window)
        for site, write, held in self._writes(window):
            entry = write.mode is Mode.CLEAR or self._is_inside(window, write)
            changes = write.mode in _RESIZES or (write.mode is Mode.REBIND and write.place.is_entry)
            harmless = write.mode in _GROWS and not grows
            inside = site[0] == window.function and not self._behind(window, site[1])
            if (
                entry
                and changes
                and not harmless
                and not inside
                and not held & set(window.covering)
            ):
                yield site

    def _is_inside(self, window: Window, write: Write) -> bool:
        """Say whether a write changes the entries of what a loop goes through, not that itself."""
        gone = window.read.place.steps[len(group_of(window.read.place).steps) :]
        entry = write.place.steps[len(group_of(write.place).steps) :]
        changes = write.mode in _RESIZES and len(entry) >= len(gone)
        return write.place.is_entry and (changes or len(entry) > len(gone))

    def _behind(self, window: Window, node: int) -> bool:
        """Say whether a write of the window's own function is outside of the loop."""
        loop_of = self._views[window.function].function.graph.loop_of
        return loop_of[node] != loop_of[window.suspend_node]

    def _minds_growth(self, window: Window) -> bool:
        """Say whether the collection fails when it grows: a list only goes on."""
        known = self._views[window.function].type_of(window.read.place)
        return not (isinstance(known, LibraryType) and known.name == "list")

    def _unlocked(self, window: Window) -> Iterator[Site]:
        """Yield the writes that harm a window under a lock which they do not take."""
        for site, write, held in self._writes(window):
            if held & set(window.covering) or self._tasks.held.called_under_lock(site[0]):
                continue
            if window.predicate is None:
                harms = not gives_back(write) and write.mode not in REMOVES
            else:
                same = outcome(window.read, window.predicate, write)
                harms = same is window.result and same in {Outcome.FILLS, Outcome.CONSUMES}
            if harms and self._views[site[0]].function.is_async:
                yield site

    def _clears(self, window: Window) -> Iterator[Site]:
        """Yield the writes that take away what the window goes on using."""
        for site, write, _ in self._writes(window):
            if write.mode in REMOVES or gives_back(write):
                yield site

    def _empties(self, window: Window) -> Iterator[Site]:
        """Yield the writes that take all entries away."""
        for site, write, _ in self._writes(window):
            if write.mode is Mode.CLEAR or (gives_back(write) and not write.place.is_entry):
                yield site

    def _usual_lock(self, window: Window) -> AccessPath | None:
        """Return the lock under which all other functions use the state, if they are several."""
        group = group_of(window.read.place)
        if group.root is Root.CELL:
            return None
        common: frozenset[AccessPath] | None = None
        count, decides = 0, False
        for function in self._tasks.writers.seeing(window.function, group):
            if function == window.function:
                continue
            steps = self._propagation.steps(function)
            for node in (n for n, step in enumerate(steps) if _touches(step, group)):
                count += 1
                decides = decides or self._decides(function, node, steps[node], group)
                own = self._held(function, node)
                common = own if common is None else common & own
                if not common:
                    return None
        return min(common) if common and count > 1 and decides else None

    def _decides(self, function: FunctionId, node: int, step: Step, group: AccessPath) -> bool:
        """Say whether a node checks a state, or changes it by what it was: that needs a lock."""
        writes = [write for write in step.early if group_of(write.place) == group]
        if any(write.mode is not Mode.REBIND or write.value in _DERIVED for write in writes):
            return True
        effects = self._views[function].function.graph.effects
        tests = (e for e in effects if e.kind is Kind.TEST and e.mode is not Mode.FOR)
        return any(node in test.sources for test in tests)


def _touches(step: Step, group: AccessPath) -> bool:
    return any(group_of(a.place) == group for a in step.reads) or any(
        group_of(w.place) == group for w in step.early
    )
