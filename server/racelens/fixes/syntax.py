"""The syntax of one file, for those who change it: nodes, their places, parents and text.

A source goes in. Lines are 0-based and columns count code points, as everywhere but in `ast`.
"""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from racelens.source.parse import parse
from racelens.source.span import Position, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.source.text import SourceFile

Function: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
_BLOCKS = ("body", "orelse", "finalbody")


@dataclass(frozen=True, slots=True)
class Block:
    """A run of statements of one block, by 0-based lines of the file, last one included."""

    statements: tuple[ast.stmt, ...]
    first: int
    last: int


class FileSyntax:
    """What of a file could be read, with the places of its nodes."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.body: list[ast.stmt] = []
        self._broken: set[int] = set()
        for chunk in parse(source)[0]:
            if chunk.tree is not None:
                if chunk.base:
                    ast.increment_lineno(chunk.tree, chunk.base)
                self.body += chunk.tree.body
                self._broken.update(chunk.start + line for line in chunk.broken)

    @property
    def path(self) -> str:
        """The path of the file."""
        return self.source.path

    def is_whole(self, node: ast.stmt) -> bool:
        """Say whether no line of a statement had to be mended to read it."""
        return self._broken.isdisjoint(range(first_line(node), last_line(node) + 1))

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The parent of each node that is not at the top."""
        found: dict[ast.AST, ast.AST] = {}
        stack: list[ast.AST] = list(self.body)
        while stack:
            node = stack.pop()
            for child in ast.iter_child_nodes(node):
                found[child] = node
                stack.append(child)
        return found

    def definition(self, line: int) -> Function | None:
        """Return the function whose `def` is on a 0-based line."""
        body = self.body
        while True:
            around = [node for node in body if first_line(node) <= line <= last_line(node)]
            if not around:
                return None
            for node in around:
                if isinstance(node, FUNCTIONS) and node.lineno - 1 == line:
                    return node
            inner = [child for node in around for child in ast.iter_child_nodes(node)]
            body = [child for child in inner if isinstance(child, ast.stmt)]
            body += [
                statement
                for part in inner
                if isinstance(part, ast.ExceptHandler | ast.match_case)
                for statement in part.body
            ]

    def class_named(self, name: str) -> ast.ClassDef | None:
        """Return the class of that qualified name; of several the last."""
        found: ast.ClassDef | None = None
        for known, node in _classes(self.body, ""):
            if known == name:
                found = node
        return found

    def position(self, line: int, column: int) -> Position:
        """Return the place of a 1-based line and a column in UTF-8 bytes, as `ast` has them."""
        text = self.source.line(line - 1)
        if not text.isascii():
            column = len(text.encode()[:column].decode("utf-8", "ignore"))
        return Position(line - 1, column)

    def span(self, node: ast.expr | ast.stmt) -> Span:
        """Return where a node stands; a definition without its decorators."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return Span(
            self.position(node.lineno, node.col_offset), self.position(end_line, end_column)
        )

    def text(self, node: ast.expr | ast.stmt) -> str:
        """Return the text of a node; its lines end with line feeds, whatever the file has."""
        start, end = self.span(node)
        text = self.source.text[self.source.offset(start) : self.source.offset(end)]
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def node_at(self, within: ast.AST, span: Span) -> ast.AST | None:
        """Return the outermost node below `within` that stands at `span` exactly, if any.

        Of an expression that is a statement, that is the expression.
        """
        node: ast.AST | None = within
        while node is not None:
            following: ast.AST | None = None
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr | ast.stmt):
                    place = self.span(child)
                    if place == span:
                        return child.value if isinstance(child, ast.Expr) else child
                    if place.start <= span.start and span.end <= place.end:
                        following = child
                elif following is None and self._holds(child, span):
                    following = child
            node = following
        return None

    def _holds(self, part: ast.AST, span: Span) -> bool:
        """Say whether a node that has no place of its own (`withitem`, `handler`) holds `span`."""
        return any(
            isinstance(inner, ast.expr | ast.stmt)
            and self.span(inner).start <= span.start
            and span.end <= self.span(inner).end
            for inner in ast.walk(part)
        )

    def statement_at(self, function: Function, line: int) -> ast.stmt | None:
        """Return the innermost statement of `function` that has a 0-based line."""
        found: ast.stmt | None = None
        body: list[ast.stmt] = function.body
        while body:
            around = [node for node in body if first_line(node) <= line <= last_line(node)]
            if not around:
                break
            found = around[-1]
            body = [statement for block in blocks_of(found) for statement in block]
        return found

    def statement_of(self, node: ast.AST) -> ast.stmt | None:
        """Return the innermost statement that a node is part of."""
        known: ast.AST | None = node
        while known is not None and not isinstance(known, ast.stmt):
            known = self.parents.get(known)
        return known

    def block_of(self, statement: ast.stmt) -> list[ast.stmt]:
        """Return the block in which a statement stands."""
        parent = self.parents.get(statement)
        for block in blocks_of(parent) if parent is not None else ():
            if any(each is statement for each in block):
                return block
        return self.body

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes around a node, the innermost first."""
        parent = self.parents.get(node)
        while parent is not None:
            yield parent
            parent = self.parents.get(parent)

    def around(self, function: Function, nodes: list[ast.AST]) -> Block | None:
        """Return the smallest run of statements of one block of `function` that holds all `nodes`.

        None where a line of it is shared with another statement.
        """
        chains: list[list[ast.AST]] = []
        for node in nodes:
            chain = [node, *self.above(node)]
            if function not in chain:
                return None
            chains.append(chain[: chain.index(function) + 1][::-1])
        common = 0
        while len({id(chain[common]) if len(chain) > common else 0 for chain in chains}) == 1:
            if len(chains[0]) <= common:
                break
            common += 1
        for depth in range(common, 0, -1):
            block = self._run(chains[0][depth - 1], [chain[depth:] for chain in chains])
            if block is not None:
                return block
        return None

    def _run(self, holder: ast.AST, chains: list[list[ast.AST]]) -> Block | None:
        """Return the statements of one block of `holder` with which all `chains` begin."""
        for body in blocks_of(holder):
            places = {id(statement): number for number, statement in enumerate(body)}
            numbers = [places.get(id(chain[0]), -1) if chain else -1 for chain in chains]
            if min(numbers) >= 0:
                return self.block(body, min(numbers), max(numbers))
        return None

    def own_lines(self, statement: ast.stmt) -> Block | None:
        """Return one statement as a block; None where it shares a line with others."""
        return self.block([statement], 0, 0)

    def number_of(self, body: list[ast.stmt], node: ast.AST | None) -> int | None:
        """Return which of the statements of `body` is `node` or holds it; None where none does."""
        around = {id(node), *(map(id, self.above(node)) if node is not None else ())}
        return next((n for n, statement in enumerate(body) if id(statement) in around), None)

    def block(self, body: list[ast.stmt], first: int, last: int) -> Block | None:
        """Return a run of the statements of `body`; None where it shares a line with others."""
        found = body[first : last + 1]
        start, end = first_line(found[0]), last_line(found[-1])
        before = self.source.line(start)[: self._begin(found[0])]
        behind = self.source.line(end)[self.span(found[-1]).end.column :].lstrip()
        if before.strip() or behind[:1] not in {"", "#"}:
            return None
        return Block(tuple(found), start, end)

    def _begin(self, node: ast.stmt) -> int:
        if first_line(node) < node.lineno - 1:
            return len(self.indentation(first_line(node)))
        return self.span(node).start.column

    def lines(self, first: int, last: int) -> tuple[str, ...]:
        """Return the lines from `first` to `last`, that one included, without endings."""
        return tuple(self.source.line(number) for number in range(first, last + 1))

    def indentation(self, line: int) -> str:
        """Return the white space at the beginning of a 0-based line."""
        text = self.source.line(line)
        return text[: len(text) - len(text.lstrip())]

    @cached_property
    def unit(self) -> str:
        """What the file indents by: the white space before its first indented block."""
        for node in self.body:
            for block in blocks_of(node):
                if block and block[0].lineno > node.lineno:
                    return self.indentation(first_line(block[0]))
        return "    "

    @cached_property
    def inside_strings(self) -> frozenset[int]:
        """The 0-based lines that begin inside a string."""
        return _inside_strings(self.source)

    def indented(self, first: int, last: int, levels: int = 1) -> tuple[str, ...]:
        """Return the lines from `first` to `last` deeper by `levels`; strings stay as they are."""
        return tuple(
            self.unit * levels + text
            if text.strip() and number not in self.inside_strings
            else text
            for number, text in enumerate(self.lines(first, last), first)
        )

    def moved(self, first: int, last: int, indent: str) -> tuple[str, ...]:
        """Return the lines from `first` to `last` so that the first one has the indentation."""
        before = self.indentation(first)
        return tuple(
            indent + text[len(before) :]
            if text.startswith(before) and text.strip() and number not in self.inside_strings
            else text
            for number, text in enumerate(self.lines(first, last), first)
        )


