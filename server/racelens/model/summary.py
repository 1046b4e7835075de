"""What one file tells the others: its functions, classes, names and candidates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
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


@dataclass(frozen=True, slots=True)
class FunctionSummary:
    """One function. `line` is that of its `def` below its chunk (0-based) and no part of equality.

    `owner` is the qualified name of the class whose method it is, else ""; `enclosing` that of
    the function it is nested in. `locals_types` holds constructor calls bound to local names.
    """

    name: str
    owner: str
    enclosing: str
    parameters: tuple[str, ...]
    parameter_types: tuple[Type | None, ...]
    decorators: tuple[AccessPath, ...]
    is_async: bool
    is_generator: bool
    graph: Graph
    local_types: tuple[tuple[str, Type], ...]
    calls_unawaited: tuple[UnawaitedCall, ...]
    line: int = field(compare=False, hash=False)
    body_line: int = field(compare=False, hash=False)
    broken: bool = False

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
