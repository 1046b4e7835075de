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

# %% clean: a condition is a lock, too
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._changed = asyncio.Condition()

    async def increment(self) -> None:
        async with self._changed:
            current = self.value
            await asyncio.sleep(0)
            self.value = current + 1
            self._changed.notify_all()

# %% reported: a condition's wait gives the lock away
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._changed = asyncio.Condition()

    async def increment(self) -> None:
        async with self._changed:
            current = self.value  # step: A1, B3
            # error: [lost-update] "`self.value`"
            await self._changed.wait()  # step: A2
            self.value = current + 1  # step: B4, A5
# confidence: likely

# %% clean: the value is read after the condition's wait
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self.paused = False
        self._changed = asyncio.Condition()

    async def increment(self) -> None:
        async with self._changed:
            while self.paused:
                await self._changed.wait()
            current = self.value
            await asyncio.sleep(0)
            self.value = current + 1

# %% clean: a semaphore with one permit is a lock
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._turn = asyncio.Semaphore(1)

    async def increment(self) -> None:
        async with self._turn:
            current = self.value
            await asyncio.sleep(0)
            self.value = current + 1

# %% clean: a semaphore without an argument has one permit
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._turn = asyncio.Semaphore()

    async def increment(self) -> None:
        async with self._turn:
            current = self.value
            await asyncio.sleep(0)
            self.value = current + 1

# %% reported: a semaphore with two permits lets two tasks in
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._turn = asyncio.Semaphore(2)

    async def increment(self) -> None:
        async with self._turn:
            current = self.value  # step: A1, B3
            # error: [lost-update]
            await asyncio.sleep(0)  # step: A2
            self.value = current + 1  # step: B4, A5
# confidence: likely
# outcome: x.value where x = Counter(); x.increment() | x.increment()

# %% reported: an event keeps nobody out
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._open = asyncio.Event()
        self._open.set()

    async def increment(self) -> None:
        await self._open.wait()
        current = self.value  # step: A1, B3
        # error: [lost-update]
        await asyncio.sleep(0)  # step: A2
        self.value = current + 1  # step: B4, A5
# outcome: x.value where x = Counter(); x.increment() | x.increment()

# %% reported: a barrier lets all in together
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._start = asyncio.Barrier(2)

    async def increment(self) -> None:
        async with self._start:
            current = self.value  # step: A1, B3
            # error: [lost-update]
            await asyncio.sleep(0)  # step: A2
            self.value = current + 1  # step: B4, A5

# %% clean: anyio's lock
import anyio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = anyio.Lock()

    async def increment(self) -> None:
        async with self._lock:
            current = self.value
            await anyio.sleep(0)
            self.value = current + 1

# %% clean: trio's lock
import trio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = trio.Lock()

    async def increment(self) -> None:
        async with self._lock:
            current = self.value
            await trio.sleep(0)
            self.value = current + 1

# %% clean: a capacity limiter with one place
import anyio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._turn = anyio.CapacityLimiter(1)

    async def increment(self) -> None:
        async with self._turn:
            current = self.value
            await anyio.sleep(0)
            self.value = current + 1

# %% reported: a capacity limiter with ten places
import anyio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._turn = anyio.CapacityLimiter(10)

    async def increment(self) -> None:
        async with self._turn:
            current = self.value  # step: A1, B3
            # error: [lost-update]
            await anyio.sleep(0)  # step: A2
            self.value = current + 1  # step: B4, A5

# %% clean: acquire and release by hand
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self) -> None:
        await self._lock.acquire()
        try:
            current = self.value
            await asyncio.sleep(0)
            self.value = current + 1
        finally:
            self._lock.release()

# %% reported: released by hand before the write
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self) -> None:
        await self._lock.acquire()
        try:
            current = self.value  # step: A1, B3
        finally:
            self._lock.release()
        # error: [lost-update]
        await asyncio.sleep(0)  # step: A2
        self.value = current + 1  # step: B4, A5
# confidence: likely
# outcome: x.value where x = Counter(); x.increment() | x.increment()
# no fix: Hold `self._lock` from the read to the write

