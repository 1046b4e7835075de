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

# %% reported: models of Django and Tortoise, in a transaction
from django.db import models, transaction
from tortoise.models import Model
from tortoise.transactions import in_transaction


class Account(Model): ...


class Page(models.Model): ...


async def pay(number: int, amount: int) -> None:
    async with in_transaction():
        account = await Account.get(id=number)
        # error: [row-read-modify-write]
        account.balance -= amount
        await account.save()


# %% fixed: Select the row for update
from django.db import models, transaction
from tortoise.models import Model
from tortoise.transactions import in_transaction


class Account(Model): ...


class Page(models.Model): ...


async def pay(number: int, amount: int) -> None:
    async with in_transaction():
        account = await Account.select_for_update().get(id=number)
        account.balance -= amount
        await account.save()

# %% reported: a view of Django, in a transaction by decorator
from django.db import models, transaction
from django.urls import path


class Page(models.Model): ...


@transaction.atomic
def visit(request, number):
    page = Page.objects.get(pk=number)
    # error: [row-read-modify-write]
    page.visits += 1
    page.save()


urlpatterns = [path("visit/<int:number>/", visit)]

# %% fixed: Select the row for update
from django.db import models, transaction
from django.urls import path


class Page(models.Model): ...


@transaction.atomic
def visit(request, number):
    page = Page.objects.select_for_update().get(pk=number)
    page.visits += 1
    page.save()


urlpatterns = [path("visit/<int:number>/", visit)]

# %% reported: SQL, in a transaction
import asyncpg


async def pay(connection: asyncpg.Connection, number: int) -> None:
    async with connection.transaction():
        left = await connection.fetchval("SELECT balance FROM accounts WHERE id = $1", number)
        # error: [row-read-modify-write]
        await connection.execute("UPDATE accounts SET balance = $1 WHERE id = $2", left - 1, number)

# %% fixed: Select the row for update
import asyncpg


async def pay(connection: asyncpg.Connection, number: int) -> None:
    async with connection.transaction():
        left = await connection.fetchval("SELECT balance FROM accounts WHERE id = $1 FOR UPDATE", number)
        await connection.execute("UPDATE accounts SET balance = $1 WHERE id = $2", left - 1, number)

# %% reported: a group of rows
# no fix: Select the row for update
import asyncpg


async def pay(connection: asyncpg.Connection) -> None:
    async with connection.transaction():
        last = await connection.fetchval("SELECT max(number) FROM bills")
        # error: [row-read-modify-write]
        await connection.execute("UPDATE bills SET number = $1 WHERE id = 1", last + 1)
