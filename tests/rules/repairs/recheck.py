# %% reported: the loser can be closed
import asyncio


class Connection:
    def __init__(self) -> None:
        self.is_open = True

    async def close(self) -> None:
        self.is_open = False
        await asyncio.sleep(0)


async def connect() -> Connection:
    await asyncio.sleep(0)
    return Connection()


class Client:
    def __init__(self) -> None:
        self.connection: Connection | None = None

    async def get(self) -> Connection:
        if self.connection is None:
            # error: [double-initialization]
            self.connection = await connect()
        return self.connection

# %% fixed: Check again after the `await`, and close the loser
import asyncio


class Connection:
    def __init__(self) -> None:
        self.is_open = True

    async def close(self) -> None:
        self.is_open = False
        await asyncio.sleep(0)


async def connect() -> Connection:
    await asyncio.sleep(0)
    return Connection()


class Client:
    def __init__(self) -> None:
        self.connection: Connection | None = None

    async def get(self) -> Connection:
        if self.connection is None:
            connection = await connect()
            if self.connection is None:
                self.connection = connection
            else:
                await connection.close()
        return self.connection

# %% reported: more than there is
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 10

    async def withdraw(self, amount: int) -> bool:
        if self.balance < amount:
            return False
        # error: [stale-check]
        await asyncio.sleep(0)
        self.balance -= amount
        return True
# outcome: x.balance where x = Account(); x.withdraw(10) | x.withdraw(10)

# %% fixed: Check again after the `await`
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 10

    async def withdraw(self, amount: int) -> bool:
        if self.balance < amount:
            return False
        await asyncio.sleep(0)
        if self.balance < amount:
            return False
        self.balance -= amount
        return True

# %% reported: a value that was loaded may be there by now
import asyncio


class Cache:
    def __init__(self) -> None:
        self.entries = {}

    async def get(self, key: str) -> str:
        if key not in self.entries:
            # error: [double-initialization]
            value = await self.load(key)
            # keep it
            self.entries[key] = value
        return self.entries[key]

    async def load(self, key: str) -> str:
        await asyncio.sleep(0)
        return key

# %% fixed: Check again after the `await`
import asyncio


class Cache:
    def __init__(self) -> None:
        self.entries = {}

    async def get(self, key: str) -> str:
        if key not in self.entries:
            value = await self.load(key)
            # keep it
            if key not in self.entries:
                self.entries[key] = value
        return self.entries[key]

    async def load(self, key: str) -> str:
        await asyncio.sleep(0)
        return key
