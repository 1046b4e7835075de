# %% reported: each object locks what all of them share
import asyncio


class Worker:
    done = 0

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def work(self) -> None:
        async with self._lock:
            done = Worker.done
            # error: [per-instance-lock-shared-state]
            await asyncio.sleep(0)
            Worker.done = done + 1
# outcome: Worker.done where x = Worker(); y = Worker(); x.work() | y.work()

# %% fixed: Hold one lock for all objects
import asyncio


class Worker:
    done = 0
    _done_lock = asyncio.Lock()

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def work(self) -> None:
        async with Worker._done_lock:
            done = Worker.done
            await asyncio.sleep(0)
            Worker.done = done + 1

# %% reported: a variable of the module
import asyncio

cache = {}


class Loader:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.loads = 0

    async def load(self, key: str) -> str:
        async with self._lock:
            if key not in cache:
                # error: [per-instance-lock-shared-state]
                cache[key] = await self.fetch(key)
        return cache[key]

    async def fetch(self, key: str) -> str:
        await asyncio.sleep(0)
        return key

# %% fixed: Hold one lock for all objects
import asyncio

cache = {}
_cache_lock = asyncio.Lock()


class Loader:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.loads = 0

    async def load(self, key: str) -> str:
        async with _cache_lock:
            if key not in cache:
                cache[key] = await self.fetch(key)
        return cache[key]

    async def fetch(self, key: str) -> str:
        await asyncio.sleep(0)
        return key
