# %% reported: looked up in one region, stored in a second one
import asyncio


class Cache:
    def __init__(self) -> None:
        self.entries = {}
        self.loads = 0
        self._lock = asyncio.Lock()

    async def get(self, key: str) -> str:
        async with self._lock:
            missing = key not in self.entries
        # nobody has it yet
        if missing:
            # error: [lock-gap]
            value = await self.load(key)
            async with self._lock:
                self.entries[key] = value  # now they have
                self.stored = key

        return key

    async def load(self, key: str) -> str:
        self.loads += 1
        await asyncio.sleep(0)
        return key
# outcome: x.loads where x = Cache(); x.get("a") | x.get("a")

# %% fixed: Join the two regions of `self._lock`
import asyncio


class Cache:
    def __init__(self) -> None:
        self.entries = {}
        self.loads = 0
        self._lock = asyncio.Lock()

    async def get(self, key: str) -> str:
        async with self._lock:
            missing = key not in self.entries
            # nobody has it yet
            if missing:
                value = await self.load(key)
                self.entries[key] = value  # now they have
                self.stored = key

        return key

    async def load(self, key: str) -> str:
        self.loads += 1
        await asyncio.sleep(0)
        return key

# %% reported: what is between takes the lock itself
import asyncio


class Cache:
    def __init__(self) -> None:
        self.entries = {}
        self._lock = asyncio.Lock()

    async def get(self, key: str) -> None:
        async with self._lock:
            missing = key not in self.entries
        if missing:
            # error: [lock-gap]
            value = await self.load(key)
            async with self._lock:
                self.entries[key] = value

    async def load(self, key: str) -> str:
        async with self._lock:
            return key
# no fix: Join the two regions of `self._lock`
