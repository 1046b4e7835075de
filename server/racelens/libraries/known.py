"""The tables that come with RaceLens: those that a program needs, by what it imports."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from racelens.libraries.table import Libraries, merged, parse_with_bases

if TYPE_CHECKING:
    from collections.abc import Iterable

_FOLDER = Path(__file__).parent
_ALWAYS = ("asyncio", "blocking", "builtins", "contextlib", "threading")  # those of Python itself


def libraries_for(imported: Iterable[str], own: tuple[Libraries, ...] = ()) -> Libraries:
    """Return the rows of what a program imports, by the first names of modules, and its `own`."""
    return _merged(table_names().intersection(imported).difference(_ALWAYS), own)


@functools.cache
def table_names() -> frozenset[str]:
    """Return the first names of the modules that there is a table for."""
    return frozenset(file.stem for file in _FOLDER.glob("*.toml"))


@functools.lru_cache(maxsize=64)
def _merged(names: frozenset[str], own: tuple[Libraries, ...]) -> Libraries:
    wanted = dict.fromkeys((*_ALWAYS, *sorted(names)))
    stack = list(wanted)
    while stack:
        for name in _table(stack.pop())[1]:
            if name not in wanted:
                wanted[name] = None
                stack.append(name)
    return merged((*(_table(name)[0] for name in wanted), *own))


@functools.cache
def _table(name: str) -> tuple[Libraries, tuple[str, ...]]:
    """Return the rows of a table, and the names of those that it is based on."""
    file = _FOLDER / f"{name}.toml"
    return parse_with_bases(file.read_text("utf-8"), file.name)
