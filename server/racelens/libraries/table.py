"""What is known of libraries' calls and types: TOML text in, validated rows out."""

from __future__ import annotations

import enum
import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Row: TypeAlias = "dict[str, Any]"


class Suspends(enum.IntEnum):
    """Whether a call, awaited, gives control back to the event loop; a lattice, NEVER lowest."""

    NEVER = 0
    MAY = 1
    ALWAYS = 2


class LockKind(enum.Enum):
    """What entering an object means: only one task inside, at most n, or nothing."""

    EXCLUSIVE = "exclusive"
    COUNTED = "counted"
    NONE = "none"


class InvalidTableError(ValueError):
    """A table of library facts is not as it must be; the text names the table and the key."""


class CallRow(NamedTuple):
    """What one call does.

    `awaitable`: it must be awaited; `suspends`: what awaiting it does; `enters`: what entering
    its result as an async context manager does; `spawns`: it starts what it is given as tasks;
    `runs`: it runs what it is given to the end; `waits`: it returns when its object is set;
    `reads` and `writes`: what it does to its object, `keyed` if only to the entry of its first
    argument ("atomic" is a write that needs no check, "discard" one that minds no absence);
    `bounded`: it suspends only where its object was made with a limit.
    """

    awaitable: bool = False
    suspends: Suspends = Suspends.MAY
    enters: Suspends = Suspends.MAY
    spawns: bool = False
    runs: bool = False
    waits: bool = False
    reads: str = ""
    writes: str = ""
    keyed: bool = False
    bounded: bool = False
    source: str = ""


class TypeRow(NamedTuple):
    """What one class is: a kind of lock, and the class whose methods it has."""

    lock: LockKind
    base: str = ""
    source: str = ""


class _Rows(NamedTuple):
    calls: Mapping[str, CallRow]
    types: Mapping[str, TypeRow]


class Libraries(_Rows):
    """Rows by qualified name: "asyncio.sleep", "asyncio.Queue.put", "asyncio.Lock"."""

    def method(self, type_name: str, method: str) -> CallRow | None:
        """Return the row of a method, looked for in the class and in the classes it is based on."""
        while type_name:
            row = self.calls.get(f"{type_name}.{method}")
            if row is not None:
                return row
            known = self.types.get(type_name)
            type_name = known.base if known else ""
        return None

    def row(self, meaning: str) -> CallRow | None:
        """Return the row of a call by its qualified name, inherited methods included."""
        row = self.calls.get(meaning)
        if row is not None:
            return row
        owner, _, method = meaning.rpartition(".")
        return self.method(owner, method)

    @functools.cached_property
    def starters(self) -> frozenset[str]:
        """The last names of the calls that start or run tasks."""
        return frozenset(
            name.rpartition(".")[2] for name, row in self.calls.items() if row.spawns or row.runs
        )

    @functools.cached_property
    def measures(self) -> frozenset[str]:
        """The last names of the methods that look at the size of their object, or depend on it."""
        return frozenset(
            name.rpartition(".")[2]
            for name, row in self.calls.items()
            if row.reads == "size" or row.writes == "delete"
        )

    @functools.cached_property
    def mutators(self) -> frozenset[str]:
        """The last names of the methods that change their object."""
        return frozenset(name.rpartition(".")[2] for name, row in self.calls.items() if row.writes)

    @functools.cached_property
    def container_mutators(self) -> frozenset[str]:
        """The names of the methods that change a container, of whatever kind."""
        found = (name.rpartition(".") for name, row in self.calls.items() if row.writes)
        return frozenset(method for owner, _, method in found if owner in CONTAINERS)

    def lock_kind(self, type_name: str) -> LockKind | None:
        """Return what kind of lock the class is; None where nothing is known of it."""
        row = self.types.get(type_name)
        return row.lock if row else None

    def is_container(self, type_name: str) -> bool:
        """Say whether values of the class are Python's own containers."""
        while (row := self.types.get(type_name)) is not None and row.base:
            type_name = row.base
        return type_name in {"list", "dict", "set", "collections.deque"}


CONTAINERS = ("dict", "list", "set", "collections.deque")  # whose methods mean the same
_READS = frozenset({"", "value", "size"})
_WRITES = frozenset({"", "add", "delete", "update", "clear", "atomic", "discard"})


def parse_table(text: str, name: str) -> Libraries:
    """Return the rows of the table `text`; `name` is what messages call it.

    Raises InvalidTableError with one line that names the table and the key.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidTableError(f"{name}: is not TOML: {error}") from None
    source = values.get("source", "")
    calls = {
        key: _call_row(f"{name}: calls.{key}", row, source)
        for key, row in values.get("calls", {}).items()
    }
    types = {
        key: _type_row(f"{name}: types.{key}", row, source)
        for key, row in values.get("types", {}).items()
    }
    return Libraries(calls, types)


def _call_row(place: str, row: Row, source: str) -> CallRow:
    _check_keys(place, row, CallRow._fields)
    if row.get("reads", "") not in _READS or row.get("writes", "") not in _WRITES:
        raise InvalidTableError(f"{place}: reads or writes has an unknown value")
    levels: Row = {key: _level(place, row[key]) for key in ("suspends", "enters") if key in row}
    return CallRow(**_sourced(place, {"source": source, **row, **levels}))


def _type_row(place: str, row: Row, source: str) -> TypeRow:
    _check_keys(place, row, TypeRow._fields)
    kinds = {kind.value: kind for kind in LockKind}
    if row.get("lock") not in kinds:
        raise InvalidTableError(f"{place}: lock must be one of {', '.join(kinds)}")
    return TypeRow(**_sourced(place, {"source": source, **row, "lock": kinds[row["lock"]]}))


def _check_keys(place: str, row: Row, known: Iterable[str]) -> None:
    for key in row:
        if key not in known:
            raise InvalidTableError(f"{place}: unknown key {key}")


def _level(place: str, value: object) -> Suspends:
    for level in Suspends:
        if value == level.name.lower():
            return level
    raise InvalidTableError(f"{place}: must be never, may or always, not {value}")


def _sourced(place: str, values: Row) -> Row:
    if not str(values["source"]).startswith("https://"):
        raise InvalidTableError(f"{place}: source must be a public URL")
    return values


@functools.cache
def known_libraries() -> Libraries:
    """Return the rows of all tables that come with RaceLens."""
    calls: dict[str, CallRow] = {}
    types: dict[str, TypeRow] = {}
    for file in sorted(Path(__file__).parent.glob("*.toml")):
        table = parse_table(file.read_text("utf-8"), file.name)
        calls.update(table.calls)
        types.update(table.types)
    return Libraries(calls, types)
