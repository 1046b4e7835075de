"""Suppression comments: which are seen, and which lines they apply to."""

from __future__ import annotations

import io
import sysconfig
import tokenize
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from racelens.source import comments
from racelens.source.comments import Suppression, suppressions
from racelens.source.text import SourceFile, decode

PIECES = (
    "# racelens: ignore", "# racelens: ignore[x] why", "# racelens: ignore-file", "x = 1", "f(",
    ")", "'", '"', '"""', "'''", "\\", "\n", "\r", "\r\n", "\x0c", "\u2028", "\x00", "    ", "\t",
    "]", "{", "def f():", "\ud800", "é\U0001f40d",
)  # fmt: skip


def read(text: str) -> tuple[Suppression, ...]:
    return suppressions(SourceFile("a.py", dedent(text)))


def lines(text: str) -> list[tuple[int, int]]:
    """Return the first and last line of what each comment in `text` applies to."""
    return [(found.line, found.last_line) for found in read(text)]


@pytest.mark.parametrize(
    ("comment", "rules", "reason"),
    [
        ("# racelens: ignore", (), ""),
        ("#racelens:ignore", (), ""),
        ("# racelens: ignore[lost-update]", ("lost-update",), ""),
        (
            "# racelens: ignore[lost-update, RL102] one writer",
            ("lost-update", "RL102"),
            "one writer",
        ),
        ("# racelens: ignore [ RL101 RL102 ,]", ("RL101", "RL102"), ""),
        ("# racelens: ignore[RL101] -- see #123", ("RL101",), "see #123"),
        ("# racelens: ignore: one writer", (), "one writer"),
        ("# noqa: E501  # racelens: ignore[RL101] why  # type: ignore", ("RL101",), "why"),
        ("## racelens: ignore[RL101]", ("RL101",), ""),
    ],
)
def test_forms(comment: str, rules: tuple[str, ...], reason: str) -> None:
    (found,) = read(f"x = 1  {comment}\n")
    assert (found.rules, found.reason) == (rules, reason)


@pytest.mark.parametrize(
    "comment",
    [
        "# racelens: ignored",
        "# racelens: ignore-files",
        "# racelens: ignore[]",
        "# racelens: ignore[ , ]",
        "# racelens: ignore[RL101",
        "# racelens: ignore-file",  # behind code
        "# racelens ignore",
        "# Racelens: ignore",
        "# say racelens: ignore",
    ],
)
def test_what_is_no_suppression(comment: str) -> None:
    assert read(f"x = 1  {comment}\n") == ()


def test_two_comments_in_one() -> None:
    first, second = read("x = 1  # racelens: ignore[a] why  #racelens: ignore[b]\n")
    assert (first.rules, first.reason, second.rules) == (("a",), "why", ("b",))


def test_the_span_is_that_of_the_comment_alone() -> None:
    text = "é = '''\r\n\U0001f40d''' # noqa # racelens: ignore[a] why   # more\n"
    (found,) = read(text)
    source = SourceFile("a.py", text)
    start, end = (source.offset(position) for position in found.span)
    assert text[start:end] == "# racelens: ignore[a] why"
    assert found.span.start.line == 1


def test_text_in_strings_is_no_comment() -> None:
    assert read('x = "# racelens: ignore"\n') == ()
    assert read("x = '\\'# racelens: ignore'\n") == ()
    assert read("x = '\\\n# racelens: ignore'\n") == ()
    assert read('"""\n# racelens: ignore\n"""\n') == ()
    assert read("rb'''\\'''\n# racelens: ignore\n'''\n") == ()
    assert read("f'{x!r:#racelens: ignore}'\n") == ()
    assert lines('x = """\n# racelens: ignore\n"""  # racelens: ignore\n') == [(0, 2)]


def test_behind_code_it_applies_to_the_statement() -> None:
    assert lines("a\nb  # racelens: ignore\nc\n") == [(1, 1)]
    assert lines("a\nf(  # racelens: ignore\n  1,\n)\nc\n") == [(1, 3)]
    assert lines("a\nf(\n  1,  # racelens: ignore\n)\nc\n") == [(1, 3)]
    assert lines("a\nf(\n  1,\n)  # racelens: ignore\nc\n") == [(1, 3)]
    assert lines("a\nb = \\\n  c  # racelens: ignore\nd\n") == [(1, 2)]
    assert lines("a\nb; f(\n)  # racelens: ignore") == [(1, 2)]


