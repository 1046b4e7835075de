"""Texts and places: what the client changes, counts and calls its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from racelens.lsp.convert import PositionEncoding, path_of, uri_of
from racelens.lsp.documents import OpenDocument
from racelens.source.span import Position
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lsp.conftest import Editor

URI = "file:///project/counter.py"
RACE = "await sleep(0)  # race\n"
ENCODINGS = [kind.value for kind in types.PositionEncodingKind]
# What str.splitlines takes for the end of a line and the protocol does not.
NO_ENDINGS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"


def partial(
    start: tuple[int, int], end: tuple[int, int], text: str
) -> types.TextDocumentContentChangePartial:
    return types.TextDocumentContentChangePartial(
        types.Range(types.Position(*start), types.Position(*end)), text
    )


def place(source: SourceFile) -> st.SearchStrategy[Position]:
    in_line = {line: st.integers(0, len(source.line(line))) for line in range(len(source.lines))}
    lines = st.sampled_from(sorted(in_line))
    return lines.flatmap(lambda line: st.builds(Position, st.just(line), in_line[line]))


@given(st.data())
def test_changes_give_the_text_that_the_client_has(data: st.DataObject) -> None:
    pieces = st.sampled_from(["a", "é", "😀", "\n", "\r", "\r\n", *NO_ENDINGS])
    texts = st.lists(pieces, max_size=12).map("".join)
    encoding = PositionEncoding(data.draw(st.sampled_from(ENCODINGS)))
    text = data.draw(texts)
    document = OpenDocument(URI, text, 1, "python", encoding)
    for new in data.draw(st.lists(texts, max_size=4)):
        source = SourceFile(URI, text)
        start, end = sorted((data.draw(place(source)), data.draw(place(source))))
        text = text[: source.offset(start)] + new + text[source.offset(end) :]
        area = types.Range(encoding.position(source, start), encoding.position(source, end))
        document.apply_change(types.TextDocumentContentChangePartial(area, new))
        assert document.source == text
        assert document.lines == SourceFile(URI, text).lines


def test_places_beyond_line_and_text_are_pulled_in() -> None:
    document = OpenDocument(URI, "ab\r\ncd", 1, "python", PositionEncoding("utf-16"))
    document.apply_change(partial((0, 99), (0, 99), "!"))
    document.apply_change(partial((9, 9), (9, 9), "?"))
    assert document.source == "ab!\r\ncd?"


def test_half_a_character_is_replaced() -> None:
    document = OpenDocument(URI, "a\ud83d", 1, "python", PositionEncoding("utf-16"))
    document.apply_change(partial((0, 0), (0, 0), "\udc00"))
    assert document.source == "\ufffda\ufffd"


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(ENCODINGS))
def test_columns_come_back_from_the_clients_units(line: str, kind: str) -> None:
    encoding = PositionEncoding(kind)
    for column in range(len(line) + 1):
        assert encoding.column(line, encoding.units(line[:column])) == column


@pytest.mark.parametrize(
    ("uri", "path", "windows_path"),
    [
        ("file:///a/b%20c.py", "/a/b c.py", r"\a\b c.py"),
        ("file:///a/100%25%23.py", "/a/100%#.py", r"\a\100%#.py"),
        ("file:///a;b.py", "/a;b.py", r"\a;b.py"),
        ("file:///c%3A/work/a.py", "/c:/work/a.py", r"C:\work\a.py"),
        ("file:///C:/work/a.py", "/C:/work/a.py", r"C:\work\a.py"),
        ("file://server/share/a.py", "//server/share/a.py", r"\\server\share\a.py"),
        ("untitled:Untitled-1", "untitled:Untitled-1", "untitled:Untitled-1"),
    ],
)
def test_paths_of_uris(uri: str, path: str, windows_path: str) -> None:
    assert path_of(uri, windows=False) == path
    assert path_of(uri, windows=True) == windows_path


def test_uris_of_paths() -> None:
    assert uri_of("/a/b c#.py", windows=False) == "file:///a/b%20c%23.py"
    assert uri_of(r"C:\work\b c.py", windows=True) == "file:///C:/work/b%20c.py"
    assert uri_of(r"\\server\share\a.py", windows=True) == "file://server/share/a.py"
    assert uri_of("untitled:Untitled-1") == "untitled:Untitled-1"


@pytest.mark.asyncio
async def test_a_change_below_what_is_no_line_ending_hits_its_line(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    for number, ending in enumerate(NO_ENDINGS):
        uri = f"file:///project/m{number}.py"
        fake.open(uri, f"a = 1\n{ending}b = 2\nc = '{ending}x'\nd = 4\n")
        version = fake.edit(uri, partial((3, 4), (3, 5), "g()  # race"))
        (item,) = await fake.published(uri, version)
        assert item.range == types.Range(types.Position(3, 0), types.Position(3, 7))


@pytest.mark.asyncio
@pytest.mark.parametrize(("kind", "column"), [("utf-8", 14), ("utf-16", 9), ("utf-32", 8)])
async def test_columns_are_counted_as_was_agreed(
    fake: Editor, push: types.ClientCapabilities, kind: str, column: int
) -> None:
    assert push.general
    push.general.position_encodings = [types.PositionEncodingKind(kind)]
    result = await fake.begin(push)
    assert result.capabilities.position_encoding == kind
    fake.open(URI, "x = 1\r\nf('😀é€')  # race\r\n")
    (item,) = await fake.published(URI)
    assert item.range == types.Range(types.Position(1, 0), types.Position(1, column))


@pytest.mark.asyncio
async def test_a_change_to_a_document_that_is_not_open_is_ignored(
    fake: Editor, push: types.ClientCapabilities
) -> None:
    await fake.begin(push)
    fake.replace("file:///project/never_opened.py", RACE)
    fake.close("file:///project/never_opened.py")
    fake.open(URI, RACE)
    await fake.published(URI)
    assert [each.uri for each in fake.client.published] == [URI]
    assert fake.client.messages == []


@pytest.mark.asyncio
async def test_the_clients_own_uri_comes_back(fake: Editor, push: types.ClientCapabilities) -> None:
    await fake.begin(push)
    for uri in (
        "file:///project/with%20space/a%2Bb.py",
        "file:///c%3A/project/counter.py",
        "file:///C:/project/other.py",
        "file:///project/plain (1).py",
        "file:///project/no%FFutf-8.py",
        "untitled:Untitled-1",
        "git:/project/counter.py?ref%3DHEAD",
    ):
        fake.open(uri, RACE)
        (item,) = await fake.published(uri)
        assert {step.location.uri for step in item.related_information or ()} == {uri}
        (action, *_) = await fake.actions(uri, item.range)
        action = await fake.resolve(action)
        assert action.edit
        (change,) = action.edit.document_changes or ()
        assert isinstance(change, types.TextDocumentEdit)
        assert change.text_document.uri == uri


@pytest.mark.asyncio
async def test_places_in_another_file_are_counted_in_its_own_encoding(
    fake: Editor, push: types.ClientCapabilities, tmp_path: Path
) -> None:
    assert push.general
    push.general.position_encodings = [types.PositionEncodingKind.Utf8]
    rival = tmp_path / "rival.py"
    rival.write_bytes("# öö coding: latin-1\n".encode("latin-1"))
    await fake.begin(push)
    fake.open(URI, f"await sleep(0)  # race in {rival}\n")
    (item,) = await fake.published(URI)
    locations = {step.message[:8]: step.location for step in item.related_information or ()}
    area = types.Range(types.Position(0, 2), types.Position(0, 6))
    assert locations["B writes"] == types.Location(rival.as_uri(), area)


@pytest.mark.asyncio
async def test_places_in_another_open_file_are_counted_in_its_buffer(
    fake: Editor, push: types.ClientCapabilities, tmp_path: Path
) -> None:
    rival = tmp_path / "rival file.py"
    uri = rival.as_uri().replace("%20", " ")
    await fake.begin(push)
    fake.open(uri, "1 😀😀😀 = 3")
    fake.open(URI, f"await sleep(0)  # race in {rival}\n")
    (item,) = await fake.published(URI)
    locations = {step.message[:8]: step.location for step in item.related_information or ()}
    area = types.Range(types.Position(0, 2), types.Position(0, 6))
    assert locations["B writes"] == types.Location(uri, area)


@pytest.mark.asyncio
async def test_a_file_that_cannot_be_read_is_still_named(
    fake: Editor, push: types.ClientCapabilities, tmp_path: Path
) -> None:
    rival = tmp_path / "gone.py"
    await fake.begin(push)
    fake.open(URI, f"await sleep(0)  # race in {rival}\n")
    (item,) = await fake.published(URI)
    uris = {step.location.uri for step in item.related_information or ()}
    assert rival.as_uri() in uris
