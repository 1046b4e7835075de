"""RL602: a row that is read, changed and written back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import uses_rows
from racelens.findings.levels import Severity
from racelens.findings.rule import function_rule
from racelens.findings.store_race import Sites, store_race
from racelens.program.row_windows import missing_rows, row_windows
from racelens.program.store_windows import How

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL602", severity=Severity.WARNING, since="0.2.0", concerns=uses_rows)
def row_read_modify_write(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Rows of a database are read, changed in memory and written back, without being locked.

    ## Why this is a bug

    The default isolation of PostgreSQL, MySQL and Oracle lets two transactions read the same row.
    Both see a balance of 100, both subtract 80, and the second write hides the first. An
    `asyncio.Lock` helps one process; the other workers have their own.

    ## Example

    ```python
    from sqlalchemy import select
    from sqlalchemy.ext.asyncio import AsyncSession


    async def pay(session: AsyncSession, key: int, amount: int) -> None:
        account = await session.scalar(select(Account).where(Account.id == key))
        if account.balance >= amount:
            account.balance = account.balance - amount
            await session.commit()
    ```

    ## Use instead

    ```python
    from sqlalchemy import select
    from sqlalchemy.ext.asyncio import AsyncSession


    async def pay(session: AsyncSession, key: int, amount: int) -> None:
        account = await session.scalar(select(Account).where(Account.id == key).with_for_update())
        if account.balance >= amount:
            account.balance = account.balance - amount
            await session.commit()
    ```

    Or let the database compute: `update(Account).values(balance=Account.balance - amount)` with
    `where(Account.balance >= amount)`; or a version column, and try again.

    ## Not reported

    Rows that are selected for update; models with a version (`__mapper_args__`); `UPDATE`
    statements that compute from the column or ask for more than the key; serializable transactions
    and advisory locks; sessions whose type is not known, and changes that nobody commits here. A
    row that is added since none was found is *possible* only: a unique constraint may see to it.

    ## References

    - https://docs.sqlalchemy.org/en/20/orm/queryguide/query.html#sqlalchemy.orm.Query.with_for_update
    - https://docs.sqlalchemy.org/en/20/orm/versioning.html
    - https://www.postgresql.org/docs/current/transaction-iso.html
    - https://docs.djangoproject.com/en/5.2/ref/models/expressions/#avoiding-race-conditions-using-f
    """
    for window in row_windows(program, function):
        if window.claims:
            continue
        yield store_race(
            program,
            function,
            Sites(window.read.node, window.place, window.state, decides=window.how is How.DECIDED),
            "another worker may write the row of {state} after it was read on line {read}: this"
            " change is made from what it was",
            "lost update" if window.how is How.COMPUTED else "overspend or overflow",
            likely=True,
        )
    for window in missing_rows(program, function):
        yield store_race(
            program,
            function,
            Sites(window.read.node, window.place, window.state, decides=True),
            "another worker may add the same row after none was found on line {read}: {state} is a"
            " second one, or fails where it must be unique",
            "duplicated effect",
            likely=False,
        )
