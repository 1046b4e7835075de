# %% reported: emptied, then filled again
import asyncio


class Prices:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.prices = {}

    async def refresh(self, fetch) -> None:
        # all of them
        self.prices.clear()
        # error: [torn-update]
        fresh = await fetch()
        self.prices.update(fresh)

    def price(self, name: str) -> int:
        return self.prices[name]

# %% fixed: Empty it when it is filled again
import asyncio


class Prices:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.prices = {}

    async def refresh(self, fetch) -> None:
        # all of them
        fresh = await fetch()
        self.prices.clear()
        self.prices.update(fresh)

    def price(self, name: str) -> int:
        return self.prices[name]

# %% reported: said to be done before it is
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
            # error: [torn-update]
            await connect()
            await asyncio.sleep(0)

# %% fixed: Change it when the work is done
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
            await asyncio.sleep(0)
            self._started = True

# %% reported: the work looks at it
import asyncio


class Store:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._started = False

    async def start(self) -> None:
        if self._started:
            return
        async with self._lock:
            if self._started:
                return
            self._started = True
            # error: [torn-update]
            await self.connect()

    async def connect(self) -> None:
        if self._started:
            await asyncio.sleep(0)
# no fix: Change it when the work is done

# %% reported: stored before it is opened
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
                    # error: [torn-update]
                    await self._connection.open()
        return self._connection

# %% fixed: Build it first, and assign it once
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
