# %% reported: two methods hold the lock, this one none
import asyncio


class Account:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.balance = 0

    async def deposit(self, amount: int) -> None:
        async with self._lock:
            balance = self.balance
            await asyncio.sleep(0)
            self.balance = balance + amount

    async def withdraw(self, amount: int) -> None:
        async with self._lock:
            balance = self.balance
            await asyncio.sleep(0)
            self.balance = balance - amount

    async def charge(self) -> None:
        balance = self.balance
        # error: [inconsistent-lock] "`self.balance` is used under `self._lock` elsewhere"
        await asyncio.sleep(0)
        self.balance = balance - 1

# %% clean: all hold the lock
import asyncio


class Account:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.balance = 0

    async def deposit(self, amount: int) -> None:
        async with self._lock:
            balance = self.balance
            await asyncio.sleep(0)
            self.balance = balance + amount

    async def withdraw(self, amount: int) -> None:
        async with self._lock:
            balance = self.balance
            await asyncio.sleep(0)
            self.balance = balance - amount

    async def charge(self) -> None:
        async with self._lock:
            balance = self.balance
            await asyncio.sleep(0)
            self.balance = balance - 1

# %% reported: two methods that hold different locks
import asyncio


class Box:
    def __init__(self) -> None:
        self.a = asyncio.Lock()
        self.b = asyncio.Lock()
        self.n = 0

    async def up(self) -> None:
        async with self.a:
            n = self.n  # step: A1
            # error: [inconsistent-lock] "`down()` may change it without that lock"
            await asyncio.sleep(0)  # step: A2
            self.n = n + 1  # step: A4

    async def down(self) -> None:
        async with self.b:
            n = self.n
            # error: [inconsistent-lock] "`up()` may change it"
            await asyncio.sleep(0)
            self.n = n - 1  # step: B3

# %% reported: a check without the lock under which the others fill
import asyncio


class Cache:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.entries = {}

    async def get(self, key: str, load):
        async with self._lock:
            if key not in self.entries:
                self.entries[key] = await load(key)
            return self.entries[key]

    async def drop(self, key: str) -> None:
        async with self._lock:
            self.entries.pop(key, None)

    async def warm(self, key: str, load) -> None:
        if key not in self.entries:
            # error: [inconsistent-lock] "acts on what line"
            self.entries[key] = await load(key)

# %% reported: a variable of the module
import asyncio

lock = asyncio.Lock()
total = 0


async def add(number: int) -> None:
    global total
    async with lock:
        before = total
        await asyncio.sleep(0)
        total = before + number


async def double() -> None:
    global total
    async with lock:
        before = total
        await asyncio.sleep(0)
        total = 2 * before


async def reset_slowly() -> None:
    global total
    before = total
    # error: [inconsistent-lock] "`total` is used under `lock` elsewhere"
    await asyncio.sleep(0)
    total = before - 1


async def main() -> None:
    await asyncio.gather(add(1), double(), reset_slowly())

# %% clean: one update without an await between read and write
import asyncio


class Account:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.balance = 0
        self.fees = 0

    async def deposit(self, amount: int) -> None:
        async with self._lock:
            self.balance += amount
            await asyncio.sleep(0)

    async def charge(self) -> None:
        await asyncio.sleep(0)
        self.balance -= 1

# %% clean: it is only called while the lock is held
import asyncio


class Account:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.balance = 0

    async def deposit(self, amount: int) -> None:
        async with self._lock:
            balance = self.balance
            await asyncio.sleep(0)
            self.balance = balance + amount
            await self._charge()

    async def withdraw(self, amount: int) -> None:
        async with self._lock:
            balance = self.balance
            await asyncio.sleep(0)
            self.balance = balance - amount
            await self._charge()

    async def _charge(self) -> None:
        balance = self.balance
        await asyncio.sleep(0)
        self.balance = balance - 1

# %% clean: reads alone need no lock
import asyncio


class Account:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.balance = 0

    async def deposit(self, amount: int) -> None:
        async with self._lock:
            balance = self.balance
            await asyncio.sleep(0)
            self.balance = balance + amount

    async def show(self) -> None:
        before = self.balance
        await asyncio.sleep(0)
        print(before)

# %% clean: each of two states has a lock of its own
import asyncio


class Shop:
    def __init__(self) -> None:
        self._stock_lock = asyncio.Lock()
        self._till_lock = asyncio.Lock()
        self.stock = 0
        self.till = 0

    async def deliver(self, number: int) -> None:
        async with self._stock_lock:
            stock = self.stock
            await asyncio.sleep(0)
            self.stock = stock + number

    async def earn(self, amount: int) -> None:
        async with self._till_lock:
            till = self.till
            await asyncio.sleep(0)
            self.till = till + amount
