# %% reported: a lock for each key
import asyncio


async def load(key: str) -> str:
    await asyncio.sleep(0)
    return key


class Cache:
    def __init__(self) -> None:
        self.entries = {}
        self.loads = 0

    async def get(self, key: str) -> str:
        if key not in self.entries:
            self.loads += 1
            # error: [double-initialization]
            self.entries[key] = await load(key)
        return self.entries[key]
# outcome: x.loads where x = Cache(); x.get("a") | x.get("a")

# %% fixed: Hold a lock of the key from the read to the write
import asyncio
from collections import defaultdict


async def load(key: str) -> str:
    await asyncio.sleep(0)
    return key


class Cache:
    def __init__(self) -> None:
        self.entries = {}
        self._locks = defaultdict(asyncio.Lock)
        self.loads = 0

    async def get(self, key: str) -> str:
        if key not in self.entries:
            async with self._locks[key]:
                if key not in self.entries:
                    self.loads += 1
                    self.entries[key] = await load(key)
        return self.entries[key]

# %% fixed: Hold a lock from the read to the write
import asyncio


async def load(key: str) -> str:
    await asyncio.sleep(0)
    return key


class Cache:
    def __init__(self) -> None:
        self.entries = {}
        self._lock = asyncio.Lock()
        self.loads = 0

    async def get(self, key: str) -> str:
        if key not in self.entries:
            async with self._lock:
                if key not in self.entries:
                    self.loads += 1
                    self.entries[key] = await load(key)
        return self.entries[key]

# %% reported: another method writes it, too
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 0

    async def deposit(self, amount: int) -> None:
        balance = self.balance
        # error: [lost-update]
        await self.log(balance)
        self.balance = balance + amount

    async def reset(self) -> None:
        await asyncio.sleep(0)
        self.balance = 0

    async def log(self, balance: int) -> None:
        await asyncio.sleep(0)
# outcome: x.balance where x = Account(); x.deposit(1) | x.deposit(2)

# %% fixed: Hold a lock from the read to the write
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 0
        self._lock = asyncio.Lock()

    async def deposit(self, amount: int) -> None:
        async with self._lock:
            balance = self.balance
            await self.log(balance)
            self.balance = balance + amount

    async def reset(self) -> None:
        await asyncio.sleep(0)
        async with self._lock:
            self.balance = 0

    async def log(self, balance: int) -> None:
        await asyncio.sleep(0)

# %% reported: the constructor is inherited
import asyncio


class Base:
    def __init__(self, name: str) -> None:
        self.name = name
        self.value = 0


class Counter(Base):
    async def increment(self) -> None:
        current = self.value
        # error: [lost-update]
        await self.save(current)
        self.value = current + 1

    async def save(self, value: int) -> None:
        await asyncio.sleep(0)
# outcome: x.value where x = Counter("a"); x.increment() | x.increment()

# %% fixed: Hold a lock from the read to the write
import asyncio


class Base:
    def __init__(self, name: str) -> None:
        self.name = name
        self.value = 0
        self._lock = asyncio.Lock()


class Counter(Base):
    async def increment(self) -> None:
        async with self._lock:
            current = self.value
            await self.save(current)
            self.value = current + 1

    async def save(self, value: int) -> None:
        await asyncio.sleep(0)

# %% reported: the state of a class
import asyncio


class Counter:
    value = 0

    @classmethod
    async def increment(cls) -> None:
        current = cls.value
        # error: [lost-update]
        await cls.save(current)
        cls.value = current + 1

    @classmethod
    async def save(cls, value: int) -> None:
        await asyncio.sleep(0)
# outcome: Counter.value where pass; Counter.increment() | Counter.increment()

# %% fixed: Hold a lock from the read to the write
import asyncio


class Counter:
    value = 0
    _value_lock = asyncio.Lock()

    @classmethod
    async def increment(cls) -> None:
        async with Counter._value_lock:
            current = cls.value
            await cls.save(current)
            cls.value = current + 1

    @classmethod
    async def save(cls, value: int) -> None:
        await asyncio.sleep(0)

# %% reported: a variable that nested functions share
import asyncio


async def save(value: int) -> None:
    await asyncio.sleep(0)


async def main() -> int:
    total = 0

    async def add(number: int) -> None:
        nonlocal total
        current = total
        # error: [lost-update]
        await save(current)
        total = current + number

    await asyncio.gather(add(1), add(2))
    return total

# %% fixed: Hold a lock from the read to the write
import asyncio


async def save(value: int) -> None:
    await asyncio.sleep(0)


async def main() -> int:
    total = 0
    total_lock = asyncio.Lock()

    async def add(number: int) -> None:
        nonlocal total
        async with total_lock:
            current = total
            await save(current)
            total = current + number

    await asyncio.gather(add(1), add(2))
    return total

