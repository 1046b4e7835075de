"""What the library tables say of a call: the names around it and its path in, a row out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.libraries.table import CONTAINERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.libraries.rows import CallRow
    from racelens.libraries.table import Libraries
    from racelens.model.location import AccessPath
    from racelens.model.names import ClassId, FunctionId
    from racelens.program.views import FunctionView

# Methods of queues that are called without await, and that nothing else has.
_AT_ONCE = frozenset({"empty", "full", "qsize", "put_nowait", "get_nowait"})


def row_of(
    view: FunctionView,
    path: AccessPath | None,
    meaning: FunctionId | ClassId | str | None,
    *,
    awaited: bool,
) -> CallRow | None:
    """Return the row of a call of `path`, which means `meaning`; None where none is known."""
    libraries = view.names.libraries
    if isinstance(meaning, str):
        return libraries.row(meaning)
    if meaning is not None or path is None or not path.steps or path.steps[-1][0] == "[":
        return None
    if view.type_of(path.parent) is not None:
        return None
    return _untyped_row(libraries, path.last_name, awaited=awaited)


def _untyped_row(libraries: Libraries, method: str, *, awaited: bool) -> CallRow | None:
    """Return a row for a method of an object of unknown type: a container's or a queue's."""
    if awaited or method in _AT_ONCE:
        row = libraries.calls.get(f"asyncio.Queue.{method}")
        return row if row and (row.reads or row.writes) else None
    rows = (libraries.calls.get(f"{container}.{method}") for container in CONTAINERS)
    return next((row for row in rows if row is not None), None)


def calls_named(
    view: FunctionView, names: frozenset[str]
) -> Iterator[tuple[AccessPath | None, FunctionId | ClassId | str | None]]:
    """Yield those calls of a function that go by one of `names`, and what they mean.

    Its outline says so. A method of what another call has returned has no path: what that is, the
    outline does not say.
    """
    outline = view.function.outline
    if names.isdisjoint(outline.mentions):
        return
    if not names.isdisjoint(outline.chained):
        yield None, None
    for path in (*outline.calls, *outline.unawaited):
        if path is not None and path.last_name in names:
            yield path, view.callee(path)
