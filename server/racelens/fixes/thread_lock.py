"""A lock of threads around the statements that another thread may get between.

self.count += 1                    ->  with self._lock:
                                           self.count += 1
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair
from racelens.fixes.lock_choice import behind_variable
from racelens.fixes.lock_conditions import reachable
from racelens.fixes.names import free_name
from racelens.fixes.new_attribute import Wanted, attribute_home
from racelens.fixes.plan import Lines, Plan
from racelens.model.effect import Kind
from racelens.model.location import AccessPath, Root
from racelens.model.names import FunctionId
from racelens.program.blocking import Blockers
from racelens.program.lock_types import blocks_thread
from racelens.program.thread_windows import Beside, ThreadWindows

if TYPE_CHECKING:
    from racelens.fixes.plan import Change
    from racelens.fixes.spot import Spot
    from racelens.fixes.syntax import Block
    from racelens.program.thread_windows import ThreadWindow

TITLE = "Hold a lock of threads here"
_OTHERS = "`{name}()` must take the same lock where it writes the state"
_LOCK = Wanted(
    "_lock", "threading.Lock()", "threading.Lock", "threading.Lock", (("threading", ""),)
)
_ENDS = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Yield, ast.YieldFrom)


def thread_lock(spot: Spot) -> Plan | None:
    """Return the plan; None where the statements wait for something, or no lock can be made."""
    window = _window(spot)
    if window is None or spot.read is None or spot.found is None:
        return None
    block = spot.file.around(spot.function, [spot.read, spot.found])
    if block is None or any(
        isinstance(part, _ENDS) for each in block.statements for part in ast.walk(each)
    ):
        return None
    if _may_wait(spot, block):
        return None
    home = _home(spot, window)
    if home is None:
        return None
    name, changes = home
    file = spot.file
    head = f"{file.indentation(block.first)}with {name}:"
    body = file.indented(block.first, block.last)
    wrapped = Lines(file.path, block.first, block.last + 1, (head, *body))
    is_alone = window.beside is Beside.TWIN
    other = spot.program.function(window.rival[0]).last_name
    note = "" if is_alone else _OTHERS.format(name=other)
    return Plan(TITLE, Repair.LOCK, (*changes, wrapped), note=note, partial=not is_alone)


def _window(spot: Spot) -> ThreadWindow | None:
    """Return the window that the finding reports."""
    program, function = spot.program, spot.identity
    return next(
        (
            window
            for window in program.facet(ThreadWindows).of(function)
            if program.span(function, window.write) == spot.finding.span
        ),
        None,
    )


def _may_wait(spot: Spot, block: Block) -> bool:
    """Say whether a block calls what takes the lock again, or keeps others waiting for long."""
    program, function = spot.program, spot.identity
    graph = program.function(function).graph
    view, blockers = program.view(function), program.facet(Blockers)
    for node in spot.inside(block):
        effect = graph.effects[node]
        called = view.callee(effect.path) if effect.kind is Kind.CALL else None
        row = view.names.libraries.row(called)
        if row is not None and row.blocks:
            return True
        if isinstance(called, FunctionId):
            reached = set(reachable(program, [called]))
            if function in reached or any(any(blockers.calls(each)) for each in reached):
                return True
    return False


def _usual(spot: Spot, window: ThreadWindow) -> str:
    """Return the lock of threads that is held where others write the state; "" if there is none."""
    program, function = spot.program, spot.identity
    writers = program.tasks.writers
    for other, node in writers.of(function, window.place):
        steps = program.steps(other)
        for taken in program.held(other).get(node, ()):
            lock = steps[taken].acquires
            if lock is None:
                continue
            view = program.view(other)
            is_own = lock.root is Root.SELF and view.owner == program.view(function).owner
            if is_own and spot.receiver and blocks_thread(view, lock):
                return spot.receiver + "".join(lock.steps)
            path, _, name = lock.name.rpartition(":")
            is_near = lock.root is Root.NAME and path == spot.file.path and not lock.steps
            if is_near and blocks_thread(view, AccessPath(Root.NAME, name)):
                return name
    return ""


def _home(spot: Spot, window: ThreadWindow) -> tuple[str, tuple[Change, ...]] | None:
    """Return the name of a new lock where the state lives, and what makes it."""
    place, program = window.place.attribute(), spot.program
    usual = _usual(spot, window)
    if usual:
        return usual, ()
    owner = program.view(spot.identity).owner
    if place.root is Root.SELF and owner is not None and spot.receiver:
        home = attribute_home(program, owner, place.steps[0][1:], _LOCK, spot.syntax_of)
        if home is None or home.is_shared:
            return None
        return f"{spot.receiver}.{home.name}", home.changes
    path, _, variable = place.name.rpartition(":")
    if place.root is not Root.NAME or path != spot.file.path or place.steps:
        return None
    name = free_name(f"_{variable.strip('_').lower()}_lock", spot.taken_names())
    made = behind_variable(spot.file, spot.file.body, variable, name, _LOCK)
    return (name, made) if made is not None else None