def test_in_a_compound_statement_it_applies_to_the_header() -> None:
    assert lines("async with a:  # racelens: ignore\n    b\n    c\n") == [(0, 0)]
    assert lines("if x:\n    b  # racelens: ignore\n    c\n") == [(1, 1)]


def test_on_its_own_line_it_applies_to_the_next_statement() -> None:
    assert lines("a\n# racelens: ignore\nf(\n  1\n)\nb\n") == [(2, 4)]
    assert lines("a\n    # racelens: ignore\n\n# more\n    b\nc\n") == [(4, 4)]
    assert (
        lines("# racelens: ignore[a]\n# racelens: ignore[b]\na  # racelens: ignore\n")
        == [(2, 2)] * 3
    )


def test_on_its_own_line_within_a_statement_it_applies_to_that() -> None:
    assert lines("a\nf(\n  # racelens: ignore\n  1,\n)\nb\n") == [(1, 4)]


def test_a_comment_for_the_file_applies_to_all_lines() -> None:
    (found,) = read("a\nb\n    # racelens: ignore-file[RL101] generated\nc\n")
    assert (found.line, found.last_line, found.rules) == (0, 4, ("RL101",))
    assert found.reason == "generated"


def test_line_endings_do_not_matter() -> None:
    text = "a\nf(\n  1,\n)  # racelens: ignore\n# racelens: ignore\nb"
    for newline in ("\r\n", "\r"):
        assert lines(text.replace("\n", newline)) == lines(text) == [(1, 3), (5, 5)]
    assert lines("a\x0c\u2028\nb  # racelens: ignore\n") == [(1, 1)]


def test_while_typing_it_applies_to_its_own_or_the_next_line() -> None:
    assert lines("f(1\na\nb  # racelens: ignore\n# racelens: ignore\nc\n") == [(2, 2), (4, 4)]
    assert lines("x = 'open\nb  # racelens: ignore\nc\n") == [(1, 1)]
    assert lines('x = """open\nb  # racelens: ignore\nc\n') == [(1, 1)]
    assert lines("a\n)]}\nb  # racelens: ignore\nc\n") == [(2, 2)]
    assert lines("a  # racelens: ignore") == [(0, 0)]
    assert lines("# racelens: ignore") == [(0, 0)]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_no_text_raises_and_lines_exist(text: str) -> None:
    source = SourceFile("a.py", text)
    for found in suppressions(source):
        assert 0 <= found.line <= found.last_line < len(source.lines)
        start, end = (source.offset(position) for position in found.span)
        assert text[start:end].startswith("#")
        assert "racelens:" in text[start:end]


@given(st.text(alphabet="#'\"\\\r\n ()[]racelns:igo-f\x0c\u2028", max_size=60))
def test_every_character_is_read(text: str) -> None:
    assert "".join(match[0] for match in comments._TOKEN.finditer(text)) == text  # noqa: SLF001


def statements_with_comments(text: str) -> list[tuple[int, int]]:
    """Return by `tokenize` the lines that a comment behind each of the comments applies to."""
    found: list[tuple[int, int]] = []
    waiting = 0
    first: int | None = None
    for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
        if token.type == tokenize.COMMENT:
            waiting += 1
        elif token.type == tokenize.NEWLINE:
            assert first is not None
            found += [(first - 1, token.start[0] - 1)] * waiting
            waiting, first = 0, None
        elif first is None and token.type not in {tokenize.NL, tokenize.INDENT, tokenize.DEDENT}:
            first = token.start[0]
    return found


@pytest.mark.parametrize("module", ["argparse", "inspect", "subprocess", "re/_parser", "typing"])
def test_statements_are_those_of_the_tokenizer(module: str) -> None:
    path = Path(sysconfig.get_path("stdlib"), f"{module}.py")
    if not path.exists():
        pytest.skip("this Python has no such module")
    text = decode(path.read_bytes())
    told = [
        (statement.first, statement.last)
        for statement in comments._statements(text)  # noqa: SLF001
        for _ in statement.comments
        if statement.first is not None
    ]
    assert told == statements_with_comments(text)
