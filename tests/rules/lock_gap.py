# %% reported: read in one region, written in a second one
import asyncio


class Shop:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.stock = 1

    async def buy(self) -> bool:
        async with self._lock:
            left = self.stock  # step: A1, B3
        if left > 0:
            # error: [lock-gap] "the lock `self._lock` is given back between line"
            await asyncio.sleep(0)  # step: A2
            async with self._lock:
                self.stock = left - 1  # step: B4, A5
            return True
        return False


async def main() -> None:
    shop = Shop()
    await asyncio.gather(shop.buy(), shop.buy())
# confidence: proven

# %% clean: one region
import asyncio


class Shop:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.stock = 1

    async def buy(self) -> bool:
        async with self._lock:
            if self.stock > 0:
                await asyncio.sleep(0)
                self.stock -= 1
                return True
        return False


async def main() -> None:
    shop = Shop()
    await asyncio.gather(shop.buy(), shop.buy())

# %% clean: checked again in the second region
import asyncio


class Shop:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.stock = 1

    async def buy(self) -> bool:
        async with self._lock:
            if self.stock <= 0:
                return False
        await asyncio.sleep(0)
        async with self._lock:
            if self.stock <= 0:
                return False
            self.stock -= 1
            return True

# %% reported: checked in one region, taken away in a second one
import asyncio


class Shop:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.stock = 1

    async def buy(self) -> bool:
        async with self._lock:
            if self.stock <= 0:
                return False
        # error: [lock-gap] "is given back between the check of `self.stock`"
        await asyncio.sleep(0)
        async with self._lock:
            self.stock -= 1
        return True

# %% reported: nothing but the second region between
import asyncio


class Shop:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.stock = 1

    async def take(self, number: int) -> None:
        async with self._lock:
            left = self.stock
        # error: [lock-gap] "which writes what was computed from it"
        async with self._lock:
            self.stock = left - number

# %% reported: a cache that is looked into and filled under the lock, and asked in between
import asyncio


class Cache:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.entries = {}

    async def get(self, key: str, load):
        async with self._lock:
            if key in self.entries:
                return self.entries[key]
        # error: [lock-gap] "takes the lock and does the same"
        value = await load(key)
        async with self._lock:
            self.entries[key] = value
        return value

# %% clean: the cache is looked into again before it is filled
import asyncio


class Cache:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.entries = {}

    async def get(self, key: str, load):
        async with self._lock:
            if key in self.entries:
                return self.entries[key]
        value = await load(key)
        async with self._lock:
            if key not in self.entries:
                self.entries[key] = value
            return self.entries[key]

# %% reported: acquire and release by hand
import asyncio


class Shop:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.stock = 1

    async def take(self, number: int) -> None:
        await self._lock.acquire()
        try:
            left = self.stock
        finally:
            self._lock.release()
        # error: [lock-gap] "`self._lock`"
        await asyncio.sleep(0)
        await self._lock.acquire()
        try:
            self.stock = left - number
        finally:
            self._lock.release()

# %% reported: a lock of the module
import asyncio

lock = asyncio.Lock()
total = 0


async def add(number: int) -> None:
    global total
    async with lock:
        before = total
    # error: [lock-gap] "the lock `lock`"
    await asyncio.sleep(0)
    async with lock:
        total = before + number


async def main() -> None:
    await asyncio.gather(*[add(number) for number in range(3)])
# confidence: proven

# %% clean: reserved in the first region
import asyncio


class Shop:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.stock = 1

    async def buy(self, pay) -> bool:
        async with self._lock:
            if self.stock <= 0:
                return False
            self.stock -= 1
        try:
            await pay()
        except OSError:
            async with self._lock:
                self.stock += 1
            return False
        return True

# %% clean: read again in the second region
import asyncio


class Shop:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.stock = 1

    async def take(self, number: int) -> None:
        async with self._lock:
            print(self.stock)
        await asyncio.sleep(0)
        async with self._lock:
            self.stock -= number

# %% clean: the second region writes what does not depend on the first
import asyncio


class Shop:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.stock = 1
        self.visits = 0

    async def visit(self) -> int:
        async with self._lock:
            left = self.stock
        await asyncio.sleep(0)
        async with self._lock:
            self.visits += 1
        return left