# %% reported: the same lock taken twice protects nothing between
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self) -> None:
        async with self._lock:
            current = self.value  # step: A1, B3
        # error: [lock-gap]
        await asyncio.sleep(0)  # step: A2
        async with self._lock:
            self.value = current + 1  # step: B4, A5
# confidence: likely
# outcome: x.value where x = Counter(); x.increment() | x.increment()

# %% reported: entering the lock is the suspension
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self) -> None:
        current = self.value  # step: A1, B3
        # error: [lost-update] "`async with self._lock`"
        async with self._lock:  # step: A2
            self.value = current + 1  # step: B4, A5
# confidence: likely

# %% reported: the lock is released between and taken at once again
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self) -> None:
        async with self._lock:
            current = self.value  # step: A1, B3
        # error: [lock-gap]
        async with self._lock:  # step: A2
            self.value = current + 1  # step: B4, A5
# confidence: likely

# %% clean: leaving a lock is no suspension
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self) -> None:
        async with self._lock:
            current = self.value
            await asyncio.sleep(0)
            current = self.value
        self.value = current + 1

# %% clean: an object of unknown type that is called a lock
import asyncio


class Counter:
    def __init__(self, write_lock) -> None:
        self.value = 0
        self._write_lock = write_lock

    async def increment(self) -> None:
        async with self._write_lock:
            current = self.value
            await asyncio.sleep(0)
            self.value = current + 1

# %% clean: a call that says what it makes is a transaction
import asyncio


class Counter:
    def __init__(self, db) -> None:
        self.value = 0
        self._db = db

    async def increment(self) -> None:
        async with self._db.transaction():
            current = self.value
            await asyncio.sleep(0)
            self.value = current + 1

# %% reported: the reader side of a lock keeps no other reader out
import asyncio


class Counter:
    def __init__(self, rwlock) -> None:
        self.value = 0
        self._rwlock = rwlock

    async def increment(self) -> None:
        async with self._rwlock.reader_lock:
            current = self.value  # step: A1, B3
            # error: [lost-update]
            await asyncio.sleep(0)  # step: A2
            self.value = current + 1  # step: B4, A5

# %% clean: the writer side of a lock does
import asyncio


class Counter:
    def __init__(self, rwlock) -> None:
        self.value = 0
        self._rwlock = rwlock

    async def increment(self) -> None:
        async with self._rwlock.writer_lock:
            current = self.value
            await asyncio.sleep(0)
            self.value = current + 1

# %% clean: a lock for each key over an entry of that key
import asyncio
from collections import defaultdict


class Balances:
    def __init__(self) -> None:
        self.balances = {}
        self._locks = defaultdict(asyncio.Lock)

    async def add(self, account, amount) -> None:
        async with self._locks[account]:
            before = self.balances[account]
            await asyncio.sleep(0)
            self.balances[account] = before + amount

# %% reported: the lock of one key over an entry of another
import asyncio
from collections import defaultdict


class Balances:
    def __init__(self) -> None:
        self.balances = {1: 0}
        self._locks = defaultdict(asyncio.Lock)

    async def add(self, account, actor, amount) -> None:
        async with self._locks[actor]:
            before = self.balances[account]  # step: A1, B3
            # error: [lost-update] "`self.balances[account]`"
            await asyncio.sleep(0)  # step: A2
            self.balances[account] = before + amount  # step: B4, A5
# outcome: x.balances[1] where x = Balances(); x.add(1, 2, 5) | x.add(1, 3, 5)

# %% clean: the lock is held by every caller
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self) -> None:
        async with self._lock:
            await self._increment()

    async def increment_twice(self) -> None:
        async with self._lock:
            await self._increment()
            await self._increment()

    async def _increment(self) -> None:
        current = self.value
        await asyncio.sleep(0)
        self.value = current + 1

# %% reported: the lock is held by one caller of two
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self) -> None:
        async with self._lock:
            await self._increment()

    async def increment_unlocked(self) -> None:
        await self._increment()

    async def _increment(self) -> None:
        current = self.value  # step: A1, B3
        # error: [lost-update]
        await asyncio.sleep(0)  # step: A2
        self.value = current + 1  # step: B4, A5
