# %% reported: selected by a statement
# unsafe: Select the row for update because the row stays locked until the transaction ends
from models import Account
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


async def pay(session: AsyncSession, number: int, amount: int) -> None:
    account = await session.scalar(select(Account).where(Account.id == number))
    # error: [row-read-modify-write]
    account.balance -= amount
    await session.commit()

# %% fixed: Select the row for update
from models import Account
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


async def pay(session: AsyncSession, number: int, amount: int) -> None:
    account = await session.scalar(select(Account).where(Account.id == number).with_for_update())
    account.balance -= amount
    await session.commit()

# %% reported: by its key
from models import Account
from sqlalchemy.ext.asyncio import AsyncSession


async def pay(session: AsyncSession, number: int, amount: int) -> None:
    account = await session.get(Account, number)
    # error: [row-read-modify-write]
    account.balance -= amount
    await session.commit()

# %% fixed: Select the row for update
from models import Account
from sqlalchemy.ext.asyncio import AsyncSession


async def pay(session: AsyncSession, number: int, amount: int) -> None:
    account = await session.get(Account, number, with_for_update=True)
    account.balance -= amount
    await session.commit()

# %% reported: read by plain SQL
# no fix: Select the row for update
import asyncpg


async def pay(connection: asyncpg.Connection, number: int) -> None:
    left = await connection.fetchval("SELECT balance FROM accounts WHERE id = $1", number)
    # error: [row-read-modify-write]
    await connection.execute("UPDATE accounts SET balance = $1 WHERE id = $2", left - 1, number)
