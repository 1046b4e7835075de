"""Syntax of one file, chunk by chunk: a source goes in, trees and problems come out.

A chunk is one top-level definition, or a run of other top-level statements. A
file of which nothing is known is parsed at once. Otherwise chunks are parsed one by one, so that a
change costs the chunk that it touches, and broken syntax loses no other.
Where a boundary cuts through a statement (a definition in a string), the chunk before it ends in an
open string or bracket: it is joined with what follows, up to where that is closed. What cannot be
parsed then is mended by `source.recovery`. Nothing here raises for any text.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

from racelens.source.logical_lines import LogicalLines
from racelens.source.named_tuple import NamedTuple
from racelens.source.syntax_tree import read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from racelens.source.text import SourceFile

_CONTINUES = ("else", "elif", "except", "finally", "case")
_DEFINES = ("def ", "class ", "async ", "@")
_NOT_A_START = " \t\f\r\n#)]}'\""
# What CPython says of a text that ends inside a string, a bracket or a joined line.
_CUT_OFF = ("never closed", "unterminated triple", "unexpected EOF", "expecting '}'")
_LINE_NUMBER = re.compile(r"\bline (\d+)")


class Chunk(NamedTuple):
    """A run of whole lines: its first line (0-based), its text, and its tree.

    `tree` is None where the text is known already; the first line of its numbers is line `base`
    of the file (0-based): the chunk's, or the file's. `broken` holds the lines (relative to the
    chunk) that had to be replaced to read the rest.
    """

    start: int
    text: str
    tree: ast.Module | None
    base: int
    broken: frozenset[int] = frozenset()


class SyntaxProblem(NamedTuple):
    """Why a part of the file could not be read: 0-based line, and the reason."""

    line: int
    message: str


def parse(
    source: SourceFile, known: Collection[str] = ()
) -> tuple[tuple[Chunk, ...], tuple[SyntaxProblem, ...]]:
    """Return the chunks of `source` in order, and what could not be read.

    A chunk whose text is in `known` is not parsed again; its tree is None. A chunk of which
    nothing can be read is left out. Problems come in the order of their lines: one for all that
    is broken, at the first such place, and one for each place that needs a newer Python.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes are the user's affair
        return _Reader(source, known).chunks()


class _Piece(NamedTuple):
    """A chunk, and why it could not be read."""

    chunk: Chunk
    error: Exception | None


class _Reader:
    """Reads one file."""

    def __init__(self, source: SourceFile, known: Collection[str]) -> None:
        self._lines = _without_mark(source.lines)
        self._text = source.text if self._lines is source.lines else "".join(self._lines)
        self._known = known
        self._logical: LogicalLines | None = None

    def chunks(self) -> tuple[tuple[Chunk, ...], tuple[SyntaxProblem, ...]]:
        starts = _starts(self._lines)
        whole = read(self._text).tree if not self._known else None
        if whole is not None:
            return tuple(self._cut(_outside_statements(starts, whole), whole)), ()
        pieces, is_cut = self._pieces(starts)
        if is_cut and self._known:  # otherwise the whole cannot be read
            whole = read(self._text).tree
            if whole is not None:
                pieces, _ = self._pieces(_outside_statements(starts, whole))
        if all(piece.error is None for piece in pieces):
            return tuple(piece.chunk for piece in pieces), ()
        return _mended(pieces)

    def _cut(self, starts: Sequence[int], whole: ast.Module) -> Iterator[Chunk]:
        """Yield the chunks that begin at `starts`, with their statements of the tree `whole`."""
        statements = whole.body
        number = 0
        for start, end in zip(starts, [*starts[1:], len(self._lines)], strict=True):
            first = number
            while number < len(statements) and statements[number].lineno <= end:
                number += 1
            body = ast.Module(statements[first:number], [])
            yield Chunk(start, "".join(self._lines[start:end]), body, 0)

    def _pieces(self, starts: Sequence[int]) -> tuple[list[_Piece], bool]:
        """Parse the chunks that begin at `starts`; say whether some may still be cut off."""
        pieces: list[_Piece] = []
        is_cut = False
        ends = [*starts[1:], len(self._lines)]
        number = 0
        while number < len(starts):
            piece = self._piece(starts[number], ends[number])
            following = number + 1
            if piece.error is not None and _may_be_cut(piece.error):
                closed = self._closed(starts, number)
                if closed is None:
                    is_cut = True
                elif closed > following:
                    piece, following = self._piece(starts[number], ends[closed - 1]), closed
                    is_cut = is_cut or (piece.error is not None and _may_be_cut(piece.error))
            if piece.error is not None and pieces and "unexpected indent" in str(piece.error):
                # A line that lost its margin has cut a definition in two.
                piece = self._piece(pieces.pop().chunk.start, ends[following - 1])
            pieces.append(piece)
            number = following
        return pieces, is_cut

    def _piece(self, first: int, last: int) -> _Piece:
        text = "".join(self._lines[first:last])
        if text in self._known:
            return _Piece(Chunk(first, text, None, first), None)
        tree, error = read(text)
        return _Piece(Chunk(first, text, tree, first), error)

    def _closed(self, starts: Sequence[int], number: int) -> int | None:
        """Return the number of the first chunk behind chunk `number` that begins a statement."""
        if self._logical is None:
            self._logical = LogicalLines([line.rstrip("\r\n") for line in self._lines])
        line = starts[number]
        for following in range(number + 1, len(starts)):
            while line < starts[following]:
                end = self._logical.end(line)
                if end is None:
                    return None
                line = end
            if line == starts[following]:
                return following
        return len(starts)


