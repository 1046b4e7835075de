"""The stretch of a window: from the statement that suspends to the one that writes, in one block.

A site goes in. None comes out where the write is no simple statement of its own, or does not stand
behind the suspension in its block.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.fixes.plan import Lines
from racelens.fixes.syntax import DEFINITIONS, blocks_of, first_line, last_line
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from racelens.fixes.site import Site
    from racelens.fixes.syntax import Block, FileSyntax

_CHANGES = frozenset({
    "append", "add", "appendleft", "extend", "update", "insert", "setdefault",
    "pop", "popleft", "popitem", "remove", "discard", "clear",
})  # fmt: skip


class Stretch(NamedTuple):
    """Statements `start` to `end` of `body`: the first suspends, the last writes the `state`.

    `state` is the expression that is written, or the collection of which an entry is.
    """

    file: FileSyntax
    body: list[ast.stmt]
    start: int
    end: int
    state: ast.expr

    @property
    def write(self) -> ast.stmt:
        """The statement that writes."""
        return self.body[self.end]

    @property
    def before_write(self) -> list[ast.stmt]:
        """The statements from the suspension up to the write, without that."""
        return self.body[self.start : self.end]

    @property
    def block(self) -> Block | None:
        """The lines of the stretch; None where others share them."""
        return self.file.block(self.body, self.start, self.end)

    @property
    def indent(self) -> str:
        """The indentation of the block."""
        return self.file.indentation(first_line(self.body[self.start]))

    def lines_before_write(self) -> tuple[int, int]:
        """Return the first and the last line from the suspension up to the write.

        Comments above the write belong to the write.
        """
        return first_line(self.body[self.start]), last_line(self.body[self.end - 1])

    def write_lines(self) -> tuple[str, ...]:
        """Return the lines of the write, with the comments above it."""
        return self.file.lines(last_line(self.body[self.end - 1]) + 1, last_line(self.write))


def stretch_of(site: Site) -> Stretch | None:
    """Return the stretch from a window's suspension to its write."""
    write = site.statement(site.write)
    suspends = site.suspension
    if write is None or suspends is None:
        return None
    body = site.file.block_of(write)
    start, end = site.file.number_of(body, suspends), body.index(write)
    state = written_state(write)
    if start is None or start > end or state is None:
        return None
    found = Stretch(site.file, body, start, end, state)
    return found if found.block is not None else None


def moved(file: FileSyntax, block: Block, line: int) -> tuple[Lines, Lines]:
    """Return the changes that put the lines of a block before another line of the file."""
    text = file.lines(block.first, block.last)
    gone = Lines(file.path, block.first, block.last + 1, ())
    return gone, Lines(file.path, line, line, text)


def written_state(statement: ast.stmt) -> ast.expr | None:
    """Return what a simple statement writes, or the collection that it changes."""
    match statement:
        case ast.Assign(
            targets=[ast.Name()],
            value=ast.Call(func=ast.Attribute(value=value, attr="pop" | "popleft" | "popitem")),
        ):
            return value
        case ast.AnnAssign(target=target, value=ast.expr()):
            return target
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript() | ast.Name() as target]):
            return target
        case ast.AugAssign(target=target):
            return target
        case ast.Delete(targets=[ast.Attribute() | ast.Subscript() | ast.Name() as target]):
            return target
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=value, attr=name))):
            return value if name in _CHANGES else None
        case _:
            return None


def is_simple(statement: ast.stmt) -> bool:
    """Say whether a statement has no block."""
    return not isinstance(statement, DEFINITIONS) and not any(blocks_of(statement))
