"""What is known of libraries' calls, types and methods: TOML text in, validated rows out."""

from __future__ import annotations

import functools
import re
import sys
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from racelens.libraries.rows import (
    CallRow,
    Entry,
    FunctionRow,
    LockKind,
    MethodsRow,
    Suspends,
    TypeRow,
)

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Row: TypeAlias = "dict[str, Any]"
_AnyRow = TypeVar("_AnyRow", CallRow, TypeRow, MethodsRow, FunctionRow)


class InvalidTableError(ValueError):
    """A table of library facts is not as it must be; the text names the table and the key."""


class Libraries:
    """Rows by qualified name: "asyncio.sleep", "asyncio.Queue.put", "asyncio.Lock"."""

    def __init__(
        self,
        calls: Mapping[str, CallRow],
        types: Mapping[str, TypeRow],
        methods: Mapping[str, MethodsRow],
        functions: Mapping[str, FunctionRow],
    ) -> None:
        """Hold the rows of calls, of classes, and of methods and functions that libraries call."""
        self.calls = calls
        self.types = types
        self.methods = methods
        self.functions = functions

    def method(self, type_name: str, method: str) -> CallRow | None:
        """Return the row of a method, looked for in the class and in the classes it is based on."""
        for name in self.classes(type_name):
            row = self.calls.get(f"{name}.{method}")
            if row is not None:
                return row
        return None

    def classes(self, type_name: str) -> tuple[str, ...]:
        """Return the class and those that it is based on, nearest first."""
        found: dict[str, None] = {}
        while type_name and type_name not in found:
            found[type_name] = None
            known = self.types.get(type_name)
            type_name = known.base if known else ""
        return tuple(found)

    def row(self, meaning: object) -> CallRow | None:
        """Return the row of a call by its qualified name, inherited methods included.

        None where what is called is no library's, as a function of the program is.
        """
        if not isinstance(meaning, str):
            return None
        row = self.calls.get(meaning)
        if row is not None:
            return row
        owner, _, method = meaning.rpartition(".")
        return self.method(owner, method)

    def result(self, meaning: str) -> str:
        """Return the name under which the type of a call's result stands; "" where none does."""
        if meaning in self.types:
            return meaning
        owner, _, method = meaning.rpartition(".")
        names = (f"{name}.{method}" for name in self.classes(owner))
        return next((name for name in names if name in self.types), "")

    def entry_methods(self, type_name: str) -> MethodsRow | None:
        """Return what the library calls on objects of the class's subclasses.

        The name in a row may be a pattern: `*_pb2_grpc.*Servicer`.
        """
        names = self.classes(type_name)
        rows = (self.methods.get(name) for name in names)
        fitting = (
            self.methods[pattern]
            for pattern in self._patterns
            if any(fnmatchcase(name, pattern) for name in names)
        )
        return next((row for row in (*rows, *fitting) if row is not None), None)

    @functools.cached_property
    def _patterns(self) -> tuple[str, ...]:
        return tuple(name for name in self.methods if "*" in name)

    @functools.cached_property
    def objects(self) -> frozenset[str]:
        """The names of all that has methods or a type: classes, and attributes of theirs."""
        return frozenset(name.rpartition(".")[0] for name in self.calls).union(self.types)

    @functools.cached_property
    def starters(self) -> frozenset[str]:
        """The last names of the calls that start or run tasks."""
        return frozenset(
            name.rpartition(".")[2] for name, row in self.calls.items() if row.spawns or row.runs
        )

    @functools.cached_property
    def registrars(self) -> frozenset[str]:
        """The last names of the calls that are given, or decorate, what the library runs later."""
        return frozenset(
            name.rpartition(".")[2] for name, row in self.calls.items() if row.entry is not None
        )

    @functools.cached_property
    def locks(self) -> frozenset[str]:
        """The last names of the classes of locks."""
        return frozenset(
            name.rpartition(".")[2]
            for name, row in self.types.items()
            if row.lock is not LockKind.NONE
        )

    @functools.cached_property
    def blocking(self) -> frozenset[str]:
        """The last names of the calls that hold up the thread."""
        return frozenset(name.rpartition(".")[2] for name, row in self.calls.items() if row.blocks)

    @functools.cached_property
    def accesses(self) -> dict[str, frozenset[tuple[str, str]]]:
        """By last name, which media outside the process calls work on, and how."""
        found: dict[str, set[tuple[str, str]]] = {}
        for name, row in self.calls.items():
            if row.medium:
                found.setdefault(name.rpartition(".")[2], set()).add((row.medium, row.access))
        return {name: frozenset(known) for name, known in found.items()}

    @functools.cached_property
    def threading(self) -> frozenset[str]:
        """The last names of the calls that run a function in another thread."""
        return frozenset(name.rpartition(".")[2] for name, row in self.calls.items() if row.threads)

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
        return self.classes(type_name)[-1] in CONTAINERS if type_name else False


