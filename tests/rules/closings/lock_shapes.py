# How a lock is held where it is not by `async with lock`.
#
# acquire and release in one function, asynccontextmanager, decorator, exit stack, alias, one caller
#     of two, a lock named so, two locks: lost_update.py, stale_check.py. Here:
# acquired in one helper, released in another: 1-2
# an object whose entry takes the lock: 3-5
# `async with self`: 6-7
# asynccontextmanager: by hand, left too early, given the lock, of another module: 8-11
# a decorator that locks: 12-15
# AsyncExitStack: 16-17
# held by every caller: two calls above, elsewhere, spawned, gathered, passed on: 18-23
# an unknown `async with`: 24-26
# below and above a time limit: 27

# %% clean: one helper takes the lock and keeps it, another gives it back
import asyncio


class Printer:
    def __init__(self) -> None:
        self.pages = 0
        self._lock = asyncio.Lock()

    async def _begin(self) -> None:
        await self._lock.acquire()

    def _end(self) -> None:
        self._lock.release()

    async def print(self, count: int) -> None:
        await self._begin()
        try:
            pages = self.pages
            await asyncio.sleep(0)
            self.pages = pages + count
        finally:
            self._end()

# %% reported: the helper takes the lock and gives it back at once
import asyncio


class Printer:
    def __init__(self) -> None:
        self.pages = 0
        self.jobs = 0
        self._lock = asyncio.Lock()

    async def _begin(self) -> None:
        async with self._lock:
            self.jobs += 1

    async def print(self, count: int) -> None:
        await self._begin()
        pages = self.pages  # step: A1, B3
        # error: [lost-update] "`self.pages`"
        await asyncio.sleep(0)  # step: A2
        self.pages = pages + count  # step: B4, A5
# outcome: x.pages where x = Printer(); x.print(3) | x.print(4)

# %% clean: an object of our own whose entry takes a lock
import asyncio


class Turn:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> None:
        await self._lock.acquire()

    async def __aexit__(self, *error) -> None:
        self._lock.release()


class Printer:
    def __init__(self) -> None:
        self.pages = 0
        self._turn = Turn()

    async def print(self, count: int) -> None:
        async with self._turn:
            pages = self.pages
            await asyncio.sleep(0)
            self.pages = pages + count

# %% known false alarm: an object made for each use around one lock
import asyncio


class Turn:
    def __init__(self, lock: asyncio.Lock) -> None:
        self._lock = lock

    async def __aenter__(self) -> None:
        await self._lock.acquire()

    async def __aexit__(self, *error) -> None:
        self._lock.release()


class Printer:
    def __init__(self) -> None:
        self.pages = 0
        self._lock = asyncio.Lock()

    async def print(self, count: int) -> None:
        async with Turn(self._lock):
            pages = self.pages
            # error: [lost-update]
            await asyncio.sleep(0)
            self.pages = pages + count
# confidence: likely

# %% reported: an object made for each use with a lock of its own
import asyncio


class Turn:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> None:
        await self._lock.acquire()

    async def __aexit__(self, *error) -> None:
        self._lock.release()


class Printer:
    def __init__(self) -> None:
        self.pages = 0

    async def print(self, count: int) -> None:
        async with Turn():
            pages = self.pages
            # error: [lost-update] "`self.pages`"
            await asyncio.sleep(0)
            self.pages = pages + count
# outcome: x.pages where x = Printer(); x.print(3) | x.print(4)

# %% clean: the object locks itself while it is entered
import asyncio


class Connection:
    def __init__(self) -> None:
        self.sent = 0
        self._lock = asyncio.Lock()

    async def __aenter__(self):
        await self._lock.acquire()
        return self

    async def __aexit__(self, *error) -> None:
        self._lock.release()

    async def send(self, data: bytes) -> None:
        async with self:
            sent = self.sent
            await asyncio.sleep(0)
            self.sent = sent + len(data)

# %% reported: the lock is left when the entry is done
import asyncio


class Connection:
    def __init__(self) -> None:
        self.users = 0
        self.sent = 0
        self._lock = asyncio.Lock()

    async def __aenter__(self):
        async with self._lock:
            self.users += 1
        return self

    async def __aexit__(self, *error) -> None:
        self.users -= 1

    async def send(self, data: bytes) -> None:
        async with self:
            sent = self.sent  # step: A1, B3
            # error: [lost-update] "`self.sent`"
            await asyncio.sleep(0)  # step: A2
            self.sent = sent + len(data)  # step: B4, A5
# outcome: x.sent where x = Connection(); x.send(b"abc") | x.send(b"de")

# %% clean: a context manager that acquires, yields and releases in finally
import asyncio
from contextlib import asynccontextmanager

total = 0
_lock = asyncio.Lock()


@asynccontextmanager
async def alone():
    await _lock.acquire()
    try:
        yield
    finally:
        _lock.release()


async def add(amount: int) -> None:
    global total
    async with alone():
        before = total
        await asyncio.sleep(0)
        total = before + amount


async def main() -> None:
    await asyncio.gather(add(3), add(4))

# %% reported: a context manager that leaves the lock before it yields
import asyncio
from contextlib import asynccontextmanager

