"""Signs that the objects of a class are made to be shared by tasks: a class in, evidence out.

They are weaker than tasks that are seen: somebody has expected several.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from racelens.model.names import ClassId
from racelens.program.answers import LibraryType
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId
    from racelens.program.names import Names

_SHARED_WORDS = frozenset(
    {
        "cache",
        "client",
        "connection",
        "manager",
        "pool",
        "registry",
        "session",
        "store",
    }
)  # that classes are called whose objects are made to be shared
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_END = re.compile(r"[.,;:()]|\b(?:for|from|in|of|on|over|that|to|used|using|which|with)\b")
_THREADS = "threading."


def _is_maker(path: AccessPath) -> bool:
    """Say whether a call of `path` is one of a base's constructor."""
    return path.steps[-1:] == (".__init__",)


class Sign(NamedTuple):
    """What shows that a class is made to be shared, as a sentence; `maker` makes the lock."""

    text: str
    by_name: bool = False
    maker: FunctionId | None = None


class Sharing:
    """What the classes of a program say of themselves."""

    def __init__(self, names: Names) -> None:
        """Look at the classes of `names`."""
        self._names = names
        self._locks: dict[ClassId, str] = {}
        self._signs: dict[ClassId, Sign | None] = {}

    @cached_property
    def _singletons(self) -> frozenset[ClassId]:
        found: set[ClassId] = set()
        for path, module in self._names.modules.items():
            for types in module.variables.values():
                known = self._names.value_type(path, types)
                if isinstance(known, ClassId):
                    found.add(known)
        return frozenset(found)

    def is_singleton(self, known: ClassId) -> bool:
        """Say whether a module keeps an instance of the class in a variable."""
        return known in self._singletons

    def sign(self, owner: ClassId) -> Sign | None:
        """Return what shows that objects of the class are shared by tasks; None if nothing does."""
        if owner not in self._signs:
            self._signs[owner] = self._sign(owner)
        return self._signs[owner]

    def _sign(self, owner: ClassId) -> Sign | None:
        for known in self._made(owner):
            if self.is_singleton(known):
                return Sign(f"one {known.name} serves the whole module")
            lock = self.lock(known)
            if lock:
                text = f"{known.name} is made for several tasks: it has the lock self.{lock}"
                return Sign(text, maker=self._names.method(known, "__init__"))
        for text in (owner.name.rpartition(".")[2], self._kind(owner)):
            if _SHARED_WORDS.intersection(word.lower() for word in _WORD.findall(text)):
                return Sign(f"a {owner.name} is made to be shared", by_name=True)
        return None

    def _made(self, owner: ClassId) -> Iterator[ClassId]:
        """Yield the classes whose attributes an object has: up to one that makes it all itself."""
        for known in self._names.mro(owner):
            yield known
            maker = self._names.module(known.path).functions.get(f"{known.name}.__init__")
            if maker is not None and not any(_is_maker(path) for path in maker.outline.calls):
                return

    def _kind(self, owner: ClassId) -> str:
        """Return what the documentation says an object is: the last word of how it begins."""
        sentence = self._names.summary(owner).documentation.strip().partition("\n")[0]
        words = _END.split(sentence, maxsplit=1)[0].split()
        return words[-1] if words else ""

    def lock(self, known: ClassId) -> str:
        """Return the name of a lock that objects of the class have, for tasks; "" if none."""
        if known not in self._locks:
            self._locks[known] = self._own_lock(known)
        return self._locks[known]

    def _own_lock(self, known: ClassId) -> str:
        for name, types in self._names.summary(known).attributes:
            found = self._names.value_type(known.path, types)
            if isinstance(found, LibraryType) and not found.name.startswith(_THREADS):
                kind = self._names.libraries.lock_kind(found.name)
                if kind is not None and kind.value != "none":
                    return name
        return ""
