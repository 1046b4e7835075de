"""Holding a lock from the read to the write.

A race finding goes in; the edits that wrap its statements in `async with`, and make the lock where
there is none, come out. None where that would be wrong: a callee takes the lock again or runs this
function again, the range holds a `yield`, or there is no place to make the lock.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from racelens.findings.fix import Fix, Safety
from racelens.fixes.lock_homes import Home, class_home, module_home
from racelens.fixes.syntax import (
    at,
    chunk_at,
    indent_unit,
    indentation,
    lines_inside_strings,
    smallest_block,
)
from racelens.libraries.rows import LockKind
from racelens.model.effect import Kind, Mode
from racelens.model.location import Root
from racelens.program.names import LibraryType
from racelens.source.edit import TextEdit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Finding
    from racelens.fixes.syntax import Block
    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.window import Window
    from racelens.source.text import SourceFile

TITLE = "Hold a lock from the read to the write"
_ASYNC_LOCKS = frozenset({"asyncio.Lock", "anyio.Lock", "trio.Lock"})


class _Lock(NamedTuple):
    """How the function names the lock, its place if it exists, and the edits that make it."""

    expression: str
    existing: AccessPath | None
    edits: tuple[TextEdit, ...]


def hold_lock(program: Program, source: SourceFile, finding: Finding) -> Fix | None:
    """Return the fix, or None where a lock does not fit."""
    window = _window(program, finding)
    if window is None or finding.covers is None or not program.function(window.function).is_async:
        return None
    chunk = chunk_at(source, finding.covers.start.line)
    block = smallest_block(chunk, finding.covers) if chunk is not None else None
    if block is None or _has_yield(block):
        return None
    lock = _lock(program, source, window)
    if lock is None or _runs_into_itself(program, window, block, lock):
        return None
    wrapped = _wrap(source, block, lock.expression)
    if wrapped is None:
        return None
    return Fix(TITLE, (*lock.edits, *wrapped), Safety.SAFE, preferred=True)


def _window(program: Program, finding: Finding) -> Window | None:
    if finding.interleaving is None:
        return None
    for function in program.functions(finding.path):
        if function.name.partition("#")[0] == finding.function:
            for window in program.windows(function):
                suspension = program.span(function, window.suspend_node)
                if suspension == finding.span and window.state == finding.state:
                    return None if window.spawned else window
    return None


def _has_yield(block: Block) -> bool:
    return any(
        isinstance(part, ast.Yield | ast.YieldFrom)
        for statement in block.statements
        for part in ast.walk(statement)
    )


def _lock(program: Program, source: SourceFile, window: Window) -> _Lock | None:
    """Return the lock that guards the state already, else a new one at the state's level."""
    view = program.view(window.function)
    place = window.read.place.attribute()
    usual = _usual_lock(program, window)
    if usual is not None:
        own = usual.root is Root.SELF
        name = view.function.parameters[0] if own else usual.name.rpartition(":")[2]
        return _Lock(name + "".join(usual.steps), usual, ())
    home: Home | None = None
    receiver = ""
    if place.root is Root.SELF and len(place.steps) == 1 and view.owner is not None:
        receiver = f"{view.function.parameters[0]}."
        home = class_home(program, source, view.owner, place.steps[0][1:])
    elif place.root is Root.NAME and place.name.rpartition(":")[0] == source.path:
        if place.steps:
            return None
        home = module_home(program, source, place.name.rpartition(":")[2])
    if home is None:
        return None
    return _Lock(receiver + home.name, None, home.edits)


