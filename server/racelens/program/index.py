"""Which functions mention a name: the first, cheap answer to who calls, writes or starts what.

Names in, functions out. A mention proves nothing: whoever asks resolves what is found.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from racelens.model.names import FunctionId
from racelens.program.spawning import SPAWNING_METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.program.names import Names


class Index:
    """The functions of a program by the names that they mention."""

    def __init__(self, names: Names) -> None:
        """Look into the modules of `names`."""
        self._names = names

    def mentioning(self, wanted: frozenset[str]) -> Iterator[FunctionId]:
        """Yield the functions that mention one of `wanted`, or what imports rename it to."""
        known = wanted | self._renamed(wanted)
        for path, module in self._names.modules.items():
            if not module.mentions.isdisjoint(known):
                for name, function in module.functions.items():
                    if not function.mentions.isdisjoint(known):
                        yield FunctionId(path, name)

    @cached_property
    def starters(self) -> frozenset[str]:
        """The names by which the program may call what starts or runs tasks."""
        known = self._names.libraries.starters | SPAWNING_METHODS
        return known | self._renamed(known)

    @cached_property
    def awaitables(self) -> frozenset[str]:
        """The names by which the program may call what must be awaited."""
        own = {
            function.last_name
            for module in self._names.modules.values()
            for function in module.functions.values()
            if function.is_async
        }
        known = self._names.libraries.awaitables | own
        return known | self._renamed(known)

    def _renamed(self, wanted: frozenset[str]) -> frozenset[str]:
        return frozenset[str]().union(*(self._aliases.get(name, ()) for name in wanted))

    @cached_property
    def _aliases(self) -> dict[str, set[str]]:
        """What imports call a name that they rename."""
        found: dict[str, set[str]] = {}
        for module in self._names.modules.values():
            for bound in module.imports.values():
                if bound.member and bound.member != bound.name:
                    found.setdefault(bound.member, set()).add(bound.name)
        return found
