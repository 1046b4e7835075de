# %% reported: a stock that is checked, awaited and taken from
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1

    async def buy(self) -> bool:
        if self.stock > 0:  # step: A1, B3
            # error: [stale-check] "the check of `self.stock`"
            await asyncio.sleep(0)  # step: A2
            self.stock -= 1  # step: B4, A5
            return True
        return False


async def main() -> None:
    shop = Shop()
    await asyncio.gather(shop.buy(), shop.buy())
# confidence: proven
# outcome: x.stock where x = Shop(); x.buy() | x.buy()

# %% clean: reserved before the await
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1

    async def buy(self) -> bool:
        if self.stock > 0:
            self.stock -= 1
            await asyncio.sleep(0)
            return True
        return False


async def main() -> None:
    shop = Shop()
    await asyncio.gather(shop.buy(), shop.buy())

# %% clean: reserved before the await and given back on failure
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self.lock = asyncio.Lock()

    async def buy(self, pay) -> bool:
        if self.stock <= 0:
            return False
        self.stock -= 1
        try:
            await pay()
        except OSError:
            self.stock += 1
            return False
        return True

# %% clean: checked again after the await
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self.lock = asyncio.Lock()

    async def buy(self) -> bool:
        if self.stock <= 0:
            return False
        await asyncio.sleep(0)
        if self.stock <= 0:
            return False
        self.stock -= 1
        return True

# %% clean: checked again after the await, and an error raised
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self.lock = asyncio.Lock()

    async def buy(self) -> None:
        if self.stock <= 0:
            raise LookupError
        await asyncio.sleep(0)
        if self.stock <= 0:
            raise LookupError
        self.stock -= 1

# %% clean: checked again after the await by continue
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self.lock = asyncio.Lock()

    async def serve(self, orders) -> None:
        for order in orders:
            if self.stock < order:
                continue
            await asyncio.sleep(0)
            if self.stock < order:
                continue
            self.stock -= order

# %% clean: asserted again after the await
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self.lock = asyncio.Lock()

    async def buy(self) -> None:
        if self.stock > 0:
            await asyncio.sleep(0)
            assert self.stock > 0
            self.stock -= 1

# %% clean: a while loop around a wait
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self.changed = asyncio.Condition()

    async def buy(self) -> None:
        async with self.changed:
            while self.stock <= 0:
                await self.changed.wait()
            self.stock -= 1

# %% clean: a predicate around a wait
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self.changed = asyncio.Condition()

    async def buy(self) -> None:
        async with self.changed:
            await self.changed.wait_for(lambda: self.stock > 0)
            self.stock -= 1

# %% reported: an if around a wait
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self.changed = asyncio.Condition()

    async def buy(self) -> None:
        async with self.changed:
            if self.stock <= 0:  # step: A1, B3
                # error: [wait-without-recheck] "`self.stock`"
                await self.changed.wait()  # step: A2
            self.stock -= 1  # step: B4, A5
# confidence: likely

# %% clean: an identity test after the await
import asyncio


class Reader:
    def __init__(self) -> None:
        self.connection = None
        self.lock = asyncio.Lock()

    async def drop(self) -> None:
        connection = self.connection
        if connection is None:
            return
        await connection.close()
        if self.connection is connection:
            self.connection = None

# %% clean: a generation counter
import asyncio


class Search:
    def __init__(self) -> None:
        self.generation = 0
        self.results = []
        self.lock = asyncio.Lock()

    async def search(self, text) -> None:
        self.generation += 1
        generation = self.generation
        results = await find(text)
        if generation == self.generation:
            self.results = results


async def find(text):
    await asyncio.sleep(0)
    return [text]

# %% clean: a walrus that checks again
import asyncio


class Jobs:
    def __init__(self) -> None:
        self.jobs = {}
        self.lock = asyncio.Lock()

    async def cancel(self, key) -> None:
        if key not in self.jobs:
            return
        await asyncio.sleep(0)
        if (job := self.jobs.get(key)) is not None:
            del self.jobs[key]
            job.cancel()

# %% reported: deleted after an await without a second look
import asyncio


class Jobs:
    def __init__(self) -> None:
        self.jobs = {1: 1}
        self.lock = asyncio.Lock()

    async def cancel(self, key) -> None:
        if key in self.jobs:  # step: A1, B3
            # error: [stale-check] "`self.jobs[key]`"
            await asyncio.sleep(0)  # step: A2
            del self.jobs[key]  # step: B4, A5
# confidence: likely
# outcome: x.jobs where x = Jobs(); x.cancel(1) | x.cancel(1)

# %% clean: deleted by a pop that does not mind
import asyncio


class Jobs:
    def __init__(self) -> None:
        self.jobs = {1: 1}
        self.lock = asyncio.Lock()

    async def cancel(self, key) -> None:
        if key in self.jobs:
            await asyncio.sleep(0)
            self.jobs.pop(key, None)

