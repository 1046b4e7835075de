"""What names have been found to mean, kept by whom: `program.names` asks and fills it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from racelens.model.names import ClassId, FunctionId
    from racelens.model.summary import Type


class LibraryType(NamedTuple):
    """A class outside the program, by its qualified name; `constant` is its first argument."""

    name: str
    constant: int | None = None
    entries: str = ""  # qualified name of the class of a container's entries


class Answers:
    """Answers about names: the same ones are asked for at every access and call.

    Programs linked one after another share them while all names mean the same. `named` has sets of
    names with what imports rename them to, `aliases` what imports call a name that they rename.
    """

    def __init__(self) -> None:
        """Begin with nothing known."""
        self.found: dict[tuple[str, str], FunctionId | ClassId | None] = {}
        self.orders: dict[ClassId, tuple[ClassId, ...]] = {}
        self.methods: dict[tuple[ClassId, str], FunctionId | None] = {}
        self.held: dict[tuple[ClassId, str], ClassId | LibraryType | None] = {}
        self.attributes: dict[ClassId, dict[str, tuple[ClassId, tuple[Type, ...]]]] = {}
        self.properties: dict[str, tuple[FunctionId, ...]] | None = None
        self.named: dict[frozenset[str], frozenset[str]] = {}
        self.aliases: dict[str, set[str]] | None = None
