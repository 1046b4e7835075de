# %% reported: a column of SQLAlchemy
# unsafe: Let the database compute it because until the row is loaded again, the attribute is an expression and no value
from models import Account
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


async def pay(session: AsyncSession, number: int, amount: int) -> None:
    account = await session.scalar(select(Account).where(Account.id == number))
    # error: [row-read-modify-write]
    account.balance -= amount or 1  # pay
    await session.commit()

# %% fixed: Let the database compute it
from models import Account
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


async def pay(session: AsyncSession, number: int, amount: int) -> None:
    account = await session.scalar(select(Account).where(Account.id == number))
    account.balance = Account.balance - (amount or 1)  # pay
    await session.commit()

# %% reported: a column of Django
from django.db import models


class Page(models.Model): ...


async def visit(number: int) -> None:
    page = await Page.objects.aget(pk=number)
    # error: [row-read-modify-write]
    page.visits = page.visits + 1
    await page.asave()

# %% fixed: Let the database compute it
from django.db import models
from django.db.models import F


class Page(models.Model): ...


async def visit(number: int) -> None:
    page = await Page.objects.aget(pk=number)
    page.visits = F("visits") + 1
    await page.asave()

# %% reported: the column is looked at afterwards
# no fix: Let the database compute it
from models import Account
from sqlalchemy.ext.asyncio import AsyncSession


async def pay(session: AsyncSession, number: int, amount: int) -> None:
    account = await session.get(Account, number)
    # error: [row-read-modify-write]
    account.balance -= amount
    await session.commit()
    print(account.balance)

# %% reported: the statement has a name of its own
# no fix: Let the database compute it
from models import Account
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


async def pay(session: AsyncSession, number: int, amount: int) -> None:
    query = select(Account).where(Account.id == number)
    account = await session.scalar(query)
    # error: [row-read-modify-write]
    account.balance -= amount
    await session.commit()
