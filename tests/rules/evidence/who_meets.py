# Which tasks meet: roots, helpers, holders, what comes before and what is given up first.
#
# a helper that starts what it is given: 1-3
# an object that two others are given: 4-5
# a task of its own beside whoever calls: 6-9
# tasks that start tasks: 10, 19
# many methods that need one thing: 11-12
# classes apart: 13-14
# one after the other in a loop: 15-17, 21
# objects and keys apart: 18, 22, 24
# the program itself: 20
# an object that tasks are given: 23

# %% reported: a helper starts what it is given, in a loop
import asyncio


class Jobs:
    def __init__(self) -> None:
        self.done = 0
        self.tasks = set()

    def background(self, coroutine) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self.tasks.add(task)

    async def work(self) -> None:
        before = self.done
        # error: [lost-update]
        await asyncio.sleep(0)
        self.done = before + 1


async def main() -> None:
    jobs = Jobs()
    for _ in range(3):
        jobs.background(jobs.work())
# confidence: proven

# %% reported: a helper awaits what it is given in a task of its own
import asyncio

tasks = []

done = 0


def background(coroutine):
    async def run():
        try:
            await coroutine
        except ValueError:
            print("failed")

    return asyncio.create_task(run())


async def work() -> None:
    global done
    before = done
    # error: [lost-update]
    await asyncio.sleep(0)
    done = before + 1


async def main() -> None:
    for _ in range(3):
        tasks.append(background(work()))
# confidence: proven

# %% clean: a helper starts one task
import asyncio

done = 0


def background(coroutine):
    return asyncio.create_task(coroutine)


async def _work() -> None:
    global done
    before = done
    await asyncio.sleep(0)
    done = before + 1


async def main() -> None:
    await background(_work())


asyncio.run(main())

# %% reported: two parts are given one link, and are set up at once
import asyncio


class Link:
    def __init__(self) -> None:
        self.socket = None

    async def open(self) -> None:
        if self.socket is None:
            # error: [double-initialization]
            self.socket = await asyncio.open_connection("localhost", 80)

    async def close(self) -> None:
        self.socket = None


class Reader:
    def __init__(self, link: Link) -> None:
        self.link = link

    async def set_up(self) -> None:
        await self.link.open()


class Writer:
    def __init__(self, link: Link) -> None:
        self.link = link

    async def set_up(self) -> None:
        await self.link.open()


async def main() -> None:
    link = Link()
    reader = Reader(link)
    writer = Writer(link)
    await asyncio.gather(reader.set_up(), writer.set_up())
# confidence: likely

# %% reported: two parts are given one link, and nobody knows who sets them up
import asyncio


class Link:
    def __init__(self) -> None:
        self.socket = None

    async def open(self) -> None:
        if self.socket is None:
            # error: [double-initialization]
            self.socket = await asyncio.open_connection("localhost", 80)

    async def close(self) -> None:
        self.socket = None


class Reader:
    def __init__(self, link: Link) -> None:
        self.link = link

    async def set_up(self) -> None:
        await self.link.open()


class Writer:
    def __init__(self, link: Link) -> None:
        self.link = link

    async def set_up(self) -> None:
        await self.link.open()
# confidence: possible

# %% reported: a task of its own refills what a caller takes from
import asyncio


class Bucket:
    def __init__(self) -> None:
        self.tokens = 10

    def start(self) -> None:
        self.filling = asyncio.create_task(self._fill())

    async def _fill(self) -> None:
        while True:
            await asyncio.sleep(1)
            self.tokens = 10

    async def take(self, request) -> None:
        left = self.tokens
        # error: [lost-update]
        await request.send()
        self.tokens = left - 1
# confidence: likely

# %% reported: what is set before the task starts is no rival of its
import asyncio


class Poller:
    async def start(self) -> None:
        self.position = 0
        self.polling = asyncio.create_task(self._poll())

    async def _poll(self) -> None:
        while True:
            before = self.position
            # error: [lost-update]
            await asyncio.sleep(1)
            self.position = before + 1