# %% reported: popped without a default
import asyncio


class Jobs:
    def __init__(self) -> None:
        self.jobs = {1: 1}
        self.lock = asyncio.Lock()

    async def cancel(self, key) -> None:
        if key in self.jobs:  # step: A1, B3
            # error: [stale-check] "`self.jobs[key]`"
            await asyncio.sleep(0)  # step: A2
            self.jobs.pop(key)  # step: B4, A5
# confidence: likely
# outcome: x.jobs where x = Jobs(); x.cancel(1) | x.cancel(1)

# %% clean: discarded from a set
import asyncio


class Jobs:
    def __init__(self) -> None:
        self.jobs = set()
        self.lock = asyncio.Lock()

    async def cancel(self, key) -> None:
        if key in self.jobs:
            await asyncio.sleep(0)
            self.jobs.discard(key)

# %% reported: removed from a set
import asyncio


class Jobs:
    def __init__(self) -> None:
        self.jobs = {1}
        self.lock = asyncio.Lock()

    async def cancel(self, key) -> None:
        if key in self.jobs:  # step: A1, B3
            # error: [stale-check] "`self.jobs[key]`"
            await asyncio.sleep(0)  # step: A2
            self.jobs.remove(key)  # step: B4, A5
# confidence: likely
# outcome: x.jobs where x = Jobs(); x.cancel(1) | x.cancel(1)

# %% known false alarm: a KeyError is expected
import asyncio


class Jobs:
    def __init__(self) -> None:
        self.jobs = {}
        self.lock = asyncio.Lock()

    async def cancel(self, key) -> None:
        if key in self.jobs:
            # error: [stale-check]
            await asyncio.sleep(0)
            try:
                del self.jobs[key]
            except KeyError:
                return
# confidence: likely

# %% clean: appended although another one was appended to what was empty
import asyncio


class Log:
    def __init__(self) -> None:
        self.lines = []
        self.lock = asyncio.Lock()

    async def write(self, line) -> None:
        if not self.lines:
            await asyncio.sleep(0)
            self.lines.append(line)

# %% clean: appended whatever the check has said
import asyncio


class Log:
    def __init__(self) -> None:
        self.lines = []
        self.lock = asyncio.Lock()

    async def write(self, line) -> None:
        if line not in self.lines:
            await asyncio.sleep(0)
        self.lines.append(line)

# %% reported: appended after a check of the size
import asyncio


class Buffer:
    def __init__(self) -> None:
        self.lines = []
        self.lock = asyncio.Lock()

    async def write(self, line) -> None:
        if len(self.lines) < 1:  # step: A1, B3
            # error: [stale-check] "`self.lines"
            await asyncio.sleep(0)  # step: A2
            self.lines.append(line)  # step: B4, A5
# confidence: likely
# outcome: x.lines where x = Buffer(); x.write(1) | x.write(2)

# %% reported: the subtraction reads the data again but not the check
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 100
        self.lock = asyncio.Lock()

    async def withdraw(self, amount) -> None:
        if self.balance >= amount:  # step: A1, B3
            # error: [stale-check] "`self.balance`"
            await asyncio.sleep(0)  # step: A2
            self.balance -= amount  # step: B4, A5
# confidence: likely
# outcome: x.balance where x = Account(); x.withdraw(80) | x.withdraw(80)

# %% reported: an early return is a check, too
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 100
        self.lock = asyncio.Lock()

    async def withdraw(self, amount) -> None:
        if self.balance < amount:  # step: A1, B3
            return
        # error: [stale-check] "`self.balance`"
        await asyncio.sleep(0)  # step: A2
        self.balance -= amount  # step: B4, A5
# confidence: likely
# outcome: x.balance where x = Account(); x.withdraw(80) | x.withdraw(80)

# %% reported: the check is joined by and
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 100
        self.open = True
        self.lock = asyncio.Lock()

    async def withdraw(self, amount) -> None:
        if self.open and self.balance >= amount:  # step: A1, B3
            # error: [stale-check] "`self.balance`"
            await asyncio.sleep(0)  # step: A2
            self.balance -= amount  # step: B4, A5
# confidence: likely
# outcome: x.balance where x = Account(); x.withdraw(80) | x.withdraw(80)

# %% reported: the check is joined by or and leaves early
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 100
        self.open = True
        self.lock = asyncio.Lock()

    async def withdraw(self, amount) -> None:
        if not self.open or self.balance < amount:  # step: A1, B3
            return
        # error: [stale-check] "`self.balance`"
        await asyncio.sleep(0)  # step: A2
        self.balance -= amount  # step: B4, A5