def parameters_of(function: Function) -> list[ast.arg]:
    """Return the parameters that may be given by their places; a method's first is its object."""
    return [*function.args.posonlyargs, *function.args.args]


def first_line(node: ast.stmt) -> int:
    """Return the 0-based line on which a statement begins, with its decorators."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1


def last_line(node: ast.stmt) -> int:
    """Return the 0-based line on which a statement ends."""
    return (node.end_lineno or node.lineno) - 1


def blocks_of(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield the blocks of statements directly below a node."""
    for field in _BLOCKS:
        block = getattr(node, field, None)
        if isinstance(block, list) and block:
            yield block
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def _classes(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.ClassDef]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield prefix + node.name, node
            yield from _classes(node.body, f"{prefix}{node.name}.")
        elif not isinstance(node, FUNCTIONS):
            for block in blocks_of(node):
                yield from _classes(block, prefix)


def _inside_strings(source: SourceFile) -> frozenset[int]:
    found: set[int] = set()
    begun: list[int] = []
    last = 0
    text = "\n".join(line.rstrip("\r\n") for line in source.lines)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            name, last = tokenize.tok_name[token.type], token.end[0]
            if name in {"FSTRING_START", "TSTRING_START"}:
                begun.append(token.start[0])
            elif name in {"FSTRING_END", "TSTRING_END"} and begun:
                found.update(range(begun.pop(), token.end[0]))
            elif token.type == tokenize.STRING:
                found.update(range(token.start[0], token.end[0]))
    except (tokenize.TokenError, SyntaxError):
        found.update(range(last, len(source.lines)))  # what cannot be read stays as it is
    return frozenset(found)