total = 0
entered = 0
_lock = asyncio.Lock()


@asynccontextmanager
async def alone():
    global entered
    async with _lock:
        entered += 1
    yield


async def add(amount: int) -> None:
    global total
    async with alone():
        before = total  # step: A1, B3
        # error: [lost-update] "`total`"
        await asyncio.sleep(0)  # step: A2
        total = before + amount  # step: B4, A5


async def main() -> None:
    await asyncio.gather(add(3), add(4))
# confidence: proven

# %% known false alarm: a context manager that is given the lock
import asyncio
import time
from contextlib import asynccontextmanager


@asynccontextmanager
async def measured(lock: asyncio.Lock):
    begun = time.monotonic()
    async with lock:
        print(time.monotonic() - begun)
        yield


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self) -> None:
        async with measured(self._lock):
            value = self.value
            # error: [lost-update]
            await asyncio.sleep(0)
            self.value = value + 1
# confidence: likely

# %% clean: a context manager of another module holds the lock
import asyncio

from ledger import booking, entries


async def book(name: str, amount: int) -> None:
    async with booking():
        before = entries[name]
        await asyncio.sleep(0)
        entries[name] = before + amount


async def main() -> None:
    await asyncio.gather(book("ann", 3), book("ann", 4))

# %% file: ledger.py
import asyncio
from contextlib import asynccontextmanager

entries = {"ann": 0}
_lock = asyncio.Lock()


@asynccontextmanager
async def booking():
    async with _lock:
        yield

# %% clean: a decorator makes one lock for each function it wraps
import asyncio
import functools

hits = 0


def synchronized(function):
    lock = asyncio.Lock()

    @functools.wraps(function)
    async def run(*arguments):
        async with lock:
            return await function(*arguments)

    return run


@synchronized
async def hit() -> None:
    global hits
    before = hits
    await asyncio.sleep(0)
    hits = before + 1


async def main() -> None:
    await asyncio.gather(hit(), hit())

# %% reported: a decorator makes a lock for each call
import asyncio
import functools

hits = 0


def synchronized(function):
    @functools.wraps(function)
    async def run(*arguments):
        # error: [lock-per-call]
        async with asyncio.Lock():
            return await function(*arguments)

    return run


@synchronized
async def hit() -> None:
    global hits
    before = hits
    # error: [lost-update] "`hits`"
    await asyncio.sleep(0)
    hits = before + 1


async def main() -> None:
    await asyncio.gather(hit(), hit())
# outcome: hits where hits = 0; hit() | hit()

# %% known false alarm: a decorator that is given the lock
import asyncio
import functools

_lock = asyncio.Lock()
hits = 0


def under(lock: asyncio.Lock):
    def decorate(function):
        @functools.wraps(function)
        async def run(*arguments):
            async with lock:
                return await function(*arguments)

        return run

    return decorate


@under(_lock)
async def hit() -> None:
    global hits
    before = hits
    # error: [lost-update]
    await asyncio.sleep(0)
    hits = before + 1


async def main() -> None:
    await asyncio.gather(hit(), hit())
# confidence: proven

# %% reported: a decorator counts under the lock and calls outside of it
import asyncio
import functools


def counted(method):
    @functools.wraps(method)
    async def run(self, *arguments):
        async with self._lock:
            self.calls += 1
        return await method(self, *arguments)

    return run


class Counter:
    def __init__(self) -> None:
        self.calls = 0
        self.value = 0
        self._lock = asyncio.Lock()

    @counted
    async def increment(self) -> None:
        value = self.value
        # error: [lost-update] "`self.value`"
        await asyncio.sleep(0)
        self.value = value + 1
# outcome: x.value where x = Counter(); x.increment() | x.increment()

# %% reported: the exit stack is left between the check and the act
import asyncio
from contextlib import AsyncExitStack


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self._lock = asyncio.Lock()

    async def buy(self) -> None:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._lock)
            free = self.stock > 0
        if free:
            # error: [stale-check] "`self.stock`"
            await asyncio.sleep(0)
            self.stock -= 1
# outcome: x.stock where x = Shop(); x.buy() | x.buy()

# %% known false alarm: an exit stack holds the locks of all keys, in their order
import asyncio
from collections import defaultdict
from contextlib import AsyncExitStack


class Seats:
    def __init__(self) -> None:
        self.taken = {}
        self._locks = defaultdict(asyncio.Lock)

    async def book(self, seats: list[str], guest: str) -> None:
        async with AsyncExitStack() as stack:
            for seat in sorted(seats):
                await stack.enter_async_context(self._locks[seat])
            for seat in seats:
                if seat not in self.taken:
                    # error: [double-initialization]
                    await asyncio.sleep(0)
                    self.taken[seat] = guest
# confidence: possible

# %% clean: every caller holds the lock, two calls above
import asyncio


class Index:
    def __init__(self) -> None:
        self.terms = {}
        self._lock = asyncio.Lock()

    async def add(self, words) -> None:
        async with self._lock:
            await self._add_all(words)

    async def _add_all(self, words) -> None:
        for word in words:
            await self._add_one(word)

    async def _add_one(self, word: str) -> None:
        count = self.terms.get(word, 0)
        await asyncio.sleep(0)
        self.terms[word] = count + 1

