# %% reported: an entry of a class attribute
import asyncio


class Model:
    loaded: dict = {}

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def get(self, name: str, load):
        async with self._lock:
            if name not in Model.loaded:
                # error: [per-instance-lock-shared-state] "`self._lock` belongs to one object"
                Model.loaded[name] = await load(name)
            return Model.loaded[name]

# %% clean: the lock is a class attribute, too
import asyncio


class Model:
    loaded: dict = {}
    _lock = asyncio.Lock()

    async def get(self, name: str, load):
        async with Model._lock:
            if name not in Model.loaded:
                Model.loaded[name] = await load(name)
            return Model.loaded[name]

# %% clean: the state is the object's own
import asyncio


class Model:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.loaded: dict = {}

    async def get(self, name: str, load):
        async with self._lock:
            if name not in self.loaded:
                self.loaded[name] = await load(name)
            return self.loaded[name]

# %% reported: a variable of the module
import asyncio

total = 0


class Counter:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def add(self, number: int) -> None:
        global total
        async with self._lock:
            before = total  # step: A1, B3
            # error: [per-instance-lock-shared-state] "but `total` to all of them"
            await asyncio.sleep(0)  # step: A2
            total = before + number  # step: B4, A5


async def main() -> None:
    await asyncio.gather(*[Counter().add(1) for _ in range(3)])

# %% clean: the lock is a variable of the module
import asyncio

total = 0
lock = asyncio.Lock()


class Counter:
    async def add(self, number: int) -> None:
        global total
        async with lock:
            before = total
            await asyncio.sleep(0)
            total = before + number


async def main() -> None:
    await asyncio.gather(*[Counter().add(1) for _ in range(3)])

# %% reported: a cache of the module
import asyncio

cache: dict = {}


class Loader:
    def __init__(self, load) -> None:
        self._lock = asyncio.Lock()
        self._load = load

    async def get(self, key: str):
        async with self._lock:
            if key not in cache:
                # error: [per-instance-lock-shared-state] "which holds another object's lock"
                cache[key] = await self._load(key)
        return cache[key]


async def main(load) -> None:
    await asyncio.gather(*[Loader(load).get("a") for _ in range(3)])

# %% reported: a number of the class
import asyncio


class Ticket:
    sold = 0

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def sell(self) -> None:
        async with self._lock:
            before = Ticket.sold
            # error: [per-instance-lock-shared-state] "to all of them"
            await asyncio.sleep(0)
            Ticket.sold = before + 1

# %% clean: a lock in the class body, reached through self
import asyncio


class Ticket:
    sold = 0
    _lock = asyncio.Lock()

    async def sell(self) -> None:
        async with self._lock:
            before = Ticket.sold
            await asyncio.sleep(0)
            Ticket.sold = before + 1

# %% clean: no await between the read and the write
import asyncio


class Ticket:
    sold = 0

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def sell(self) -> None:
        async with self._lock:
            Ticket.sold += 1
            await asyncio.sleep(0)

# %% clean: one object serves the whole module
import asyncio

total = 0


class Counter:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def add(self, number: int) -> None:
        global total
        async with self._lock:
            before = total
            await asyncio.sleep(0)
            total = before + number


counter = Counter()


async def main() -> None:
    await asyncio.gather(*[counter.add(1) for _ in range(3)])
