# %% reported: a flag that says that it is done
import asyncio


class Door:
    def __init__(self) -> None:
        self.closing = False
        self.rings = 0

    async def close(self) -> None:
        if self.closing:
            return
        # tell the others first
        # error: [double-initialization]
        await self.ring()
        self.closing = True

    async def ring(self) -> None:
        self.rings += 1
        await asyncio.sleep(0)
# outcome: x.rings where x = Door(); x.close() | x.close()

# %% fixed: Reserve before the `await`, and take it back on failure
import asyncio


class Door:
    def __init__(self) -> None:
        self.closing = False
        self.rings = 0

    async def close(self) -> None:
        if self.closing:
            return
        # tell the others first
        self.closing = True
        try:
            await self.ring()
        except BaseException:
            self.closing = False
            raise

    async def ring(self) -> None:
        self.rings += 1
        await asyncio.sleep(0)

# %% reported: money is taken when it has been sent
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 10

    async def withdraw(self, amount: int) -> None:
        if self.balance >= amount:
            # error: [stale-check]
            await asyncio.sleep(0)
            self.balance -= amount
# outcome: x.balance where x = Account(); x.withdraw(10) | x.withdraw(10)

# %% fixed: Reserve before the `await`, and take it back on failure
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 10

    async def withdraw(self, amount: int) -> None:
        if self.balance >= amount:
            self.balance -= amount
            try:
                await asyncio.sleep(0)
            except BaseException:
                self.balance += amount
                raise

# %% reported: what is worked on is noted too late
import asyncio


class Crawler:
    def __init__(self) -> None:
        self.seen = set()
        self.fetched = []

    async def visit(self, url: str) -> None:
        if url not in self.seen:
            # error: [stale-check]
            await self.fetch(url)
            self.seen.add(url)

    async def fetch(self, url: str) -> None:
        self.fetched.append(url)
        await asyncio.sleep(0)
# outcome: x.fetched where x = Crawler(); x.visit("/") | x.visit("/")

# %% fixed: Reserve before the `await`, and take it back on failure
import asyncio


class Crawler:
    def __init__(self) -> None:
        self.seen = set()
        self.fetched = []

    async def visit(self, url: str) -> None:
        if url not in self.seen:
            self.seen.add(url)
            try:
                await self.fetch(url)
            except BaseException:
                self.seen.discard(url)
                raise

    async def fetch(self, url: str) -> None:
        self.fetched.append(url)
        await asyncio.sleep(0)

# %% reported: what is stored comes from the await
import asyncio


async def load(key: str) -> str:
    await asyncio.sleep(0)
    return key


class Cache:
    def __init__(self) -> None:
        self.entries = {}

    async def get(self, key: str) -> str:
        if key not in self.entries:
            # error: [double-initialization]
            value = await load(key)
            self.entries[key] = value
        return self.entries[key]
# no fix: Reserve before the `await`, and take it back on failure

# %% reported: the work looks at the flag itself
import asyncio


class Door:
    def __init__(self) -> None:
        self.closing = False

    async def close(self) -> None:
        if self.closing:
            return
        # error: [double-initialization]
        await self.ring()
        self.closing = True

    async def ring(self) -> None:
        if not self.closing:
            await asyncio.sleep(0)
# no fix: Reserve before the `await`, and take it back on failure

# %% reported: the function may return before it writes
import asyncio


class Door:
    def __init__(self) -> None:
        self.closing = False

    async def close(self, quiet: bool) -> None:
        if self.closing:
            return
        # error: [double-initialization]
        await asyncio.sleep(0)
        if quiet:
            return
        self.closing = True
# no fix: Reserve before the `await`, and take it back on failure
