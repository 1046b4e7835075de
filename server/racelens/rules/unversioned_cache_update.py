"""RL606: a record of a shared store that is read and put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import uses_records
from racelens.findings.levels import Severity
from racelens.findings.rule import function_rule
from racelens.findings.store_race import Sites, store_race
from racelens.program.store_windows import How, store_windows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(
    code="RL606", severity=Severity.WARNING, since="0.2.0", concerns=uses_records, enabled=False
)
def unversioned_cache_update(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Shared records are fetched, changed and put back, without comparing versions.

    ## Why this is a bug

    Two workers fetch the same record, each adds what it has learned, and each puts back the whole:
    the one that comes last takes away what the other had added. Agents that share a memory lose
    what they were told.

    ## Example

    ```python
    from aiocache import Cache

    cache = Cache()


    async def remember(user: str, fact: str) -> None:
        facts = await cache.get(user) or []
        await cache.set(user, [*facts, fact])
    ```

    ## Use instead

    ```python
    from aiocache import Cache
    from aiocache.lock import OptimisticLock

    cache = Cache()


    async def remember(user: str, fact: str) -> None:
        async with OptimisticLock(cache, user) as lock:
            facts = await cache.get(user) or []
            await lock.cas([*facts, fact])
    ```

    Or keep one record for each fact, so that nothing has to be put back.

    ## Not reported

    Stores that compare and set (`gets` and `cas`, `version=`); locks; records that the function has
    made itself; values that are only stored where none was found.

    ## References

    - https://aiocache.aio-libs.org/en/latest/locking.html
    - https://pymemcache.readthedocs.io/en/latest/apidoc/pymemcache.client.base.html
    """
    for window in store_windows(program, function, "record"):
        if window.how is not How.MISSING:
            yield store_race(
                program,
                function,
                Sites(
                    window.read.node,
                    window.write.node,
                    window.key,
                    decides=window.how is How.DECIDED,
                ),
                "another worker may write {state} after it was fetched on line {read}: putting it"
                " back takes that away",
                "lost update",
                likely=True,
            )