# confidence: likely
# outcome: x.balance where x = Account(); x.withdraw(80) | x.withdraw(80)

# %% clean: the check is repeated in a conditional expression
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 100
        self.lock = asyncio.Lock()

    async def withdraw(self, amount) -> None:
        if self.balance < amount:
            return
        await asyncio.sleep(0)
        self.balance = self.balance - amount if self.balance >= amount else self.balance

# %% clean: the check is repeated by match
import asyncio


class Machine:
    def __init__(self) -> None:
        self.state = "idle"
        self.lock = asyncio.Lock()

    async def start(self) -> None:
        if self.state != "idle":
            return
        await asyncio.sleep(0)
        match self.state:
            case "idle":
                self.state = "running"
            case _:
                return

# %% reported: the check is made by match
import asyncio


class Machine:
    def __init__(self) -> None:
        self.state = "idle"
        self.starts = 0
        self.lock = asyncio.Lock()

    async def start(self) -> None:
        match self.state:  # step: A1, B3
            case "idle":
                # error: [stale-check] "`self.state`"
                await asyncio.sleep(0)  # step: A2
                self.state = "running"  # step: B4, A5
                self.starts += 1
# confidence: likely
# outcome: x.starts where x = Machine(); x.start() | x.start()

# %% clean: a busy flag with try and finally
import asyncio


class Sync:
    def __init__(self) -> None:
        self.busy = False
        self.lock = asyncio.Lock()

    async def sync(self) -> None:
        if self.busy:
            return
        self.busy = True
        try:
            await asyncio.sleep(0)
        finally:
            self.busy = False

# %% reported: a latch that is set too late
import asyncio


class Service:
    def __init__(self) -> None:
        self.state = "new"
        self.starts = 0
        self.lock = asyncio.Lock()

    async def start(self) -> None:
        if self.state == "running":  # step: A1, B3
            return
        # error: [stale-check] "`self.state`"
        await asyncio.sleep(0)  # step: A2
        self.state = "running"  # step: B4, A5
        self.starts += 1
# confidence: likely
# outcome: x.starts where x = Service(); x.start() | x.start()

# %% known missed alarm: a busy flag that is set too late is called an initialization
import asyncio


class Sync:
    def __init__(self) -> None:
        self.busy = False
        self.lock = asyncio.Lock()

    async def sync(self) -> None:
        if self.busy:
            return
        # error: [stale-check]
        await asyncio.sleep(0)
        self.busy = True
        await asyncio.sleep(0)
        self.busy = False

# %% clean: a flag makes the region exclusive for another state
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
        try:
            position = self.position
            await asyncio.sleep(0)
            self.position = position + 1
        finally:
            self.busy = False

# %% reported: the flag is set by the task that is started
import asyncio


class Worker:
    def __init__(self) -> None:
        self.running = False

    def start(self) -> None:
        if not self.running:  # step: A1, B3
            # error: [stale-check] "a second one is started"
            # error: [dropped-task]
            asyncio.create_task(self._run())  # step: A2, B4

    async def _run(self) -> None:
        self.running = True
        await asyncio.sleep(0)
        self.running = False
# confidence: likely

# %% clean: the flag is set before the task is started
import asyncio


class Worker:
    def __init__(self) -> None:
        self.running = False

    def start(self) -> None:
        if not self.running:
            self.running = True
            self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        await asyncio.sleep(0)
        self.running = False

# %% clean: the started task checks the flag itself
import asyncio


class Worker:
    def __init__(self) -> None:
        self.running = False

    def start(self) -> None:
        if not self.running:
            self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        if self.running:
            return
        self.running = True
        await asyncio.sleep(0)
        self.running = False

# %% clean: giving back what was taken is no claim
import asyncio


class Client:
    def __init__(self) -> None:
        self.connected = False
        self.lock = asyncio.Lock()

    async def close(self) -> None:
        if self.connected:
            await asyncio.sleep(0)
            self.connected = False

# %% clean: checked first, and again under the lock
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self.lock = asyncio.Lock()

    async def buy(self) -> None:
        if self.stock > 0:
            async with self.lock:
                if self.stock > 0:
                    await asyncio.sleep(0)
                    self.stock -= 1

# %% reported: the lock is entered between the check and the act
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self.lock = asyncio.Lock()

    async def buy(self) -> None:
        if self.stock > 0:  # step: A1, B3
            # error: [stale-check] "`async with self.lock`"
            async with self.lock:  # step: A2
                self.stock -= 1  # step: B4, A5
# confidence: likely

# %% clean: the popped item belongs to this task
import asyncio


class Queue:
    def __init__(self) -> None:
        self.items = [1, 2]
        self.lock = asyncio.Lock()

    async def work(self) -> None:
        while self.items:
            item = self.items.pop()
            await asyncio.sleep(item)

