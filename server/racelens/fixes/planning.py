"""All fixes of a finding: a program, texts and a finding in, plans out, best first.

Plans are not tried here: `engine.repair` analyses each one before anybody sees it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.fix import Safety
from racelens.fixes.add_await import add_await
from racelens.fixes.build_first import build_first
from racelens.fixes.check_done import check_done
from racelens.fixes.claim_first import claim_first
from racelens.fixes.compare import compare
from racelens.fixes.copy_iteration import copy_iteration
from racelens.fixes.enter_lock import enter_async, enter_lock
from racelens.fixes.file_lock import file_lock
from racelens.fixes.finish_cleanup import finish_cleanup
from racelens.fixes.for_update import for_update
from racelens.fixes.hold_lock import hold_lock
from racelens.fixes.in_database import in_database
from racelens.fixes.in_redis import in_redis
from racelens.fixes.join_regions import join_regions
from racelens.fixes.keep_task import keep_task
from racelens.fixes.local_reference import local_reference
from racelens.fixes.merge import merge
from racelens.fixes.off_loop import off_loop
from racelens.fixes.owner_queue import owner_queue
from racelens.fixes.plan import Plan
from racelens.fixes.raise_again import raise_again
from racelens.fixes.read_later import read_later
from racelens.fixes.recheck import recheck
from racelens.fixes.reserve import reserve
from racelens.fixes.single_flight import single_flight
from racelens.fixes.site import site_of
from racelens.fixes.split_locked import split_locked
from racelens.fixes.spot import spot_of
from racelens.fixes.state_lock import state_lock
from racelens.fixes.suppress import suppress, suppress_in_file, unsuppress
from racelens.fixes.swap import swap, swap_loop
from racelens.fixes.swap_in_check import swap_in_check
from racelens.fixes.task_group import task_group
from racelens.fixes.thread_lock import thread_lock
from racelens.fixes.to_loop import to_loop
from racelens.fixes.try_finally import try_finally
from racelens.fixes.while_wait import while_wait
from racelens.fixes.work_queue import work_queue
from racelens.program.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from racelens.findings.finding import Finding
    from racelens.fixes.site import Site, Syntaxes
    from racelens.fixes.spot import Spot
    from racelens.program.program import Program
    from racelens.source.text import SourceFile

    Transformation = Callable[[Site], Plan | Iterable[Plan] | None]

# The order of offers; of those that fit, the first is preferred.
_BY_RULE: Mapping[str, tuple[Transformation, ...]] = {
    Shape.LOST_UPDATE.value: (read_later, hold_lock, merge, recheck, owner_queue),
    Shape.STALE_CHECK.value: (
        claim_first,
        swap,
        swap_in_check,
        reserve,
        hold_lock,
        recheck,
        work_queue,
    ),
    Shape.DOUBLE_INITIALIZATION.value: (hold_lock, reserve, recheck, single_flight),
    Shape.STALE_OVERWRITE.value: (compare, read_later, merge, hold_lock),
    Shape.CHANGED_WHILE_ITERATING.value: (swap_loop, copy_iteration, hold_lock),
    Shape.STALE_REFERENCE.value: (local_reference, recheck, hold_lock),
    Shape.TORN_UPDATE.value: (build_first, hold_lock),
    Shape.WAIT_WITHOUT_RECHECK.value: (while_wait,),
    Shape.STUCK_BUSY_FLAG.value: (try_finally,),
    Shape.LOCK_GAP.value: (join_regions, recheck, swap),
    Shape.INCONSISTENT_LOCK.value: (hold_lock, swap, recheck, read_later),
    Shape.PER_INSTANCE_LOCK.value: (state_lock, recheck),
}

_USELESS_COMMENT = "RL001"
# The fixes of rules without windows.
_BY_SPOT: Mapping[str, tuple[Callable[[Spot], Plan | Iterable[Plan] | None], ...]] = {
    "RL201": (add_await,),
    "RL202": (keep_task, task_group),
    "RL305": (enter_lock,),
    "RL306": (split_locked,),
    "RL308": (enter_async,),
    "RL401": (thread_lock,),
    "RL402": (thread_lock,),
    "RL403": (to_loop,),
    "RL404": (thread_lock,),
    "RL501": (check_done,),
    "RL601": (in_redis,),
    "RL602": (for_update, in_database),
    "RL603": (for_update,),
    "RL604": (file_lock,),
    "RL701": (off_loop,),
    "RL702": (raise_again,),
    "RL703": (finish_cleanup,),
}


def plan_fixes(
    program: Program, syntax_of: Syntaxes, source: SourceFile, finding: Finding
) -> Iterator[Plan]:
    """Yield the fixes that may be offered for `finding`, the suppressions last."""
    if finding.code == _USELESS_COMMENT:
        yield unsuppress(source, finding)
        return
    site = site_of(program, finding, syntax_of)
    if site is not None:
        yield from _in_order(site)
    spot = spot_of(program, syntax_of, finding) if finding.code in _BY_SPOT else None
    if spot is not None:
        yield from _of_spot(spot)
    one = suppress(source, finding)
    if one is not None:
        yield one
    yield suppress_in_file(source, finding)


def _of_spot(spot: Spot) -> Iterator[Plan]:
    for transformation in _BY_SPOT.get(spot.finding.code, ()):
        yield from _each(transformation(spot))


def _each(made: Plan | Iterable[Plan] | None) -> Iterable[Plan]:
    """Return what a transformation has made, one plan, several or none, as several."""
    return (made,) if isinstance(made, Plan) else made or ()


def _in_order(site: Site) -> Iterator[Plan]:
    """Yield the plans of a race's transformations, the safe ones first."""
    unsafe: list[Plan] = []
    for transformation in _BY_RULE.get(site.finding.code, ()):
        for plan in _each(transformation(site)):
            if plan.safety is Safety.SAFE:
                yield plan
            else:
                unsafe.append(plan)
    yield from unsafe
