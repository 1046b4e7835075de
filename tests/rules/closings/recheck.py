# A check that is repeated after the last suspension, and what only looks like one.
#
# early return, raise, continue, assert, walrus, match, conditional expression, `is`, generation,
#     loop around a wait, KeyError: stale_check.py, double_initialization.py. Here:
# the second check is too early: 1-3
# the second check decides nothing: 4
# the second check asks something else: 5-6
# compare-and-set, a local copy, in a helper: 7-11
# `is`: another object's attribute, the own value: 12-15
# a generation that stands for another state: 16-17
# a size: by a property, of a nested container: 18-20
# a helper that raises: 21-22
# a callee that checks and writes, in another module: 23-25
# break, and the loop's head: 26-27
# a search through a container: 28-29
# a failure that is expected: 30
# a closure: 31; closings/reserve.py 5, 6

# %% known missed alarm: an await stands between the second check and the act
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self._lock = asyncio.Lock()

    async def buy(self) -> None:
        if self.stock <= 0:
            return
        await self.pay()
        if self.stock <= 0:  # step: A1, B3
            return
        # error: [stale-check] "`self.stock`"
        await self.ship()  # step: A2
        self.stock -= 1  # step: B4, A5

    async def pay(self) -> None:
        await asyncio.sleep(0)

    async def ship(self) -> None:
        await asyncio.sleep(0)
# confidence: likely
# outcome: x.stock where x = Shop(); x.buy() | x.buy()

# %% known missed alarm: the loop waits until it is free, and then awaits again
import asyncio


class Scanner:
    def __init__(self) -> None:
        self.busy = False
        self.scans = 0
        self._freed = asyncio.Event()

    async def scan(self) -> None:
        while self.busy:
            await self._freed.wait()
        # error: [stale-check] "`self.busy`"
        await asyncio.sleep(0)
        self.busy = True
        self.scans += 1

# %% reported: the second check is made inside a lock that is left before the act
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self._lock = asyncio.Lock()

    async def buy(self) -> None:
        async with self._lock:
            if self.stock <= 0:
                return
        # error: [lock-gap] "`self.stock`"
        await asyncio.sleep(0)
        async with self._lock:
            self.stock -= 1
# confidence: likely
# outcome: x.stock where x = Shop(); x.buy() | x.buy()

# %% reported: the second check only writes to the log
import asyncio
import logging


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self._lock = asyncio.Lock()

    async def buy(self) -> None:
        if self.stock > 0:  # step: A1, B3
            # error: [stale-check] "`self.stock`"
            await asyncio.sleep(0)  # step: A2
            if self.stock <= 0:
                logging.warning("sold out")
            self.stock -= 1  # step: B4, A5
# confidence: likely
# outcome: x.stock where x = Shop(); x.buy() | x.buy()

# %% reported: the second check looks at another key
import asyncio


class Seats:
    def __init__(self) -> None:
        self.guests = {1: "ann", 2: "bob"}
        self._lock = asyncio.Lock()

    async def move(self, seat: int, other: int) -> None:
        if seat in self.guests:  # step: A1, B3
            # error: [stale-check] "`self.guests[seat]`"
            await asyncio.sleep(0)  # step: A2
            if other in self.guests:
                del self.guests[seat]  # step: B4, A5
# confidence: likely
# outcome: x.guests where x = Seats(); x.move(1, 2) | x.move(1, 2)

# %% reported: under the lock another state is checked
import asyncio


class Session:
    def __init__(self) -> None:
        self.token = None
        self.closed = False
        self.logins = 0
        self._lock = asyncio.Lock()

    async def ensure(self) -> None:
        if self.token is None:  # step: A1, B3
            # error: [double-initialization] "`self.token`"
            async with self._lock:  # step: A2
                if not self.closed:
                    self.token = await self.login()  # step: B4, A5

    async def login(self):
        self.logins += 1
        await asyncio.sleep(0)
        return "token"
# confidence: likely

# %% known false alarm: compare and set, in a loop
import asyncio


class Document:
    def __init__(self) -> None:
        self.text = ("",)
        self._lock = asyncio.Lock()

    async def edit(self, change) -> None:
        while True:
            seen = self.text
            # error: [lost-update]
            edited = await change(seen)
            if self.text is seen:
                self.text = edited
                return
# confidence: likely

# %% reported: compared with the new text, not with the one that was seen
import asyncio


class Document:
    def __init__(self) -> None:
        self.text = ()
        self._lock = asyncio.Lock()

    async def edit(self, line: str) -> None:
        seen = self.text
        # error: [lost-update] "`self.text`"
        await asyncio.sleep(0)
        edited = (*seen, line)
        if self.text != edited:
            self.text = edited
# outcome: len(x.text) where x = Document(); x.edit("a") | x.edit("b")

# %% known false alarm: a local copy of a module's number is compared before it is replaced
import asyncio

balance = 0


async def add(amount: int) -> bool:
    global balance
    before = balance
    # error: [lost-update]
    await asyncio.sleep(0)
    if balance != before:
        return False
    balance = before + amount
    return True


async def main() -> None:
    await asyncio.gather(add(1), add(2))