# confidence: likely
# outcome: x.value where x = Counter(); x.increment_unlocked() | x.increment()

# %% reported: a lock made by each call keeps nobody out
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        # error: [lock-per-call]
        async with asyncio.Lock():
            current = self.value  # step: A1, B3
            # error: [lost-update]
            await asyncio.sleep(0)  # step: A2
            self.value = current + 1  # step: B4, A5
# outcome: x.value where x = Counter(); x.increment() | x.increment()

# %% clean: the value is read again after the await
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self) -> None:
        before = self.value
        await asyncio.sleep(0)
        print(before)
        self.value = self.value + 1

# %% clean: the queue is merged back after the swap
import asyncio


class Outbox:
    def __init__(self) -> None:
        self.queue = []
        self._lock = asyncio.Lock()

    async def flush(self) -> None:
        pending, self.queue = self.queue, []
        try:
            await send(pending)
        except OSError:
            self.queue = pending + self.queue


async def send(pending) -> None:
    await asyncio.sleep(0)

# %% reported: the queue is put back over what has come meanwhile
import asyncio


class Outbox:
    def __init__(self) -> None:
        self.queue = [1]

    async def flush(self) -> None:
        pending, self.queue = self.queue, []  # step: A1, B3
        try:
            # error: [stale-overwrite] "`self.queue`"
            await send(pending)  # step: A2
        except OSError:
            self.queue = pending  # step: A4


async def send(pending) -> None:
    await asyncio.sleep(0)
    raise OSError

# %% clean: a local that held the state before it was replaced holds the old object
import asyncio


class Session:
    def __init__(self) -> None:
        self.uses = 0


class Client:
    def __init__(self) -> None:
        self.session = Session()

    async def renew(self) -> None:
        session = self.session
        used = session.uses
        self.session = Session()
        await asyncio.sleep(0)
        session.uses = used + 1


async def main() -> None:
    client = Client()
    await asyncio.gather(client.renew(), client.renew())

# %% reported: an alias of the container is the container
import asyncio


class Stats:
    def __init__(self) -> None:
        self.counts = {"a": 0}

    async def add(self, key) -> None:
        counts = self.counts
        before = counts[key]  # step: A1, B3
        # error: [lost-update] "`self.counts[key]`"
        await asyncio.sleep(0)  # step: A2
        counts[key] = before + 1  # step: B4, A5
# outcome: x.counts["a"] where x = Stats(); x.add("a") | x.add("a")

# %% reported: the value is read through a property
import asyncio


class Account:
    def __init__(self) -> None:
        self._balance = 0

    @property
    def balance(self) -> int:
        return self._balance

    async def deposit(self, amount: int) -> None:
        before = self.balance  # step: A1, B3
        # error: [lost-update] "`self._balance`"
        await asyncio.sleep(0)  # step: A2
        self._balance = before + amount  # step: B4, A5
# outcome: x.balance where x = Account(); x.deposit(5) | x.deposit(5)

# %% reported: read and written by helpers that do not suspend
import asyncio


class Account:
    def __init__(self) -> None:
        self._balance = 0

    def _load(self) -> int:
        return self._balance

    def _store(self, value: int) -> None:
        self._balance = value

    async def deposit(self, amount: int) -> None:
        before = self._load()  # step: A1, B3
        # error: [lost-update] "`self._balance`"
        await asyncio.sleep(0)  # step: A2
        self._store(before + amount)  # step: B4, A5
# outcome: x._balance where x = Account(); x.deposit(5) | x.deposit(5)

# %% reported: two states in one tuple assignment
import asyncio


class Point:
    def __init__(self) -> None:
        self.x = 0
        self.y = 0

    async def move(self) -> None:
        x, y = self.x, self.y  # step: A1, B3
        # error: [lost-update] "`self.x`"
        # error: [lost-update] "`self.y`"
        await asyncio.sleep(0)  # step: A2
        self.x, self.y = x + 1, y + 1  # step: B4, A5
# outcome: (p.x, p.y) where p = Point(); p.move() | p.move()

# %% reported: a variable of the enclosing function
import asyncio


