"""What kind of lock an object is: a path of a function in, facts of its class out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.libraries.rows import LockKind
from racelens.program.answers import LibraryType

if TYPE_CHECKING:
    from racelens.libraries.rows import TypeRow
    from racelens.model.location import AccessPath
    from racelens.program.views import FunctionView


def lock_row(view: FunctionView, path: AccessPath | None) -> TypeRow | None:
    """Return the row of the lock at `path`; None where it is no library's lock, or not known."""
    known = view.type_of(path) if path is not None else None
    return made_lock(view, known.name) if isinstance(known, LibraryType) else None


def made_lock(view: FunctionView, name: object) -> TypeRow | None:
    """Return the row of the lock that a class of a library is; None where it is none."""
    row = view.names.libraries.types.get(name) if isinstance(name, str) else None
    return row if row is not None and row.lock is not LockKind.NONE else None


def blocks_thread(view: FunctionView, path: AccessPath | None) -> bool:
    """Say whether taking the lock at `path` blocks the thread, and with it the event loop."""
    row = lock_row(view, path)
    return row is not None and row.blocks


def is_for_tasks(view: FunctionView, path: AccessPath | None) -> bool:
    """Say whether the lock at `path` is one of asyncio's, or made like them."""
    row = lock_row(view, path)
    return row is not None and not row.blocks


def is_reentrant(view: FunctionView, path: AccessPath | None) -> bool | None:
    """Say whether who holds the lock at `path` may take it again; None where nobody knows."""
    row = lock_row(view, path)
    return row.reentrant if row is not None else None
