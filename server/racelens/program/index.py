"""Which functions mention a name: the first, cheap answer to who calls, writes or starts what.

Names in, functions out. A mention proves nothing: whoever asks resolves what is found.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from racelens.model.names import FunctionId
from racelens.program.module_names import by_mention
from racelens.program.spawning import SPAWNING_METHODS
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from racelens.program.answers import Answers
    from racelens.program.module_names import ModuleNames
    from racelens.program.names import Names

_CHEAP_SCANS = 16
_FEW = 64  # files that are other ones than a table was made of, and are looked at one by one


class _Table(NamedTuple):
    """The files of a program by the names that they mention."""

    modules: Mapping[str, ModuleNames]
    files: Mapping[str, list[str]]


class _Reached(NamedTuple):
    """The `names` that reach others in a program of these modules, and those of each round."""

    modules: Mapping[str, ModuleNames]
    answers: Answers
    rounds: tuple[frozenset[str], ...]
    names: frozenset[str]


class FileTable:
    """A table of the files that mention a name, for programs linked one after another.

    `reached` has the answers of `Index.names_reaching`.
    """

    def __init__(self) -> None:
        """Begin without one."""
        self._made: _Table | None = None
        self.reached: dict[tuple[frozenset[str], int], _Reached] = {}

    @property
    def is_made(self) -> bool:
        """Whether there is a table of some program by now."""
        return self._made is not None

    def of(self, modules: Mapping[str, ModuleNames]) -> _Table:
        """Return a table of all but a few of `modules`."""
        made = self._made
        if made is None or len(other_files(made.modules, modules)) > _FEW:
            made = self._made = _Table(modules, by_mention(modules))
        return made


def other_files(known: Mapping[str, ModuleNames], modules: Mapping[str, ModuleNames]) -> set[str]:
    """Return the files that are not in both, or not the same there."""
    other = {path for path, module in modules.items() if module is not known.get(path)}
    if len(known) > len(modules) - len(other):
        other.update(known.keys() - modules.keys())
    return other


def changed_functions(before: ModuleNames, after: ModuleNames) -> Iterator[FunctionId]:
    """Yield the functions of a file that are new, or whose bodies were read again since."""
    for name, function in after.functions.items():
        known = before.functions.get(name)
        if known is None or known.body is not function.body:
            yield FunctionId(after.path, name)


class Index:
    """The functions of a program by the names that they mention."""

    def __init__(self, names: Names, table: FileTable) -> None:
        """Look into the modules of `names`, with the `table` of the program before."""
        self._names = names
        self._table = table
        self._searches = 0

    def mentioning(self, wanted: frozenset[str]) -> Iterator[FunctionId]:
        """Yield the functions that mention one of `wanted`, or what imports rename it to."""
        known = self.named(wanted)
        modules = self._names.modules
        for path in self._paths(known):
            for name in modules[path].mentioning(known):
                yield FunctionId(path, name)

    def mentioning_in(self, path: str, wanted: frozenset[str]) -> Iterator[FunctionId]:
        """Yield those of one file."""
        for name in self._names.modules[path].mentioning(self.named(wanted)):
            yield FunctionId(path, name)

    def names_reaching(self, names: frozenset[str], hops: int) -> frozenset[str]:
        """Return `names`, and those of the plain functions that mention them, callers of callers.

        `hops` is how many functions may lie between.
        """
        asked = (names, hops)
        before = self._table.reached.get(asked)
        if before is None or not self._still_reach(before):
            before = self._reached(names, hops)
        else:
            before = before._replace(modules=self._names.modules)
        self._table.reached[asked] = before
        return before.names

    def _reached(self, names: frozenset[str], hops: int) -> _Reached:
        modules = self._names.modules
        known = names = self.named(names)
        rounds: list[frozenset[str]] = []
        for _ in range(hops):
            rounds.append(names)
            found = (modules[path].plain_mentioning(names) for path in self._paths(names))
            names = self.named(frozenset[str]().union(*found) - known)
            if not names:
                break
            known |= names
        return _Reached(modules, self._names.answers, tuple(rounds), known)

    def _still_reach(self, before: _Reached) -> bool:
        """Say whether files that have changed since add the same names in each round."""
        modules = self._names.modules
        if before.answers is not self._names.answers or before.modules.keys() != modules.keys():
            return False
        return all(
            modules[path].plain_mentioning(names) == before.modules[path].plain_mentioning(names)
            for path in other_files(before.modules, modules)
            for names in before.rounds
        )

    def _paths(self, known: frozenset[str]) -> Iterable[str]:
        """Return the files that mention one of `known`, in order.

        The first questions are answered by looking through all files, unless there is a table.
        """
        modules = self._names.modules
        self._searches += 1
        if self._searches <= _CHEAP_SCANS and not self._table.is_made:
            return [path for path in modules if not modules[path].mentions.isdisjoint(known)]
        files, other = self._files, self._other
        if len(known) == 1 and not other:
            return files.get(next(iter(known)), ())
        found = {path for name in known for path in files.get(name, ()) if path not in other}
        for path in other & modules.keys():
            if not modules[path].mentions.isdisjoint(known):
                found.add(path)
        return sorted(found, key=self._place.__getitem__)

    @property
    def _files(self) -> Mapping[str, list[str]]:
        return self._known.files

    @cached_property
    def _known(self) -> _Table:
        return self._table.of(self._names.modules)

    @cached_property
    def _other(self) -> set[str]:
        """The files of which the table does not tell the truth."""
        return other_files(self._known.modules, self._names.modules)

    @cached_property
    def _place(self) -> dict[str, int]:
        """The place of each file in the order of the program."""
        return {path: number for number, path in enumerate(self._names.modules)}

    def named(self, known: frozenset[str]) -> frozenset[str]:
        """Return `known` with what imports rename them to."""
        answers = self._names.answers
        found = answers.named.get(known)
        if found is None:
            found = answers.named[known] = known | self._renamed(known)
        return found

    @cached_property
    def starters(self) -> frozenset[str]:
        """The names by which the program may call what starts or runs tasks."""
        return self.named(self._names.libraries.starters | SPAWNING_METHODS)

    def _renamed(self, wanted: frozenset[str]) -> frozenset[str]:
        answers = self._names.answers
        if answers.aliases is None:
            answers.aliases = {}
            for module in self._names.modules.values():
                for member, name in module.renamed:
                    answers.aliases.setdefault(member, set()).add(name)
        aliases = answers.aliases
        return frozenset[str]().union(*(aliases.get(name, ()) for name in wanted))