async def main() -> int:
    count = 0

    async def add() -> None:
        nonlocal count
        before = count  # step: A1, B3
        # error: [lost-update] "`count`"
        await asyncio.sleep(0)  # step: A2
        count = before + 1  # step: B4, A5

    await asyncio.gather(add(), add())
    return count
# confidence: proven

# %% clean: a variable of the enclosing function that one task writes
import asyncio


async def main() -> int:
    count = 0

    async def add() -> None:
        nonlocal count
        before = count
        await asyncio.sleep(0)
        count = before + 1

    await add()
    await add()
    return count

# %% reported: an attribute of the class
import asyncio


class Counter:
    value = 0

    @classmethod
    async def increment(cls) -> None:
        current = cls.value  # step: A1, B3
        # error: [lost-update] "`Counter.value`"
        await asyncio.sleep(0)  # step: A2
        cls.value = current + 1  # step: B4, A5
# outcome: Counter.value where Counter.value = 0; Counter.increment() | Counter.increment()

# %% reported: an attribute of the class by the class's name
import asyncio


class Counter:
    value = 0

    async def increment(self) -> None:
        current = Counter.value  # step: A1, B3
        # error: [lost-update] "`Counter.value`"
        await asyncio.sleep(0)  # step: A2
        Counter.value = current + 1  # step: B4, A5
# outcome: Counter.value where x = Counter(); x.increment() | x.increment()

# %% clean: the awaited function never suspends
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def _step(self) -> int:
        return 1

    async def increment(self) -> None:
        current = self.value
        self.value = current + await self._step()

# %% clean: putting into a queue without bound never suspends
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._log = asyncio.Queue()

    async def increment(self) -> None:
        current = self.value
        await self._log.put(current)
        self.value = current + 1

# %% clean: entering a timeout never suspends
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self) -> None:
        current = self.value
        async with asyncio.timeout(5):
            self.value = current + 1

# %% reported: the head of an async for is a suspension
import asyncio


class Sum:
    def __init__(self) -> None:
        self.total = 0

    async def add_all(self, source) -> None:
        total = self.total  # step: A1, B3
        # error: [lost-update] "`async for`"
        async for value in source:  # step: A2
            total += value
        self.total = total  # step: B4, A5

# %% reported: an async comprehension suspends
import asyncio


class Sum:
    def __init__(self) -> None:
        self.total = 0

    async def add_all(self, source) -> None:
        total = self.total  # step: A1, B3
        # error: [lost-update]
        values = [value async for value in source]  # step: A2
        self.total = total + sum(values)  # step: B4, A5

# %% reported: a comprehension that awaits
import asyncio


async def one(value: int) -> int:
    await asyncio.sleep(0)
    return value


class Sum:
    def __init__(self) -> None:
        self.total = 0

    async def add_all(self) -> None:
        # error: [lost-update] "`self.total`"
        self.total = self.total + sum([await one(value) for value in (1, 2)])  # step: A1, A2, B3, B4, A5
# outcome: x.total where x = Sum(); x.add_all() | x.add_all()

# %% reported: the read is in a try, the write in its else
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        current = self.value  # step: A1, B3
        try:
            # error: [lost-update]
            await asyncio.sleep(0)  # step: A2
        except OSError:
            return
        else:
            self.value = current + 1  # step: B4, A5
# outcome: x.value where x = Counter(); x.increment() | x.increment()

# %% reported: the write is in a finally
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        current = self.value  # step: A1, B3
        try:
            # error: [lost-update]
            await asyncio.sleep(0)  # step: A2
        finally:
            self.value = current + 1  # step: B4, A5
# outcome: x.value where x = Counter(); x.increment() | x.increment()

# %% reported: two tasks of one gather
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        current = self.value  # step: A1, B3
        # error: [lost-update]
        await asyncio.sleep(0)  # step: A2
        self.value = current + 1  # step: B4, A5


async def main() -> None:
    counter = Counter()
    await asyncio.gather(counter.increment(), counter.increment())
# confidence: proven
# outcome: x.value where x = Counter(); x.increment() | x.increment()

# %% reported: a list of coroutines that is gathered later
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        current = self.value  # step: A1, B3
        # error: [lost-update]
        await asyncio.sleep(0)  # step: A2
        self.value = current + 1  # step: B4, A5