# confidence: proven

# %% clean: a helper compares and sets
import asyncio


class Document:
    def __init__(self) -> None:
        self.text = ()
        self._lock = asyncio.Lock()

    def _replace(self, seen, edited) -> bool:
        if self.text is not seen:
            return False
        self.text = edited
        return True

    async def edit(self, line: str) -> bool:
        seen = self.text
        await asyncio.sleep(0)
        return self._replace(seen, (*seen, line))

# %% reported: a helper sets without comparing
import asyncio


class Document:
    def __init__(self) -> None:
        self.text = ()
        self._lock = asyncio.Lock()

    def _replace(self, edited) -> bool:
        self.text = edited
        return True

    async def edit(self, line: str) -> bool:
        seen = self.text  # step: A1, B3
        # error: [lost-update] "`self.text`"
        await asyncio.sleep(0)  # step: A2
        return self._replace((*seen, line))  # step: B4, A5
# outcome: len(x.text) where x = Document(); x.edit("a") | x.edit("b")

# %% clean: another object's transport is dropped only if it is still the one that was closed
import asyncio


class Client:
    def __init__(self) -> None:
        self.transport = None


class Session:
    def __init__(self, client: Client) -> None:
        self.client = client
        self._lock = asyncio.Lock()

    async def drop(self) -> None:
        transport = self.client.transport
        if transport is not None:
            await transport.close()
            if self.client.transport is transport:
                self.client.transport = None

    async def connect(self) -> None:
        async with self._lock:
            self.client.transport = await asyncio.open_connection("localhost", 80)

# %% known missed alarm: another object's transport is dropped whichever it is by now
import asyncio


class Transport:
    async def close(self) -> None:
        await asyncio.sleep(0)


class Client:
    def __init__(self) -> None:
        self.transport = Transport()


class Session:
    def __init__(self) -> None:
        self.client = Client()
        self._lock = asyncio.Lock()

    async def drop(self) -> None:
        if self.client.transport is not None:
            # error: [stale-check] "`self.client.transport`"
            await self.client.transport.close()
            self.client.transport = None

    def connect(self) -> None:
        self.client.transport = Transport()
# confidence: likely

# %% clean: a handler clears the field only if it still holds its own socket
import asyncio


class Gateway:
    def __init__(self) -> None:
        self.socket = None
        self._lock = asyncio.Lock()

    async def serve(self, socket) -> None:
        self.socket = socket
        try:
            async for message in socket:
                print(message)
        finally:
            if self.socket is socket:
                self.socket = None

# %% reported: a handler clears the field whosever socket it holds by now
import asyncio


class Gateway:
    def __init__(self) -> None:
        self.socket = None
        self._lock = asyncio.Lock()

    async def serve(self, socket) -> None:
        self.socket = socket
        try:
            # error: [stale-overwrite] "`self.socket`"
            async for message in socket:
                print(message)
        finally:
            self.socket = None

# %% known false alarm: the generation is the same, so the items are, too
import asyncio


class Feed:
    def __init__(self) -> None:
        self.generation = 0
        self.items = ()
        self._lock = asyncio.Lock()

    def clear(self) -> None:
        self.generation += 1
        self.items = ()

    async def extend(self, url: str) -> None:
        generation, items = self.generation, self.items
        # error: [lost-update]
        more = await self.load(url)
        if generation == self.generation:
            self.generation += 1
            self.items = (*items, *more)

    async def load(self, url: str):
        await asyncio.sleep(0)
        return (url,)
# confidence: likely

# %% reported: the generation is counted and never compared
import asyncio


class Feed:
    def __init__(self) -> None:
        self.generation = 0
        self.items = ()
        self._lock = asyncio.Lock()

    async def extend(self, url: str) -> None:
        items = self.items
        # error: [lost-update] "`self.items`"
        more = await self.load(url)
        self.generation += 1
        self.items = (*items, *more)

    async def load(self, url: str):
        await asyncio.sleep(0)
        return (url,)
# confidence: likely
# outcome: len(x.items) where x = Feed(); x.extend("a") | x.extend("b")

# %% clean: the size is checked again through the property
import asyncio


class Lobby:
    def __init__(self) -> None:
        self.players = []
        self._lock = asyncio.Lock()

    @property
    def full(self) -> bool:
        return len(self.players) >= 4

    async def join(self, player) -> None:
        if self.full:
            raise ValueError
        await player.greet()
        if self.full:
            raise ValueError
        self.players.append(player)

# %% reported: the size is checked once through the property
import asyncio


class Lobby:
    def __init__(self) -> None:
        self.players = []
        self._lock = asyncio.Lock()

    @property
    def full(self) -> bool:
        return len(self.players) >= 1

    async def join(self, player) -> None:
        if self.full:  # step: A1, B3
            raise ValueError
        # error: [stale-check] "`self.players"
        await asyncio.sleep(0)  # step: A2
        self.players.append(player)  # step: B4, A5
# confidence: likely
# outcome: len(x.players) where x = Lobby(); x.join("ann") | x.join("bob")

# %% reported: the size of a nested container is checked once
import asyncio

rooms = {"red": set()}


