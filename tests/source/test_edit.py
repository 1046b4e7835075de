"""Applying edits to a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from racelens.source.edit import OverlappingEditsError, TextEdit, apply_edits, rewriting
from racelens.source.span import Position, Span, span
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

SOURCE = SourceFile("a.py", "one\r\ntwo \U0001f40d\nthree")


def edit(place: Span, new_text: str, path: str = "a.py") -> TextEdit:
    return TextEdit(path, place, new_text)


def test_no_edit_changes_nothing() -> None:
    assert apply_edits(SOURCE, ()) == SOURCE.text


def test_edits_are_applied_whatever_their_order() -> None:
    edits = [
        edit(span(2, 0, 2, 5), "3"),
        edit(span(0, 0, 0, 3), "1"),
        edit(span(1, 4, 1, 5), "!"),
    ]
    assert apply_edits(SOURCE, edits) == apply_edits(SOURCE, edits[::-1]) == "1\r\ntwo !\n3"


def test_edits_of_other_files_are_left_out() -> None:
    assert apply_edits(SOURCE, [edit(span(0, 0, 0, 3), "1", "b.py")]) == SOURCE.text


def test_insertions_at_one_place_keep_their_order() -> None:
    place = span(1, 0, 1, 0)
    assert (
        apply_edits(SOURCE, [edit(place, "b"), edit(place, "a")])
        == "one\r\nbatwo \U0001f40d\nthree"
    )


def test_an_insertion_at_either_end_of_a_replacement_is_no_overlap() -> None:
    edits = [edit(span(0, 3, 0, 3), ">"), edit(span(0, 0, 0, 3), "1"), edit(span(0, 0, 0, 0), "<")]
    assert apply_edits(SOURCE, edits) == "<1>\r\ntwo \U0001f40d\nthree"


def test_edits_may_touch() -> None:
    edits = [edit(span(0, 0, 0, 1), "O"), edit(span(0, 1, 1, 0), "+")]
    assert apply_edits(SOURCE, edits) == "O+two \U0001f40d\nthree"


@pytest.mark.parametrize(
    "places",
    [
        (span(0, 0, 0, 2), span(0, 1, 0, 3)),
        (span(0, 0, 0, 3), span(0, 0, 0, 3)),
        (span(0, 0, 2, 0), span(1, 1, 1, 2)),
        (span(0, 0, 0, 3), span(0, 1, 0, 1)),
    ],
)
def test_edits_that_overlap_are_refused_in_either_order(places: tuple[Span, Span]) -> None:
    edits = [edit(place, "x") for place in places]
    for ordered in (edits, edits[::-1]):
        with pytest.raises(OverlappingEditsError, match=r"^a\.py:\d+$"):
            apply_edits(SOURCE, ordered)


@st.composite
def texts_and_pieces(draw: st.DrawFn) -> tuple[str, list[tuple[int, int, str]]]:
    """Draw a text and what to put in place of some of its ranges, which do not overlap."""
    text = draw(st.text(alphabet="ab\u00e9\U0001f40d\x0c\u2028\r\n"))
    # Between \r and \n there is no place in a text.
    places = [at for at in range(len(text) + 1) if text[max(0, at - 1) : at + 1] != "\r\n"]
    bounds = sorted(draw(st.lists(st.sampled_from(places), max_size=6, unique=True)))
    return text, [
        (a, b, draw(st.text("xy\n", max_size=3)))
        for a, b in zip(bounds[::2], bounds[1::2], strict=False)
    ]


def position(source: SourceFile, offset: int) -> Position:
    for number, line in enumerate(source.lines):
        if offset < len(line) or number == len(source.lines) - 1:
            return Position(number, offset)
        offset -= len(line)
    raise AssertionError(offset)


def replaced(text: str, pieces: Sequence[tuple[int, int, str]]) -> str:
    for start, end, new_text in reversed(pieces):
        text = text[:start] + new_text + text[end:]
    return text


@given(texts_and_pieces(), st.randoms())
def test_edits_do_what_replacing_from_behind_does(
    drawn: tuple[str, list[tuple[int, int, str]]], random: Random
) -> None:
    text, pieces = drawn
    source = SourceFile("a.py", text)
    edits = [
        edit(Span(position(source, start), position(source, end)), new_text)
        for start, end, new_text in pieces
    ]
    random.shuffle(edits)
    assert apply_edits(source, edits) == replaced(text, pieces)


@given(st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=8), st.data())
def test_rewriting_gives_the_other_text(lines: list[str], data: st.DataObject) -> None:
    """Whatever is between two texts, whether they end with a line feed or not."""
    before = SourceFile("a.py", "\n".join(lines))
    others = data.draw(st.lists(st.sampled_from(["a", "b", "d", ""]), max_size=8))
    after = SourceFile("a.py", "\n".join(others))
    edits = rewriting(before, after)
    assert apply_edits(before, edits) == after.text
    assert bool(edits) is (before.text != after.text)