async def main() -> None:
    counter = Counter()
    work = []
    for _ in range(10):
        work.append(counter.increment())
    await asyncio.gather(*work)
# confidence: proven

# %% reported: two places start the task
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        current = self.value  # step: A1, B3
        # error: [lost-update]
        await asyncio.sleep(0)  # step: A2
        self.value = current + 1  # step: B4, A5


async def main() -> None:
    counter = Counter()
    first = asyncio.create_task(counter.increment())
    second = asyncio.create_task(counter.increment())
    await first
    await second
# confidence: proven

# %% reported: a task group
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        current = self.value  # step: A1, B3
        # error: [lost-update]
        await asyncio.sleep(0)  # step: A2
        self.value = current + 1  # step: B4, A5


async def main() -> None:
    counter = Counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(counter.increment())
# confidence: proven

# %% reported: a nursery
import trio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        current = self.value  # step: A1, B3
        # error: [lost-update]
        await trio.sleep(0)  # step: A2
        self.value = current + 1  # step: B4, A5


async def main() -> None:
    counter = Counter()
    async with trio.open_nursery() as nursery:
        for _ in range(10):
            nursery.start_soon(counter.increment)
# confidence: proven

# %% reported: a loop that awaits one after the other proves nothing
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        current = self.value  # step: A1, B3
        # error: [lost-update]
        await asyncio.sleep(0)  # step: A2
        self.value = current + 1  # step: B4, A5


async def main(counter: Counter) -> None:
    for _ in range(10):
        await counter.increment()
# confidence: possible

# %% reported: a task that is awaited at once proves nothing
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        current = self.value  # step: A1, B3
        # error: [lost-update]
        await asyncio.sleep(0)  # step: A2
        self.value = current + 1  # step: B4, A5


async def main(counter: Counter) -> None:
    for _ in range(10):
        await asyncio.create_task(counter.increment())
# confidence: possible

# %% clean: asyncio.run alone runs it once, and both stand below an if
import asyncio

if True:
    total = 0

    async def main() -> None:
        global total
        before = total
        await asyncio.sleep(0)
        total = before + 1

    asyncio.run(main())

# %% reported: state in another module
import asyncio

import state


async def add() -> None:
    before = state.total  # step: A1, B3
    # error: [lost-update] "total`"
    await asyncio.sleep(0)  # step: A2
    state.total = before + 1  # step: B4, A5


async def main() -> None:
    await asyncio.gather(*[add() for _ in range(10)])
# confidence: proven

# %% file: state.py
total = 0

# %% clean: local variables
import asyncio


async def add() -> int:
    total = 0
    before = total
    await asyncio.sleep(0)
    total = before + 1
    return total


async def main() -> None:
    await asyncio.gather(add(), add())

# %% clean: an object that is made here and has not left
import asyncio


class Report:
    def __init__(self) -> None:
        self.lines = 0


async def build() -> Report:
    report = Report()
    before = report.lines
    await asyncio.sleep(0)
    report.lines = before + 1
    return report


async def main() -> None:
    await asyncio.gather(build(), build())

# %% reported: without the flag the region is open
import asyncio


class Sync:
    def __init__(self) -> None:
        self.busy = False
        self.position = 0
        self.lock = asyncio.Lock()

    async def sync(self) -> None:
        self.busy = True
        try:
            position = self.position  # step: A1, B3
            # error: [lost-update] "`self.position`"
            await asyncio.sleep(0)  # step: A2
            self.position = position + 1  # step: B4, A5
        finally:
            self.busy = False
# confidence: likely
# outcome: x.position where x = Sync(); x.sync() | x.sync()

# %% reported: the flag is reset before the write
import asyncio


class Sync:
    def __init__(self) -> None:
        self.busy = False
        self.position = 0
        self.lock = asyncio.Lock()

    async def sync(self) -> None:
        if self.busy:
            return
        self.busy = True
        position = self.position  # step: A1, B3
        self.busy = False
        # error: [lost-update] "`self.position`"
        await asyncio.sleep(0)  # step: A2
        self.position = position + 1  # step: B4, A5