CONTAINERS = ("dict", "list", "set", "collections.deque")  # whose methods mean the same
_READS = ("", "value", "size")
_WRITES = ("", "add", "delete", "update", "clear", "atomic", "discard")
_BLOCKS = ("", "long", "file", "name")
_MEDIA = ("", "redis", "record", "row", "sql", "file", "service")
_ACCESSES = (
    "", "get", "peek", "set", "add", "take", "commit", "guard", "open", "replace", "retry",
    "transaction",
)  # fmt: skip
_SWITCHES = tuple(
    name for name, default in CallRow._field_defaults.items() if isinstance(default, bool)
)
_VERSIONS = re.compile(r"([a-z][\w.-]* )?(>=|<=|==|~=|!=|<|>) ?\d[\w.*]*")
_HEAD = (
    *("library", "versions", "source", "requires", "threaded"),
    *("calls", "types", "methods", "functions"),
)

_LOCKS = {kind.value: kind for kind in LockKind}
_ENTRIES = {entry.value: entry for entry in Entry}
_LEVELS = {level.name.lower(): level for level in Suspends}
_NAMED: dict[str, Mapping[str, object]] = {
    "suspends": _LEVELS,
    "enters": _LEVELS,
    "entry": _ENTRIES,
}


def parse_table(text: str, name: str) -> Libraries:
    """Return the rows of the table `text`; `name` is what messages call it.

    Raises InvalidTableError with one line that names the table and the key.
    """
    return parse_with_bases(text, name)[0]


def parse_with_bases(text: str, name: str) -> tuple[Libraries, tuple[str, ...]]:
    """Return the rows of a table, and the names of the tables on which they are based."""
    table = _parsed(text, name)
    libraries = Libraries(
        _section(table, name, "calls", _call_row),
        _section(table, name, "types", _type_row),
        _section(table, name, "methods", _methods_row),
        _section(table, name, "functions", _function_row),
    )
    return libraries, tuple(table.get("requires", ()))


def merged(tables: Iterable[Libraries]) -> Libraries:
    """Return the rows of all `tables`; of two for one name, the later one holds."""
    calls: dict[str, CallRow] = {}
    types: dict[str, TypeRow] = {}
    methods: dict[str, MethodsRow] = {}
    functions: dict[str, FunctionRow] = {}
    for table in tables:
        calls.update(table.calls)
        types.update(table.types)
        methods.update(table.methods)
        functions.update(table.functions)
    return Libraries(calls, types, methods, functions)


def _parsed(text: str, name: str) -> Row:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidTableError(f"{name}: is not TOML: {error}") from None
    _check_keys(name, table, _HEAD)
    for key in ("library", "versions", "source"):
        if not isinstance(table.get(key, ""), str):
            raise InvalidTableError(f"{name}: {key} must be a string")
    _check_switch(name, "threaded", table.get("threaded", False))
    return table