def _without_mark(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return `lines` with a form feed for a byte order mark: Python overlooks it, too."""
    first = lines[0]
    return ("\f" + first[1:], *lines[1:]) if first[:1] == "\ufeff" else lines


def _starts(lines: Sequence[str]) -> list[int]:
    """Return the lines at which chunks seem to begin, by their first characters."""
    starts = [0]
    defining = decorated = False
    for number, line in enumerate(lines):
        if not line or line[0] in _NOT_A_START or line.startswith(_CONTINUES):
            continue
        defines = line.startswith(_DEFINES)
        if not decorated and (defines or defining) and number:
            starts.append(number)
        decorated = line[0] == "@" or (decorated and not defines)
        defining = defines or decorated
    return starts


def _outside_statements(starts: Sequence[int], tree: ast.Module) -> list[int]:
    """Return those of `starts` that lie within no statement of the whole file's tree."""
    kept = [starts[0]]
    statements = iter(tree.body)
    statement = next(statements, None)
    for start in starts[1:]:
        while statement is not None and (statement.end_lineno or 0) <= start:
            statement = next(statements, None)
        if statement is None or _first_line(statement) >= start:
            kept.append(start)
    return kept


def _first_line(statement: ast.stmt) -> int:
    """Return the 0-based line at which `statement` begins, its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)]) - 1


def _may_be_cut(error: Exception) -> bool:
    return any(sign in str(error) for sign in _CUT_OFF)


def _mended(pieces: list[_Piece]) -> tuple[tuple[Chunk, ...], tuple[SyntaxProblem, ...]]:
    chunks: list[Chunk] = []
    broken: list[SyntaxProblem] = []
    newer: list[SyntaxProblem] = []
    for chunk, error in pieces:
        if error is None:
            chunks.append(chunk)
            continue
        # Imported late: most files are not broken.
        from racelens.source.recovery import mend  # noqa: PLC0415

        mended = mend(chunk.text, error)
        if mended is None:
            broken.append(_problem(chunk.start, 0, error))
            continue
        chunks.append(Chunk(chunk.start, chunk.text, mended.tree, chunk.start, mended.broken))
        if mended.error is not None:
            broken.append(_problem(chunk.start, min(mended.broken, default=0), mended.error))
        newer += (
            SyntaxProblem(chunk.start + line, f"needs Python {version} to be read")
            for line, version in mended.newer
        )
    return tuple(chunks), tuple(sorted((*_first_with_count(broken), *newer)))


def _first_with_count(problems: list[SyntaxProblem]) -> list[SyntaxProblem]:
    """Return the first of `problems`, which says how many there are: one clear message."""
    if len(problems) < 2:
        return problems
    first, *others = problems
    more = "1 more place" if len(others) == 1 else f"{len(others)} more places"
    return [SyntaxProblem(first.line, f"{first.message} (and {more} in this file)")]


def _problem(start: int, line: int, error: Exception) -> SyntaxProblem:
    """Return why the chunk at line `start` is broken; `line` is where, if the error says not."""
    if isinstance(error, RecursionError | MemoryError):
        return SyntaxProblem(start + line, "cannot be read: nested too deeply")
    if not isinstance(error, SyntaxError):
        return SyntaxProblem(start + line, "cannot be read: holds a character that is no text")
    if error.lineno:
        line = error.lineno - 1
    # Python counts from the beginning of the chunk.
    reason = _LINE_NUMBER.sub(lambda match: f"line {int(match[1]) + start}", error.msg)
    return SyntaxProblem(start + line, f"cannot be read: {reason}")
