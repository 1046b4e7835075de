# Which objects keep other tasks out, and which lock it is.
#
# Lock, Condition, Semaphore(1) and (2), Event, Barrier, anyio, trio, CapacityLimiter, reader and
#     writer, lock taken twice, entered too late, per call, of another key: lost_update.py. Here:
# a semaphore whose size is not a literal: 1-3
# trio's condition: 4
# the other writer takes another lock, or none: 5-6
# the lock of an instance, of the class, over the class's state: 7-8
# a lock for each key: made on demand, never kept, striped, of an entry: 9-12
# the lock of another object, of a parameter: 13-15
# one acquisition or two, also around a loop: 16-19
# a lock that is not always taken: 20-21

# %% reported: a semaphore whose size is a constant of the module
import asyncio

MOST_UPLOADS = 4


class Uploads:
    def __init__(self) -> None:
        self.used = 0
        self._slots = asyncio.Semaphore(MOST_UPLOADS)

    async def upload(self, size: int) -> None:
        async with self._slots:
            used = self.used  # step: A1, B3
            # error: [lost-update] "`self.used`"
            await asyncio.sleep(0)  # step: A2
            self.used = used + size  # step: B4, A5
# outcome: x.used where x = Uploads(); x.upload(3) | x.upload(4)

# %% known false alarm: a constant of the module says that one task fits in
import asyncio

AT_ONCE = 1


class Uploads:
    def __init__(self) -> None:
        self.used = 0
        self._slots = asyncio.Semaphore(value=AT_ONCE)

    async def upload(self, size: int) -> None:
        async with self._slots:
            used = self.used
            # error: [lost-update]
            await asyncio.sleep(0)
            self.used = used + size
# confidence: likely

# %% reported: a semaphore whose size the caller chooses
import asyncio


class Crawler:
    def __init__(self, workers: int = 8) -> None:
        self.pages = 0
        self._slots = asyncio.Semaphore(workers)

    async def visit(self, url: str) -> None:
        async with self._slots:
            pages = self.pages
            # error: [lost-update] "`self.pages`"
            await asyncio.sleep(0)
            self.pages = pages + 1
# outcome: x.pages where x = Crawler(); x.visit("a") | x.visit("b")

# %% reported: trio's condition gives the lock away while it waits
import trio


class Ledger:
    def __init__(self) -> None:
        self.balance = 0
        self._changed = trio.Condition()

    async def add(self, amount: int) -> None:
        async with self._changed:
            balance = self.balance
            # error: [lost-update] "`self.balance`"
            await self._changed.wait()
            self.balance = balance + amount

# %% known missed alarm: one writer of four takes another lock
import asyncio


class Meter:
    def __init__(self) -> None:
        self.level = 0
        self._lock = asyncio.Lock()
        self._other_lock = asyncio.Lock()

    async def rise(self) -> None:
        async with self._lock:
            level = self.level
            await asyncio.sleep(0)
            self.level = level + 1

    async def fall(self) -> None:
        async with self._lock:
            level = self.level
            await asyncio.sleep(0)
            self.level = level - 1

    async def halve(self) -> None:
        async with self._lock:
            self.level //= 2

    async def clear(self) -> None:
        async with self._other_lock:
            # error: [inconsistent-lock] "`self.level`"
            self.level = 0

# %% known missed alarm: the window is under the lock, another writer is not
import asyncio


class Meter:
    def __init__(self) -> None:
        self.level = 5
        self._lock = asyncio.Lock()

    async def rise(self) -> None:
        async with self._lock:
            level = self.level
            await asyncio.sleep(0)
            self.level = level + 1

    async def fall(self) -> None:
        async with self._lock:
            self.level -= 1

    async def clear(self) -> None:
        # error: [inconsistent-lock] "`self.level`"
        self.level = 0

# %% reported: the lock of an instance does not guard what all instances share
import asyncio


class Worker:
    done = 0

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def work(self) -> None:
        async with self._lock:
            done = Worker.done
            # error: [per-instance-lock-shared-state] "`Worker.done`"
            await asyncio.sleep(0)
            Worker.done = done + 1
# outcome: Worker.done where x = Worker(); y = Worker(); x.work() | y.work()

# %% clean: the lock of the class does
import asyncio


class Worker:
    done = 0
    _lock = asyncio.Lock()

    async def work(self) -> None:
        async with Worker._lock:
            done = Worker.done
            await asyncio.sleep(0)
            Worker.done = done + 1

# %% clean: a lock for each key, made when it is missing
import asyncio


class Profiles:
    def __init__(self) -> None:
        self.visits = {}
        self._locks = {}

    async def visit(self, user: str) -> None:
        lock = self._locks.get(user)
        if lock is None:
            lock = self._locks[user] = asyncio.Lock()
        async with lock:
            visits = self.visits.get(user, 0)
            await asyncio.sleep(0)
            self.visits[user] = visits + 1

# %% known missed alarm: a lock for each key that is never kept
import asyncio


class Profiles:
    def __init__(self) -> None:
        self.visits = {}
        self._locks = {}

    async def visit(self, user: str) -> None:
        lock = self._locks.get(user) or asyncio.Lock()
        async with lock:
            visits = self.visits.get(user, 0)
            # error: [lost-update] "`self.visits[user]`"
            await asyncio.sleep(0)
            self.visits[user] = visits + 1
# outcome: x.visits where x = Profiles(); x.visit("ann") | x.visit("ann")

# %% known false alarm: a few locks for many keys
import asyncio


class Profiles:
    def __init__(self) -> None:
        self.visits = {}
        self._locks = [asyncio.Lock() for _ in range(16)]

    async def visit(self, user: str) -> None:
        async with self._locks[hash(user) % 16]:
            visits = self.visits.get(user, 0)
            # error: [lost-update]
            await asyncio.sleep(0)
            self.visits[user] = visits + 1
