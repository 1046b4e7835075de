"""Names that say that an object is a lock, where its type is not known: path in, verdict out."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from racelens.model.location import AccessPath

_LOCK_WORDS = frozenset({"lock", "mutex", "guard", "transaction", "atomic", "exclusive", "locked"})
_SHARED_WORDS = frozenset({"reader", "read", "shared"})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def says_lock(path: AccessPath) -> bool:
    """Say whether the name of an object or function of unknown type says that it is a lock."""
    steps = [step for step in path.steps if step[0] == "."]
    return _says_lock(steps[-1] if steps else path.name)


def class_says_lock(name: str) -> bool:
    """Say whether a class is called a lock, whatever its objects are called: `_read_lock`."""
    return _says_lock(name.rpartition(".")[2])


@functools.lru_cache(maxsize=1 << 12)
def _says_lock(name: str) -> bool:
    words = {word.lower() for word in _WORD.findall(name)}
    return bool(words & _LOCK_WORDS) and not words & _SHARED_WORDS