# %% reported: the item is looked at, worked on and then removed
import asyncio


class Queue:
    def __init__(self) -> None:
        self.items = [1, 2]
        self.worked = []
        self.lock = asyncio.Lock()

    async def work(self) -> None:
        if self.items:  # step: A1, B3
            self.worked.append(self.items[0])
            # error: [stale-check] "`self.items"
            await asyncio.sleep(0)  # step: A2
            self.items.pop(0)  # step: B4, A5
# confidence: likely
# outcome: x.worked where x = Queue(); x.work() | x.work()

# %% reported: an asyncio queue is found empty and filled
import asyncio


async def process_if_empty(queue: asyncio.Queue, item) -> None:
    if queue.empty():  # step: A1, B3
        # error: [stale-check] "`queue"
        await asyncio.sleep(0)  # step: A2
        await queue.put(item)  # step: B4, A5
# confidence: possible

# %% reported: an asyncio queue is found filled and taken from
import asyncio


class Worker:
    def __init__(self) -> None:
        self.queue = asyncio.Queue()
        self.lock = asyncio.Lock()

    async def work(self) -> None:
        if not self.queue.empty():  # step: A1, B3
            # error: [stale-check] "`self.queue"
            await asyncio.sleep(0)  # step: A2
            self.queue.get_nowait()  # step: B4, A5
# confidence: likely

# %% reported: a queue of unknown type is found filled and taken from
import asyncio


async def work(queue) -> None:
    if not queue.empty():
        # error: [stale-check]
        await asyncio.sleep(0)
        queue.get_nowait()

# %% reported: an asyncio queue has room, and is full
import asyncio


class Worker:
    def __init__(self) -> None:
        self.queue = asyncio.Queue(1)
        self.lock = asyncio.Lock()

    async def offer(self, item) -> None:
        if not self.queue.full():  # step: A1, B3
            # error: [stale-check] "`self.queue"
            await asyncio.sleep(0)  # step: A2
            self.queue.put_nowait(item)  # step: B4, A5
# confidence: likely

# %% reported: an awaited helper writes late
import asyncio


class Token:
    def __init__(self) -> None:
        self.uses = 1
        self.lock = asyncio.Lock()

    async def use(self) -> None:
        if self.uses > 0:  # step: A1, B3
            # error: [stale-check] "`self.uses`"
            await self._consume()  # step: A2, B4, A5

    async def _consume(self) -> None:
        await asyncio.sleep(0)
        self.uses -= 1
# confidence: likely
# outcome: x.uses where x = Token(); x.use() | x.use()

# %% clean: an awaited helper writes early
import asyncio


class Token:
    def __init__(self) -> None:
        self.uses = 1
        self.lock = asyncio.Lock()

    async def use(self) -> None:
        if self.uses > 0:
            await self._consume()

    async def _consume(self) -> None:
        self.uses -= 1
        await asyncio.sleep(0)

# %% clean: an awaited helper checks under its own lock
import asyncio


class Token:
    def __init__(self) -> None:
        self.uses = 1
        self.lock = asyncio.Lock()

    async def use(self) -> None:
        if self.uses > 0:
            await self._consume()

    async def _consume(self) -> None:
        async with self.lock:
            if self.uses > 0:
                await asyncio.sleep(0)
                self.uses -= 1

# %% clean: ESLint 2, the object of a request is not shared
from aiohttp import web


async def handle(request):
    if "user" not in request:
        request["user"] = await find(request)
    return web.Response(text=request["user"])


async def find(request):
    return "a"


app = web.Application()
app.router.add_get("/", handle)

# %% clean: ESLint 5, a busy flag is set before the await and reset after
import asyncio

busy = False


async def save() -> None:
    global busy
    if busy:
        return
    busy = True
    try:
        await asyncio.sleep(0)
    finally:
        busy = False


async def main() -> None:
    await asyncio.gather(save(), save())

# %% clean: ESLint 12, one branch writes and then awaits
import asyncio


class Loader:
    def __init__(self) -> None:
        self.failed = False
        self.lock = asyncio.Lock()

    async def load(self) -> None:
        try:
            await asyncio.sleep(0)
        except OSError:
            self.failed = True
            await asyncio.sleep(0)

# %% reported: a helper makes the check, and what it asks is not known
import asyncio


class Pool:
    def __init__(self) -> None:
        self.connection = None
        self.made = 0

    def _missing(self) -> bool:
        return self.connection is None

    async def get(self):
        if self._missing():  # step: A1, B3
            # error: [stale-check] "`self.connection`"
            self.connection = await self.connect()  # step: A2, B4, A5
        return self.connection

    async def connect(self):
        self.made += 1
        await asyncio.sleep(0)
        return object()
# confidence: possible
# outcome: x.made where x = Pool(); x.get() | x.get()

