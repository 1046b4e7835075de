"""How one function works on what is outside the process: stores, rows, files. Accesses come out.

Other workers and processes share these, so that every coroutine function has rivals: itself,
elsewhere. What is read is followed to what is written by values and by decisions.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from racelens.libraries.rows import CallRow
from racelens.model.effect import Kind
from racelens.model.location import Root
from racelens.model.names import ClassId, FunctionId
from racelens.program.answers import LibraryType
from racelens.program.coroutines import meaning_of
from racelens.program.dependence import Dependence
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.location import AccessPath
    from racelens.model.usage import CallUse
    from racelens.program.program import Program
    from racelens.program.views import FunctionView

# Methods by which the connections of databases, and what wraps them, run a statement.
SQL_METHODS = frozenset(
    {"execute", "executemany", "fetch", "fetch_all", "fetch_one", "fetch_val", "fetchrow"}
    | {"fetchval", "scalar", "scalars"}
)
_SQL = re.compile(r"""f?["']+\s*(select|insert|update)\b""", re.IGNORECASE)
_STATEMENT = CallRow(medium="sql", access="get")
# By default they keep nobody from reading what they have read.
_TRANSACTIONS = frozenset({"transaction", "begin", "begin_nested", "atomic"})
_FRESH = frozenset({"uuid", "secrets", "tempfile"})  # what their functions make is nobody else's


class Access(NamedTuple):
    """A call that works on a medium: its node, its row, and what it is called on.

    `owner` is the path that the method is called on, as text; "" for a function.
    """

    node: int
    call: CallUse
    row: CallRow
    owner: str


class Stores:
    """The accesses of one function to the media outside the process."""

    def __init__(self, program: Program, function: FunctionId) -> None:
        """Look at `function`."""
        self.program = program
        self.function = function
        self.view: FunctionView = program.view(function)
        self.graph = self.view.function.graph
        self.usage = self.view.function.usage
        self.dependence = Dependence(self.graph)
        self.accesses: tuple[Access, ...] = tuple(self._accesses())

    def of(self, medium: str, *kinds: str) -> list[Access]:
        """Return the accesses to a medium of some kinds, in the order of their nodes."""
        return [
            each for each in self.accesses if each.row.medium == medium and each.row.access in kinds
        ]

    def _accesses(self) -> Iterator[Access]:
        for call in self.usage.calls:
            node = self.node_of(call)
            row = self._row(call) if node is not None and call.is_call else None
            if row is None and call.method in SQL_METHODS and _SQL.match(call.argument(0)):
                row = _STATEMENT  # whatever runs it: it is given SQL
            if node is not None and row is not None and row.medium:
                owner = call.label.rpartition(".")[0] if call.method else ""
                yield Access(node, call, row, owner)

    def node_of(self, call: CallUse) -> int | None:
        """Return the node of a call; it may cover the `await` before it, too."""
        end = call.place.end
        name = call.method or (call.target.last_name if call.target is not None else "")
        nodes = self._ends
        return nodes.get((end.line, end.column, name)) or nodes.get((end.line, end.column, ""))

    @cached_property
    def _ends(self) -> dict[tuple[int, int, str], int]:
        """The calls by where they end, and by name."""
        placed = zip(self.graph.places, self.graph.effects, strict=True)
        return {
            (place[2], place[3], effect.name): node
            for node, (place, effect) in enumerate(placed)
            if effect.kind is Kind.CALL
        }

    def called(self, call: CallUse) -> str:
        """Return the full name of what a call of a library runs; "" for others, or if unknown."""
        meaning = meaning_of(self.view, call) or inherited(self.view, call.target)
        return meaning if isinstance(meaning, str) else ""

    def _row(self, call: CallUse) -> CallRow | None:
        return self.view.names.libraries.row(self.called(call))

    def both_locked(self, first: int, second: int) -> bool:
        """Say whether a lock is held from one node to another, by the function or its callers."""
        held, steps = self.program.held(self.function), self.program.steps(self.function)
        taken = held.get(first, frozenset()) & held.get(second, frozenset())
        places = (steps[node].acquires for node in taken)
        own = any(place is None or place.last_name not in _TRANSACTIONS for place in places)
        if own or self.program.tasks.held.called_under_lock(self.function):
            return True
        return any(start <= first and second <= end for start, end in self._named_locks)

    @cached_property
    def _named_locks(self) -> tuple[tuple[int, int], ...]:
        """Where locks are held that others know by a name: the nodes that enter and leave."""
        libraries = self.view.names.libraries
        found: list[tuple[int, int]] = []
        for node, effect in enumerate(self.graph.effects):
            entered = self.graph.effects[effect.partner] if effect.kind is Kind.LEAVE else None
            meaning = self.view.callee(entered.path) if entered is not None else None
            rows = libraries.classes(meaning) if isinstance(meaning, str) else ()
            if any(name in libraries.types and libraries.types[name].named for name in rows):
                found.append((effect.partner, node))
        return tuple(found)

    def is_fresh(self, access: Access) -> bool:
        """Say whether what an access names was made by this function: nobody else knows it."""
        effect = self.graph.effects[access.node]
        for node in self.dependence.behind(effect.sources, access.node):
            meaning = self.view.callee(self.graph.effects[node].path)
            is_call = self.graph.effects[node].kind is Kind.CALL
            if is_call and isinstance(meaning, str) and meaning.partition(".")[0] in _FRESH:
                return True
        return False

    def is_shared(self) -> bool:
        """Say whether the function may run in several places at once: as a task, or in a thread.

        A function that is not asynchronous is called by one that is, or by what runs in threads.
        """
        program, function = self.program, self.function
        if self.view.function.is_async:
            return True
        if any(root.is_normal for root in program.tasks.roots.of(function)):
            return True
        reach = program.tasks.reaching.of(function, by_object=False)
        outer = (program.function(each) for each in reach.outer - program.tasks.roots.mains)
        return bool(reach.roots) or any(each.is_async for each in outer)


class Shared:
    """The functions of a program that others may run elsewhere, with their accesses, made once."""

    def __init__(self, program: Program) -> None:
        """Look at the functions of `program`, as they are asked for."""
        self._program = program
        self._known: dict[FunctionId, Stores | None] = {}

    def of(self, function: FunctionId) -> Stores | None:
        """Return the accesses of a function; None where it runs once, or cannot be read."""
        if function not in self._known:
            is_broken = self._program.function(function).broken
            stores = None if is_broken else Stores(self._program, function)
            is_one = stores is not None and stores.accesses and stores.is_shared()
            self._known[function] = stores if is_one else None
        return self._known[function]


def inherited(view: FunctionView, target: AccessPath | None) -> str | None:
    """Return the library's method that is called on a class of the program, or on its object.

    `Account.objects.get`, where `class Account(models.Model)`, is that of django.db.models.Model.
    """
    if target is None or not target.steps:
        return None
    if target.root is Root.NAME:
        found: object = view.names.find(view.path, target.name)
        steps = target.steps
    else:
        found, steps = view.type_of(target.parent), target.steps[-1:]
    if not isinstance(found, ClassId):
        return None
    for base in library_bases(view, found):
        name = base + "".join(steps)
        if view.names.libraries.row(name) is not None:
            return name
    return None


def library_bases(view: FunctionView, known: ClassId) -> Iterator[str]:
    """Yield the classes outside the program that a class derives from."""
    for owner in view.names.mro(known):
        for base in view.names.bases(owner):
            if isinstance(base, LibraryType):
                yield from view.names.libraries.classes(base.name)
