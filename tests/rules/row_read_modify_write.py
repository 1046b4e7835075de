# %% reported: SQLAlchemy, changed in memory
from models import Account
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


async def pay(session: AsyncSession, number: int, amount: int) -> None:
    result = await session.execute(select(Account).where(Account.id == number))
    account = result.scalar_one()
    if account.balance >= amount:
        # error: [row-read-modify-write]
        account.balance = account.balance - amount
        await session.commit()


async def visit(session: AsyncSession, number: int) -> None:
    account = await session.get(Account, number)
    # error: [row-read-modify-write]
    account.visits += 1
    await session.flush()


async def rename(session: AsyncSession, number: int, name: str) -> None:
    account = await session.get(Account, number)
    if account.name == "new":
        # error: [row-read-modify-write]
        account.name = "taken"
    await session.commit()

# %% reported: a session of a maker, and a transaction as context
from models import Account
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

engine = create_async_engine("postgresql+asyncpg://localhost/shop")
make_session = async_sessionmaker(engine)


async def deposit(number: int, amount: int) -> None:
    async with make_session() as session, session.begin():
        account = await session.get(Account, number)
        total = account.balance + amount
        # error: [row-read-modify-write]
        account.balance = total

# %% reported: asyncpg and psycopg
import asyncpg
import psycopg


async def pay(pool: asyncpg.Pool, number: int, amount: int) -> None:
    async with pool.acquire() as connection:
        row = await connection.fetchrow("SELECT balance FROM accounts WHERE id = $1", number)
        left = row["balance"] - amount
        # error: [row-read-modify-write]
        await connection.execute("UPDATE accounts SET balance = $1 WHERE id = $2", left, number)


async def visit(connection: psycopg.AsyncConnection, number: int) -> None:
    async with connection.cursor() as cursor:
        await cursor.execute("SELECT visits FROM users WHERE id = %s", (number,))
        row = await cursor.fetchone()
        # error: [row-read-modify-write]
        await cursor.execute(
            "UPDATE users SET visits = %s WHERE id = %s", (row[0] + 1, number)
        )

# %% reported: Tortoise and Django
from django.db import models
from tortoise.models import Model


class Account(Model): ...


class Page(models.Model): ...


async def pay(number: int, amount: int) -> None:
    account = await Account.get(id=number)
    # error: [row-read-modify-write]
    account.balance -= amount
    await account.save()


async def visit(number: int) -> None:
    page = await Page.objects.aget(pk=number)
    # error: [row-read-modify-write]
    page.visits = page.visits + 1
    await page.asave()

# %% clean: taken for update, or computed by the database
import asyncpg
from django.db import models
from django.db.models import F
from models import Account
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession


class Page(models.Model): ...


async def locked(session: AsyncSession, number: int) -> None:
    account = await session.scalar(select(Account).where(Account.id == number).with_for_update())
    account.balance = account.balance - 1
    await session.commit()


async def by_database(session: AsyncSession, number: int) -> None:
    await session.execute(
        update(Account).where(Account.id == number).values(balance=Account.balance - 1)
    )
    await session.commit()


async def by_text(connection: asyncpg.Connection, number: int) -> None:
    row = await connection.fetchrow("SELECT n FROM t WHERE id = $1 FOR UPDATE", number)
    await connection.execute("UPDATE t SET n = $1 WHERE id = $2", row["n"] + 1, number)


async def relative(connection: asyncpg.Connection, number: int) -> None:
    row = await connection.fetchrow("SELECT n FROM t WHERE id = $1", number)
    if row["n"] > 0:
        await connection.execute("UPDATE t SET n = n - 1 WHERE id = $1", number)


async def compared(connection: asyncpg.Connection, number: int) -> None:
    row = await connection.fetchrow("SELECT n, v FROM t WHERE id = $1", number)
    await connection.execute(
        "UPDATE t SET n = $1, v = v + 1 WHERE id = $2 AND v = $3", row["n"] + 1, number, row["v"]
    )


async def expression(number: int) -> None:
    page = await Page.objects.aget(pk=number)
    page.visits = F("visits") + 1
    await page.asave()


async def advised(session: AsyncSession, number: int) -> None:
    await session.execute(text("SELECT pg_advisory_xact_lock(1)"))
    account = await session.get(Account, number)
    account.visits += 1
    await session.commit()

# %% clean: a version column, nothing derived, nobody commits
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase): ...


class Account(Base):
    version = 0
    __mapper_args__ = {"version_id_col": version}


class User(Base): ...


async def versioned(session: AsyncSession, number: int) -> None:
    account = await session.get(Account, number)
    account.visits += 1
    await session.commit()


async def stored(session: AsyncSession, number: int, name: str) -> None:
    user = await session.get(User, number)
    if user is not None:
        user.name = name
        await session.commit()


async def given(session: AsyncSession, number: int) -> None:
    user = await session.get(User, number)
    user.visits += 1

# %% reported: a row that is added since there is none
# confidence: possible
from models import Dataset
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


async def dataset(session: AsyncSession, name: str) -> Dataset:
    found = (await session.scalars(select(Dataset).filter(Dataset.name == name))).first()
    if found is None:
        found = Dataset(name=name)
        # error: [row-read-modify-write]
        session.add(found)
        await session.commit()
    return found


class Store:
    async def remember(self, key: str) -> bool:
        row = await self.db.fetchrow("SELECT key FROM seen WHERE key = $1", key)
        if row is None:
            # error: [row-read-modify-write]
            await self.db.execute("INSERT INTO seen (key) VALUES ($1)", key)
        return row is None

