"""Which functions mention a name: the first, cheap answer to who calls, writes or starts what.

Names in, functions out. A mention proves nothing: whoever asks resolves what is found.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from racelens.model.names import FunctionId
from racelens.program.spawning import SPAWNING_METHODS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from racelens.model.summary import FunctionSummary
    from racelens.program.names import ModuleNames, Names

    _Table = dict[str, list[str]]

_CHEAP_SCANS = 16


class Index:
    """The functions of a program by the names that they mention."""

    def __init__(self, names: Names) -> None:
        """Look into the modules of `names`."""
        self._names = names
        self._searches = 0
        self._scans: dict[str, int] = {}
        self._by_name: dict[str, _Table] = {}

    def mentioning(self, wanted: frozenset[str]) -> Iterator[FunctionId]:
        """Yield the functions that mention one of `wanted`, or what imports rename it to."""
        known = wanted | self._renamed(wanted)
        for path in self._paths(known):
            for name in self._functions(path, known):
                yield FunctionId(path, name)

    def _paths(self, known: frozenset[str]) -> Iterable[str]:
        """Return the files that mention one of `known`, in order; as `_functions` does."""
        self._searches += 1
        modules = self._names.modules
        if self._searches <= _CHEAP_SCANS:
            return [path for path in modules if not modules[path].mentions.isdisjoint(known)]
        if len(known) == 1:
            return self._files.get(next(iter(known)), ())
        found = {path for name in known for path in self._files.get(name, ())}
        return filter(found.__contains__, modules)

    @cached_property
    def _files(self) -> _Table:
        """The files that mention a name, by it."""
        return _by_mention(self._names.modules)

    def _functions(self, path: str, known: frozenset[str]) -> Iterable[str]:
        """Return the functions of a file that mention one of `known`.

        The first questions are answered by looking through all functions: a table by name costs
        as much as some of them, and most files are asked for a few names only.
        """
        functions = self._names.module(path).functions
        scans = self._scans[path] = self._scans.get(path, 0) + 1
        if scans <= _CHEAP_SCANS or len(known) > 1:
            found = (name for name in functions if not known.isdisjoint(functions[name].mentions))
            return tuple(found)
        if path not in self._by_name:
            self._by_name[path] = _by_mention(functions)
        return self._by_name[path].get(next(iter(known)), ())

    @cached_property
    def starters(self) -> frozenset[str]:
        """The names by which the program may call what starts or runs tasks."""
        known = self._names.libraries.starters | SPAWNING_METHODS
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


def _by_mention(known: Mapping[str, ModuleNames] | Mapping[str, FunctionSummary]) -> _Table:
    """Return the keys of `known` by the names that what they stand for mentions."""
    found: _Table = {}
    for key, one in known.items():
        for mention in one.mentions:
            found.setdefault(mention, []).append(key)
    return found
