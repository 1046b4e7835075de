# %% reported: the entries of a dict, while another method adds one
import asyncio


class Hub:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.clients: dict[int, str] = {}

    async def join(self, number: int) -> None:
        self.clients[number] = "x"  # step: B3

    async def broadcast(self) -> None:
        for name in self.clients.values():  # step: A1, A4
            # error: [changed-while-iterating] "`join()` may change it meanwhile"
            await asyncio.sleep(0)  # step: A2
            print(name)
# confidence: likely

# %% clean: a copy of the entries
import asyncio


class Hub:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.clients: dict[int, str] = {}

    async def join(self, number: int) -> None:
        self.clients[number] = "x"

    async def broadcast(self) -> None:
        for name in list(self.clients.values()):
            await asyncio.sleep(0)
            print(name)

# %% clean: one lock over the loop and over the change
import asyncio


class Hub:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.clients: dict[int, str] = {}

    async def join(self, number: int) -> None:
        async with self._lock:
            self.clients[number] = "x"

    async def broadcast(self) -> None:
        async with self._lock:
            for name in self.clients.values():
                await asyncio.sleep(0)
                print(name)

# %% reported: a lock over the loop alone
import asyncio


class Hub:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.clients: dict[int, str] = {}

    async def join(self, number: int) -> None:
        self.clients[number] = "x"

    async def broadcast(self) -> None:
        async with self._lock:
            for name in self.clients.values():
                # error: [changed-while-iterating] "`join()`"
                await asyncio.sleep(0)
                print(name)

# %% reported: a set of listeners, from which one is discarded
import asyncio


class Bell:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.listeners = set()

    def leave(self, listener) -> None:
        self.listeners.discard(listener)

    async def ring(self) -> None:
        for listener in self.listeners:
            # error: [changed-while-iterating] "goes through `self.listeners`"
            await listener.heard()

# %% reported: a dict of the module
import asyncio

rooms = {}


async def open_room(name: str) -> None:
    await asyncio.sleep(0)
    rooms[name] = set()


async def report() -> None:
    for name, people in rooms.items():
        # error: [changed-while-iterating] "`open_room()`"
        await asyncio.sleep(0)
        print(name, people)


async def main() -> None:
    await asyncio.gather(report(), report(), open_room("a"), open_room("b"))

# %% reported: a list from which another method removes
import asyncio


class Queue:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.people = []

    async def leave(self, person) -> None:
        self.people.remove(person)

    async def greet(self) -> None:
        for person in self.people:
            # error: [changed-while-iterating] "the loop skips an element, or meets one twice"
            await person.greet()

# %% reported: the loop awaits in its middle only sometimes
import asyncio


class Cache:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.entries: dict[str, int] = {}

    async def put(self, key: str, value: int) -> None:
        self.entries[key] = value

    async def check(self) -> None:
        for key, value in self.entries.items():
            if value > 3:
                # error: [changed-while-iterating] "`put()`"
                await asyncio.sleep(0)
            print(key)

# %% clean: a list that only grows
import asyncio


class Log:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.lines: list[str] = []

    def add(self, line: str) -> None:
        self.lines.append(line)

    async def show(self) -> None:
        for line in self.lines:
            await asyncio.sleep(0)
            print(line)

# %% clean: nothing changes the collection behind the constructor
import asyncio


class Menu:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.dishes = {"soup": 3, "rice": 4}

    async def show(self) -> None:
        for dish, price in self.dishes.items():
            await asyncio.sleep(0)
            print(dish, price)

# %% clean: the collection is replaced as a whole
import asyncio


class Prices:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.prices: dict[str, int] = {}

    async def refresh(self, fetch) -> None:
        self.prices = await fetch()

    async def show(self) -> None:
        for name in self.prices:
            await asyncio.sleep(0)
            print(name)

# %% clean: the loop is left behind the await
import asyncio


class Hub:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.clients: dict[int, str] = {}

    async def join(self, number: int) -> None:
        self.clients[number] = "x"

    async def greet_first(self) -> None:
        for name in self.clients.values():
            await asyncio.sleep(0)
            print(name)
            break

# %% clean: gathered first, and awaited behind the loop
import asyncio


class Hub:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.clients = {}

    async def join(self, number: int, client) -> None:
        self.clients[number] = client

    async def broadcast(self, text: str) -> None:
        await asyncio.gather(*[client.send(text) for client in self.clients.values()])

# %% clean: a local collection
import asyncio


async def main() -> None:
    seen = {1: "a"}
    for name in seen.values():
        await asyncio.sleep(0)
        print(name)
