"""What one file tells the others: its functions, classes, names and candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from racelens.model.equality import equal_without
from racelens.model.location import cell
from racelens.model.usage import Usage
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from racelens.model.graph import Graph
    from racelens.model.location import AccessPath
    from racelens.model.outline import Outline


_PROPERTIES = frozenset({"property", "cached_property"})


class Type(NamedTuple):
    """What is known of a value's type: the path of its class, and whether it is called.

    `self.x = asyncio.Lock()` gives the path `asyncio.Lock`; `constant` is the first argument if
    it is a number, `factory` the class that a `defaultdict` makes, `literal` "list", "dict",
    "set", "tuple", "str", "int", "bool" or "None" for a display or constant. `entered`: it is what
    entering such an object gives, which is mostly the object itself. `alias`: no value, but another
    name of the class (`Session = Annotated[AsyncSession, Depends(make)]`).
    """

    path: AccessPath | None = None
    constant: int | None = None
    factory: AccessPath | None = None
    literal: str = ""
    entered: bool = False
    alias: bool = False


class Detail(NamedTuple):
    """What the body of a function tells."""

    graph: Graph


class Definition(Protocol):
    """A definition whose functions can be read; equal texts have equal details."""

    def detail(self, number: int) -> Detail:
        """Return what function `number` of the definition tells, itself and those nested in it."""
        ...

    def usage(self, number: int) -> Usage:
        """Return what becomes of values in function `number`."""
        ...

    def forget_usage(self) -> None:
        """Let go of what `usage` has told of all functions."""
        ...


class Body:
    """The body of one function, whose detail is read when somebody asks: mostly, nobody does."""

    __slots__ = ("_definition", "_detail", "_number", "_usage")

    def __init__(
        self, definition: Definition | None, number: int, detail: Detail | None = None
    ) -> None:
        """Let function `number` of `definition` tell the detail, unless it is known."""
        self._definition = definition
        self._number = number
        self._detail = detail
        self._usage: Usage | None = None

    def __reduce__(self) -> tuple[object, ...]:
        """Go to another process without what is read again when somebody asks."""
        return (Body, (self._definition, self._number, self._detail))

    def detail(self) -> Detail:
        """Return the detail."""
        if self._detail is None:
            assert self._definition is not None, "a body without detail can be read"
            self._detail = self._definition.detail(self._number)
        return self._detail

    def usage(self) -> Usage:
        """Return what becomes of values in the function; see `Detail`."""
        if self._definition is None:
            return Usage((), {}, None)  # of a definition that is broken
        if self._usage is None:
            self._usage = self._definition.usage(self._number)
        return self._usage

    def forget_usage(self) -> None:
        """Let go of what becomes of values: it is read anew if somebody asks again."""
        self._usage = None
        if self._definition is not None:
            self._definition.forget_usage()

    def __eq__(self, other: object) -> bool:
        """Say whether the details are equal; they are not read where the texts are."""
        if not isinstance(other, Body):
            return NotImplemented
        if self is other:
            return True
        same = self._definition is not None and self._definition == other._definition
        if same and self._number == other._number:
            return True
        return self.detail() == other.detail()

    __hash__ = None  # type: ignore[assignment] # equality may have to read


@equal_without("line", "body_line", "outline")
class FunctionSummary(NamedTuple):
    """One function. `line` is that of its `def` below its chunk (0-based) and no part of equality.

    `owner` is the qualified name of the class whose method it is, else ""; `enclosing` that of
    the function it is nested in. `local_types` are constructor calls bound to locals. `outline`
    gives quick answers that spare reading the body, from which it follows.
    """

    name: str
    owner: str
    enclosing: str
    parameters: tuple[str, ...]
    parameter_types: tuple[Type | None, ...]
    decorators: tuple[AccessPath, ...]
    is_async: bool
    is_generator: bool
    local_types: tuple[tuple[str, Type], ...]
    body: Body
    broken: bool
    line: int
    body_line: int
    outline: Outline

    @property
    def detail(self) -> Detail:
        """What the function's body tells."""
        return self.body.detail()

    @property
    def graph(self) -> Graph:
        """The function's graph of effects."""
        return self.detail.graph

    @property
    def mentions(self) -> frozenset[str]:
        """The names that the function uses, attributes and variables alike."""
        return self.outline.mentions

    @property
    def usage(self) -> Usage:
        """What becomes of values in the function."""
        return self.body.usage()

    @property
    def parameter_cells(self) -> frozenset[AccessPath]:
        """The paths of its parameters where functions nested in it share them."""
        return frozenset(cell(self.name, name) for name in self.parameters)

    @property
    def last_name(self) -> str:
        """The name without its owners."""
        return self.name.rpartition(".")[2].partition("#")[0]

    @property
    def is_property(self) -> bool:
        """Whether reading an attribute runs the function."""
        return bool(self.decorators) and not self.decorator_names.isdisjoint(_PROPERTIES)

    @property
    def decorator_names(self) -> frozenset[str]:
        """The last names of the decorators."""
        return frozenset((path.steps or ("." + path.name,))[-1][1:] for path in self.decorators)


@equal_without("line")
class ClassSummary(NamedTuple):
    """One class: its bases, and for each attribute the types that are assigned to it anywhere."""

    name: str
    bases: tuple[AccessPath, ...]
    attributes: tuple[tuple[str, tuple[Type, ...]], ...]
    documentation: str
    slots: bool
    decorators: tuple[AccessPath, ...]
    line: int


class Import(NamedTuple):
    """A name that an import binds: the module's dotted name, and the member or ""."""

    name: str
    module: str
    member: str


class ChunkSummary(NamedTuple):
    """What a run of top-level statements defines. It depends on the chunk's text alone."""

    functions: tuple[FunctionSummary, ...]
    classes: tuple[ClassSummary, ...]
    imports: tuple[Import, ...]
    variables: tuple[tuple[str, Type], ...]


class ModuleSummary(NamedTuple):
    """One file: its chunks in order, with the line (0-based) at which each begins."""

    path: str
    chunks: tuple[tuple[int, ChunkSummary], ...]
