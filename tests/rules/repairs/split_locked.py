# %% reported: a method that works under the lock alone
import asyncio


class Store:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.items = []

    async def add(
        self,
        item: str,
        *more: str,
        twice: bool = False,
    ) -> int:
        """Add an item."""
        # one at a time
        async with self.lock:
            # this one
            self.items.append(item)

            if twice:
                return 2
            return 1

    async def add_all(self, items) -> None:
        async with self.lock:
            for item in items:
                # error: [lock-reacquired]
                await self.add(item, twice=True)

    def size(self) -> int:
        return len(self.items)

# %% fixed: Call `_add_locked()`, which leaves the lock to its caller
import asyncio


class Store:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.items = []

    async def add(
        self,
        item: str,
        *more: str,
        twice: bool = False,
    ) -> int:
        """Add an item."""
        # one at a time
        async with self.lock:
            return await self._add_locked(item, *more, twice=twice)

    async def _add_locked(
        self,
        item: str,
        *more: str,
        twice: bool = False,
    ) -> int:
        # this one
        self.items.append(item)

        if twice:
            return 2
        return 1

    async def add_all(self, items) -> None:
        async with self.lock:
            for item in items:
                await self._add_locked(item, twice=True)

    def size(self) -> int:
        return len(self.items)

# %% reported: split already
import asyncio


class Store:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.items = []

    async def add(self, item) -> None:
        async with self.lock:
            await self._add_locked(item)

    async def _add_locked(self, item) -> None:
        self.items.append(item)

    async def move(self, other: "Store", item) -> None:
        async with self.lock:
            # error: [lock-reacquired]
            await self.add(item)

# %% fixed: Call `_add_locked()`, which leaves the lock to its caller
import asyncio


class Store:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.items = []

    async def add(self, item) -> None:
        async with self.lock:
            await self._add_locked(item)

    async def _add_locked(self, item) -> None:
        self.items.append(item)

    async def move(self, other: "Store", item) -> None:
        async with self.lock:
            await self._add_locked(item)

# %% reported: a function of a module, and locks of threads
import threading

lock = threading.Lock()
total = 0


def add(count):
    with lock:
        global total
        total += count


def add_all(counts):
    with lock:
        for count in counts:
            # error: [lock-reacquired]
            add(count)

# %% fixed: Call `_add_locked()`, which leaves the lock to its caller
import threading

lock = threading.Lock()
total = 0


def add(count):
    with lock:
        _add_locked(count)


def _add_locked(count):
    global total
    total += count


def add_all(counts):
    with lock:
        for count in counts:
            _add_locked(count)

# %% reported: a subclass does something else
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
                # error: [lock-reacquired]
                await self.add(item)


class Loud(Store):
    async def add(self, item) -> None:
        async with self.lock:
            print(item)
# no fix: Call `_add_locked()`, which leaves the lock to its caller

# %% reported: something is done before the lock is taken
import asyncio


class Store:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.items = []

    async def add(self, item) -> None:
        item = item.strip()
        async with self.lock:
            self.items.append(item)

    async def add_all(self, items) -> None:
        async with self.lock:
            for item in items:
                # error: [lock-reacquired]
                await self.add(item)
# no fix: Call `_add_locked()`, which leaves the lock to its caller

# %% reported: the method is replaced when the object is made
# no fix: Call `_add_locked()`, which leaves the lock to its caller
import asyncio


class Store:
    def __init__(self, wrap) -> None:
        self.lock = asyncio.Lock()
        self.items = []
        self.add = wrap(self.add)

    async def add(self, item) -> None:
        async with self.lock:
            self.items.append(item)

    async def add_all(self, items) -> None:
        async with self.lock:
            for item in items:
                # error: [lock-reacquired]
                await self.add(item)

# %% reported: a default that all calls share
# no fix: Call `_add_locked()`, which leaves the lock to its caller
import asyncio


class Store:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()

    async def add(self, item, seen=[]) -> None:
        async with self.lock:
            seen.append(item)

    async def add_all(self, items) -> None:
        async with self.lock:
            for item in items:
                # error: [lock-reacquired]
                await self.add(item)
