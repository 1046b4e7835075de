"""Named tuples that are made quickly behave as those of `typing`."""

from __future__ import annotations

import pickle
import typing

import pytest
from racelens.source.named_tuple import NamedTuple


class Place(NamedTuple):
    """A place in a text."""

    line: int
    column: int = 0

    @property
    def shown(self) -> str:
        """As a user counts."""
        return f"{self.line + 1}:{self.column + 1}"

    @classmethod
    def parse(cls, text: str) -> Place:
        """Read what `shown` has written."""
        line, column = text.split(":")
        return cls(int(line) - 1, int(column) - 1)

    def __str__(self) -> str:
        return self.shown


class Far(Place):
    """A named tuple may have subclasses."""


_T = typing.TypeVar("_T")


class Pair(NamedTuple, typing.Generic[_T]):
    """Two of a kind."""

    left: _T
    right: _T


class Standard(typing.NamedTuple):
    """What it is measured by."""

    line: int
    column: int = 0


def test_it_is_a_tuple_with_names_defaults_and_methods() -> None:
    place = Place(3)
    assert place == (3, 0)
    assert (place.line, place.column, place.shown, str(place)) == (3, 0, "4:1", "4:1")
    assert place._replace(column=5) == Place(line=3, column=5) == Place.parse("4:6")
    assert repr(place) == "Place(line=3, column=0)"
    assert Far(1).shown == "2:1"


def test_it_tells_of_itself_what_the_standard_one_does() -> None:
    for name in ("_fields", "_field_defaults", "__match_args__", "__module__"):
        assert getattr(Place, name) == getattr(Standard, name)
    assert (Place.__qualname__, Place.__doc__) == ("Place", "A place in a text.")
    assert Place.parse.__qualname__ == "Place.parse"


def test_it_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(Far(2, 7))) == Far(2, 7)  # noqa: S301 - our own


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match="line"):
        Place()  # type: ignore[call-arg]


def test_a_field_without_a_default_behind_one_with_is_refused() -> None:
    with pytest.raises(TypeError, match="default"):

        class Broken(NamedTuple):
            line: int = 0
            column: int  # type: ignore[misc]


def test_it_may_be_generic() -> None:
    pair: Pair[int] = Pair(1, right=2)
    assert (pair, pair.right, Pair[int](3, 4).left) == ((1, 2), 2, 3)
    assert pair._replace(left=5) == Pair(5, 2)
    assert isinstance(pair._replace(left=5), Pair)
