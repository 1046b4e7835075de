"""Awaiting what nobody awaits: `await`, `gather` for a loop, and functions that become `async`.

    def save(self) -> None:            ->  async def save(self) -> None:
        self.store.write()                     await self.store.write()

    for room in rooms:                 ->  await asyncio.gather(*(room.close() for room in rooms))
        room.close()

A function becomes `async` only where all its callers can await it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair, Safety
from racelens.fixes.lock_choice import asyncio_import
from racelens.fixes.plan import Lines, Plan, Replace
from racelens.fixes.site import place_of
from racelens.fixes.syntax import first_line
from racelens.program.awaiting import unawaited
from racelens.source.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Finding
    from racelens.fixes.plan import Change
    from racelens.fixes.site import Place, Syntaxes
    from racelens.fixes.spot import Spot
    from racelens.fixes.syntax import FileSyntax
    from racelens.model.names import FunctionId
    from racelens.program.program import Program

TITLE = "Add `await`"
TITLE_OF_LOOP = "Run them at the same time with `gather`"
TITLE_OF_FUNCTION = "Add `await`, and make `{name}()` async"
_MOST_CALLERS = 20


def add_await(spot: Spot) -> Iterator[Plan]:
    """Yield the fixes of a missing-await."""
    span = spot.finding.span
    if _is_entered(spot.program, spot.identity, spot.finding):
        yield from _entered(spot, span)
    elif spot.is_async:
        yield Plan(TITLE, Repair.AWAIT, awaited(spot.file, span))
        yield from _gathered(spot, span)
    else:
        yield from _made_async(spot, spot.syntax_of, span)


def _is_entered(program: Program, identity: FunctionId, finding: Finding) -> bool:
    """Say whether what is made is for `async with` or `async for`, and not to be awaited."""
    line = program.line(identity)
    return any(
        found.is_entered and found.call.place.shifted(line) == finding.span
        for found in unawaited(program, identity)
    )


def _entered(place: Place, span: Span) -> Iterator[Plan]:
    """Yield the plan that makes a `with` or `for` an asynchronous one."""
    file = place.file
    call = file.node_at(place.function, span)
    statement = file.statement_of(call) if call is not None else None
    is_async = isinstance(place.function, ast.AsyncFunctionDef)
    if not is_async or not isinstance(statement, ast.With | ast.For):
        return
    if isinstance(statement, ast.With) and len(statement.items) > 1:
        return
    start = file.span(statement).start
    word = "with" if isinstance(statement, ast.With) else "for"
    change = Replace(file.path, Span(start, start), "async ")
    yield Plan(f"Use `async {word}`", Repair.AWAIT, (change,))


def awaited(file: FileSyntax, span: Span) -> tuple[Replace, ...]:
    """Return the changes that await the call at `span`."""
    start, end = span
    if not _needs_parentheses(file, span):
        return (Replace(file.path, Span(start, start), "await "),)
    before = Replace(file.path, Span(start, start), "(await ")
    return (before, Replace(file.path, Span(end, end), ")"))


def _needs_parentheses(file: FileSyntax, span: Span) -> bool:
    """Say whether `await` before the call at `span` would bind to more than the call."""
    following = file.source.line(span.end.line)[span.end.column :].lstrip()
    return following[:1] in {".", "[", "("} or following[:2] == "**"


def _gathered(place: Place, span: Span) -> Iterator[Plan]:
    """Yield the plan for a loop that does nothing but start what nobody awaits."""
    file = place.file
    call = file.node_at(place.function, span)
    statement = file.statement_of(call) if call is not None else None
    loop = file.parents.get(statement) if statement is not None else None
    if not isinstance(loop, ast.For) or loop.orelse or len(loop.body) != 1:
        return
    if not isinstance(statement, ast.Expr) or statement.value is not call:
        return
    block = file.own_lines(loop)
    if block is None or any("#" in line for line in file.lines(block.first, block.last)):
        return
    name, imported = asyncio_import(file)
    texts = (file.text(statement.value), file.text(loop.target), file.text(loop.iter))
    if any("\n" in text for text in texts):
        return
    indent = file.indentation(block.first)
    made = f"{indent}await {name}.gather(*({texts[0]} for {texts[1]} in {texts[2]}))"
    started = Lines(file.path, block.first, block.last + 1, (made,))
    changes: tuple[Change, ...] = (*imported, started)
    yield Plan(TITLE_OF_LOOP, Repair.AWAIT, changes, rewrites=True)


def _made_async(place: Place, syntax_of: Syntaxes, span: Span) -> Iterator[Plan]:
    """Yield the plan that makes the function `async`, and its callers await it."""
    function, program = place.function, place.program
    name = function.name
    known = program.function(place.identity)
    if known.decorators or name.startswith("__") or known.is_generator:
        return
    changes: list[Change] = [*awaited(place.file, span), _async_keyword(place)]
    callers = program.tasks.callers
    calls = callers.of(place.identity)[: _MOST_CALLERS + 1]
    if len(calls) > _MOST_CALLERS:
        return
    told: set[str] = set()
    for call in calls:
        caller = place_of(program, call.caller, syntax_of)
        if caller is None or not isinstance(caller.function, ast.AsyncFunctionDef):
            return
        told.add(f"`{caller.function.name}()`")
        for number in callers.nodes(call):
            node = caller.node(number)
            if not isinstance(node, ast.Call):
                return
            changes += awaited(caller.file, caller.file.span(node))
    note = "who calls it must await it"
    note += f": {', '.join(sorted(told))} do now" if told else ""
    title = TITLE_OF_FUNCTION.format(name=name)
    yield Plan(title, Repair.AWAIT, tuple(changes), Safety.UNSAFE, note, rewrites=True)


def _async_keyword(place: Place) -> Replace:
    file = place.file
    start = file.span(place.function).start
    if first_line(place.function) < start.line:  # the place of a definition is that of its `def`
        start = start._replace(column=len(file.indentation(start.line)))
    return Replace(file.path, Span(start, start), "async ")