# %% reported: SQL that an unknown connection runs
class Store:
    async def count(self, key: str) -> None:
        row = await self.db.fetchrow("SELECT n FROM counts WHERE key = $1", key)
        # error: [row-read-modify-write]
        await self.db.execute("UPDATE counts SET n = $1 WHERE key = $2", row["n"] + 1, key)

# %% clean: an upsert, another table, and a row that is added in any case
from models import Dataset, Event
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


async def log(session: AsyncSession, name: str) -> None:
    found = await session.scalar(select(Dataset).filter(Dataset.name == name))
    if found is None:
        session.add(Event(text="none"))
        await session.commit()


class Store:
    async def upsert(self, key: str) -> None:
        row = await self.db.fetchrow("SELECT key FROM seen WHERE key = $1", key)
        if row is None:
            await self.db.execute("INSERT INTO seen (key) VALUES ($1) ON CONFLICT DO NOTHING", key)

    async def other(self, key: str) -> None:
        row = await self.db.fetchrow("SELECT key FROM seen WHERE key = $1", key)
        if row is None:
            await self.db.execute("INSERT INTO missed (key) VALUES ($1)", key)

# %% reported: in a transaction, at the default isolation
import asyncpg


async def pay(connection: asyncpg.Connection, number: int) -> None:
    async with connection.transaction():
        left = await connection.fetchval("SELECT balance FROM accounts WHERE id = $1", number)
        # error: [row-read-modify-write]
        await connection.execute("UPDATE accounts SET balance = $1 WHERE id = $2", left - 1, number)

# %% reported: a session that begins at once
from models import Account
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker


def maker(engine: AsyncEngine) -> async_sessionmaker: ...


make_session = async_sessionmaker()


async def deposit(number: int, amount: int) -> None:
    async with make_session.begin() as session:
        account = await session.get(Account, number)
        # error: [row-read-modify-write]
        account.balance += amount
        await session.flush()

# %% clean: other columns, alternatives, what is the same if it is done twice
import asyncpg
from models import User
from sqlalchemy.ext.asyncio import AsyncSession


async def seen(connection: asyncpg.Connection, email: str) -> None:
    row = await connection.fetchrow("SELECT id FROM users WHERE email = $1", email)
    await connection.execute("UPDATE users SET seen = now() WHERE id = $1", row["id"])


async def patch(session: AsyncSession, number: int, name: str | None, email: str) -> None:
    user = await session.get(User, number)
    user.name = name or user.name
    user.email = email if email is not None else user.email
    await session.commit()


async def leave(session: AsyncSession, number: int) -> None:
    user = await session.get(User, number)
    if user.active:
        user.active = False
    await session.commit()


async def rename(session: AsyncSession, number: int, name: str) -> None:
    user = await session.get(User, number)
    if user.name == name:
        return
    user.name = name
    await session.commit()

# %% clean: an engine that is serializable
from models import Account
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

engine = create_async_engine("postgresql+asyncpg://localhost/shop", isolation_level="SERIALIZABLE")
make_session = async_sessionmaker(engine)


async def deposit(number: int, amount: int) -> None:
    async with make_session() as session, session.begin():
        account = await session.get(Account, number)
        account.balance += amount

# %% reported: a session by another name, of this file and of another one
from typing import Annotated, TypeAlias

from deps import SessionDep
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account

Own = Annotated[AsyncSession, Depends(print)]
Plain: TypeAlias = AsyncSession
router = APIRouter()


@router.post("/pay")
async def pay(session: SessionDep, number: int) -> None:
    account = await session.get(Account, number)
    # error: [row-read-modify-write]
    account.balance -= 1
    await session.commit()


@router.post("/own")
async def own(session: Own, number: int) -> None:
    account = await session.get(Account, number)
    # error: [row-read-modify-write]
    account.balance -= 1
    await session.commit()


@router.post("/plain")
async def plain(session: Plain, number: int) -> None:
    account = await session.get(Account, number)
    # error: [row-read-modify-write]
    account.balance -= 1
    await session.commit()
# %% file: deps.py
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

SessionDep = Annotated[AsyncSession, Depends(print)]

# %% reported: values of an update that are computed from the row
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account


async def pay(session: AsyncSession, number: int) -> None:
    account = await session.scalar(select(Account).where(Account.id == number))
    await session.execute(
        # error: [row-read-modify-write] "`account.balance`"
        update(Account).where(Account.id == account.id).values(balance=account.balance - 1)
    )

# %% clean: an update that compares, or computes by itself
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account


async def pay(session: AsyncSession, number: int) -> None:
    account = await session.scalar(select(Account).where(Account.id == number))
    await session.execute(
        update(Account)
        .where(Account.id == account.id, Account.balance == account.balance)
        .values(balance=account.balance - 1)
    )


async def add(session: AsyncSession, number: int) -> None:
    account = await session.scalar(select(Account).where(Account.id == number))
    await session.execute(
        update(Account).where(Account.id == account.id).values(balance=Account.balance - 1)
    )

# %% clean: a session whose engine runs transactions as if alone
from models import Account
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

engine = create_async_engine("x", execution_options={"isolation_level": "SERIALIZABLE"})


async def pay(session: AsyncSession, number: int) -> None:
    account = await session.get(Account, number)
    account.balance -= 1
    await session.commit()

# %% clean: values of an update that asks for the version
from models import Account
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession


async def pay(session: AsyncSession, number: int) -> None:
    account = await session.get(Account, number)
    await session.execute(
        update(Account)
        .where(Account.id == number, Account.version == account.version)
        .values(balance=account.balance - 1, version=account.version + 1)
    )
