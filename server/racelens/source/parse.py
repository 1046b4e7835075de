"""Syntax of one file, chunk by chunk: a source goes in, trees and problems come out.

A chunk is one top-level definition, or a run of other top-level statements. Chunks are parsed
one by one, so that a change costs the chunk that it touches, and broken syntax loses no other.
A boundary that cuts through a statement makes the chunk before it unparsable; so when all
chunks parse, the boundaries are right, and when one does not, the whole file decides.
Nothing here raises for any text.
"""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING, NamedTuple

from racelens.source.recovery import blank_broken_lines
from racelens.source.versions import needed_version

if TYPE_CHECKING:
    from collections.abc import Container

    from racelens.source.text import SourceFile

_CONTINUES = ("else", "elif", "except", "finally", "case")
_DEFINES = ("def ", "class ", "async ", "@")
_NOT_A_START = " \t\f\r\n#)]}'\""
# What CPython says of a text that ends inside a string, a bracket or a statement.
_CUT_OFF = ("never closed", "unterminated", "EOF", "unexpected end", "expected an indented block")
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


class Chunk(NamedTuple):
    """A run of whole lines: its first line (0-based), its text, and its tree.

    `tree` is None where the text is known already or could not be read; `broken` holds the lines
    (relative to the chunk) that had to be blanked out to read the rest.
    """

    start: int
    text: str
    tree: ast.Module | None
    broken: frozenset[int] = frozenset()


class SyntaxProblem(NamedTuple):
    """Why a part of the file could not be read: 0-based line, and the reason."""

    line: int
    message: str


def parse(
    source: SourceFile, known: Container[str] = ()
) -> tuple[tuple[Chunk, ...], tuple[SyntaxProblem, ...]]:
    """Return the chunks of `source` in order, and what could not be read.

    A chunk whose text is in `known` is not parsed again; its tree is None.
    """
    spans = _boundaries(source.lines)
    chunks = [_parse_chunk(source, first, last, known) for first, last in spans]
    failed = [chunk for chunk, error in chunks if error is not None]
    if not failed:
        return tuple(chunk for chunk, _ in chunks), ()
    if any(_may_be_cut(error) for _, error in chunks if error is not None):
        tree, _ = _try_parse(source.text)
        if tree is not None:
            spans = _statement_spans(tree, len(source.lines))
            again = [_parse_chunk(source, first, last, known) for first, last in spans]
            return tuple(chunk for chunk, _ in again), ()
    return _recovered(chunks)


def _boundaries(lines: tuple[str, ...]) -> list[tuple[int, int]]:
    starts = [0]
    defining = decorated = False
    for number, line in enumerate(lines):
        if not line or line[0] in _NOT_A_START or line.startswith(_CONTINUES):
            continue
        defines = line.startswith(_DEFINES)
        if not decorated and (defines or defining) and number:
            starts.append(number)
        defining, decorated = defines, line[0] == "@"
    return list(zip(starts, [*starts[1:], len(lines)], strict=True))


def _statement_spans(tree: ast.Module, total: int) -> list[tuple[int, int]]:
    """Return chunks by the statements of `tree`: definitions alone, others together."""
    starts = [0]
    defining = False
    for statement in tree.body:
        defines = isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        first = statement.lineno
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([first, *(decorator.lineno for decorator in statement.decorator_list)])
        # Two statements may share a line (`a = 1; b = 2`).
        if (defines or defining) and first - 1 > starts[-1]:
            starts.append(first - 1)
        defining = defines
    return list(zip(starts, [*starts[1:], total], strict=True))


def _try_parse(text: str) -> tuple[ast.Module | None, Exception | None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes are the user's affair
            return ast.parse(text), None
    except _UNREADABLE as error:
        return None, error


def _parse_chunk(
    source: SourceFile, first: int, last: int, known: Container[str]
) -> tuple[Chunk, Exception | None]:
    text = "".join(source.lines[first:last])
    if text in known:
        return Chunk(first, text, None), None
    tree, error = _try_parse(text)
    return Chunk(first, text, tree), error


def _may_be_cut(error: Exception) -> bool:
    return any(sign in str(error) for sign in _CUT_OFF)


def _recovered(
    chunks: list[tuple[Chunk, Exception | None]],
) -> tuple[tuple[Chunk, ...], tuple[SyntaxProblem, ...]]:
    read: list[Chunk] = []
    problems: list[SyntaxProblem] = []
    for chunk, error in chunks:
        if error is None:
            read.append(chunk)
            continue
        line = chunk.start + max(0, (getattr(error, "lineno", None) or 1) - 1)
        newer = needed_version(chunk.text, error)
        if newer:
            problems.append(SyntaxProblem(line, f"needs Python {newer} to be read"))
            continue
        problems.append(SyntaxProblem(line, _reason(error)))
        blanked = blank_broken_lines(chunk.text, error)
        if blanked is not None:
            tree, lines = blanked
            read.append(Chunk(chunk.start, chunk.text, tree, lines))
    return tuple(read), tuple(problems)


def _reason(error: Exception) -> str:
    if isinstance(error, SyntaxError):
        return f"cannot be read: {error.msg}"
    if isinstance(error, RecursionError | MemoryError):
        return "cannot be read: nested too deeply"
    return f"cannot be read: {error}"
