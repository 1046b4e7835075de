"""Decoding, lines and offsets."""

from __future__ import annotations

import codecs
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from racelens.source.span import Position, Span, span
from racelens.source.text import SourceFile, UndecodableError, decode

TEXTS = st.text(alphabet="a\u00e9\U0001f40d \t\r\n\x0b\x0c\x1c\x85\u2028\u2029")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ""),
        ("é\U0001f40d".encode(), "é\U0001f40d"),
        (codecs.BOM_UTF8 + "é".encode(), "é"),
        (codecs.BOM_UTF8 + "# coding: utf-8\né".encode(), "# coding: utf-8\né"),
        (b"# -*- coding: latin-1 -*-\n\xe9", "# -*- coding: latin-1 -*-\né"),
        (b"#!\n# vim: set fileencoding=cp1252 :\n\x80", "#!\n# vim: set fileencoding=cp1252 :\n€"),
        (b" \t\x0c# coding=latin-1\n\xe9", " \t\x0c# coding=latin-1\né"),
        (b"a\r\nb\rc\n", "a\r\nb\rc\n"),
    ],
)  # fmt: skip
def test_decode_follows_the_mark_and_the_declaration(content: bytes, text: str) -> None:
    assert decode(content) == text


def test_a_declaration_counts_on_the_first_two_lines_only() -> None:
    assert decode("\n\n# coding: latin-1\né".encode()) == "\n\n# coding: latin-1\né"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"x\n'\xff'", "is not utf-8 text: byte 0xff on line 2"),
        (codecs.BOM_UTF8 + b"\xff", "is not utf-8 text: byte 0xff on line 1"),
        (b"# coding: ascii\n\xe9", "is not ascii text: byte 0xe9 on line 2"),
        (b"# coding: klingon\n", "declares an encoding that Python does not know: klingon"),
        (b"# coding: rot13\n", "declares an encoding that Python does not know: rot13"),
    ],
)
def test_what_cannot_be_decoded_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(UndecodableError) as raised:
        decode(content)
    assert str(raised.value) == reason


ENCODINGS = (
    b"", b"utf-7", b"utf-16", b"idna", b"punycode", b"base64", b"unicode_escape", b"undefined",
)  # fmt: skip
STARTS = (b"", b"# coding: ", b"\n#coding=", codecs.BOM_UTF8 + b"# coding:")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of `unicode_escape`
@given(st.sampled_from(STARTS), st.sampled_from(ENCODINGS), st.binary())
def test_decode_raises_nothing_else(start: bytes, encoding: bytes, content: bytes) -> None:
    with contextlib.suppress(UndecodableError):
        assert isinstance(decode(start + encoding + b"\n" + content), str)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ("",)),
        ("a", ("a",)),
        ("a\n", ("a\n", "")),
        ("a\r\nb\rc\nd", ("a\r\n", "b\r", "c\n", "d")),
        ("\r\n\r\n", ("\r\n", "\r\n", "")),
        ("\n\r", ("\n", "\r", "")),
        ("a\x0b\x0c\x1c\x85\u2028\u2029b\n", ("a\x0b\x0c\x1c\x85\u2028\u2029b\n", "")),
    ],
)
def test_lines_end_where_pythons_do(text: str, lines: tuple[str, ...]) -> None:
    assert SourceFile("a.py", text).lines == lines


@given(TEXTS)
def test_lines_are_the_text_in_pieces(text: str) -> None:
    source = SourceFile("a.py", text)
    assert "".join(source.lines) == text
    for number, line in enumerate(source.lines):
        assert source.line(number) == line.rstrip("\r\n")
        assert ("\n" in line or "\r" in line) == (number < len(source.lines) - 1)


@given(TEXTS)
def test_every_character_of_a_line_has_its_offset(text: str) -> None:
    source = SourceFile("a.py", text)
    for number in range(len(source.lines)):
        for column, character in enumerate(source.line(number)):
            assert text[source.offset(Position(number, column))] == character


def test_an_offset_beyond_line_or_text_is_pulled_in() -> None:
    source = SourceFile("a.py", "ab\r\n\U0001f40d\n")
    assert source.offset(Position(0, 2)) == source.offset(Position(0, 99)) == 2
    assert source.offset(Position(1, 1)) == source.offset(Position(1, 99)) == 5
    assert source.offset(Position(2, 0)) == source.offset(Position(99, 0)) == 6
    assert source.line(99) == ""


@pytest.mark.parametrize(
    ("text", "newline"),
    [("a\r\nb\n", "\r\n"), ("a\rb", "\r"), ("a\nb\r\n", "\n"), ("a", "\n"), ("", "\n")],
)
def test_the_newline_is_that_of_the_first_line(text: str, newline: str) -> None:
    assert SourceFile("a.py", text).newline == newline


def test_spans() -> None:
    place = span(1, 2, 3, 4)
    assert place == Span(Position(1, 2), Position(3, 4))
    assert place.shifted(2) == span(3, 2, 5, 4)
    assert place.shifted(2).shifted(-2) == place
    inside = [Position(1, 2), Position(2, 99), Position(3, 4)]
    assert all(place.contains(position) for position in inside)
    assert not any(place.contains(position) for position in (Position(1, 1), Position(3, 5)))
