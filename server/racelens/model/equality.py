"""Named tuples of which some fields take no part in equality: where something stands, mostly."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Record = TypeVar("_Record", bound="tuple[Any, ...]")


def equal_without(*left_out: str) -> Callable[[type[_Record]], type[_Record]]:
    """Let two named tuples of a class be equal if all their fields but those `left_out` are."""

    def decorate(record: type[_Record]) -> type[_Record]:
        names: tuple[str, ...] = getattr(record, "_fields")  # noqa: B009 - of a class of any fields
        content = itemgetter(*(n for n, name in enumerate(names) if name not in left_out))

        def is_equal(self: _Record, other: object) -> bool:
            return self is other or (isinstance(other, record) and content(self) == content(other))

        def differs(self: _Record, other: object) -> bool:  # a tuple's own would compare all
            return not is_equal(self, other)

        def hashed(self: _Record) -> int:
            return hash(content(self))

        methods = {"__eq__": is_equal, "__ne__": differs, "__hash__": hashed}
        for name, method in methods.items():
            setattr(record, name, method)
        return record

    return decorate
