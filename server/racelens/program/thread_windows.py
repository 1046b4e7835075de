"""Windows between threads: any two steps of a thread, since another one may run between them.

A function goes in; a read, a write that follows from it, and a rival write in between come out.
Under the global interpreter lock such a switch is rare, without it (free-threaded builds) common.
https://docs.python.org/3/howto/free-threading-python.html
"""

from __future__ import annotations

import enum
import itertools
from typing import TYPE_CHECKING

from racelens.model.effect import Mode
from racelens.model.location import Root
from racelens.model.names import MODULE
from racelens.program.answers import LibraryType
from racelens.program.dependence import Dependence
from racelens.program.lock_types import is_for_tasks
from racelens.program.places import entry_of, same_place
from racelens.program.related import gives_back, group_of
from racelens.program.tasks import Level
from racelens.program.threads import Threads
from racelens.program.windows import UNSHARED
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.steps import Access, Step, Write
    from racelens.program.threads import Start
    from racelens.program.writers import Location, Site

_SHARED = frozenset({Root.NAME, Root.SELF, Root.CELL})
_STORES = frozenset({Mode.REBIND, Mode.AUGMENT})
_OWN = frozenset({"threading.local", "contextvars.ContextVar"})  # each thread has its own value


class Beside(enum.Enum):
    """What the rival of a thread's window is."""

    TWIN = "the same function in another thread"
    THREAD = "another function in another thread"
    LOOP = "a function on the event loop"
    CALLER = "a function that nobody is seen to call in a thread"


class ThreadWindow(NamedTuple):
    """A read and a write of a state that follows from it, with no lock held from one to the other.

    `is_check`: the read decides whether the write comes; else its value becomes what is written.
    `rival` is a write in between, by whom `beside` says; `started` is how threads come to run the
    window's function or, where that runs on the loop, the rival's. `level` is how sure it is that
    the two run at the same time. `on_loop`: the window's function runs on the event loop.
    """

    read: int
    write: int
    place: AccessPath
    is_check: bool
    beside: Beside
    rival: Site
    started: Start
    level: Level
    on_loop: bool


class ThreadWindows:
    """The windows of a program's functions that other threads may get into, each found once."""

    def __init__(self, program: Program) -> None:
        """Look at the functions of `program`, as they are asked for."""
        self._program = program
        self._known: dict[FunctionId, tuple[ThreadWindow, ...]] = {}

    def of(self, function: FunctionId) -> tuple[ThreadWindow, ...]:
        """Return the windows of a function, one for each write."""
        if function not in self._known:
            self._known[function] = tuple(_windows(self._program, function))
        return self._known[function]


def _windows(program: Program, function: FunctionId) -> Iterator[ThreadWindow]:
    summary = program.function(function)
    if summary.broken or summary.last_name in UNSHARED or summary.last_name == MODULE:
        return
    threads = program.facet(Threads)
    on_loop = function not in threads.functions
    if on_loop and not (summary.is_async or _is_reached_by_tasks(program, function)):
        return
    pairs = tuple(_pairs(program, function))
    if not pairs or program.tasks.held.called_under_lock(function):
        return
    seen: set[tuple[int, AccessPath]] = set()
    for pair in pairs:
        write, place = pair.write, pair.place
        if (write, group_of(place)) in seen or _is_own_to_threads(program, function, place):
            continue
        seen.add((write, group_of(place)))
        met = (_on_loop if on_loop else _in_thread)(program, function, pair)
        if met is not None:
            beside, rival, started, level = met
            site = (function, write) if beside is Beside.TWIN else rival
            yield ThreadWindow(
                pair.read, write, place, pair.decides, beside, site, started, level, on_loop
            )


class _Pair(NamedTuple):
    """A read and the write that follows from it, or that it `decides`; `locks` cover both."""

    read: int
    write: int
    place: AccessPath
    decides: bool
    locks: frozenset[Location]


_Met = tuple[Beside, "Site", "Start", Level]


def _pairs(program: Program, function: FunctionId) -> Iterator[_Pair]:
    """Yield each read with the write that follows from it, the locks of threads held from one on.

    Where a read is made again under a lock, that one counts.
    """
    view, steps = program.view(function), program.steps(function)
    held, dependence = program.held(function), Dependence(view.function.graph)
    location = program.tasks.writers.location
    reads = [(node, read) for node, step in enumerate(steps) for read in step.reads]
    for node, write in _writes(steps):
        pairs: list[_Pair] = []
        for origin, read in reads:
            if not _is_of(read, write):
                continue
            decides = not gives_back(write) and dependence.decides(origin, node)
            follows = write.mode in _STORES and dependence.derives(node, origin)
            if not (follows or decides):
                continue
            common = held.get(origin, frozenset()) & held.get(node, frozenset())
            taken = [steps[each].acquires for each in common]
            covering = [lock for lock in taken if not is_for_tasks(view, lock)]
            is_same = same_place(read.place, write.place)
            place = write.place if is_same else read.place
            locks = frozenset(location(function, lock) for lock in covering if lock is not None)
            pair = _Pair(origin, node, place, decides, locks)
            if covering:
                pairs = [pair] if locks else []  # what is read again under the lock counts
                break
            pairs.append(pair)
        pairs.sort(key=lambda pair: (not pair.decides, not same_place(pair.place, write.place)))
        yield from pairs[:1]