# confidence: possible

# %% known missed alarm: the lock of one entry over a total that all entries share
import asyncio


class Room:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.messages = 0


class Chat:
    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {"red": Room(), "blue": Room()}
        self.messages = 0

    async def post(self, name: str) -> None:
        async with self.rooms[name].lock:
            messages = self.messages
            # error: [lost-update] "`self.messages`"
            await asyncio.sleep(0)
            self.messages = messages + 1
# outcome: x.messages where x = Chat(); x.post("red") | x.post("blue")

# %% clean: the client's lock over the client's transport
import asyncio


class Client:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.transport = None


class Session:
    def __init__(self) -> None:
        self.client = Client()

    async def transport(self):
        async with self.client.lock:
            if self.client.transport is None:
                self.client.transport = await self.connect()
            return self.client.transport

    async def connect(self):
        await asyncio.sleep(0)
        return object()

# %% reported: the client's transport without its lock
import asyncio


class Client:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.transport = None


class Session:
    def __init__(self) -> None:
        self.client = Client()
        self.connects = 0

    async def transport(self):
        if self.client.transport is None:  # step: A1, B3
            # error: [double-initialization] "`self.client.transport`"
            self.client.transport = await self.connect()  # step: A2, B4, A5
        return self.client.transport

    async def connect(self):
        self.connects += 1
        await asyncio.sleep(0)
        return object()
# outcome: x.connects where x = Session(); x.transport() | x.transport()

# %% known missed alarm: the payer's lock over the account of the receiver
import asyncio


class Account:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.balance = 0


async def transfer(payer: Account, receiver: Account, amount: int) -> None:
    async with payer.lock:
        payer.balance -= amount
        balance = receiver.balance
        # error: [lost-update] "`receiver.balance`"
        await asyncio.sleep(0)
        receiver.balance = balance + amount


async def main() -> None:
    ann, bob, shop = Account(), Account(), Account()
    await asyncio.gather(transfer(ann, shop, 3), transfer(bob, shop, 4))
# outcome: s.balance where a, b, s = Account(), Account(), Account(); transfer(a, s, 3) | transfer(b, s, 4)

# %% reported: what was missing under the lock is stored under it, but the lock was open between
import asyncio


class Pages:
    def __init__(self) -> None:
        self.pages = {}
        self.loads = 0
        self._lock = asyncio.Lock()

    async def page(self, url: str) -> None:
        async with self._lock:
            missing = url not in self.pages  # step: A1, B3
        if missing:
            # error: [lock-gap] "`self.pages[url]`"
            text = await self.load(url)  # step: A2
            async with self._lock:
                self.pages[url] = text  # step: B4, A5

    async def load(self, url: str) -> str:
        self.loads += 1
        await asyncio.sleep(0)
        return url
# outcome: x.loads where x = Pages(); x.page("/") | x.page("/")

# %% clean: the second region keeps what is there
import asyncio


class Pages:
    def __init__(self) -> None:
        self.pages = {}
        self._lock = asyncio.Lock()

    async def page(self, url: str) -> str:
        async with self._lock:
            missing = url not in self.pages
        if missing:
            text = await self.load(url)
            async with self._lock:
                if url not in self.pages:
                    self.pages[url] = text
        return self.pages[url]

    async def load(self, url: str) -> str:
        await asyncio.sleep(0)
        return url

# %% clean: each round of a loop has an acquisition of its own
import asyncio


class Journal:
    def __init__(self) -> None:
        self.position = 0
        self._lock = asyncio.Lock()

    async def append(self, records) -> None:
        for record in records:
            async with self._lock:
                position = self.position
                await self.write(record)
                self.position = position + 1
            await asyncio.sleep(0)

    async def write(self, record) -> None:
        await asyncio.sleep(0)

# %% reported: what one round has read, the next round writes under an acquisition of its own
import asyncio


class Journal:
    def __init__(self) -> None:
        self.position = 0
        self._lock = asyncio.Lock()

    async def append(self, records) -> None:
        position = 0
        for record in records:
            # error: [lost-update] "`async with self._lock`"
            async with self._lock:
                self.position = position + record
                position = self.position

# %% reported: the lock is taken only where there is one
import asyncio
from contextlib import nullcontext


class Writer:
    def __init__(self, shared: bool = False) -> None:
        self.written = 0
        self._lock = asyncio.Lock() if shared else None

    async def write(self, size: int) -> None:
        async with self._lock or nullcontext():
            written = self.written
            # error: [lost-update] "`self.written`"
            await asyncio.sleep(0)
            self.written = written + size
# confidence: likely
# outcome: x.written where x = Writer(); x.write(3) | x.write(4)

# %% reported: it goes on without the lock when the lock does not come in time
import asyncio


class Writer:
    def __init__(self) -> None:
        self.written = 0
        self._lock = asyncio.Lock()

    async def write(self, size: int) -> None:
        locked = True
        try:
            await asyncio.wait_for(self._lock.acquire(), 5)
        except TimeoutError:
            locked = False
        try:
            written = self.written
            # error: [lost-update] "`self.written`"
            await asyncio.sleep(0)
            self.written = written + size
        finally:
            if locked:
                self._lock.release()

# %% clean: returned from under the lock, or made when it was missing
import asyncio


class Cache:
    def __init__(self) -> None:
        self.entries = {}
        self._lock = asyncio.Lock()

    async def get(self, key):
        async with self._lock:
            try:
                return self.entries[key]
            except KeyError:
                self.entries[key] = await self.load(key)
        return self.entries[key]

    async def load(self, key):
        await asyncio.sleep(0)
        return key
