"""RL603: work that two workers may take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import claims_work
from racelens.findings.levels import Severity
from racelens.findings.rule import function_rule
from racelens.findings.store_race import Sites, store_race
from racelens.program.row_windows import row_windows
from racelens.program.store_windows import claimed_twice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(
    code="RL603", severity=Severity.WARNING, since="0.2.0", concerns=claims_work, enabled=False
)
def work_claimed_twice(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Work is looked up in one step and marked as taken in another: two workers may take it.

    ## Why this is a bug

    Both workers ask for the next job, both get the same one, and both mark it as theirs. The mail
    is sent twice, the payment made twice.

    ## Example

    ```python
    from sqlalchemy import select
    from sqlalchemy.ext.asyncio import AsyncSession


    async def take(session: AsyncSession):
        job = await session.scalar(select(Job).where(Job.state == "new").limit(1))
        job.state = "running"
        await session.commit()
        return job
    ```

    ## Use instead

    ```python
    from sqlalchemy import select
    from sqlalchemy.ext.asyncio import AsyncSession


    async def take(session: AsyncSession):
        job = await session.scalar(
            select(Job).where(Job.state == "new").limit(1).with_for_update(skip_locked=True)
        )
        job.state = "running"
        await session.commit()
        return job
    ```

    In Redis, `LPOP` and `BLMOVE` look and take in one command, and streams have consumer groups.

    ## Not reported

    Rows that are selected for update; lists that are popped from; locks that both steps hold.

    ## References

    - https://www.postgresql.org/docs/current/sql-select.html#SQL-FOR-UPDATE-SHARE
    - https://redis.io/docs/latest/commands/lpop/
    """
    for window in row_windows(program, function):
        if window.claims:
            yield store_race(
                program,
                function,
                Sites(window.read.node, window.place, window.state, decides=True),
                "another worker may take the same row: it was looked up on line {read}, and"
                " {state} marks it only now",
                "duplicated effect",
                likely=True,
            )
    for found in claimed_twice(program, function, "redis"):
        yield store_race(
            program,
            function,
            Sites(found.read.node, found.write.node, found.key, decides=True),
            "another worker may take the same entry of {state}: it was looked up on line {read},"
            " and is removed only now",
            "duplicated effect",
            likely=True,
        )