# %% reported: early returns are guards, and the lock is held over them
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 100

    async def withdraw(self, amount) -> bool:
        """Take `amount` out."""
        if self.balance < amount:
            return False
        # error: [stale-check]
        await asyncio.sleep(0)
        self.balance -= amount
        return True

# %% fixed: Hold a lock from the read to the write
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 100
        self._lock = asyncio.Lock()

    async def withdraw(self, amount) -> bool:
        """Take `amount` out."""
        async with self._lock:
            if self.balance < amount:
                return False
            await asyncio.sleep(0)
            self.balance -= amount
        return True

# %% clean: a connection pool that takes from its idle list before it opens
import asyncio


class Pool:
    def __init__(self, limit: int) -> None:
        self._idle = []
        self._size = 0
        self._limit = limit
        self._changed = asyncio.Condition()

    async def acquire(self):
        async with self._changed:
            while True:
                if self._idle:
                    return self._idle.pop()
                if self._size < self._limit:
                    self._size += 1
                    break
                await self._changed.wait()
        try:
            return await self._open()
        except BaseException:
            async with self._changed:
                self._size -= 1
                self._changed.notify()
            raise

    async def release(self, connection) -> None:
        async with self._changed:
            self._idle.append(connection)
            self._changed.notify()

    async def _open(self):
        reader, writer = await asyncio.open_connection("localhost", 5432)
        return reader, writer

# %% clean: a pool that reserves its slot before it connects and gives it back on failure
import asyncio


class Pool:
    def __init__(self) -> None:
        self._free = asyncio.Queue()
        self._opened = 0
        self._lock = asyncio.Lock()

    async def get(self):
        if self._free.empty() and self._opened < 10:
            self._opened += 1
            try:
                return await connect()
            except OSError:
                self._opened -= 1
                raise
        return await self._free.get()


async def connect():
    await asyncio.sleep(0)
    return object()

# %% clean: websocket clients that come and go while a message is sent to all
import asyncio


class Hub:
    def __init__(self) -> None:
        self._clients = set()
        self._lock = asyncio.Lock()

    async def serve(self, websocket) -> None:
        self._clients.add(websocket)
        try:
            async for message in websocket:
                await self.broadcast(message)
        finally:
            self._clients.discard(websocket)

    async def broadcast(self, message) -> None:
        for client in list(self._clients):
            try:
                await client.send(message)
            except ConnectionError:
                self._clients.discard(client)

# %% reported: a rate limiter whose loop checks again after each sleep
import asyncio


class RateLimiter:
    def __init__(self) -> None:
        self._tokens = 10
        self._waiters = asyncio.Condition()

    async def acquire(self) -> None:
        # error: [polling-loop]
        while self._tokens < 1:
            await asyncio.sleep(0.1)
        self._tokens -= 1

    async def refill(self) -> None:
        while True:
            await asyncio.sleep(1)
            self._tokens = min(10, self._tokens + 1)

# %% clean: an aiohttp handler that works on what belongs to its request
from aiohttp import web


async def handle(request):
    session = request.get("session")
    if session is None:
        session = await load_session(request.cookies)
        request["session"] = session
    session["visits"] = session.get("visits", 0) + 1
    return web.json_response({"visits": session["visits"]})


async def load_session(cookies):
    return {}


app = web.Application()
app.router.add_get("/", handle)

# %% clean: a command of a bot that takes the game out before it announces it
import discord
from discord.ext import commands


class Games(commands.Cog):
    def __init__(self, bot) -> None:
        self.bot = bot
        self.games = {}

    @commands.command()
    async def start(self, ctx) -> None:
        if ctx.channel.id in self.games:
            await ctx.send("a game is running")
            return
        self.games[ctx.channel.id] = object()
        await ctx.send("started")

    @commands.command()
    async def stop(self, ctx) -> None:
        game = self.games.pop(ctx.channel.id, None)
        if game is None:
            await ctx.send("no game is running")
            return
        await ctx.send("stopped")

# %% clean: a batch that is swapped out before it is written
import asyncio


class Batcher:
    def __init__(self, sink) -> None:
        self._sink = sink
        self._items = []
        self._lock = asyncio.Lock()

    async def add(self, item) -> None:
        self._items.append(item)
        if len(self._items) >= 100:
            await self.flush()

    async def flush(self) -> None:
        items, self._items = self._items, []
        if items:
            await self._sink.write(items)

# %% clean: a reconnect that runs once because its task is stored at once
import asyncio


class Connection:
    def __init__(self) -> None:
        self._writer = None
        self._connecting = None

    async def ensure(self) -> None:
        if self._writer is not None:
            return
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._connect())
        await asyncio.shield(self._connecting)

    async def _connect(self) -> None:
        try:
            _, self._writer = await asyncio.open_connection("localhost", 80)
        finally:
            self._connecting = None

