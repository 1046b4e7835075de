"""RL308: a lock that is used the wrong way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import uses_locks
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule
from racelens.program.lock_uses import LockUses
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL308", severity=Severity.WARNING, since="0.2.0", concerns=uses_locks)
def lock_misused(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Locks and conditions are used as they do not work.

    ## Why this is a bug

    asyncio's locks have no `__enter__`: a plain `with` raises `TypeError` (`AttributeError` before
    Python 3.11). `notify` raises `RuntimeError` unless the condition is held, and so does `release`
    of a lock that nobody holds. And `locked()` tells how things are now: when the task has been
    suspended since, somebody else may have taken the lock. Who stores another lock in the place of
    one that is held lets the next task in beside its holder.

    ## Example

    ```python
    import asyncio

    condition = asyncio.Condition()


    async def announce():
        condition.notify_all()
    ```

    ## Use instead

    ```python
    import asyncio

    condition = asyncio.Condition()


    async def announce():
        async with condition:
            condition.notify_all()
    ```

    ## Not reported

    Objects whose type is not known; functions that are called while their caller holds the lock; a
    release of what another function has taken and kept; `locked()` right before the lock is taken.

    ## References

    - https://docs.python.org/3/library/asyncio-sync.html#asyncio.Condition.notify
    - https://docs.python.org/3/library/asyncio-sync.html#asyncio.Lock.release
    - https://docs.python.org/3/library/asyncio-sync.html#asyncio.Lock.locked
    """
    uses = LockUses(program, function)
    for misuse in sorted(misuses(uses)):
        yield at(
            program,
            function,
            misuse.node,
            misuse.text,
            harm=misuse.harm,
            confidence=Confidence.LIKELY,
        )


class _Misuse(NamedTuple):
    node: int
    text: str
    harm: str


def misuses(uses: LockUses) -> Iterator[_Misuse]:
    """Yield what a function does with locks that does not work."""
    program, function = uses.program, uses.function
    for node, lock in uses.plainly_entered():
        text = f"`{lock.display()}` is a lock for tasks, which only `async with` can enter"
        yield _Misuse(node, text, "crash")
    for asked, between, lock in uses.asked_before():
        line = program.span(function, between).start.line + 1
        text = (
            f"`{lock.display()}` may be taken by another task while line {line} is suspended:"
            " `locked()` says how it was before"
        )
        yield _Misuse(asked, text, "taken for free")
    for node, lock in uses.replaced_while_held():
        text = (
            f"`{lock.display()}` is replaced while it is held: the next task takes another lock,"
            " and runs beside this one"
        )
        yield _Misuse(node, text, "two hold it")
    if program.tasks.held.called_under_lock(function):
        return
    for node, lock in uses.unheld_notices():
        text = f"`{lock.display()}` is notified by one who does not hold it: RuntimeError"
        yield _Misuse(node, text, "crash")
    for node, lock in uses.freed_unheld():
        if not uses.is_kept_elsewhere(lock):
            text = f"`{lock.display()}` is released by one who has not taken it"
            yield _Misuse(node, text, "another task's lock is given away")
