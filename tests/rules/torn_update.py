# %% reported: a flag that is set under the lock before the work, and checked without the lock
import asyncio


class Store:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._started = False

    async def start(self, connect) -> None:
        if self._started:
            return
        async with self._lock:
            if self._started:
                return
            self._started = True
            # error: [torn-update] "before the work that it stands for is done"
            await connect()

# %% clean: the flag is set behind the work
import asyncio


class Store:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._started = False

    async def start(self, connect) -> None:
        if self._started:
            return
        async with self._lock:
            if self._started:
                return
            await connect()
            self._started = True

# %% clean: the flag is checked under the lock only
import asyncio


class Store:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._started = False

    async def start(self, connect) -> None:
        async with self._lock:
            if self._started:
                return
            self._started = True
            await connect()

# %% reported: a flag of the module
import asyncio

lock = asyncio.Lock()
ready = False


async def setup(load) -> None:
    global ready
    if not ready:
        async with lock:
            if not ready:
                ready = True
                # error: [torn-update] "goes ahead too early"
                await load()


async def main(load) -> None:
    await asyncio.gather(setup(load), setup(load))

# %% reported: an object that is stored under the lock before it is opened
import asyncio


class Pool:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._connection = None

    async def connection(self, make):
        if self._connection is None:
            async with self._lock:
                if self._connection is None:
                    self._connection = make()
                    # error: [torn-update] "changes `self._connection` before"
                    await self._connection.open()
        return self._connection

# %% clean: opened under a local name, and stored then
import asyncio


class Pool:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._connection = None

    async def connection(self, make):
        if self._connection is None:
            async with self._lock:
                if self._connection is None:
                    connection = make()
                    await connection.open()
                    self._connection = connection
        return self._connection

# %% reported: a dict that is cleared, awaited and filled again
import asyncio


class Prices:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.prices = {}

    async def refresh(self, fetch) -> None:
        self.prices.clear()
        # error: [torn-update] "`self.prices` is half changed between line"
        fresh = await fetch()
        self.prices.update(fresh)

    def price(self, name: str) -> int:
        return self.prices[name]

# %% clean: built first, and assigned once
import asyncio


class Prices:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.prices = {}

    async def refresh(self, fetch) -> None:
        self.prices = await fetch()

    def price(self, name: str) -> int:
        return self.prices[name]

# %% clean: cleared and filled without an await between
import asyncio


class Prices:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.prices = {}

    async def refresh(self, fetch) -> None:
        fresh = await fetch()
        self.prices.clear()
        self.prices.update(fresh)

# %% clean: one lock over the whole update, and where it is read
import asyncio


class Prices:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.prices = {}

    async def refresh(self, fetch) -> None:
        async with self._lock:
            self.prices.clear()
            self.prices.update(await fetch())

    async def price(self, name: str) -> int:
        async with self._lock:
            return self.prices[name]

# %% clean: progress that others are meant to see
import asyncio


class Link:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.state = "closed"

    async def open(self, connect) -> None:
        self.state = "connecting"
        await connect()
        self.state = "open"
