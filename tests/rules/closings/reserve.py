# What is taken before the await, so that the next check sees it.
#
# a counter, a placeholder, a stored task, giving back on failure, swap of a list by a tuple:
#     stale_check.py, double_initialization.py, lost_update.py. Here:
# a counter in a nested container: 1-2
# a mark on the thing that is taken: 3-4
# a closure's counter: 5-6
# a number that is handed out: 7-8
# giving back: by the amount, by a snapshot: 9-10
# reserved by a function of another module: 11-12
# stored before it is ready, or after: 13-14
# single flight: for each key, of a module, in a callee: 15-18
# swap: two statements, copy and clear, of a module: 19-22
# swap: another object's attribute, by pop, of a slice: 23-26

# %% clean: a seat of a nested container is counted down before the payment
import asyncio

seats = {"opera": {"stalls": 2}}


async def book(show: str, row: str, pay) -> bool:
    if seats[show][row] > 0:
        seats[show][row] -= 1
        await pay()
        return True
    return False


async def main(pay) -> None:
    await asyncio.gather(book("opera", "stalls", pay), book("opera", "stalls", pay))

# %% reported: a seat of a nested container is counted down after the payment
import asyncio

seats = {"opera": {"stalls": 1}}


async def book(show: str, row: str) -> bool:
    if seats[show][row] > 0:  # step: A1, B3
        # error: [stale-check] "`seats[show][row]`"
        await asyncio.sleep(0)  # step: A2
        seats[show][row] -= 1  # step: B4, A5
        return True
    return False


async def main() -> None:
    await asyncio.gather(book("opera", "stalls"), book("opera", "stalls"))
# confidence: proven
# outcome: seats["opera"]["stalls"] where pass; book("opera", "stalls") | book("opera", "stalls")

# %% clean: a job is marked before it is run
import asyncio


class Job:
    def __init__(self) -> None:
        self.taken = False

    async def run(self) -> None:
        await asyncio.sleep(0)


class Board:
    def __init__(self, jobs: list[Job]) -> None:
        self.jobs = jobs
        self._lock = asyncio.Lock()

    async def work(self) -> None:
        for job in list(self.jobs):
            if not job.taken:
                job.taken = True
                await job.run()

# %% known missed alarm: a job is marked when it has run
import asyncio


class Job:
    def __init__(self) -> None:
        self.taken = False
        self.runs = 0

    async def run(self) -> None:
        self.runs += 1
        await asyncio.sleep(0)


class Board:
    def __init__(self, jobs: list[Job]) -> None:
        self.jobs = jobs
        self._lock = asyncio.Lock()

    async def work(self) -> None:
        for job in list(self.jobs):
            if not job.taken:
                # error: [stale-check] "taken`"
                await job.run()
                job.taken = True
# outcome: j.runs where j = Job(); x = Board([j]); x.work() | x.work()

# %% clean: the quota of the enclosing function is used up before the request
import asyncio


async def crawl(urls, fetch) -> int:
    quota = 10

    async def visit(url: str) -> None:
        nonlocal quota
        if quota > 0:
            quota -= 1
            await fetch(url)

    await asyncio.gather(*[visit(url) for url in urls])
    return quota

# %% reported: the quota of the enclosing function is used up after the request
import asyncio


async def crawl(urls, fetch) -> int:
    quota = 10

    async def visit(url: str) -> None:
        nonlocal quota
        if quota > 0:  # step: A1, B3
            # error: [stale-check] "`quota`"
            await fetch(url)  # step: A2
            quota -= 1  # step: B4, A5

    await asyncio.gather(*[visit(url) for url in urls])
    return quota
# confidence: proven

# %% clean: a number is handed out before it is sent
import asyncio


class Channel:
    def __init__(self) -> None:
        self.next_id = 0
        self.sent = []
        self._lock = asyncio.Lock()

    async def send(self, text: str) -> int:
        identity = self.next_id
        self.next_id = identity + 1
        await self._write(identity, text)
        return identity

    async def _write(self, identity: int, text: str) -> None:
        await asyncio.sleep(0)
        self.sent.append((identity, text))

# %% known missed alarm: two messages are sent with one number
import asyncio


class Channel:
    def __init__(self) -> None:
        self.next_id = 0
        self.sent = []
        self._lock = asyncio.Lock()

    async def send(self, text: str) -> None:
        # error: [lost-update] "`self.next_id`"
        await self._write(self.next_id, text)
        self.next_id += 1

    async def _write(self, identity: int, text: str) -> None:
        self.sent.append(identity)
        await asyncio.sleep(0)
