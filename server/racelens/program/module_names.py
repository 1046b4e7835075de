"""The names that one file binds, and who mentions which: a file's summary in."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from racelens.model.names import MODULE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from racelens.model.summary import ClassSummary, FunctionSummary, Import, ModuleSummary, Type

_CHEAP_SCANS = 16
_MOST_ANSWERS = 32  # of one kind, kept by a file


def functions_of(module: ModuleSummary) -> Iterator[tuple[str, int, FunctionSummary]]:
    """Yield the functions of a file: the name there, and the line on which its chunk begins.

    Of several definitions of one name the last counts. What a module runs between its definitions
    is several functions, and all of them are run: `<module>`, `<module>#2` ...
    """
    running = 0
    for start, chunk in module.chunks:
        for function in chunk.functions:
            name = function.name
            if name == MODULE:
                running += 1
                name = f"{MODULE}#{running}" if running > 1 else MODULE
            yield name, start, function


class ModuleNames:
    """The names that one file binds at module level; a later binding replaces an earlier one.

    `mentions` are all that it uses, `properties` the properties of its classes by their last names.
    """

    def __init__(self, module: ModuleSummary) -> None:
        """Take the names of `module`."""
        self.path = module.path
        self.functions: dict[str, FunctionSummary] = {}
        self.classes: dict[str, ClassSummary] = {}
        self.imports: dict[str, Import] = {}
        variables: dict[str, tuple[Type, ...]] = {}
        self.functions.update((name, function) for name, _, function in functions_of(module))
        for _, chunk in module.chunks:
            self.classes.update((known.name, known) for known in chunk.classes)
            self.imports.update((bound.name, bound) for bound in chunk.imports)
            for name, known in chunk.variables:
                variables[name] = (*variables.get(name, ()), known)
        self.variables: Mapping[str, tuple[Type, ...]] = variables
        properties: dict[str, tuple[str, ...]] = {}
        for name, function in self.functions.items():
            if function.is_property:
                properties[function.last_name] = (*properties.get(function.last_name, ()), name)
        self.properties: Mapping[str, tuple[str, ...]] = properties
        every = (function.mentions for function in self.functions.values())
        self.mentions = frozenset[str]().union(*every)
        self._scans = 0
        self._plain: dict[frozenset[str], frozenset[str]] = {}
        self._any: dict[frozenset[str], tuple[str, ...]] = {}

    @cached_property
    def packages(self) -> frozenset[str]:
        """The first names of the modules that it imports."""
        return frozenset(bound.module.partition(".")[0] for bound in self.imports.values())

    @cached_property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """What it imports under another name: the names there and here."""
        return tuple(
            (bound.member, bound.name)
            for bound in self.imports.values()
            if bound.member and bound.member != bound.name
        )

    def mentioning(self, wanted: frozenset[str]) -> Iterable[str]:
        """Return the functions that mention one of `wanted`, in order.

        The first questions are answered by looking through all functions: a table by name costs
        as much as some of them, and most files are asked for a few names only.
        """
        functions = self.functions
        self._scans += 1
        if len(wanted) > 1:
            return self._mentioning_any(wanted)
        if self._scans <= _CHEAP_SCANS:
            return [name for name in functions if not wanted.isdisjoint(functions[name].mentions)]
        return self._by_mention.get(next(iter(wanted)), ())

    def _mentioning_any(self, wanted: frozenset[str]) -> Sequence[str]:
        """Return the same for several names; the last answers are kept, as those below."""
        if wanted not in self._any:
            if len(self._any) >= _MOST_ANSWERS:
                self._any.clear()
            self._any[wanted] = tuple(
                name
                for name, function in self.functions.items()
                if not wanted.isdisjoint(function.mentions)
            )
        return self._any[wanted]

    def plain_mentioning(self, wanted: frozenset[str]) -> frozenset[str]:
        """Return the last names of the functions that mention one of `wanted`, async ones apart.

        The last answers are kept: programs linked one after another ask the same.
        """
        if wanted not in self._plain:
            if len(self._plain) >= _MOST_ANSWERS:
                self._plain.clear()
            found = (function for function in self.functions.values() if not function.is_async)
            self._plain[wanted] = frozenset(
                function.last_name for function in found if not wanted.isdisjoint(function.mentions)
            )
        return self._plain[wanted]

    @cached_property
    def _by_mention(self) -> dict[str, list[str]]:
        return by_mention(self.functions)


def by_mention(
    known: Mapping[str, ModuleNames] | Mapping[str, FunctionSummary],
) -> dict[str, list[str]]:
    """Return the keys of `known` by the names that what they stand for mentions."""
    found: dict[str, list[str]] = {}
    for key, one in known.items():
        for mention in one.mentions:
            found.setdefault(mention, []).append(key)
    return found
