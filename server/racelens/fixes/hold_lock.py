"""Holding a lock from the read to the write, wherever the state is written after a suspension.

A site goes in; plans come out, the best lock first. The range is the smallest run of statements
of one block that holds the window. Writers in other functions that would get into it hold the
same lock; where one of them cannot, the plan says so.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.clash import rivals
from racelens.findings.fix import Repair, Safety
from racelens.fixes.lock_choice import locks
from racelens.fixes.lock_conditions import (
    Region,
    is_endless,
    is_held,
    may_hold,
    run_by,
    runs_callbacks,
    waits_for_others,
)
from racelens.fixes.plan import Lines, Plan
from racelens.fixes.site import place_of
from racelens.fixes.syntax import first_line
from racelens.program.related import group_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.fixes.lock_choice import Lock
    from racelens.fixes.plan import Change
    from racelens.fixes.site import Site
    from racelens.fixes.syntax import Block
    from racelens.model.names import FunctionId
    from racelens.program.program import Program

TITLE = "Hold a lock from the read to the write"
TITLE_OF_KNOWN = "Hold `{lock}` from the read to the write"
TITLE_BY_KEY = "Hold a lock of the key from the read to the write"
_ENDLESS = "the lock is held as long as the loop runs"
_CALLBACKS = "what it is given to run may need the lock"
_WAITS = "it waits for another task, which may need the lock"
_MOST_WRITERS = 6


def hold_lock(site: Site) -> Iterator[Plan]:
    """Yield a plan for each lock that fits."""
    if site.window.spawned or site.block is None:
        return
    regions = [Region(site, site.block), *_rival_regions(site)]
    for lock in locks(site):
        held = [regions[0]]
        if not lock.key:
            held += (each for each in regions[1:] if not is_held(site.program, each, lock.place))
        if may_hold(site.program, held, lock.place):
            yield _plan(site, held, lock)


def _plan(site: Site, regions: list[Region], lock: Lock) -> Plan:
    changes: list[Change] = list(lock.changes)
    for region in regions:
        if region.place is site and _is_double_check(site):
            changes.append(_double_checked(site, region.block, lock.expression(site)))
        else:
            changes.append(_wrapped(region, lock.expression(region.place)))
    catches = [lock.note, *catches_of(site.program, regions)]
    notes = [note for note in (*catches, _others(regions)) if note]
    safety = Safety.UNSAFE if any(catches) else Safety.SAFE
    return Plan(_title(site, lock), Repair.LOCK, tuple(changes), safety, "; ".join(notes))


def catches_of(program: Program, regions: list[Region]) -> list[str]:
    """Return why it may be wrong to do regions under a lock."""
    found: list[str] = []
    if any(is_endless(region.block) for region in regions):
        found.append(_ENDLESS)
    if any(runs_callbacks(program, region) for region in regions):
        found.append(_CALLBACKS)
    if any(waits_for_others(program, region) for region in regions):
        found.append(_WAITS)
    return found


def _title(site: Site, lock: Lock) -> str:
    if lock.place is not None:
        return TITLE_OF_KNOWN.format(lock=lock.expression(site))
    return TITLE_BY_KEY if lock.key else TITLE


def _others(regions: list[Region]) -> str:
    names = {f"`{region.place.function.name}()`" for region in regions[1:]}
    return f"also in {', '.join(sorted(names))}" if names else ""


def _rival_regions(site: Site) -> Iterator[Region]:
    """Yield what other functions do that gets into the window, as blocks.

    What the window itself runs holds the lock already.
    """
    if site.block is None:
        return
    seen: dict[FunctionId, list[int]] = {}
    run_inside = {site.identity, *run_by(site.program, Region(site, site.block))}
    for function, node in rivals(site.program, site.window):
        if function not in run_inside:
            seen.setdefault(function, []).append(node)
    for function, nodes in list(seen.items())[:_MOST_WRITERS]:
        place = place_of(site.program, function, site.syntax_of)
        if place is None or not site.program.function(function).is_async:
            continue
        group = group_of(site.window.read.place)
        for window in site.program.windows(function):
            if group_of(window.read.place) == group:
                nodes += [window.read_node, window.suspend_node, window.write_node]
        parts = [part for node in nodes if (part := place.node(node)) is not None]
        block = place.file.around(place.function, parts) if parts else None
        if block is not None:
            yield Region(place, block)


def _wrapped(region: Region, lock: str) -> Lines:
    """Return the change that puts a block below `async with lock:`."""
    file, block = region.place.file, region.block
    head = f"{file.indentation(block.first)}async with {lock}:"
    new = (head, *file.indented(block.first, block.last))
    return Lines(file.path, block.first, block.last + 1, new)


def _is_double_check(site: Site) -> bool:
    """Say whether a window is all of one `if`, so that whoever finds it done need not wait."""
    block = site.block
    if block is None or len(block.statements) != 1 or site.finding.name != "double-initialization":
        return False
    only = block.statements[0]
    if not isinstance(only, ast.If) or only.orelse or site.read is None:
        return False
    has_own_lines = first_line(only.body[0]) > (only.test.end_lineno or 0) - 1
    is_sure = site.window.predicate is not None
    is_whole = site.read is only.test or (
        isinstance(only.test, ast.Compare | ast.UnaryOp)
        and any(part is site.read for part in ast.walk(only.test))
    )
    return has_own_lines and is_sure and is_whole


def _double_checked(site: Site, block: Block, lock: str) -> Lines:
    """Return the change that asks once more under the lock."""
    file, only = site.file, block.statements[0]
    assert isinstance(only, ast.If), "it has been looked at"
    indent = file.indentation(block.first)
    body = first_line(only.body[0])
    head = file.lines(block.first, body - 1)
    inner = file.indented(block.first, block.last, 2)
    new = (*head, f"{indent}{file.unit}async with {lock}:", *inner)
    return Lines(file.path, block.first, block.last + 1, new)
