"""The user's own tables of library facts: paths in, tables and what is wrong with them out."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from racelens.libraries.table import InvalidTableError, parse_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racelens.libraries.table import Libraries


def read_tables(paths: Iterable[str]) -> tuple[tuple[Libraries, ...], tuple[str, ...]]:
    """Return the tables at `paths`, and one line for each that cannot be used.

    The same text gives the same table: what was linked with it before still holds.
    """
    read = [_read(path) for path in paths]
    tables = tuple(table for table in read if not isinstance(table, str))
    return tables, tuple(message for message in read if isinstance(message, str))


def _read(path: str) -> Libraries | str:
    """Return the table at `path`, or what is wrong with it."""
    try:
        return _parsed(Path(path).read_bytes().decode("utf-8"), path)
    except InvalidTableError as error:
        return f"{error}; this table of libraries is ignored."
    except UnicodeDecodeError:
        return f"{path}: is not UTF-8 text; this table of libraries is ignored."
    except OSError as error:
        reason = error.strerror or str(error)
        return f"{path}: cannot be read ({reason}); this table of libraries is ignored."


@functools.lru_cache(maxsize=64)
def _parsed(text: str, path: str) -> Libraries:
    return parse_table(text, path)