# %% clean: a handler that reads a configuration and stores another field
import asyncio


class Service:
    def __init__(self, config) -> None:
        self._config = config
        self._last = None
        self._lock = asyncio.Lock()

    async def poll(self):
        url = self._config.url
        self._last = await fetch(url)
        return self._last


async def fetch(url):
    await asyncio.sleep(0)
    return url

# %% known false alarm: a breaker that counts failures after the call
import asyncio
import time


class Breaker:
    def __init__(self) -> None:
        self._failures = 0
        self._opened = 0.0
        self._lock = asyncio.Lock()

    async def call(self, function):
        if self._failures >= 3 and time.monotonic() - self._opened < 30:
            raise RuntimeError("open")
        try:
            # error: [stale-check]
            # error: [stale-check]
            result = await function()
        except Exception:
            self._failures += 1
            if self._failures >= 3:
                self._opened = time.monotonic()
            raise
        self._failures = 0
        return result

# %% clean: a closed flag that only goes one way
import asyncio


class Stream:
    def __init__(self, transport) -> None:
        self._transport = transport
        self._closed = False
        self._lock = asyncio.Lock()

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        await self._transport.drain()
        self._transport.close()

    async def write(self, data) -> None:
        if self._closed:
            raise RuntimeError("closed")
        async with self._lock:
            await self._transport.write(data)

# %% clean: an event that is waited for in a loop
import asyncio


class Door:
    def __init__(self) -> None:
        self._open = asyncio.Event()
        self.inside = 0

    async def enter(self) -> None:
        await self._open.wait()
        self.inside += 1

    async def guard(self) -> None:
        while True:
            await asyncio.sleep(1)
            self._open.set()
            await asyncio.sleep(1)
            self._open.clear()

# %% clean: a debounced save cancels the task before it
import asyncio


class Saver:
    def __init__(self) -> None:
        self._task = None
        self._dirty = False

    def touch(self) -> None:
        self._dirty = True
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.create_task(self._later())

    async def _later(self) -> None:
        await asyncio.sleep(1)
        if self._dirty:
            self._dirty = False
            await self._write()

    async def _write(self) -> None:
        await asyncio.to_thread(print, "saved")

# %% clean: a subscription that unsubscribes when its last listener has left
import asyncio


class Topics:
    def __init__(self, broker) -> None:
        self._broker = broker
        self._listeners = {}
        self._lock = asyncio.Lock()

    async def subscribe(self, topic, listener) -> None:
        async with self._lock:
            listeners = self._listeners.setdefault(topic, set())
            if not listeners:
                await self._broker.subscribe(topic)
            listeners.add(listener)

    async def unsubscribe(self, topic, listener) -> None:
        async with self._lock:
            listeners = self._listeners.get(topic)
            if listeners is None:
                return
            listeners.discard(listener)
            if not listeners:
                await self._broker.unsubscribe(topic)
                del self._listeners[topic]

# %% clean: a task that removes itself from the set of running tasks
import asyncio


class Spawner:
    def __init__(self) -> None:
        self._tasks = set()

    def spawn(self, coroutine):
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

# %% clean: a heartbeat that stores the time at which it was answered
import asyncio
import time


class Heartbeat:
    def __init__(self, socket) -> None:
        self._socket = socket
        self._last = 0.0
        self._task = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._beat())

    async def _beat(self) -> None:
        while True:
            if time.monotonic() - self._last > 30:
                await self._socket.ping()
                self._last = time.monotonic()
            await asyncio.sleep(1)

# %% clean: a semaphore bounds the work and the results are appended
import asyncio


class Crawler:
    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(10)
        self._seen = set()
        self.pages = []

    async def visit(self, url) -> None:
        if url in self._seen:
            return
        self._seen.add(url)
        async with self._slots:
            page, links = await fetch(url)
        self.pages.append(page)
        await asyncio.gather(*[self.visit(link) for link in links])


async def fetch(url):
    await asyncio.sleep(0)
    return url, []

# %% clean: a state machine that checks its state again after the handshake
import asyncio


class Peer:
    def __init__(self) -> None:
        self.state = "new"
        self._lock = asyncio.Lock()

    async def open(self) -> None:
        if self.state != "new":
            raise RuntimeError(self.state)
        self.state = "opening"
        await self._handshake()
        if self.state == "opening":
            self.state = "open"

    async def _handshake(self) -> None:
        await asyncio.sleep(0)

# %% clean: leader election with a compare after the vote
import asyncio


class Node:
    def __init__(self) -> None:
        self.term = 0
        self.leader = None
        self._lock = asyncio.Lock()

    async def elect(self) -> None:
        self.term += 1
        term = self.term
        votes = await self._ask(term)
        if term != self.term:
            return
        if votes > 2:
            self.leader = self

    async def _ask(self, term) -> int:
        await asyncio.sleep(0)
        return term