# outcome: x.sent where x = Channel(); x.send("a") | x.send("b")

# %% clean: what was reserved is given back by the amount, on every kind of failure
import asyncio


class Wallet:
    def __init__(self) -> None:
        self.balance = 100
        self._lock = asyncio.Lock()

    async def pay(self, amount: int, transfer) -> None:
        if self.balance < amount:
            raise ValueError(amount)
        self.balance -= amount
        try:
            await transfer(amount)
        except BaseException:
            self.balance += amount
            raise

# %% reported: what was reserved is given back by a snapshot
import asyncio


class Wallet:
    def __init__(self) -> None:
        self.balance = 100
        self._lock = asyncio.Lock()

    async def pay(self, amount: int, works: bool) -> None:
        before = self.balance  # step: A1
        self.balance = before - amount  # step: B3
        try:
            # error: [stale-overwrite] "`self.balance`"
            await asyncio.sleep(0)  # step: A2
            if not works:
                raise OSError
        except OSError:
            self.balance = before  # step: A4
# outcome: x.balance where x = Wallet(); x.pay(30, False) | x.pay(20, True)

# %% clean: a function of another module reserves before it awaits
import asyncio

import licences


async def start() -> None:
    if licences.free > 0:
        await licences.take()


async def main() -> None:
    await asyncio.gather(start(), start())

# %% file: licences.py
import asyncio

free = 1


async def take() -> None:
    global free
    free -= 1
    await asyncio.sleep(0)

# %% reported: a function of another module takes when it has awaited
import asyncio

import licences


async def start() -> None:
    if licences.free > 0:
        # error: [stale-check] "free`"
        await licences.take()


async def main() -> None:
    await asyncio.gather(start(), start())
# confidence: proven

# %% file: licences.py
import asyncio

free = 1


async def take() -> None:
    global free
    await asyncio.sleep(0)
    free -= 1

# %% clean: a room is stored before it is opened, and all wait until it is
import asyncio


class Room:
    def __init__(self) -> None:
        self.opened = asyncio.Event()

    async def open(self) -> None:
        await asyncio.sleep(0)
        self.opened.set()


class Rooms:
    def __init__(self) -> None:
        self.rooms = {}
        self._lock = asyncio.Lock()

    async def room(self, name: str) -> Room:
        room = self.rooms.get(name)
        if room is None:
            room = self.rooms[name] = Room()
            await room.open()
        await room.opened.wait()
        return room

# %% reported: a room is opened before it is stored
import asyncio


class Room:
    opened = 0

    async def open(self) -> None:
        Room.opened += 1
        await asyncio.sleep(0)


class Rooms:
    def __init__(self) -> None:
        self.rooms = {}
        self._lock = asyncio.Lock()

    async def room(self, name: str) -> Room:
        room = self.rooms.get(name)  # step: A1, B3
        if room is None:
            room = Room()
            # error: [double-initialization] "`self.rooms[name]`"
            await room.open()  # step: A2
            self.rooms[name] = room  # step: B4, A5
        return room
# confidence: likely
# outcome: Room.opened where x = Rooms(); x.room("a") | x.room("a")

# %% clean: one task for each key, forgotten when it is done
import asyncio


class Loader:
    def __init__(self) -> None:
        self._loading = {}

    async def load(self, key: str):
        task = self._loading.get(key)
        if task is None:
            task = self._loading[key] = asyncio.create_task(self._fetch(key))
            task.add_done_callback(lambda _: self._loading.pop(key, None))
        return await asyncio.shield(task)

    async def _fetch(self, key: str):
        await asyncio.sleep(0)
        return key

# %% reported: the permission is awaited between the look-up and the task that is stored
import asyncio


class Loader:
    def __init__(self) -> None:
        self._loading = {}
        self._slots = asyncio.Semaphore(4)

    async def load(self, key: str):
        if key not in self._loading:
            # error: [double-initialization] "`self._loading[key]`"
            await self._slots.acquire()
            self._loading[key] = asyncio.create_task(self._fetch(key))
        return await self._loading[key]

    async def _fetch(self, key: str):
        try:
            await asyncio.sleep(0)
            return key
        finally:
            self._slots.release()

# %% clean: one refresh of the module at a time, and another when it is done
import asyncio

_refresh: asyncio.Task | None = None


async def refresh() -> None:
    await asyncio.sleep(0)


async def fresh() -> None:
    global _refresh
    if _refresh is None or _refresh.done():
        _refresh = asyncio.create_task(refresh())
    await asyncio.shield(_refresh)


async def main() -> None:
    await asyncio.gather(fresh(), fresh())

# %% clean: a callee that does not suspend stores the task
import asyncio


