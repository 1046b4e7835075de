# %% reported: it runs what it was given
import asyncio


class Cache:
    def __init__(self) -> None:
        self.value = None

    async def get(self, load):
        if self.value is None:
            # error: [double-initialization]
            self.value = await load()
        return self.value
# unsafe: Hold a lock from the read to the write because what it is given to run may need the lock

# %% reported: it hands itself on
import asyncio


class Client:
    def __init__(self, auth) -> None:
        self.token = None
        self.auth = auth

    async def get(self):
        if self.token is None:
            # error: [double-initialization]
            self.token = await self.auth.login(self)
        return self.token
# unsafe: Hold a lock from the read to the write because what it is given to run may need the lock

# %% reported: it waits for an event
import asyncio


class Client:
    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self.uses = 0

    async def use(self) -> None:
        uses = self.uses
        # error: [lost-update]
        await self.opened.wait()
        self.uses = uses + 1
# no fix: Hold a lock from the read to the write

# %% reported: it goes through a stream
import asyncio


class Feed:
    def __init__(self) -> None:
        self.count = 0

    async def follow(self, source) -> None:
        count = self.count
        # error: [lost-update]
        async for _ in source:
            count += 1
        self.count = count
# unsafe: Hold a lock from the read to the write because the lock is held as long as the loop runs

# %% reported: all keys would wait for one
import asyncio


class Cache:
    def __init__(self) -> None:
        self.entries = {}

    async def get(self, key: str) -> str:
        if key not in self.entries:
            # error: [double-initialization]
            self.entries[key] = await self.load(key)
        return self.entries[key]

    async def load(self, key: str) -> str:
        await asyncio.sleep(0)
        return key
# unsafe: Hold a lock from the read to the write because what is done for one key waits for all others

# %% reported: what is taken away is lost when sending fails
import asyncio


class Batch:
    def __init__(self) -> None:
        self.items = [1]

    async def flush(self) -> None:
        if self.items:
            # error: [stale-check]
            await self.send(self.items)
            self.items.clear()

    async def send(self, items: list) -> None:
        await asyncio.sleep(0)
# unsafe: Take it away before the `await` because what has been taken is lost if the work on it fails

# %% reported: others take the flag for the thing
import asyncio


class Server:
    def __init__(self) -> None:
        self.started = False

    async def start(self) -> None:
        if not self.started:
            # error: [double-initialization]
            await self.open()
            self.started = True

    async def open(self) -> None:
        await asyncio.sleep(0)
# unsafe: Reserve before the `await`, and take it back on failure because others go on as if it were done, while it is being done

# %% reported: a lock of the module
import asyncio

total = 0


async def add(number: int) -> None:
    global total
    current = total
    # error: [lost-update]
    await save(current)
    total = current + number


async def save(value: int) -> None:
    await asyncio.sleep(0)
# unsafe: Hold a lock from the read to the write because a lock of a module or class fails where several event loops use it

# %% reported: another one is stored behind the work
import asyncio


class Socket:
    async def send(self, text: str) -> None:
        await asyncio.sleep(0)


class Hub:
    def __init__(self) -> None:
        self.upstream: Socket | None = None

    async def reconnect(self) -> None:
        if self.upstream is not None:
            # error: [stale-check]
            await self.upstream.send("close")
            self.upstream = None
        socket = Socket()
        await socket.send("hello")
        self.upstream = socket
# unsafe: Take it away before the `await` because who finds nothing there meanwhile may make one, too, before this one is stored

# %% reported: what was made in vain is open
import asyncio


async def connect() -> object:
    await asyncio.sleep(0)
    return object()


class Pool:
    def __init__(self) -> None:
        self.size = 0
        self.limit = 3

    async def acquire(self) -> object:
        if self.size >= self.limit:
            raise RuntimeError("full")
        # error: [stale-check]
        connection = await connect()
        self.size += 1
        return connection


async def main() -> None:
    pool = Pool()
    await asyncio.gather(*[pool.acquire() for _ in range(5)])
# unsafe: Check again after the `await` because what was made during the `await` is given up, and nobody closes it