def _writes(steps: tuple[Step, ...]) -> Iterator[tuple[int, Write]]:
    for node, step in enumerate(steps):
        for write in step.early:
            if write.inner is None and write.place.root in _SHARED:
                yield node, write


def _is_of(read: Access, write: Write) -> bool:
    return same_place(read.place, write.place) or entry_of(read.place, write.place)


def _is_own_to_threads(program: Program, function: FunctionId, place: AccessPath) -> bool:
    """Say whether each thread has a value of its own behind a place."""
    view = program.view(function)
    while place.steps:
        place = place.parent
        path, _, name = place.name.rpartition(":")
        is_global = place.root is Root.NAME and not place.steps and path in program.modules
        known = view.global_type(path, name) if is_global else view.type_of(place)
        if isinstance(known, LibraryType) and known.name in _OWN:
            return True
    return False


def _in_thread(program: Program, function: FunctionId, pair: _Pair) -> _Met | None:
    """Return who gets into a window of a function that threads run, the surest first."""
    place = pair.place
    starts = [start for start in program.facet(Threads).run[function] if not start.follows]
    shared = [start for start in starts if start.shares(place)]
    if not pair.locks and not _has_own_key(program, function, place):
        for start in shared:
            if start.many and not start.guards(place):
                return Beside.TWIN, start.site, start, Level.SEEN
        if len(shared) == len(starts) and _run_at_once(shared, place):
            return Beside.TWIN, starts[0].site, starts[0], Level.SEEN
    others = (
        _beside(program, function, pair, site)
        for site in _rivals(program, function, place)
        if not pair.locks or _holds_another(program, site, pair.locks)
    )
    found = [met for met in others if met is not None]
    return max(found, key=lambda met: met[3], default=None)


def _run_at_once(starts: list[Start], place: AccessPath) -> bool:
    """Say whether two of these threads may run at the same time."""
    return any(
        one.thread != other.thread and one.guards(place).isdisjoint(other.guards(place))
        for one, other in itertools.combinations(starts, 2)
    )


def _has_own_key(program: Program, function: FunctionId, place: AccessPath) -> bool:
    """Say whether each thread works on an entry of its own: its key is what the thread is given."""
    starts = program.facet(Threads).run[function]
    given = {f"[={name}]" for name in program.function(function).parameters}
    return not given.isdisjoint(place.steps) and all(start.varies for start in starts)


def _holds_another(program: Program, site: Site, locks: frozenset[Location]) -> bool:
    """Say whether a rival writes under a lock, and under none of these."""
    held = program.facet(Threads).locks_at(site)
    return bool(held) and held.isdisjoint(locks)


def _rivals(program: Program, function: FunctionId, place: AccessPath) -> Iterator[Site]:
    if place.root is Root.SELF and program.view(function).owner is None:
        return
    for site in program.tasks.writers.of(function, place):
        if site[0] != function:
            yield site


def _beside(program: Program, function: FunctionId, pair: _Pair, rival: Site) -> _Met | None:
    """Say who the function of a rival write is to one that a thread runs."""
    threads, other, place = program.facet(Threads), rival[0], pair.place
    start = next((each for each in threads.run[function] if each.shares(place)), None)
    if start is None:
        return None
    if other in threads.run:
        apart = [
            each
            for each in threads.run[other]
            if each.thread != start.thread and each.guards(place).isdisjoint(start.guards(place))
        ]
        return (Beside.THREAD, rival, start, Level.SEEN) if apart else None
    if not start.guards(place).isdisjoint(threads.locks_at(rival)):
        return None
    if program.function(other).is_async or _is_reached_by_tasks(program, other):
        return (Beside.LOOP, rival, start, _level(program, start, place, rival))
    return (Beside.CALLER, rival, start, Level.OPEN)


def _level(program: Program, start: Start, place: AccessPath, rival: Site) -> Level:
    """Say how sure it is that a function on the loop runs while a thread does."""
    if start.by_library:
        return Level.SEEN
    if not start.awaited and program.function(start.site[0]).is_async:
        return Level.SEEN  # whoever started it goes on
    return program.tasks.meeting(start.site, place, rival).level


def _on_loop(program: Program, function: FunctionId, pair: _Pair) -> _Met | None:
    """Return the thread that gets into a window of a function that runs on the event loop."""
    threads, place = program.facet(Threads), pair.place
    if threads.run.keys().isdisjoint(program.tasks.writers.functions(function, place)):
        return None  # nobody has to read what the others do
    own = threads.locks_at((function, pair.write))
    for rival in _rivals(program, function, place):
        if pair.locks and not _holds_another(program, rival, pair.locks):
            continue
        for start in threads.run.get(rival[0], ()):
            if start.shares(place) and start.guards(place).isdisjoint(own):
                level = _level(program, start, place, (function, 0))
                return Beside.THREAD, rival, start, level
    return None


def _is_reached_by_tasks(program: Program, function: FunctionId) -> bool:
    return bool(program.tasks.reaching.of(function, by_object=False).roots)
