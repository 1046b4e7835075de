# %% reported: one inside the other
import asyncio

lock = asyncio.Lock()


async def main() -> None:
    async with lock:
        # error: [lock-reacquired] "since line 7"
        async with lock:
            await asyncio.sleep(0)
# confidence: proven

# %% reported: a method takes it again
import asyncio


class Store:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.items = []

    async def add(self, item) -> None:
        async with self.lock:
            self.items.append(item)

    async def add_all(self, items) -> None:
        async with self.lock:
            for item in items:
                # error: [lock-reacquired] "by `add()`"
                await self.add(item)
# confidence: proven

# %% reported: a method of a method, in another module
from store import Store


class Cached(Store):
    async def refresh(self) -> None:
        async with self.lock:
            # error: [lock-reacquired] "by `load()`"
            await self.reload()
# %% file: store.py
import asyncio


class Store:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()

    async def reload(self) -> None:
        await self.load()

    async def load(self) -> None:
        async with self.lock:
            await asyncio.sleep(0)

# %% reported: only on one way
import asyncio


class Store:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.loaded = False

    async def load(self) -> None:
        if self.loaded:
            return
        async with self.lock:
            self.loaded = True

    async def get(self) -> None:
        async with self.lock:
            # error: [lock-reacquired]
            await self.load()
# confidence: possible

# %% clean: the lock lets its holder in, or it is another object's
import asyncio
import threading


class Store:
    def __init__(self, other) -> None:
        self.lock = threading.RLock()
        self.gate = asyncio.Lock()
        self.other: "Store" = other

    def add(self) -> None:
        with self.lock:
            pass

    def add_all(self) -> None:
        with self.lock:
            self.add()

    async def enter(self) -> None:
        async with self.gate:
            await asyncio.sleep(0)

    async def enter_both(self) -> None:
        async with self.gate:
            await self.other.enter()

# %% clean: given back before, or split
import asyncio


class Store:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.items = []

    async def add(self, item) -> None:
        async with self.lock:
            self._add_locked(item)

    async def add_all(self, items) -> None:
        async with self.lock:
            for item in items:
                self._add_locked(item)
        await self.add(None)

    def _add_locked(self, item) -> None:
        self.items.append(item)
