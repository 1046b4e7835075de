"""What one file tells the others: its functions, classes, names and candidates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from racelens.model.candidate import UnawaitedCall
    from racelens.model.graph import Graph
    from racelens.model.location import AccessPath


class Type(NamedTuple):
    """What is known of a value's type: the path of its class, and whether it is called.

    `self.x = asyncio.Lock()` gives the path `asyncio.Lock`; `constant` is the first argument if
    it is a number, `factory` the class that a `defaultdict` makes, `literal` "list", "dict",
    "set", "tuple", "str", "int", "bool" or "None" for a display or constant.
    """

    path: AccessPath | None = None
    constant: int | None = None
    factory: AccessPath | None = None
    literal: str = ""


class Detail(NamedTuple):
    """What the body of a function tells. `local_types` are constructor calls bound to locals."""

    graph: Graph
    local_types: tuple[tuple[str, Type], ...]
    calls_unawaited: tuple[UnawaitedCall, ...]


class Body:
    """The body of one function, whose detail is read when somebody asks.

    Most functions that are no coroutine functions concern no task, and nobody does.
    """

    __slots__ = ("_detail", "_key", "_read")

    def __init__(
        self, key: object, read: Callable[[], Detail] | None, detail: Detail | None = None
    ) -> None:
        """Let `read` tell the detail, unless it is known; equal keys have equal details."""
        self._key = key
        self._read = read
        self._detail = detail

    def detail(self) -> Detail:
        """Return the detail."""
        if self._detail is None:
            assert self._read is not None, "a body without detail can be read"
            self._detail = self._read()
        return self._detail

    def __eq__(self, other: object) -> bool:
        """Say whether the details are equal; they are not read where the keys are."""
        if not isinstance(other, Body):
            return NotImplemented
        same_text = self._key is not None and self._key == other._key
        return self is other or same_text or self.detail() == other.detail()

    __hash__ = None  # type: ignore[assignment] # equality may have to read


@dataclass(frozen=True, slots=True)
class FunctionSummary:
    """One function. `line` is that of its `def` below its chunk (0-based) and no part of equality.

    `owner` is the qualified name of the class whose method it is, else ""; `enclosing` that of
    the function it is nested in. `mentions` are the names that it uses, `unawaited` the last
    names of what it calls without awaiting it: quick answers that spare reading the body.
    """

    name: str
    owner: str
    enclosing: str
    parameters: tuple[str, ...]
    parameter_types: tuple[Type | None, ...]
    decorators: tuple[AccessPath, ...]
    is_async: bool
    is_generator: bool
    body: Body
    line: int = field(compare=False, hash=False)
    body_line: int = field(compare=False, hash=False)
    broken: bool = False
    mentions: frozenset[str] = field(default=frozenset(), compare=False, hash=False)
    unawaited: frozenset[str] = field(default=frozenset(), compare=False, hash=False)

    @property
    def detail(self) -> Detail:
        """What the function's body tells."""
        return self.body.detail()

    @property
    def graph(self) -> Graph:
        """The function's graph of effects."""
        return self.detail.graph

    @property
    def local_types(self) -> tuple[tuple[str, Type], ...]:
        """The types of local variables, as far as constructor calls show them."""
        return self.detail.local_types

    @property
    def calls_unawaited(self) -> tuple[UnawaitedCall, ...]:
        """The calls that nobody awaits, in places where an awaitable is of no use."""
        return self.detail.calls_unawaited

    @property
    def last_name(self) -> str:
        """The name without its owners."""
        return self.name.rpartition(".")[2].partition("#")[0]

    @property
    def decorator_names(self) -> frozenset[str]:
        """The last names of the decorators."""
        return frozenset((path.steps or ("." + path.name,))[-1][1:] for path in self.decorators)


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """One class: its bases, and for each attribute the types that are assigned to it anywhere."""

    name: str
    bases: tuple[AccessPath, ...]
    attributes: tuple[tuple[str, tuple[Type, ...]], ...]
    documentation: str
    slots: bool
    decorators: tuple[AccessPath, ...]
    line: int = field(compare=False, hash=False)


class Import(NamedTuple):
    """A name that an import binds: the module's dotted name, and the member or ""."""

    name: str
    module: str
    member: str


@dataclass(frozen=True, slots=True)
class ChunkSummary:
    """What a run of top-level statements defines. It depends on the chunk's text alone."""

    functions: tuple[FunctionSummary, ...]
    classes: tuple[ClassSummary, ...]
    imports: tuple[Import, ...]
    variables: tuple[tuple[str, Type], ...]


@dataclass(frozen=True, slots=True)
class ModuleSummary:
    """One file: its chunks in order, with the line (0-based) at which each begins."""

    path: str
    chunks: tuple[tuple[int, ChunkSummary], ...]
