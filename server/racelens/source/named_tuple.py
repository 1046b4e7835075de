"""`NamedTuple`, made quickly: annotations are for type checkers alone.

`typing.NamedTuple` compiles each annotation that is text, three times as long as making the class:
https://github.com/python/cpython/blob/v3.13.0/Lib/typing.py#L2974. A run over one file makes more
than a hundred such classes before it reads a line.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    _MADE = frozenset(
        (
            "__annotations__",
            "__module__",
            "__qualname__",
            "__firstlineno__",
            "__static_attributes__",
        )
    )

    _NAMING = ("__module__", "__qualname__", "__doc__", "__orig_bases__")

    class _Maker(type):
        """Makes a class with these annotations a named tuple, and gives it the methods."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = body.get("__annotations__", {})
            values = [body[field] for field in fields if field in body]
            if any(field in body for field in [*fields][: len(fields) - len(values)]):
                raise TypeError(f"{name}: a field without a default follows one with a default")
            made = namedtuple(name, fields, defaults=values, module=body["__module__"])  # noqa: PYI024 - see above
            made.__annotations__ = fields
            made.__qualname__ = body["__qualname__"]
            for key, value in body.items():
                if key not in fields and key not in _MADE:
                    setattr(made, key, value)
            if len(bases) > 1:  # Generic: Python 3.10 refuses it
                more = {key: body[key] for key in _NAMING if key in body}
                return type(name, (made, *bases[1:]), {"__slots__": (), **more})
            return made

    class NamedTuple(metaclass=_Maker):
        """The base of classes whose instances are tuples with names, as `typing` has it."""


__all__ = ["NamedTuple"]