# confidence: likely
# outcome: x.position where x = Sync(); x.sync() | x.sync()

# %% clean: ESLint 1, one field is read and another written
import asyncio


class Service:
    def __init__(self) -> None:
        self.name = "a"
        self.data = None
        self.lock = asyncio.Lock()

    async def load(self) -> None:
        name = self.name
        if name:
            self.data = await find(name)


async def find(name):
    await asyncio.sleep(0)
    return name

# %% clean: ESLint 3, saved, awaited and restored
import asyncio
import builtins


async def test_prints_nothing() -> None:
    saved = builtins.print
    builtins.print = None
    await asyncio.sleep(0)
    builtins.print = saved

# %% clean: ESLint 4, the value written does not depend on the value read
import asyncio


class Page:
    def __init__(self) -> None:
        self.title = ""
        self.lock = asyncio.Lock()

    async def load(self) -> None:
        print(self.title)
        self.title = await find()


async def find():
    await asyncio.sleep(0)
    return "a"

# %% clean: ESLint 6, a counter goes up, and down in finally
import asyncio

active = 0


async def handle() -> None:
    global active
    active += 1
    try:
        await asyncio.sleep(0)
    finally:
        active -= 1


async def main() -> None:
    await asyncio.gather(handle(), handle())

# %% clean: ESLint 7, an unrelated earlier read
import asyncio
import settings


async def run() -> None:
    print(settings.arguments)
    try:
        await asyncio.sleep(0)
        settings.exit_code = 0
    except OSError:
        settings.exit_code = 1


async def main() -> None:
    await asyncio.gather(run(), run())

# %% clean: ESLint 8, an object is passed to an awaited helper and then gets a key
import asyncio

context = {}


async def prepare(values) -> None:
    await asyncio.sleep(0)


async def run() -> None:
    await prepare(context)
    context["ready"] = True


async def main() -> None:
    await asyncio.gather(run(), run())

# %% reported: ESLint 9, a useless read does not silence
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        current = self.value  # step: A1, B3
        # error: [lost-update]
        await asyncio.sleep(0)  # step: A2
        str(self.value)
        self.value = current + 1  # step: B4, A5
# outcome: x.value where x = Counter(); x.increment() | x.increment()

# %% clean: ESLint 10, an object made here is captured by a later closure
import asyncio


async def run(send):
    state = {"count": 0}
    before = state["count"]
    await asyncio.sleep(0)
    state["count"] = before + 1
    send(lambda: state["count"])

# %% clean: ESLint 11, a local is captured by a later closure
import asyncio


async def run(send) -> None:
    count = 0
    before = count
    await asyncio.sleep(0)
    count = before + 1

    def show() -> int:
        return count

    send(show)

# %% clean: ESLint 13, a function in the body does not let a parameter out
import asyncio


async def run(count: int) -> int:
    def show() -> int:
        return 1

    before = count
    await asyncio.sleep(0)
    count = before + show()
    return count

# %% clean: ESLint 14, the documentation's example of the right way
import asyncio

result = 0


async def add(value) -> None:
    global result
    result += 1
    found = await value
    result += found


async def main() -> None:
    await asyncio.gather(add(asyncio.sleep(0, 1)), add(asyncio.sleep(0, 2)))

# %% reported: ESLint 15, an attribute of self
import asyncio


async def one() -> int:
    await asyncio.sleep(0)
    return 1


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        # error: [lost-update] "`self.value`"
        self.value = self.value + await one()  # step: A1, A2, B3, B4, A5
# outcome: x.value where x = Counter(); x.increment() | x.increment()

# %% reported: a class without a constructor
import asyncio


class Counter:
    """Counts."""

    async def increment(self) -> None:
        current = self.value
        # error: [lost-update]
        await asyncio.sleep(0)
        self.value = current + 1

# %% fixed: Hold a lock from the read to the write
import asyncio