def _section(
    table: Row, name: str, section: str, read: Callable[[str, Row], _AnyRow]
) -> dict[str, _AnyRow]:
    rows = table.get(section, {})
    if not isinstance(rows, dict):
        raise InvalidTableError(f"{name}: {section} must be a table")
    given = {key: table[key] for key in ("versions", "source") if key in table}
    threaded = {"threaded": True} if table.get("threaded") is True else {}
    found: dict[str, _AnyRow] = {}
    for key, row in cast("dict[str, object]", rows).items():
        place = f"{name}: {section}.{key}"
        if not isinstance(row, dict):
            raise InvalidTableError(f"{place}: must be a table of facts")
        facts = {**given, **cast("Row", row)}
        runs = section == "methods" or (section == "calls" and facts.get("entry") == "many")
        found[key] = read(place, {**threaded, **facts} if runs else facts)
        _check_origin(place, found[key])
    return found


def _call_row(place: str, row: Row) -> CallRow:
    _check_keys(place, row, CallRow._fields)
    _check_word(place, "reads", row.get("reads", ""), _READS)
    _check_word(place, "writes", row.get("writes", ""), _WRITES)
    _check_word(place, "blocks", row.get("blocks", ""), _BLOCKS)
    _check_word(place, "medium", row.get("medium", ""), _MEDIA)
    _check_word(place, "access", row.get("access", ""), _ACCESSES)
    if not isinstance(row.get("instead", ""), str):
        raise InvalidTableError(f"{place}: instead must be a text")
    for key in _SWITCHES:
        _check_switch(place, key, row.get(key, False))
    for key, values in _NAMED.items():
        if key in row:
            _check_word(place, key, row[key], tuple(values))
            row[key] = values[row[key]]
    return CallRow(**row)


def _type_row(place: str, row: Row) -> TypeRow:
    _check_keys(place, row, TypeRow._fields)
    _check_word(place, "lock", row.get("lock", "none"), tuple(_LOCKS))
    for key in ("blocks", "reentrant", "named"):
        _check_switch(place, key, row.get(key, False))
    if not isinstance(row.get("base", ""), str):
        raise InvalidTableError(f"{place}: base must be the name of a class")
    row["lock"] = _LOCKS[row.get("lock", "none")]
    return TypeRow(**row)


def _methods_row(place: str, row: Row) -> MethodsRow:
    instance = row.pop("instance", "shared")
    _check_keys(place, row, MethodsRow._fields)
    _check_word(place, "instance", instance, ("shared", "own"))
    for entry in Entry:
        names = row.get(entry.value, [])
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):  # pyright: ignore[reportUnknownVariableType]
            raise InvalidTableError(f"{place}: {entry.value} must be a list of methods' names")
        row[entry.value] = tuple(cast("list[str]", names))
    _check_switch(place, "threaded", row.get("threaded", False))
    return MethodsRow(**{**row, "own": instance == "own"})


def _function_row(place: str, row: Row) -> FunctionRow:
    _check_keys(place, row, FunctionRow._fields)
    _check_word(place, "entry", row.get("entry", ""), tuple(_ENTRIES))
    if not isinstance(row.get("of", ""), str):
        raise InvalidTableError(f"{place}: of must be the name of a package")
    row["entry"] = _ENTRIES[row["entry"]]
    return FunctionRow(**row)


def _check_keys(place: str, row: Row, known: Iterable[str]) -> None:
    for key in row:
        if key not in known:
            raise InvalidTableError(f"{place}: unknown key {key}")


def _check_word(place: str, key: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        words = ", ".join(word for word in known if word)
        raise InvalidTableError(f"{place}: {key} must be one of {words}, not {value}")


def _check_switch(place: str, key: str, value: object) -> None:
    if not isinstance(value, bool):
        raise InvalidTableError(f"{place}: {key} must be true or false")


def _check_origin(place: str, row: CallRow | TypeRow | MethodsRow | FunctionRow) -> None:
    if not str(row.source).startswith("https://"):
        raise InvalidTableError(f"{place}: source must be a public URL")
    if not _is_range(str(row.versions)):
        raise InvalidTableError(f"{place}: versions must be a range as in `>=1.2,<3`")


@functools.cache  # the rows of a table share theirs
def _is_range(versions: str) -> bool:
    return all(_VERSIONS.fullmatch(part.strip()) for part in versions.split(","))