class Link:
    def __init__(self) -> None:
        self._dialling = None

    def _begin(self) -> None:
        if self._dialling is None:
            self._dialling = asyncio.ensure_future(self._dial())

    async def ready(self):
        self._begin()
        return await self._dialling

    async def _dial(self):
        await asyncio.sleep(0)
        return object()

# %% clean: swapped by two statements
import asyncio


class Buffer:
    def __init__(self) -> None:
        self.rows = []
        self._lock = asyncio.Lock()

    async def flush(self, sink) -> None:
        if self.rows:
            rows = self.rows
            self.rows = []
            await sink(rows)

# %% reported: copied, sent and then cleared
import asyncio


class Buffer:
    def __init__(self) -> None:
        self.rows = ["a"]
        self.sent = []
        self._lock = asyncio.Lock()

    def add(self, row: str) -> None:
        self.rows.append(row)

    async def flush(self) -> None:
        rows = list(self.rows)
        if rows:
            self.sent += rows
            # error: [stale-check] "`self.rows`"
            await asyncio.sleep(0)
            self.rows.clear()
# confidence: likely
# outcome: x.sent + x.rows where x = Buffer(); x.flush() | x.flush()

# %% clean: copied and cleared, and then sent
import asyncio

rows = []


def add(row: str) -> None:
    rows.append(row)


async def flush(sink) -> None:
    batch = rows.copy()
    rows.clear()
    if batch:
        await sink(batch)


async def main(sink) -> None:
    await asyncio.gather(flush(sink), flush(sink))

# %% reported: a module's batch is replaced when it has been sent
import asyncio

batch = {}
sent = []


def add(name: str, value: int) -> None:
    batch[name] = value


async def flush() -> None:
    global batch
    if batch:
        sent.append(dict(batch))
        # error: [stale-check] "`batch`"
        await asyncio.sleep(0)
        batch = {}


async def main() -> None:
    await asyncio.gather(flush(), flush())
# confidence: proven
# outcome: sent where add("a", 1); flush() | flush()

# %% clean: another object's transport is taken out before it is closed
import asyncio


class Client:
    def __init__(self) -> None:
        self.transport = None
        self.lock = asyncio.Lock()


class Session:
    def __init__(self) -> None:
        self.client = Client()

    async def close(self) -> None:
        transport, self.client.transport = self.client.transport, None
        if transport is not None:
            await transport.close()

# %% clean: an entry is popped before it is closed
import asyncio


class Channels:
    def __init__(self) -> None:
        self.channels = {}
        self._lock = asyncio.Lock()

    async def close(self, name: str) -> None:
        if name in self.channels:
            channel = self.channels.pop(name)
            await channel.close()

# %% clean: a slice is cut off before it is sent
import asyncio


class Queue:
    def __init__(self) -> None:
        self.items = []
        self._lock = asyncio.Lock()

    async def flush(self, send) -> None:
        while self.items:
            batch = self.items[:10]
            del self.items[:10]
            await send(batch)

# %% reported: a slice is sent before it is cut off
import asyncio


class Queue:
    def __init__(self) -> None:
        self.items = list(range(3))
        self.sent = []
        self._lock = asyncio.Lock()

    async def flush(self) -> None:
        while self.items:
            batch = self.items[:2]
            self.sent += batch
            # error: [stale-check] "`self.items"
            await asyncio.sleep(0)
            del self.items[:2]
# outcome: x.sent where x = Queue(); x.flush() | x.flush()


# %% clean: single flight: all wait for the task of the first, and store its result
import asyncio


class Client:
    def __init__(self) -> None:
        self.pool = None
        self.session = None
        self._pool_task = None
        self._session_task = None

    async def get_pool(self):
        if self.pool is None:
            if self._pool_task is None or self._pool_task.done():
                self._pool_task = asyncio.ensure_future(self.connect())
            self.pool = await asyncio.shield(self._pool_task)
        return self.pool

    async def get_session(self):
        if self.session is None:
            if self._session_task is None:
                self._session_task = asyncio.ensure_future(self.connect())
            self.session = await self._session_task
        return self.session

    async def connect(self):
        await asyncio.sleep(0)
        return object()

# %% reported: each awaits a task of its own
import asyncio


class Client:
    def __init__(self) -> None:
        self.pool = None
        self.opened = 0

    async def get(self):
        if self.pool is None:
            task = asyncio.ensure_future(self.connect())
            # error: [double-initialization]
            self.pool = await asyncio.shield(task)
        return self.pool

    async def connect(self):
        self.opened += 1
        await asyncio.sleep(0)
        return object()