# %% known false alarm: one renewal is told twice
import asyncio
import time


class TokenStore:
    def __init__(self, fetch) -> None:
        self.token = None
        self.expires = 0.0
        self._fetch = fetch

    async def get(self):
        if self.token is None or self.expires < time.time():
            # error: [double-initialization]
            # error: [stale-check]
            self.token = await self._fetch()
            self.expires = time.time() + 60
        return self.token

# %% clean: an async context manager holds the lock over its yield
import asyncio
from contextlib import asynccontextmanager


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def _alone(self):
        async with self._lock:
            yield

    async def buy(self) -> None:
        async with self._alone():
            if self.stock > 0:
                await asyncio.sleep(0)
                self.stock -= 1

# %% clean: a decorator takes the lock
import asyncio
import functools


def locked(method):
    @functools.wraps(method)
    async def run(self, *arguments):
        async with self._lock:
            return await method(self, *arguments)

    return run


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self._lock = asyncio.Lock()

    @locked
    async def buy(self) -> None:
        if self.stock > 0:
            await asyncio.sleep(0)
            self.stock -= 1

# %% clean: an exit stack holds the lock
import asyncio
from contextlib import AsyncExitStack


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self._lock = asyncio.Lock()

    async def buy(self) -> None:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._lock)
            if self.stock > 0:
                await asyncio.sleep(0)
                self.stock -= 1

# %% clean: the lock by a local name
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self._lock = asyncio.Lock()

    async def buy(self) -> None:
        lock = self._lock
        async with lock:
            if self.stock > 0:
                await asyncio.sleep(0)
                self.stock -= 1

# %% clean: the lock of a key that is fetched by a method
import asyncio


class Balances:
    def __init__(self) -> None:
        self.balances = {}
        self._locks = {}

    def _lock_of(self, account):
        if account not in self._locks:
            self._locks[account] = asyncio.Lock()
        return self._locks[account]

    async def withdraw(self, account, amount) -> None:
        async with self._lock_of(account):
            if self.balances[account] >= amount:
                await asyncio.sleep(0)
                self.balances[account] -= amount

# %% clean: two locks in one statement
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self._slots = asyncio.Semaphore(5)
        self._lock = asyncio.Lock()

    async def buy(self) -> None:
        async with self._slots, self._lock:
            if self.stock > 0:
                await asyncio.sleep(0)
                self.stock -= 1

# %% clean: a lock of the base class
import asyncio


class Base:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()


class Shop(Base):
    def __init__(self) -> None:
        super().__init__()
        self.stock = 1

    async def buy(self) -> None:
        async with self._lock:
            if self.stock > 0:
                await asyncio.sleep(0)
                self.stock -= 1

# %% reported: the state of the base class
import asyncio


class Base:
    def __init__(self) -> None:
        self.stock = 1
        self._lock = asyncio.Lock()


class Shop(Base):
    async def buy(self) -> None:
        if self.stock > 0:  # step: A1, B3
            # error: [stale-check] "`self.stock`"
            await asyncio.sleep(0)  # step: A2
            self.stock -= 1  # step: B4, A5
# confidence: likely
# outcome: x.stock where x = Shop(); x.buy() | x.buy()

# %% reported: a lock taken in one branch only
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self._lock = asyncio.Lock()

    async def buy(self, safe) -> None:
        if safe:
            # error: [lock-not-released]
            await self._lock.acquire()
        if self.stock > 0:  # step: A1, B3
            # error: [stale-check]
            await asyncio.sleep(0)  # step: A2
            self.stock -= 1  # step: B4, A5
        if safe:
            self._lock.release()
# outcome: x.stock where x = Shop(); x.buy(False) | x.buy(False)

# %% clean: acquired before the try, with a deadline
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self._lock = asyncio.Lock()

    async def buy(self) -> None:
        await asyncio.wait_for(self._lock.acquire(), 5)
        try:
            if self.stock > 0:
                await asyncio.sleep(0)
                self.stock -= 1
        finally:
            self._lock.release()

# %% clean: a check and act without anything that suspends between
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self._lock = asyncio.Lock()

    async def buy(self) -> None:
        await asyncio.sleep(0)
        if self.stock > 0:
            self.stock -= 1
        await asyncio.sleep(0)

# %% clean: the check leaves the function on the way with the await
import asyncio


class Shop:
    def __init__(self) -> None:
        self.stock = 1
        self._lock = asyncio.Lock()

    async def buy(self) -> bool:
        if self.stock <= 0:
            await asyncio.sleep(0)
            return False
        self.stock -= 1
        return True

# %% clean: waits until it is there, in a loop that checks again
import asyncio


