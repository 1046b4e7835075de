# %% reported: a counter read before an await and written after it
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        current = self.value  # step: A1, B3
        # error: [lost-update] "`self.value` may have changed"
        await asyncio.sleep(0)  # step: A2
        self.value = current + 1  # step: B4, A5
# outcome: x.value where x = Counter(); x.increment() | x.increment()

# %% fixed: Hold a lock from the read to the write
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self) -> None:
        async with self._lock:
            current = self.value
            await asyncio.sleep(0)
            self.value = current + 1

# %% clean: one lock over both
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self) -> None:
        async with self._lock:
            current = self.value
            await asyncio.sleep(0)
            self.value = current + 1

# %% reported: an augmented assignment whose right side awaits
import asyncio


async def fetch() -> int:
    await asyncio.sleep(0)
    return 1


class Stats:
    def __init__(self) -> None:
        self.total = 0

    async def add(self) -> None:
        # error: [lost-update] "`self.total`"
        self.total += await fetch()  # step: A1, A2, B3, B4, A5
# outcome: x.total where x = Stats(); x.add() | x.add()

# %% clean: the await comes first
import asyncio


async def fetch() -> int:
    await asyncio.sleep(0)
    return 1


class Stats:
    def __init__(self) -> None:
        self.total = 0

    async def add(self) -> None:
        value = await fetch()
        self.total += value

# %% reported: a module's variable
import asyncio

total = 0


async def add() -> None:
    global total
    before = total
    # error: [lost-update] "`total`"
    await asyncio.sleep(0)
    total = before + 1

# %% fixed: Hold a lock from the read to the write
import asyncio

total = 0
_total_lock = asyncio.Lock()


async def add() -> None:
    global total
    async with _total_lock:
        before = total
        await asyncio.sleep(0)
        total = before + 1
