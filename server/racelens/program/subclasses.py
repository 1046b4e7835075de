"""The classes of a program from above: which derive from one, and what they make of its methods."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from racelens.model.names import ClassId, FunctionId

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.program.names import Names

_MOST_OVERRIDES = 4
_FEW_METHODS = 16  # of one name, in classes of the whole program


class Subclasses:
    """Who derives from whom. Answers are kept."""

    def __init__(self, names: Names) -> None:
        """Look at the classes of `names`."""
        self._names = names
        self._pairs: dict[tuple[ClassId, ClassId], bool] = {}
        self._overrides: dict[tuple[ClassId, str], tuple[FunctionId, ...]] = {}

    def may_be_one(self, known: ClassId, other: ClassId) -> bool:
        """Say whether an object may be of both classes: one derives from the other, or both do."""
        if known in self._names.mro(other) or other in self._names.mro(known):
            return True
        key = (known, other) if known < other else (other, known)
        if key not in self._pairs:
            below = self.below(known)
            self._pairs[key] = any(other in self._names.mro(subclass) for subclass in below)
        return self._pairs[key]

    def overriding(self, known: ClassId, name: str) -> tuple[FunctionId, ...]:
        """Return the methods by which subclasses override `name`; none where there are very many.

        A method of dozens of classes is an interface: what one of them does says little.
        """
        if known not in self._subclasses:
            return ()
        key = (known, name)
        if key not in self._overrides:
            found: list[FunctionId] = []
            for subclass in self._having(known, name):
                method = FunctionId(subclass.path, f"{subclass.name}.{name}")
                if method.name in self._names.modules[subclass.path].functions:
                    found.append(method)
                    if len(found) > _MOST_OVERRIDES:
                        break
            self._overrides[key] = tuple(found) if len(found) <= _MOST_OVERRIDES else ()
        return self._overrides[key]

    def _having(self, known: ClassId, name: str) -> Iterator[ClassId]:
        """Yield the subclasses that may have a method `name`.

        Where few classes have one, these are looked at instead of all the subclasses.
        """
        having = self._owners.get(name, ())
        if len(having) <= _FEW_METHODS:
            yield from (
                owner for owner in having if owner != known and known in self._names.mro(owner)
            )
            return
        yield from self.below(known)

    def below(self, known: ClassId) -> Iterator[ClassId]:
        """Yield the classes that derive from a class."""
        seen = {known}
        stack = [known]
        while stack:
            for subclass in self._subclasses.get(stack.pop(), ()):
                if subclass not in seen:
                    seen.add(subclass)
                    stack.append(subclass)
                    yield subclass

    @cached_property
    def _owners(self) -> dict[str, list[ClassId]]:
        """The classes that define a method themselves, by its name."""
        found: dict[str, list[ClassId]] = {}
        for path, module in self._names.modules.items():
            for function in module.functions:
                owner, _, name = function.rpartition(".")
                if owner in module.classes:
                    found.setdefault(name, []).append(ClassId(path, owner))
        return found

    @cached_property
    def _subclasses(self) -> dict[ClassId, list[ClassId]]:
        """The classes of the program that name a class as their base."""
        found: dict[ClassId, list[ClassId]] = {}
        for path, module in self._names.modules.items():
            for name, summary in module.classes.items():
                for base in summary.bases:
                    known = self._names.class_of(path, base)
                    if isinstance(known, ClassId):
                        found.setdefault(known, []).append(ClassId(path, name))
        return found
