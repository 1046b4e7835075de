"""Python's own parser, without exceptions: a text goes in, a tree or a reason comes out."""

from __future__ import annotations

import ast

from racelens.source.named_tuple import NamedTuple

# What `ast.parse` raises: broken text; null bytes and lone surrogates; too much nesting.
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


class Read(NamedTuple):
    """The tree of a text, or why it has none: one of the two is None."""

    tree: ast.Module | None
    error: Exception | None


def read(text: str) -> Read:
    """Parse `text`, which may be any text. Warnings are the caller's affair."""
    try:
        return Read(ast.parse(text), None)
    except UNREADABLE as error:
        return Read(None, error)


def is_readable(text: str) -> bool:
    """Say whether `text` can be parsed."""
    return read(text).error is None
