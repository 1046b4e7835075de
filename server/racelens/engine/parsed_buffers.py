"""Trees of unsaved buffers in parso's cache: texts go in, the trees that jedi shall see come out.

parso keeps one tree per path in memory and pickles those of files to the user's cache folder.
Here the trees of buffers are put in the first and kept out of the second, and writing to the second
is made safe against a process that is killed on the way. Only jedi's process imports this; parso
is bound to 0.8 by jedi.
"""

from __future__ import annotations

import functools
import os
import pickle
import sys
import time
from pathlib import Path
from typing import Any

import parso.cache


def harden_parso_cache(*, on_disk: bool) -> None:
    """Write pickled trees in one step, parse anew what is damaged, and evict no tree in use.

    parso writes in place, so a killed process would leave half a file, which then raises each time
    it is read. It also drops trees by their age once 600 are loaded, while jedi still looks them
    up; the ceiling of the process' memory takes that limit's place. With `on_disk` False, trees
    stay in memory.
    """
    cache: Any = parso.cache
    load = cache._load_from_file_system  # noqa: SLF001 - parso has no public seam here

    def load_or_none(hashed_grammar: str, path: Any, changed: float, cache_path: Any) -> Any:
        if not on_disk:
            return None
        try:
            return load(hashed_grammar, path, changed, cache_path)
        except Exception:  # noqa: BLE001 - unpickling a damaged file may raise anything
            return None

    def save(hashed_grammar: str, path: Any, item: Any, cache_path: Any) -> None:
        if not on_disk:
            return
        target = cache._get_hashed_path(hashed_grammar, path, cache_path)  # noqa: SLF001
        unfinished = f"{target}.{os.getpid()}"
        Path(unfinished).write_bytes(pickle.dumps(item, pickle.HIGHEST_PROTOCOL))
        Path(unfinished).replace(target)

    cache._load_from_file_system = load_or_none  # noqa: SLF001
    cache._save_to_file_system = save  # noqa: SLF001
    cache._CACHED_SIZE_TRIGGER = sys.maxsize  # noqa: SLF001


class ParsedBuffers:
    """The current texts of some paths, and their trees."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def put(self, path: str, text: str | None) -> None:
        """Let `text` stand for the file `path` from now on; the file itself again if None."""
        key = _key(path)
        if self._texts.get(key) == text:
            return
        for trees in parso.cache.parser_cache.values():
            for known in [known for known in trees if known is not None and _key(known) == key]:
                del trees[known]
        if text is None:
            self._texts.pop(key, None)
        else:
            self._texts[key] = text

    def text(self, path: Any) -> str | None:
        """Return the text that stands for `path`; None where the file does."""
        return self._texts.get(_key(path)) if path and self._texts else None

    def tree(self, grammar: Any, path: Any, text: str) -> Any:
        """Return the tree of `text`, the same one as long as it stands for `path`."""
        # With `diff_cache` parso looks for a tree of equal lines and stores a new one in memory
        # only. It never finds one of other lines, which it would change in place: `put` drops it.
        tree = grammar.parse(code=text, path=path, cache=False, diff_cache=True)
        item = parso.cache.parser_cache[grammar._hashed][Path(path)]  # noqa: SLF001
        item.last_used = time.time()
        return tree


def _key(path: Any) -> str:
    return _normal(str(path))


@functools.lru_cache(maxsize=10_000)
def _normal(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))
