"""Syntax around a finding: statements, blocks and indentation, found by parsing the file again."""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING

from racelens.source.parse import parse
from racelens.source.span import Position, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.source.parse import Chunk
    from racelens.source.text import SourceFile


@dataclass(frozen=True, slots=True)
class Block:
    """A run of statements of one block, by 0-based lines of the file, last one included."""

    statements: tuple[ast.stmt, ...]
    first: int
    last: int


def chunk_at(source: SourceFile, line: int) -> Chunk | None:
    """Return the chunk that holds the 0-based `line`, if it could be read in full."""
    chunks, _ = parse(source)
    found = [chunk for chunk in chunks if chunk.start <= line]
    if not found or found[-1].tree is None or found[-1].broken:
        return None
    return found[-1]


def smallest_block(chunk: Chunk, span: Span) -> Block | None:
    """Return the smallest run of statements of one block that holds the lines of `span`.

    None where a line of it is shared with another statement.
    """
    if chunk.tree is None:
        return None
    first, last = span.start.line - chunk.base + 1, span.end.line - chunk.base + 1
    body: list[ast.stmt] = chunk.tree.body
    best: tuple[ast.stmt, ...] = ()
    while True:
        held = tuple(node for node in body if _end(node) >= first and _begin(node) <= last)
        if not held or _begin(held[0]) > first or _end(held[-1]) < last:
            break
        best = held
        inner = [block for block in _blocks(held[0]) if _holds(block, first, last)]
        if len(held) > 1 or not inner:
            break
        body = inner[0]
    if not best or isinstance(best[0], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return None
    return Block(best, _begin(best[0]) - 1 + chunk.base, _end(best[-1]) - 1 + chunk.base)


def _begin(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        if block := getattr(node, field, None):
            yield block
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def _holds(block: list[ast.stmt], first: int, last: int) -> bool:
    return _begin(block[0]) <= first and last <= _end(block[-1])


def indentation(source: SourceFile, line: int) -> str:
    """Return the white space at the beginning of a 0-based line."""
    text = source.line(line)
    return text[: len(text) - len(text.lstrip())]


def indent_unit(source: SourceFile) -> str:
    """Return what the file indents by: the white space of its first indented line."""
    for text in source.lines:
        stripped = text.lstrip(" \t")
        if stripped.strip() and stripped != text:
            return text[: len(text) - len(stripped)]
    return "    "


def lines_inside_strings(source: SourceFile) -> frozenset[int] | None:
    """Return the 0-based lines that begin inside a string; None where that cannot be told."""
    found: set[int] = set()
    start_of_literal: int | None = None
    try:
        for token in tokenize.generate_tokens(io.StringIO("\n".join(_plain(source))).readline):
            name = tokenize.tok_name[token.type]
            if name == "FSTRING_START":
                start_of_literal = token.start[0] if start_of_literal is None else start_of_literal
            elif name == "FSTRING_END" and start_of_literal is not None:
                found.update(range(start_of_literal, token.end[0]))
                start_of_literal = None
            elif token.type == tokenize.STRING:
                found.update(range(token.start[0], token.end[0]))
    except (tokenize.TokenError, SyntaxError):
        return None
    return frozenset(found)


def _plain(source: SourceFile) -> Iterator[str]:
    for line in source.lines:
        yield line.rstrip("\r\n")


def needs_parentheses(source: SourceFile, span: Span) -> bool:
    """Say whether `await` before the call at `span` would bind to more than the call."""
    following = source.line(span.end.line)[span.end.column :].lstrip()
    return following[:1] in {".", "[", "("} or following[:2] == "**"


def at(line: int, column: int = 0) -> Span:
    """Return the empty range at a place."""
    place = Position(line, column)
    return Span(place, place)
