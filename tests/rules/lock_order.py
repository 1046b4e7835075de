# %% reported: both orders
import asyncio

first = asyncio.Lock()
second = asyncio.Lock()


async def one() -> None:
    async with first:
        # error: [lock-order] "`two()`"
        async with second:
            await asyncio.sleep(0)


async def two() -> None:
    async with second:
        # error: [lock-order] "`one()`"
        async with first:
            await asyncio.sleep(0)

# %% reported: through a method
import asyncio


class Bank:
    def __init__(self) -> None:
        self.accounts = asyncio.Lock()
        self.journal = asyncio.Lock()

    async def write(self) -> None:
        async with self.journal:
            await asyncio.sleep(0)

    async def pay(self) -> None:
        async with self.accounts:
            # error: [lock-order]
            await self.write()

    async def close(self) -> None:
        # error: [lock-order]
        async with self.journal, self.accounts:
            await asyncio.sleep(0)

# %% clean: one order, or one after the other
import asyncio

first = asyncio.Lock()
second = asyncio.Lock()


async def one() -> None:
    async with first:
        async with second:
            await asyncio.sleep(0)


async def two() -> None:
    async with first, second:
        await asyncio.sleep(0)


async def three() -> None:
    async with second:
        await asyncio.sleep(0)
    async with first:
        await asyncio.sleep(0)