async def enter(room: str, guest: str) -> None:
    if len(rooms[room]) < 1:
        # error: [stale-check] "`rooms[room]"
        await asyncio.sleep(0)
        rooms[room].add(guest)


async def main() -> None:
    await asyncio.gather(enter("red", "ann"), enter("red", "bob"))
# confidence: proven
# outcome: len(rooms["red"]) where pass; enter("red", "ann") | enter("red", "bob")

# %% clean: a helper raises, and is asked again
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 100
        self._lock = asyncio.Lock()

    def _require(self, amount: int) -> None:
        if self.balance < amount:
            raise ValueError(amount)

    async def withdraw(self, amount: int) -> None:
        self._require(amount)
        await asyncio.sleep(0)
        self._require(amount)
        self.balance -= amount

# %% known missed alarm: a helper raises, and is asked once
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 100
        self._lock = asyncio.Lock()

    def _require(self, amount: int) -> None:
        if self.balance < amount:
            raise ValueError(amount)

    async def withdraw(self, amount: int) -> None:
        self._require(amount)
        # error: [stale-check] "`self.balance`"
        await asyncio.sleep(0)
        self.balance -= amount
# outcome: x.balance where x = Account(); x.withdraw(80) | x.withdraw(80)

# %% clean: an awaited callee checks again after its own await
import asyncio


class Server:
    def __init__(self) -> None:
        self.started = False
        self._lock = asyncio.Lock()

    async def handle(self) -> None:
        if not self.started:
            await self._start()

    async def _start(self) -> None:
        await asyncio.sleep(0)
        if self.started:
            return
        self.started = True

# %% clean: a function of another module checks again before it stores
import asyncio

import registry


async def connect(name: str):
    if registry.find(name) is None:
        made = await asyncio.open_connection(name, 80)
        registry.keep(name, made)
    return registry.find(name)


async def main() -> None:
    await asyncio.gather(connect("a"), connect("a"))

# %% file: registry.py
connections = {}


def find(name):
    return connections.get(name)


def keep(name, made):
    if name not in connections:
        connections[name] = made

# %% reported: a function of another module stores what it is given
import asyncio

import registry


async def connect(name: str):
    if registry.find(name) is None:
        # error: [double-initialization]
        made = await asyncio.open_connection(name, 80)
        registry.keep(name, made)
    return registry.find(name)


async def main() -> None:
    await asyncio.gather(connect("a"), connect("a"))
# confidence: proven

# %% file: registry.py
connections = {}


def find(name):
    return connections.get(name)


def keep(name, made):
    connections[name] = made

# %% clean: break leaves the loop when the second check fails
import asyncio


class Pool:
    def __init__(self) -> None:
        self.free = 3
        self._lock = asyncio.Lock()

    async def take(self, wanted: int) -> int:
        taken = 0
        while self.free and taken < wanted:
            await asyncio.sleep(0)
            if not self.free:
                break
            self.free -= 1
            taken += 1
        return taken

# %% reported: the loop's head has been asked before the await
import asyncio


class Pool:
    def __init__(self) -> None:
        self.free = 1
        self._lock = asyncio.Lock()

    async def take(self, wanted: int) -> int:
        taken = 0
        while self.free and taken < wanted:  # step: A1, B3
            # error: [stale-check] "`self.free`"
            await asyncio.sleep(0)  # step: A2
            self.free -= 1  # step: B4, A5
            taken += 1
        return taken
# confidence: likely
# outcome: x.free where x = Pool(); x.take(1) | x.take(1)

# %% known missed alarm: any() over the container is a check, too
import asyncio


class Users:
    def __init__(self) -> None:
        self.users = []
        self._lock = asyncio.Lock()

    async def register(self, name: str) -> None:
        if any(user == name for user in self.users):
            raise ValueError(name)
        # error: [stale-check] "`self.users"
        await asyncio.sleep(0)
        self.users.append(name)
# outcome: x.users where x = Users(); x.register("ann") | x.register("ann")

# %% reported: an element that is not in the list is appended later
import asyncio


class Users:
    def __init__(self) -> None:
        self.users = []
        self._lock = asyncio.Lock()

    async def register(self, name: str) -> None:
        if name in self.users:  # step: A1, B3
            return
        # error: [stale-check] "`self.users"
        await asyncio.sleep(0)  # step: A2
        self.users.append(name)  # step: B4, A5
# confidence: likely
# outcome: x.users where x = Users(); x.register("ann") | x.register("ann")

# %% known false alarm: suppress says that it may be gone
import asyncio
from contextlib import suppress


class Jobs:
    def __init__(self) -> None:
        self.jobs = {}
        self._lock = asyncio.Lock()

    async def cancel(self, key: str) -> None:
        if key in self.jobs:
            # error: [stale-check]
            await asyncio.sleep(0)
            with suppress(KeyError):
                del self.jobs[key]
# confidence: likely

# %% clean: a variable of the enclosing function is checked again
import asyncio


async def main() -> int:
    left = 1

    async def take() -> None:
        nonlocal left
        if left:
            await asyncio.sleep(0)
            if left:
                left -= 1

    await asyncio.gather(take(), take())
    return left

