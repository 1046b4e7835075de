"""Names for what a fix makes, and the names under which a file knows a module."""

from __future__ import annotations

import ast
import keyword
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from racelens.fixes.syntax import FileSyntax


def local_name(state: ast.expr, taken: Collection[str], other: str) -> str:
    """Return a name for what a state holds: `socket` for `self._socket`, `room` for an entry.

    `other` is taken where the state has no name of its own.
    """
    node, is_entry = state, False
    while isinstance(node, ast.Subscript):
        node, is_entry = node.value, True
    name = node.attr if isinstance(node, ast.Attribute) else ""
    name = (node.id if isinstance(node, ast.Name) else name).strip("_").lower()
    if is_entry and name.endswith("ies"):
        name = f"{name[:-3]}y"
    elif is_entry and name.endswith("s") and not name.endswith("ss"):
        name = name[:-1]
    return free_name(name or other, {*taken, *keyword.kwlist})


def free_name(wanted: str, taken: Collection[str]) -> str:
    """Return `wanted`, or the same with a number behind it, that is not `taken`."""
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


def module_name(file: FileSyntax, module: str) -> str:
    """Return the name under which a file imports `module`; its own name where it does not."""
    for node in file.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == module:
                    return alias.asname or alias.name
    return module