# %% clean: the caller that holds the lock is in another module
import asyncio

counts = {"a": 0}


async def _count(word: str) -> None:
    before = counts[word]
    await asyncio.sleep(0)
    counts[word] = before + 1

# %% file: service.py
import asyncio

import cell

_lock = asyncio.Lock()


async def handle(word: str) -> None:
    async with _lock:
        await cell._count(word)


async def main() -> None:
    await asyncio.gather(handle("a"), handle("a"))

# %% known missed alarm: a task that is started under the lock does not hold it
import asyncio


class Index:
    def __init__(self) -> None:
        self.terms = {}
        self._lock = asyncio.Lock()
        self._tasks = set()

    async def add(self, word: str) -> None:
        async with self._lock:
            task = asyncio.create_task(self._add_one(word))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _add_one(self, word: str) -> None:
        count = self.terms.get(word, 0)  # step: A1, B3
        # error: [lost-update] "`self.terms[word]`"
        await asyncio.sleep(0)  # step: A2
        self.terms[word] = count + 1  # step: B4, A5
# outcome: x.terms where x = Index(); x._add_one("a") | x._add_one("a")

# %% reported: the caller's lock does not keep the tasks it gathers apart
import asyncio


class Index:
    def __init__(self) -> None:
        self.terms = {}
        self._lock = asyncio.Lock()

    async def add(self, words) -> None:
        async with self._lock:
            await asyncio.gather(*[self._add_one(word) for word in words])

    async def _add_one(self, word: str) -> None:
        total = self.terms.get("total", 0)  # step: A1, B3
        # error: [lost-update] "`self.terms"
        await asyncio.sleep(0)  # step: A2
        self.terms["total"] = total + 1  # step: B4, A5
# confidence: proven
# outcome: x.terms where x = Index(); x._add_one("a") | x._add_one("b")

# %% known false alarm: a method that runs what it is given under the lock
import asyncio


class Cache:
    def __init__(self) -> None:
        self.value = None
        self._lock = asyncio.Lock()

    async def _exclusively(self, work):
        async with self._lock:
            return await work()

    async def get(self):
        if self.value is None:
            await self._exclusively(self._fill)
        return self.value

    async def _fill(self) -> None:
        if self.value is None:
            # error: [double-initialization]
            self.value = await self._load()

    async def _load(self):
        await asyncio.sleep(0)
        return object()
# confidence: possible

# %% reported: a method that runs what it is given after it has left the lock
import asyncio


class Cache:
    def __init__(self) -> None:
        self.value = None
        self.uses = 0
        self.loads = 0
        self._lock = asyncio.Lock()

    async def _counted(self, work):
        async with self._lock:
            self.uses += 1
        return await work()

    async def get(self) -> None:
        await self._counted(self._fill)

    async def _fill(self) -> None:
        if self.value is None:
            # error: [double-initialization] "`self.value`"
            self.value = await self._load()

    async def _load(self):
        self.loads += 1
        await asyncio.sleep(0)
        return object()
# outcome: x.loads where x = Cache(); x.get() | x.get()

# %% clean: something unknown that is called a mutex
import asyncio

from storage import mutex, records


async def touch(name: str) -> None:
    async with mutex(name):
        uses = records[name]
        await asyncio.sleep(0)
        records[name] = uses + 1


async def main() -> None:
    await asyncio.gather(touch("a"), touch("a"))

# %% reported: something unknown that measures
import asyncio

from telemetry import span

uses = 0


async def touch() -> None:
    global uses
    async with span("touch"):
        before = uses  # step: A1, B3
        # error: [lost-update] "`uses`"
        await asyncio.sleep(0)  # step: A2
        uses = before + 1  # step: B4, A5


async def main() -> None:
    await asyncio.gather(touch(), touch())

# %% reported: a clock is no lock
import asyncio


class Game:
    def __init__(self, clock) -> None:
        self.turn = 0
        self._clock = clock
        self._lock = asyncio.Lock()

    async def play(self) -> None:
        async with self._clock.unblocked():
            turn = self.turn  # step: A1, B3
            # error: [lost-update] "`self.turn`"
            await asyncio.sleep(0)  # step: A2
            self.turn = turn + 1  # step: B4, A5

# %% clean: the lock below a time limit, and the limit below the lock
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self) -> None:
        async with asyncio.timeout(5), self._lock:
            value = self.value
            async with asyncio.timeout(1):
                await asyncio.sleep(0)
            self.value = value + 1

# %% clean: a class that is called a lock is one, also where its object is called a read lock
import asyncio


class AnyLock:
    async def __aenter__(self):
        await self.backend.enter()
        return self

    async def __aexit__(self, *details):
        await self.backend.leave()


class Connection:
    def __init__(self, backend) -> None:
        self.events = None
        self._read_lock = AnyLock()

    async def receive(self, stream):
        async with self._read_lock:
            if self.events is None:
                self.events = await stream.read()
        return self.events
