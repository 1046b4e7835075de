"""Letting a cancellation through: `raise` in the handler that has caught it.

    except asyncio.CancelledError:     ->  except asyncio.CancelledError:
        log.info("stopped")                    log.info("stopped")
                                               raise

A handler that catches other exceptions, too, gets one for the cancellation before it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.lock_choice import asyncio_import
from racelens.fixes.plan import Lines, Plan
from racelens.fixes.syntax import first_line, last_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.fixes.plan import Change
    from racelens.fixes.spot import Spot
    from racelens.fixes.syntax import FileSyntax

TITLE = "Raise the cancellation again"
_NOTE = "whoever cancels the task and awaits it gets the CancelledError"


def raise_again(spot: Spot) -> Iterator[Plan]:
    """Yield the plan for the handler at the finding's place."""
    found = _handler(spot)
    if found is None:
        return
    statement, handler = found
    file = spot.file
    caught = handler.type
    if caught is not None and file.text(caught).rpartition(".")[2] == "CancelledError":
        change = _at_the_end(file, handler)
        changes: tuple[Change, ...] = (change,) if change is not None else ()
    else:
        name, imported = asyncio_import(file)
        line = handler.lineno - 1
        indent = file.indentation(line)
        if any(other.lineno < handler.lineno for other in statement.handlers):
            return
        lines = (f"{indent}except {name}.CancelledError:", f"{indent}{file.unit}raise")
        changes = (*imported, Lines(file.path, line, line, lines))
    if changes:
        yield Plan(TITLE, Repair.RAISE, changes, Safety.UNSAFE, _NOTE)


def _handler(spot: Spot) -> tuple[ast.Try, ast.ExceptHandler] | None:
    """Return the handler whose type, or whose first statement, stands at the finding's place."""
    file, span = spot.file, spot.finding.span
    for node in ast.walk(spot.function):
        if not isinstance(node, ast.Try):
            continue
        for handler in node.handlers:
            shown = handler.type if handler.type is not None else handler.body[0]
            if file.span(shown) == span:
                return node, handler
    return None


def _at_the_end(file: FileSyntax, handler: ast.ExceptHandler) -> Lines | None:
    """Return the change that ends a handler with `raise`."""
    last = handler.body[-1]
    block = file.own_lines(last)
    if block is None:
        return None
    raised = f"{file.indentation(first_line(last))}raise"
    if isinstance(last, ast.Pass | ast.Break | ast.Continue | ast.Return):
        return Lines(file.path, block.first, block.last + 1, (raised,))
    line = last_line(last) + 1
    return Lines(file.path, line, line, (raised,))