# %% reported: a caller holds the lock that guards it
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 0
        self._guard = asyncio.Lock()

    async def withdraw(self, amount: int) -> None:
        async with self._guard:
            await self.deposit(-amount)

    async def take(self, amount: int) -> None:
        async with self._guard:
            self.balance -= amount

    async def give(self, amount: int) -> None:
        await self.deposit(amount)

    async def deposit(self, amount: int) -> None:
        before = self.balance
        # error: [inconsistent-lock]
        await self.log(before)
        self.balance = before + amount

    async def log(self, balance: int) -> None:
        await asyncio.sleep(0)
# no fix: Hold `self._guard` from the read to the write

# %% reported: the lock would be taken in another order than elsewhere
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 0
        self._guard = asyncio.Lock()
        self._log_lock = asyncio.Lock()

    async def take(self, amount: int) -> None:
        async with self._log_lock:
            async with self._guard:
                self.balance -= amount

    async def give(self, amount: int) -> None:
        async with self._guard:
            self.balance += amount

    async def deposit(self, amount: int) -> None:
        before = self.balance
        # error: [inconsistent-lock]
        await self.log(before)
        self.balance = before + amount

    async def log(self, balance: int) -> None:
        async with self._log_lock:
            await asyncio.sleep(0)
# no fix: Hold `self._guard` from the read to the write

# %% reported: the task that is waited for would need the lock
import asyncio


class Reader:
    def __init__(self) -> None:
        self.task = None
        self.closed = False

    def start(self) -> None:
        self.task = asyncio.create_task(self.read())

    async def read(self) -> None:
        await asyncio.sleep(0)
        await self.close()

    async def close(self) -> None:
        if not self.closed:
            # error: [double-initialization]
            await self.task
            self.closed = True
# no fix: Hold a lock from the read to the write

# %% reported: as long as the loop runs
import asyncio


class Feed:
    def __init__(self) -> None:
        self.count = 0

    async def follow(self, source) -> None:
        count = self.count
        # error: [lost-update]
        async for _ in source:
            count += 1
        self.count = count

# %% fixed: Hold a lock from the read to the write
import asyncio


class Feed:
    def __init__(self) -> None:
        self.count = 0
        self._lock = asyncio.Lock()

    async def follow(self, source) -> None:
        async with self._lock:
            count = self.count
            async for _ in source:
                count += 1
            self.count = count

# %% reported: frozen
import asyncio
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Counter:
    values: dict = field(default_factory=dict)

    async def increment(self, key: str) -> None:
        current = self.values[key]
        # error: [lost-update]
        await self.save(current)
        self.values[key] = current + 1

    async def save(self, value: int) -> None:
        await asyncio.sleep(0)
# no fix: Hold a lock from the read to the write

# %% reported: an object that is pickled
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    def __getstate__(self) -> dict:
        return self.__dict__

    async def increment(self) -> None:
        current = self.value
        # error: [lost-update]
        await self.save(current)
        self.value = current + 1

    async def save(self, value: int) -> None:
        await asyncio.sleep(0)
# no fix: Hold a lock from the read to the write

# %% reported: a module's variable, and asyncio has another name
import asyncio as aio

total = 0


async def save(value: int) -> None:
    await aio.sleep(0)


async def add(number: int) -> None:
    global total
    current = total
    # error: [lost-update]
    await save(current)
    total = current + number
# outcome: total where pass; add(1) | add(2)

# %% fixed: Hold a lock from the read to the write
import asyncio as aio

total = 0
_total_lock = aio.Lock()


async def save(value: int) -> None:
    await aio.sleep(0)


async def add(number: int) -> None:
    global total
    async with _total_lock:
        current = total
        await save(current)
        total = current + number

# %% reported: a string over several lines
import asyncio


class Page:
    """A page."""

    __slots__ = (
        "text",
        "title",
    )

    def __init__(self) -> None:
        """Make an empty page."""
        super().__init__()
        self.title = ""
        self.text: str = ""

    async def append(self) -> None:
        old = self.text
        # error: [lost-update]
        await self.log(f"""
changed:
    {old}
""")

        # the end
        self.text = old + """
    more
"""

    async def log(self, text: str) -> None:
        await asyncio.sleep(0)
# outcome: x.text where x = Page(); x.append() | x.append()

# %% fixed: Hold a lock from the read to the write
import asyncio


class Page:
    """A page."""

    __slots__ = (
        "text",
        "title",
        "_lock",
    )

    def __init__(self) -> None:
        """Make an empty page."""
        super().__init__()
        self.title = ""
        self.text: str = ""
        self._lock = asyncio.Lock()

    async def append(self) -> None:
        async with self._lock:
            old = self.text
            await self.log(f"""
changed:
    {old}
""")

            # the end
            self.text = old + """
    more
"""

    async def log(self, text: str) -> None:
        await asyncio.sleep(0)