class Slots:
    def __init__(self) -> None:
        self.used = 0
        self._freed = asyncio.Event()

    async def take(self) -> None:
        while True:
            if self.used < 5:
                self.used += 1
                return
            self._freed.clear()
            await self._freed.wait()

# %% clean: a loop that waits while it is busy
import asyncio


class Slots:
    def __init__(self) -> None:
        self.busy = False
        self._lock = asyncio.Lock()

    async def take(self) -> None:
        while self.busy:
            await asyncio.sleep(0.01)
        self.busy = True

# %% reported: waits once, where a loop is needed
import asyncio


class Slots:
    def __init__(self) -> None:
        self.free = 0
        self._freed = asyncio.Event()
        self._lock = asyncio.Lock()

    async def take(self) -> None:
        if self.free < 1:  # step: A1, B3
            # error: [wait-without-recheck]
            await self._freed.wait()  # step: A2
        self.free -= 1  # step: B4, A5
# confidence: likely

# %% clean: a pending future is popped before it is resolved
import asyncio


class Replies:
    def __init__(self) -> None:
        self.pending = {}
        self._lock = asyncio.Lock()

    async def on_reply(self, reply) -> None:
        future = self.pending.pop(reply.id, None)
        if future is None:
            return
        await asyncio.sleep(0)
        if not future.done():
            future.set_result(reply)

# %% clean: the task that was cancelled is awaited and forgotten
import asyncio


class Worker:
    def __init__(self) -> None:
        self._task = None

    async def stop(self) -> None:
        task = self._task
        if task is None:
            return
        self._task = None
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            return

# %% clean: the last one out turns off the light
import asyncio


class Room:
    def __init__(self) -> None:
        self.people = 0
        self._lock = asyncio.Lock()

    async def visit(self) -> None:
        self.people += 1
        try:
            await asyncio.sleep(0)
        finally:
            self.people -= 1
            if self.people == 0:
                await self.close()

    async def close(self) -> None:
        await asyncio.sleep(0)

# %% clean: every connection handler works on its own key
import asyncio


class Server:
    def __init__(self) -> None:
        self.writers = {}
        self._lock = asyncio.Lock()

    async def serve(self, reader, writer) -> None:
        name = object()
        self.writers[name] = writer
        try:
            while await reader.readline():
                writer.write(b"ok")
        finally:
            del self.writers[name]

# %% clean: dead clients are collected and removed after the round
import asyncio


class Hub:
    def __init__(self) -> None:
        self.clients = set()
        self._lock = asyncio.Lock()

    async def broadcast(self, message) -> None:
        dead = []
        for client in list(self.clients):
            try:
                await client.send(message)
            except ConnectionError:
                dead.append(client)
        for client in dead:
            self.clients.discard(client)

# %% clean: the room is removed when it is still empty
import asyncio


class Rooms:
    def __init__(self) -> None:
        self.rooms = {}
        self._lock = asyncio.Lock()

    async def leave(self, name, client) -> None:
        room = self.rooms.get(name)
        if room is None:
            return
        room.discard(client)
        await client.send("bye")
        if not room and self.rooms.get(name) is room:
            del self.rooms[name]

# %% clean: a backoff that grows while the link is down and is reset
import asyncio


class Link:
    def __init__(self, connect) -> None:
        self._connect = connect
        self._delay = 1
        self._task = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            try:
                await self._connect()
                self._delay = 1
            except OSError:
                await asyncio.sleep(self._delay)
                self._delay = min(self._delay * 2, 60)

# %% clean: a status is set around the work
import asyncio


class Agent:
    def __init__(self) -> None:
        self.status = "idle"
        self._lock = asyncio.Lock()

    async def run(self, job) -> None:
        if self.status == "closed":
            raise RuntimeError
        self.status = "busy"
        try:
            await job()
        finally:
            self.status = "idle"

# %% clean: the offset of the updates is read by one poller
import asyncio


class Poller:
    def __init__(self, api) -> None:
        self._api = api
        self._offset = 0
        self._running = False

    async def poll(self) -> None:
        if self._running:
            raise RuntimeError("already running")
        self._running = True
        try:
            while self._running:
                for update in await self._api.updates(self._offset):
                    self._offset = max(self._offset, update.id + 1)
        finally:
            self._running = False

    def stop(self) -> None:
        self._running = False

# %% clean: a subprocess is started under the lock and stopped by swap
import asyncio


class Process:
    def __init__(self) -> None:
        self._process = None
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        async with self._lock:
            if self._process is None or self._process.returncode is not None:
                self._process = await asyncio.create_subprocess_exec("sleep", "1")

    async def stop(self) -> None:
        async with self._lock:
            if self._process is not None:
                self._process.terminate()
                await self._process.wait()
                self._process = None