# confidence: possible

# %% reported: the task is cancelled before what it uses is reset
import asyncio


class Poller:
    def __init__(self) -> None:
        self.position = 0

    def start(self) -> None:
        self.polling = asyncio.create_task(self._poll())

    def rewind(self) -> None:
        self.polling.cancel()
        self.position = 5

    async def _poll(self) -> None:
        while True:
            before = self.position
            # error: [lost-update]
            await asyncio.sleep(1)
            self.position = before + 1
# confidence: possible

# %% clean: a worker is started at two places, and each puts it where the last one was
import asyncio


class Poller:
    def __init__(self) -> None:
        self.position = 0

    def start(self) -> None:
        self.polling = asyncio.create_task(self._poll())

    def restart(self) -> None:
        self.polling.cancel()
        self.polling = asyncio.create_task(self._poll())

    async def _poll(self) -> None:
        while True:
            before = self.position
            await asyncio.sleep(1)
            self.position = before + 1

# %% reported: each of several tasks starts one more
import asyncio

done = 0


async def store() -> None:
    global done
    before = done
    # error: [lost-update]
    await asyncio.sleep(0)
    done = before + 1


async def serve() -> None:
    # error: [dropped-task]
    asyncio.create_task(store())


async def main() -> None:
    await asyncio.gather(*[serve() for _ in range(3)])
# confidence: likely

# %% reported: eight methods need what is made when it is missing
import asyncio


class Database:
    def __init__(self) -> None:
        self._link = None

    async def _connected(self):
        if self._link is None:
            # error: [double-initialization] "`self._link`"
            self._link = await asyncio.open_connection("localhost", 80)
        return self._link

    async def get(self, key):
        return await (await self._connected()).get(key)

    async def put(self, key, value):
        await (await self._connected()).put(key, value)

    async def remove(self, key):
        await (await self._connected()).remove(key)

    async def keys(self):
        return await (await self._connected()).keys()

    async def values(self):
        return await (await self._connected()).values()

    async def size(self):
        return await (await self._connected()).size()

    async def flush(self):
        await (await self._connected()).flush()

    async def ping(self):
        await (await self._connected()).ping()
# confidence: likely

# %% reported: two methods need what is made when it is missing
import asyncio


class Database:
    def __init__(self) -> None:
        self._link = None

    async def _connected(self):
        if self._link is None:
            # error: [double-initialization] "`self._link`"
            self._link = await asyncio.open_connection("localhost", 80)
        return self._link

    async def get(self, key):
        return await (await self._connected()).get(key)

    async def put(self, key, value):
        await (await self._connected()).put(key, value)
# confidence: possible

# %% reported: an object is of one class or of the other
import asyncio


class Connection:
    def __init__(self) -> None:
        self.response = None

    def start(self) -> None:
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        await asyncio.sleep(1)
        self.received()

    def received(self) -> None:
        print("received")


class Client(Connection):
    def received(self) -> None:
        self.response = object()


class Worker(Connection):
    async def answer(self, hook) -> None:
        response = self.response
        # error: [lost-update]
        response = await hook(response)
        self.response = response
# confidence: possible

# %% clean: either of two methods sets the flag, and the first holds the lock
import asyncio


class Builder:
    def __init__(self) -> None:
        self.resolved = False
        self._lock = asyncio.Lock()

    async def resolve(self, client) -> None:
        if self.resolved:
            return
        async with self._lock:
            if not self.resolved:
                await client.look_up(self)
                self.resolved = True


class Raw(Builder):
    async def resolve(self, client) -> None:
        self.resolved = True

# %% clean: each task has ended before the next one starts
import asyncio


class Link:
    def __init__(self) -> None:
        self.errors = 0

    async def _session(self) -> None:
        before = self.errors
        await asyncio.sleep(0)
        self.errors = before + 1

    async def run(self) -> None:
        while True:
            task = asyncio.create_task(self._session())
            await task