class Counter:
    """Counts."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def increment(self) -> None:
        async with self._lock:
            current = self.value
            await asyncio.sleep(0)
            self.value = current + 1

# %% reported: the class has a lock that guards the value elsewhere
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 0
        self._guard = asyncio.Lock()

    async def withdraw(self, amount) -> None:
        async with self._guard:
            self.balance -= amount

    async def deposit(self, amount) -> None:
        before = self.balance
        # error: [inconsistent-lock]
        await asyncio.sleep(0)
        self.balance = before + amount
# confidence: likely

# %% fixed: Hold `self._guard` from the read to the write
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 0
        self._guard = asyncio.Lock()

    async def withdraw(self, amount) -> None:
        async with self._guard:
            self.balance -= amount

    async def deposit(self, amount) -> None:
        async with self._guard:
            before = self.balance
            await asyncio.sleep(0)
            self.balance = before + amount

# %% reported: asyncio is not imported
from asyncio import sleep


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        current = self.value
        # error: [lost-update]
        await sleep(0)
        self.value = current + 1

# %% fixed: Hold a lock from the read to the write
import asyncio
from asyncio import sleep


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self) -> None:
        async with self._lock:
            current = self.value
            await sleep(0)
            self.value = current + 1

# %% reported: a dataclass
import asyncio
from dataclasses import dataclass


@dataclass
class Counter:
    value: int = 0

    async def increment(self) -> None:
        current = self.value
        # error: [lost-update]
        await asyncio.sleep(0)
        self.value = current + 1

# %% fixed: Hold a lock from the read to the write
import asyncio
from dataclasses import dataclass, field


@dataclass
class Counter:
    value: int = 0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False, compare=False)

    async def increment(self) -> None:
        async with self._lock:
            current = self.value
            await asyncio.sleep(0)
            self.value = current + 1

# %% reported: slots leave room for a lock when it is listed
import asyncio


class Counter:
    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        current = self.value
        # error: [lost-update]
        await asyncio.sleep(0)
        self.value = current + 1

# %% fixed: Hold a lock from the read to the write
import asyncio


class Counter:
    __slots__ = ("value", "_lock")

    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self) -> None:
        async with self._lock:
            current = self.value
            await asyncio.sleep(0)
            self.value = current + 1

# %% reported: no lock is held over a yield
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def numbers(self):
        current = self.value
        # error: [lost-update] "`yield`"
        yield current
        self.value = current + 1
# no fix: Hold a lock from the read to the write

# %% reported: the awaited function takes the lock itself
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def reset(self) -> None:
        async with self._lock:
            self.value = 0

    async def increment(self) -> None:
        current = self.value
        # error: [lost-update]
        await self.reset()
        self.value = current + 1
# confidence: likely
# no fix: Hold a lock from the read to the write

# %% reported: the function awaits itself
import asyncio


class Tree:
    def __init__(self) -> None:
        self.visited = 0
        self._lock = asyncio.Lock()

    async def visit(self, node) -> None:
        before = self.visited
        for child in node:
            # error: [lost-update]
            await self.visit(child)
        await asyncio.sleep(0)
        self.visited = before + 1
# no fix: Hold a lock from the read to the write

# %% reported: a local of the function's own names the container
import asyncio


class Stats:
    def __init__(self) -> None:
        self.counts = {}

    async def add(self, key) -> None:
        counts = self.counts
        before = counts.get(key, 0)
        # error: [lost-update]
        await asyncio.sleep(0)
        counts[key] = before + 1
        print(before)

# %% fixed: Hold a lock from the read to the write
import asyncio


class Stats:
    def __init__(self) -> None:
        self.counts = {}
        self._lock = asyncio.Lock()

    async def add(self, key) -> None:
        counts = self.counts
        async with self._lock:
            before = counts.get(key, 0)
            await asyncio.sleep(0)
            counts[key] = before + 1
        print(before)

# %% clean: a rate limiter that waits under its own lock
import asyncio
import time


class RateLimiter:
    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._tokens = rate
        self._updated = time.monotonic()
        self._lock = asyncio.Lock()

    async def acquire(self) -> None:
        async with self._lock:
            while self._tokens < 1:
                now = time.monotonic()
                self._tokens = min(self._rate, self._tokens + (now - self._updated) * self._rate)
                self._updated = now
                if self._tokens < 1:
                    await asyncio.sleep((1 - self._tokens) / self._rate)
            self._tokens -= 1

# %% clean: metrics counters around a handler's work
import asyncio


class Metrics:
    def __init__(self) -> None:
        self.active = 0
        self.total = 0
        self.lock = asyncio.Lock()


metrics = Metrics()


async def handle(request):
    metrics.active += 1
    metrics.total += 1
    try:
        return await respond(request)
    finally:
        metrics.active -= 1


async def respond(request):
    await asyncio.sleep(0)
    return request

# %% clean: a worker that drains a queue and counts what it did
import asyncio


class Worker:
    def __init__(self) -> None:
        self.queue = asyncio.Queue()
        self.done = 0
        self._task = None

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            item = await self.queue.get()
            try:
                await item()
                self.done += 1
            finally:
                self.queue.task_done()

    async def stop(self) -> None:
        if self._task is not None:
            task, self._task = self._task, None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

# %% clean: an id that is counted before it is sent, and a future kept by it
import asyncio


class Rpc:
    def __init__(self, writer) -> None:
        self._writer = writer
        self._next = 0
        self._pending = {}
        self._lock = asyncio.Lock()

    async def call(self, method):
        self._next += 1
        identity = self._next
        future = asyncio.get_running_loop().create_future()
        self._pending[identity] = future
        try:
            await self._send({"id": identity, "method": method})
            return await asyncio.wait_for(future, 10)
        finally:
            self._pending.pop(identity, None)

    async def _send(self, message) -> None:
        async with self._lock:
            self._writer.write(repr(message).encode())
            await self._writer.drain()

    def on_message(self, message) -> None:
        future = self._pending.get(message["id"])
        if future is not None and not future.done():
            future.set_result(message["result"])

# %% known false alarm: each task has a job of its own
import asyncio


class Job:
    def __init__(self, name: str) -> None:
        self.name = name
        self.attempts = 0

    async def run(self) -> None:
        before = self.attempts
        # error: [lost-update]
        await asyncio.sleep(0)
        self.attempts = before + 1


async def main() -> None:
    jobs = [Job(str(number)) for number in range(10)]
    await asyncio.gather(*[job.run() for job in jobs])
# confidence: possible

# %% known false alarm: each request has a parser of its own
import asyncio


class Parser:
    def __init__(self, reader) -> None:
        self.reader = reader
        self.offset = 0

    async def parse(self) -> None:
        while True:
            start = self.offset
            # error: [lost-update]
            chunk = await self.reader.read(100)
            if not chunk:
                return
            self.offset = start + len(chunk)


async def serve(reader, writer) -> None:
    parser = Parser(reader)
    await parser.parse()
    writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "localhost", 8000)
    await server.serve_forever()
# confidence: possible

# %% clean: a retry loop that counts in a local
import asyncio


class Client:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._last_error = None

    async def get(self, url):
        attempt = 0
        while attempt < 3:
            try:
                result = await fetch(url)
            except OSError as error:
                self._last_error = error
                attempt += 1
                await asyncio.sleep(2**attempt)
            else:
                self._last_error = None
                return result
        raise RuntimeError(url)


async def fetch(url):
    await asyncio.sleep(0)
    return url

# %% clean: the longest of several values is kept
import asyncio


class Gauge:
    def __init__(self) -> None:
        self.peak = 0
        self._lock = asyncio.Lock()

    async def measure(self) -> None:
        value = await probe()
        self.peak = max(self.peak, value)
        if value > self.peak:
            self.peak = value


async def probe() -> int:
    await asyncio.sleep(0)
    return 1

# %% clean: a single consumer that rewrites its own position
import asyncio


class Consumer:
    def __init__(self, log) -> None:
        self._log = log
        self._position = 0
        self._task = None

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            records = await self._log.read(self._position)
            self._position = self._position + len(records)

# %% reported: two objects are made by one statement
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value, self.limit = 0, 10

    async def increment(self) -> None:
        current = self.value  # step: A1, B3
        # error: [lost-update]
        await asyncio.sleep(0)  # step: A2
        self.value = current + 1  # step: B4, A5


async def main() -> None:
    first, second = Counter(), Counter()
    await asyncio.gather(first.increment(), first.increment(), second.increment())
# confidence: proven