def _usual_lock(program: Program, window: Window) -> AccessPath | None:
    """Return the one asyncio lock under which other accesses of the state are made."""
    place = window.read.place.attribute()
    owner = program.view(window.function).owner
    found: set[AccessPath] = set()
    for function in program.functions(window.function.path):
        if place.root is Root.SELF and program.view(function).owner != owner:
            continue
        steps = program.steps(function)
        touching = [
            node
            for node, step in enumerate(steps)
            if any(access.place.attribute() == place for access in step.reads)
            or any(write.place.attribute() == place for write in step.early)
        ]
        for node in touching:
            for taken in program.held(function).get(node, ()):
                lock = steps[taken].acquires
                if lock is not None and _is_async_lock(program, function, lock):
                    found.add(lock)
    return found.pop() if len(found) == 1 else None


def _is_async_lock(program: Program, function: FunctionId, lock: AccessPath) -> bool:
    view = program.view(function)
    if lock.root is Root.NAME:
        path, _, name = lock.name.rpartition(":")
        if path != function.path or lock.steps:
            return False
        known = view.global_type(path, name)
    else:
        known = view.type_of(lock) if lock.root is Root.SELF else None
    if not isinstance(known, LibraryType) or known.name not in _ASYNC_LOCKS:
        return False
    return view.names.libraries.lock_kind(known.name) is LockKind.EXCLUSIVE


def _runs_into_itself(program: Program, window: Window, block: Block, lock: _Lock) -> bool:
    """Say whether the range, directly or through calls, takes the lock or runs this function.

    asyncio's locks are not re-entrant: such a task would wait for itself.
    """
    function = window.function
    start = program.line(function)
    graph = program.function(function).graph
    lines = range(block.first - start, block.last - start + 1)
    inside = [n for n, place in enumerate(graph.places) if place[0] in lines]
    steps = program.steps(function)
    if lock.existing is not None:
        if any(steps[n].acquires == lock.existing for n in inside):
            return True
        held = program.held(function)
        if any(steps[taken].acquires == lock.existing for n in inside for taken in held.get(n, ())):
            return True
    called = {callee for n in inside if (callee := steps[n].callee) is not None}
    return any(
        reached == function or (lock.existing is not None and _takes(program, reached, lock))
        for reached in _reachable(program, called)
    )


def _takes(program: Program, function: FunctionId, lock: _Lock) -> bool:
    return any(step.acquires == lock.existing for step in program.steps(function))


def _reachable(program: Program, called: set[FunctionId]) -> Iterator[FunctionId]:
    seen = set(called)
    stack = list(called)
    while stack:
        current = stack.pop()
        yield current
        effects = program.function(current).graph.effects
        for effect, step in zip(effects, program.steps(current), strict=True):
            callee = step.callee
            runs = effect.kind is Kind.CALL and effect.mode in {Mode.AWAITED, Mode.PLAIN}
            if callee is not None and runs and callee not in seen:
                seen.add(callee)
                stack.append(callee)


def _wrap(source: SourceFile, block: Block, expression: str) -> tuple[TextEdit, ...] | None:
    """Return the edits that put `block` below `async with expression:`."""
    inside_strings = lines_inside_strings(source)
    if inside_strings is None or not _owns_lines(source, block):
        return None
    unit, indent = indent_unit(source), indentation(source, block.first)
    head = f"{indent}async with {expression}:{source.newline}"
    edits = [TextEdit(source.path, at(block.first), head)]
    edits += (
        TextEdit(source.path, at(line), unit)
        for line in range(block.first, block.last + 1)
        if line not in inside_strings and source.line(line).strip()
    )
    return tuple(edits)


def _owns_lines(source: SourceFile, block: Block) -> bool:
    """Say whether no other statement begins or ends on the block's lines (`a(); b()`)."""
    first, last = block.statements[0], block.statements[-1]
    before = source.line(block.first)[: _column(source, block.first, first.col_offset)]
    if isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return False
    behind = source.line(block.last)[_column(source, block.last, last.end_col_offset or 0) :]
    return not before.strip() and behind.lstrip()[:1] in {"", "#"}


def _column(source: SourceFile, line: int, column: int) -> int:
    return len(source.line(line).encode()[:column].decode("utf-8", "ignore"))