# %% clean: each group of tasks has ended before the next one starts
import asyncio


class Link:
    def __init__(self) -> None:
        self.errors = 0

    async def _session(self) -> None:
        before = self.errors
        await asyncio.sleep(0)
        self.errors = before + 1

    async def run(self) -> None:
        while True:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._session())

# %% reported: each task goes on beside the next one
import asyncio

sessions = []


class Link:
    def __init__(self) -> None:
        self.errors = 0

    async def _session(self) -> None:
        before = self.errors
        # error: [lost-update]
        await asyncio.sleep(0)
        self.errors = before + 1

    async def run(self) -> None:
        while True:
            task = asyncio.create_task(self._session())
            sessions.append(task)
            await asyncio.sleep(1)
# confidence: proven

# %% clean: each of two tasks has an object of its own
import asyncio


class Link:
    def __init__(self) -> None:
        self.errors = 0

    async def _keep(self) -> None:
        before = self.errors
        await asyncio.sleep(0)
        self.errors = before + 1


class Pair:
    def __init__(self) -> None:
        self.left = Link()
        self.right = Link()

    async def run(self) -> None:
        await asyncio.gather(self.left._keep(), self.right._keep())

# %% reported: each call starts a task for what it is given
import asyncio


class Queue:
    def __init__(self) -> None:
        self.done = 0
        self.tasks = set()

    def submit(self, job: str) -> None:
        task = asyncio.create_task(self._process(job))
        self.tasks.add(task)

    async def _process(self, job: str) -> None:
        before = self.done
        # error: [lost-update]
        await asyncio.sleep(0)
        self.done = before + len(job)
# confidence: likely

# %% reported: the program itself, and a task that it has started
import asyncio

total = 0


async def tick() -> None:
    global total
    while True:
        await asyncio.sleep(1)
        total += 1


async def main() -> None:
    global total
    ticking = asyncio.create_task(tick())
    before = total
    # error: [lost-update]
    await asyncio.sleep(2)
    total = before + 1
    ticking.cancel()


asyncio.run(main())
# confidence: likely

# %% reported: the reader is started last, and waited for before the next one
import asyncio


class Link:
    def __init__(self) -> None:
        self.position = 0

    async def _connect(self, open_stream) -> None:
        before = self.position
        # error: [lost-update]
        stream = await open_stream()
        self.position = before + 1
        self.reading = asyncio.create_task(self._read(stream))

    async def _read(self, stream) -> None:
        while await stream.line():
            self.position += 1

    async def run(self, open_stream) -> None:
        while True:
            await self._connect(open_stream)
            await self.reading
# confidence: possible

# %% known false alarm: tasks on constant keys of their own
import asyncio

slots = {}


async def work(number: int) -> None:
    before = slots[number]
    # error: [lost-update]
    await asyncio.sleep(0)
    slots[number] = before + 1


async def main() -> None:
    await asyncio.gather(work(0), work(1))
# confidence: proven

# %% known missed alarm: tasks that are given one object
import asyncio


class Shop:
    def __init__(self) -> None:
        self.tickets = 3


async def buy(shop: Shop) -> None:
    if shop.tickets > 0:
        # error: [stale-check]
        await asyncio.sleep(0)
        shop.tickets -= 1


async def main() -> None:
    shop = Shop()
    await asyncio.gather(*(buy(shop) for _ in range(9)))
# confidence: likely

# %% known false alarm: each client has a connection of its own
import asyncio


class Connection:
    def __init__(self, reader) -> None:
        self.reader = reader
        self.session = None

    async def serve(self) -> None:
        while await self.reader.readline():
            await self.log_in()

    async def log_in(self) -> None:
        if self.session is None:
            # error: [double-initialization]
            self.session = await asyncio.open_connection("localhost", 80)

    def log_out(self) -> None:
        self.session = None


async def accepted(reader, writer) -> None:
    connection = Connection(reader)
    await connection.serve()


async def main() -> None:
    await asyncio.start_server(accepted, port=80)
# confidence: likely
