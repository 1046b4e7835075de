"""What programs linked one after another have computed: content decides what still holds."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Generic, TypeVar

from racelens.model.names import FunctionId
from racelens.program.index import FileTable
from racelens.program.seen import Seen
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

    from racelens.model.summary import FunctionSummary
    from racelens.program.callers import Calls, KnownCalls
    from racelens.program.entries import Declared, EntryPoint
    from racelens.program.module_names import ModuleNames
    from racelens.program.propagate import CallSite, Entry
    from racelens.program.reach import KnownReach
    from racelens.program.root_search import KnownRoots, Started
    from racelens.program.steps import Step
    from racelens.program.views import FunctionView
    from racelens.program.window import Window
    from racelens.program.windows import Found

_T = TypeVar("_T")
_MOST_GONE = 1000  # functions that were typed over, and are remembered


class _Known(NamedTuple, Generic[_T]):
    """A `value`, with all that it follows from."""

    function: FunctionSummary
    meaning: object
    given: object
    value: _T


class Kept(Generic[_T]):
    """By function, what follows from its summary and from what the names in it mean."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._known: dict[FunctionId, _Known[_T]] = {}

    def of(
        self,
        identity: FunctionId,
        view: FunctionView,
        make: Callable[[], _T],
        given: object = None,
    ) -> _T:
        """Return what is known of a function, made anew unless all that it follows from is as then.

        `given` is what it follows from besides.
        """
        function, names = view.function, view.names
        known = self._known.get(identity)
        if (
            known is None
            or (known.function is not function and known.function != function)
            or known.given != given
            or not names.still_means(known.meaning, identity.path, function.mentions)
        ):
            known = self._known[identity] = _Known(function, names.meaning, given, make())
        elif known.meaning is not names.meaning:
            known = self._known[identity] = known._replace(meaning=names.meaning)
        return known.value

    def last(self, identity: FunctionId) -> _T | None:
        """Return what was known of a function last, whether it still holds or not."""
        known = self._known.get(identity)
        return None if known is None else known.value

    def copy(self) -> Kept[_T]:
        """Return a copy that learns for itself from now on."""
        other = Kept[_T]()
        other._known = dict(self._known)
        return other

    def forget(self, wanted: AbstractSet[FunctionId]) -> None:
        """Keep the functions in `wanted` only."""
        for gone in self._known.keys() - wanted:
            del self._known[gone]


class Memory:
    """What programs linked one after another have computed, mostly by function."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self.entries: dict[FunctionId, Entry] = {}
        self.sites: Kept[tuple[CallSite, ...]] = Kept()
        self.windows: dict[FunctionId, tuple[tuple[Step, ...], Found]] = {}
        self.references: dict[FunctionId, tuple[tuple[Step, ...], tuple[Window, ...]]] = {}
        self.calls: Kept[Calls] = Kept()
        self.started: defaultdict[int, Kept[Started]] = defaultdict(Kept)  # by round
        self.handed: Kept[tuple[EntryPoint, ...]] = Kept()
        self.threads: Kept[tuple[tuple[FunctionId, int, str], ...]] = Kept()
        self.declared: dict[str, Declared] = {}
        self.roots: KnownRoots | None = None
        self.called: KnownCalls | None = None
        self.reached: KnownReach | None = None
        self.seen = Seen()
        self.files = FileTable()

    def copy(self) -> Memory:
        """Return a copy: what is tried out leaves no trace in this one."""
        other = Memory()
        other.entries, other.sites = dict(self.entries), self.sites.copy()
        other.windows, other.references = dict(self.windows), dict(self.references)
        other.calls, other.handed = self.calls.copy(), self.handed.copy()
        other.threads = self.threads.copy()
        other.started.update({number: kept.copy() for number, kept in self.started.items()})
        other.declared, other.roots = dict(self.declared), self.roots
        other.called = None if self.called is None else self.called.copy()
        other.reached = None if self.reached is None else self.reached.copy()
        other.seen, other.files = self.seen.copy(), self.files
        return other

    def tidy(self, modules: Mapping[str, ModuleNames]) -> None:
        """Forget functions that are in none of `modules` any more, when they have become many."""
        count = sum(len(module.functions) for module in modules.values())
        if len(self.entries) <= count + _MOST_GONE:
            return
        wanted = {
            FunctionId(path, name) for path, known in modules.items() for name in known.functions
        }
        for known in (self.entries, self.windows, self.references, self.seen.functions):
            for gone in known.keys() - wanted:
                del known[gone]
        for started in self.started.values():
            started.forget(wanted)
        self.sites.forget(wanted)
        self.calls.forget(wanted)
        self.handed.forget(wanted)
        self.threads.forget(wanted)
