"""Rows of a database that are read, changed in memory or by a decision, and written back.

A function goes in, windows come out. Rows taken for update, version columns, conditions in the
statement itself and serializable transactions keep others out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from racelens.libraries.rows import CallRow
from racelens.model.effect import Kind
from racelens.model.names import MODULE, ClassId
from racelens.model.usage import Form
from racelens.program.store_windows import How
from racelens.program.stores import Access, Shared, Stores
from racelens.source.named_tuple import NamedTuple
from racelens.source.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from racelens.model.names import FunctionId
    from racelens.model.usage import CallUse, Change, Usage
    from racelens.program.program import Program

_FOR_UPDATE = frozenset({"with_for_update", "select_for_update", "skip_locked", "for_update"})
_RESETS = frozenset({"", "False", "None", "0"})  # or no constant: done twice, it is the same
_MEDIA = frozenset({"row", "sql"})
_SAVES = frozenset({"save", "asave"})
_SAVED = CallRow(medium="row", access="commit")
_ONE_OF_MANY = frozenset({"limit", "first", "afirst"})
_SELECT = re.compile(r"\bselect\b.*?\bfrom\s+[\"`]?([\w.]+)", re.IGNORECASE | re.DOTALL)
_UPDATE = re.compile(
    r"\bupdate\s+[\"`]?([\w.]+)[\"`]?\s+set\s+(.*?)(?:\bwhere\b(.*))?$", re.IGNORECASE | re.DOTALL
)
_COLUMN = re.compile(r"[\"`]?(\w+)[\"`]?\s*=")
_FROM = re.compile(r"\bfrom\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_INSERT = re.compile(r"\binsert\s+into\s+[\"`]?([\w.]+)", re.IGNORECASE)
_UPSERT = re.compile(r"\bon\s+(conflict|duplicate)\b", re.IGNORECASE)
_UPDATES = re.compile(r"(sqlalchemy|sqlmodel)(\.\w+)*\.update")
_RELATIVE = re.compile(r"(\w+)\s*=\s*\1\b")
_LOCKING = re.compile(
    r"for\s+(no\s+key\s+)?update|advisory_x?act_?lock|advisory_lock", re.IGNORECASE
)
_SERIAL = re.compile(r"serializable", re.IGNORECASE)


class RowWindow(NamedTuple):
    """A row is read by one call and written back by another, changed at a place in between.

    `state` is what is changed, as text; `place` is relative to the line of the `def`.
    `claims`: one of many rows is taken and marked.
    """

    read: Access
    write: Access
    place: Span
    state: str
    how: How
    claims: bool = False


def missing_rows(program: Program, function: FunctionId) -> Iterator[RowWindow]:
    """Yield where a function adds a row since it has found none: another worker may, too."""
    stores = _unguarded(program, function)
    if stores is None:
        return
    for add in stores.of("row", "add"):
        for read in stores.of("row", "get"):
            if _is_same_model(stores, read, add) and _adds_missing(stores, {read.node}, read, add):
                yield RowWindow(read, add, add.call.place, add.call.argument(0), How.MISSING)
                break
    for write in stores.of("sql", "set", "get"):
        insert = _INSERT.search(_text(write))
        if insert is None or _UPSERT.search(_text(write)):
            continue
        for read in stores.of("sql", "get"):
            select = _SELECT.search(_text(read))
            if select is None or select[1].lower() != insert[1].lower():
                continue
            if _adds_missing(stores, {read.node, *_fetched(stores, read)}, read, write):
                yield RowWindow(read, write, write.call.place, insert[1], How.MISSING)
                break


def _adds_missing(stores: Stores, origins: set[int], read: Access, add: Access) -> bool:
    decides = any(stores.dependence.decides(origin, add.node) for origin in origins)
    return decides and not stores.both_locked(read.node, add.node)


def _is_same_model(stores: Stores, read: Access, add: Access) -> bool:
    """Say whether the class that a query names makes the object that is added."""
    effects = stores.graph.effects
    queried = {
        effects[node].path
        for node in stores.dependence.behind(effects[read.node].sources, read.node)
        if effects[node].kind is Kind.READ
    }
    added = stores.dependence.behind(effects[add.node].sources, add.node)
    made = {effects[node].path for node in added if effects[node].kind is Kind.CALL}
    return not (queried & made) <= {None}


def row_windows(program: Program, function: FunctionId) -> Iterator[RowWindow]:
    """Yield the windows of a function on rows of databases, one for each change."""
    stores = _unguarded(program, function)
    if stores is None:
        return
    seen: set[str] = set()
    own = _own_saves(stores)
    for change in stores.usage.changes:
        window = _by_object(stores, change, own)
        if window is not None and window.state not in seen:
            seen.add(window.state)
            yield window
    yield from _by_statement(stores)
    yield from _by_values(stores)


def _unguarded(program: Program, function: FunctionId) -> Stores | None:
    """Return the accesses of a function that works on rows, if nothing keeps others from them."""
    stores = program.facet(Shared).of(function)
    if stores is None or not any(each.row.medium in _MEDIA for each in stores.accesses):
        return None
    return None if _is_guarded(stores) else stores


def _is_guarded(stores: Stores) -> bool:
    """Say whether a function takes rows for update, or in transactions that run as if alone."""
    mentions = stores.view.function.mentions
    given = {keyword for call in stores.usage.calls for keyword in call.keywords}
    if not _FOR_UPDATE.isdisjoint(mentions | given):
        return True
    if any(_LOCKING.search(text) or _SERIAL.search(text) for text in _texts(stores.usage)):
        return True
    names = stores.view.names
    functions = names.module(stores.view.path).functions.items()
    running = (function for name, function in functions if name.startswith(MODULE))
    if any(_SERIAL.search(text) for each in running for text in _texts(each.usage)):
        return True  # that is where an engine is made
    classes = (names.find(stores.view.path, mention) for mention in sorted(mentions))
    return any(
        isinstance(known, ClassId) and names.attribute(known, "__mapper_args__") is not None
        for known in classes
    )


def _texts(usage: Usage) -> Iterator[str]:
    """Yield the texts of what calls are given."""
    for call in usage.calls:
        yield from call.arguments
        yield from (text for _, text in call.given)


def _by_object(stores: Stores, change: Change, own: Mapping[str, list[Access]]) -> RowWindow | None:
    """Return the window that a change of an object is: read before, saved behind it."""
    saves = [access for access in stores.of("row", "commit") if _saves(access, change)]
    saves += [access for access in own.get(change.name, ()) if _saves(access, change)]
    if not saves:
        return None
    made = stores.dependence.behind([change.name], saves[0].node)
    reads = [
        access
        for access in stores.of("row", "get")
        if access.node in made and access.call.place.end <= change.place.start
    ]
    if not reads:
        return None
    read, write = reads[-1], saves[0]
    if stores.both_locked(read.node, write.node):
        return None
    whole = change.name + change.attribute
    if whole in change.uses or _carries(stores, change, reads, write.node):
        how = How.COMPUTED
    elif _is_under(stores, change, whole) and change.constant not in _RESETS:
        how = How.DECIDED
    elif change.constant and not _ONE_OF_MANY.isdisjoint(stores.view.function.mentions):
        return RowWindow(read, write, change.place, whole, How.DECIDED, claims=True)
    else:
        return None
    return RowWindow(read, write, change.place, whole, how)


def _is_under(stores: Stores, change: Change, whole: str) -> bool:
    """Say whether what is changed has a part in deciding whether it is."""
    return any(
        whole in condition.uses
        and condition.place.start <= change.place.start
        and change.place.end <= condition.place.end
        for condition in stores.usage.conditions
    )


def _saves(access: Access, change: Change) -> bool:
    """Say whether a call of a session writes a changed object."""
    if access.call.method == "begin":  # it commits when it is left
        return access.call.place.end <= change.place.start
    return access.call.place.start >= change.place.end


def _own_saves(stores: Stores) -> dict[str, list[Access]]:
    """Return by local the calls by which an object saves itself, if it is one of a model."""
    found: dict[str, list[Access]] = {}
    for call in stores.usage.calls:
        if call.method in _SAVES:
            owner, _, _ = call.label.rpartition(".")
            node = stores.node_of(call)
            if node is not None:
                found.setdefault(owner, []).append(Access(node, call, _SAVED, owner))
    return found


def _carries(stores: Stores, change: Change, reads: list[Access], write: int) -> bool:
    """Say whether the new value is computed from the row by way of another local."""
    others = {name for name in change.uses if name.isidentifier() and name != change.name}
    behind = stores.dependence.behind(others, write)
    return any(read.node in behind for read in reads)


def _by_statement(stores: Stores) -> Iterator[RowWindow]:
    """Yield the windows between a SELECT and an UPDATE of the same table."""
    for write in stores.of("sql", "set", "get"):
        update = _UPDATE.search(_text(write))
        if update is None or _RELATIVE.search(update[2]) or _has_condition(update[3]):
            continue
        changed = {name.lower() for name in _COLUMN.findall(update[2])}
        for read in stores.of("sql", "get"):
            select = _SELECT.search(_text(read))
            if select is None or select[1].lower() != update[1].lower():
                continue
            columns = {name.lower() for name in _WORD.findall(_FROM.split(select[0])[0])}
            if "*" not in select[0] and changed.isdisjoint(columns):
                continue
            how = _how(stores, read, write)
            if how is not None and not stores.both_locked(read.node, write.node):
                yield RowWindow(read, write, write.call.place, update[1], how)
                break


def _by_values(stores: Stores) -> Iterator[RowWindow]:
    """Yield the windows between a row and an `update()` that is given values computed from it.

    `update(Account).where(...).values(balance=account.balance - 1)`. Where the condition looks at
    the same column, nothing that is stale is changed.
    """
    for call in stores.usage.calls:
        write = _runs(stores, call) if call.method == "values" and call.keywords else None
        if write is None:
            continue
        inside = Span(call.name.end, call.place.end)
        used = _columns_used(stores, call.place)
        given = {(row, column) for row, column, place in used if _is_inside(place, inside)}
        compared = {(row, column) for row, column, place in used if not _is_inside(place, inside)}
        if any(column in call.keywords for _, column in compared):
            continue
        for row, column in sorted(given):
            behind = stores.dependence.behind([row], write.node)
            reads = [read for read in stores.of("row", "get") if read.node in behind]
            if reads and column in call.keywords:
                if not stores.both_locked(reads[-1].node, write.node):
                    state = f"{row}.{column}"
                    yield RowWindow(reads[-1], write, call.place, state, How.COMPUTED)
                break


def _runs(stores: Stores, values: CallUse) -> Access | None:
    """Return the call that runs an `update()` of SQLAlchemy, whose `values` are these."""
    begun = (each for each in stores.usage.calls if each.place.start == values.place.start)
    if not any(_UPDATES.fullmatch(stores.called(each)) for each in begun):
        return None
    around = (
        access
        for access in stores.of("row", "get", "set")
        if _is_inside(values.place, access.call.place)
    )
    return next(around, None)


def _columns_used(stores: Stores, place: Span) -> list[tuple[str, str, Span]]:
    """Return the locals and their attributes that are used in a range, and where."""
    return [
        (name, each.use.name, each.place)
        for name, uses in stores.usage.locals.items()
        for each in uses
        if each.use.form is Form.ATTRIBUTE and _is_inside(each.place, place)
    ]


def _is_inside(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _text(access: Access) -> str:
    text = access.call.argument(0, "query").replace("\\n", " ").rstrip("'\")")
    return text.strip()


def _has_condition(where: str | None) -> bool:
    """Say whether an UPDATE asks for more than the key: then it changes nothing that is stale."""
    return where is not None and re.search(r"\band\b", where, re.IGNORECASE) is not None


def _how(stores: Stores, read: Access, write: Access) -> How | None:
    dependence = stores.dependence
    origins = {read.node, *_fetched(stores, read)}
    owner = write.owner.partition(".")[0]
    if not stores.graph.leads(read.node, write.node):
        return None
    if any(dependence.derives(write.node, origin, but=owner) for origin in origins):
        return How.COMPUTED
    if any(dependence.decides(o, write.node, more_than_existence=True) for o in origins):
        return How.DECIDED
    return None


def _fetched(stores: Stores, read: Access) -> Iterator[int]:
    """Yield the nodes at which a cursor hands out what a statement has selected."""
    for node, effect in enumerate(stores.graph.effects):
        path = effect.path
        if node <= read.node or effect.kind is not Kind.CALL or path is None:
            continue
        if effect.name.startswith("fetch") and path.parent.display() == read.owner:
            yield node
