"""Which media outside the process a function may work on: its outline in, accesses out.

Its body is not read: most functions call `get` and `add` of what is no store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.program.library_calls import calls_named
from racelens.program.stores import SQL_METHODS, inherited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.names import FunctionId
    from racelens.program.program import Program

_STATEMENT = ("sql", "get")  # of any kind: its text is not read here


class Media:
    """The media that the functions of a program may work on, each looked at once."""

    def __init__(self, program: Program) -> None:
        """Look at the functions of `program`, as they are asked for."""
        self._program = program
        self._by_name = program.names.libraries.accesses
        self._names = program.renamed(SQL_METHODS.union(self._by_name))
        self._known: dict[FunctionId, frozenset[tuple[str, str]]] = {}

    def of(self, function: FunctionId) -> frozenset[tuple[str, str]]:
        """Return the media with the ways in which a function works on them; perhaps too many."""
        if function not in self._known:
            mentions = self._program.function(function).mentions
            found = () if self._names.isdisjoint(mentions) else self._accesses(function)
            self._known[function] = frozenset(found)
        return self._known[function]

    def _accesses(self, function: FunctionId) -> Iterator[tuple[str, str]]:
        view = self._program.view(function)
        libraries, outline = view.names.libraries, view.function.outline
        for name in outline.chained:
            yield from self._by_name.get(name, ())
        if not SQL_METHODS.isdisjoint(outline.mentions):
            yield _STATEMENT
        for path, meaning in calls_named(view, self._names):
            if path is not None:
                row = libraries.row(meaning or inherited(view, path))
                if row is not None and row.medium:
                    yield (row.medium, row.access)
