# %% reported: an override runs the region again
import asyncio


class Client:
    def __init__(self) -> None:
        self.token = None

    async def get_token(self) -> str:
        if self.token is None:
            # error: [double-initialization]
            self.token = await self.fetch()
        return self.token

    async def fetch(self) -> str:
        await asyncio.sleep(0)
        return "token"


class Cached(Client):
    async def fetch(self) -> str:
        if self.token is None:
            await self.get_token()
        return "cached"
# no fix: Hold a lock from the read to the write

# %% reported: the last slot is not spelled out
import asyncio

NAMES = ("name",)


class Client:
    __slots__ = ("token", *NAMES)

    def __init__(self) -> None:
        self.token = None

    async def get_token(self) -> str:
        if self.token is None:
            # error: [double-initialization]
            self.token = await self.fetch()
        return self.token

    async def fetch(self) -> str:
        await asyncio.sleep(0)
        return "token"
# no fix: Hold a lock from the read to the write

# %% reported: a subclass has a constructor of its own
import asyncio


class Client:
    def __init__(self) -> None:
        self.token = None

    async def get_token(self) -> str:
        if self.token is None:
            # error: [double-initialization]
            self.token = await self.fetch()
        return self.token

    async def fetch(self) -> str:
        await asyncio.sleep(0)
        return "token"


class Fake(Client):
    def __init__(self) -> None:
        self.token = "fake"

# %% fixed: Hold a lock from the read to the write
import asyncio


class Client:
    def __init__(self) -> None:
        self.token = None
        self._lock = asyncio.Lock()

    async def get_token(self) -> str:
        if self.token is None:
            async with self._lock:
                if self.token is None:
                    self.token = await self.fetch()
        return self.token

    async def fetch(self) -> str:
        await asyncio.sleep(0)
        return "token"


class Fake(Client):
    def __init__(self) -> None:
        self.token = "fake"
        self._lock = asyncio.Lock()

# %% reported: two constructors
import asyncio
import sys


class Client:
    if sys.platform == "win32":

        def __init__(self) -> None:
            self.token = None

    else:

        def __init__(self) -> None:
            self.token = None

    async def get_token(self) -> str:
        if self.token is None:
            # error: [double-initialization]
            self.token = await self.fetch()
        return self.token

    async def fetch(self) -> str:
        await asyncio.sleep(0)
        return "token"
# no fix: Hold a lock from the read to the write

# %% reported: all attributes are shown to others
import asyncio
import json


class Client:
    def __init__(self) -> None:
        self.token = None

    def dump(self) -> str:
        return json.dumps(self.__dict__)

    async def get_token(self) -> str:
        if self.token is None:
            # error: [double-initialization]
            self.token = await self.fetch()
        return self.token

    async def fetch(self) -> str:
        await asyncio.sleep(0)
        return "token"
# no fix: Hold a lock from the read to the write

# %% reported: the lock may be missing
import asyncio


class Account:
    def __init__(self, lock=None) -> None:
        self.balance = 0
        self.lock: asyncio.Lock = lock

    async def take(self, amount: int) -> None:
        async with self.lock:
            self.balance -= amount

    async def give(self, amount: int) -> None:
        async with self.lock:
            self.balance += amount

    async def deposit(self, amount: int) -> None:
        before = self.balance
        # error: [inconsistent-lock]
        await self.log(before)
        self.balance = before + amount

    async def log(self, balance: int) -> None:
        await asyncio.sleep(0)
# no fix: Hold `self.lock` from the read to the write

# %% reported: what was read is needed by a handler
import asyncio


class Counter:
    def __init__(self) -> None:
        self.count = 0

    async def add(self) -> None:
        try:
            count = self.count
            # error: [lost-update]
            await asyncio.sleep(0)
            self.count = count + 1
        except OSError:
            print(count)
# no fix: Read after the `await`

# %% reported: the work changes the state itself
import asyncio


class Counter:
    def __init__(self) -> None:
        self.count = 0

    async def add(self) -> None:
        old = self.count
        # error: [lost-update]
        await self.reset()
        self.count = old + 1

    async def reset(self) -> None:
        self.count = 0
        await asyncio.sleep(0)
# no fix: Read after the `await`

# %% reported: another attribute takes part
import asyncio


class Counter:
    def __init__(self) -> None:
        self.count = 0
        self.step = 1

    async def add(self) -> None:
        new = self.count + self.step
        # error: [lost-update]
        await self.hurry()
        self.count = new

    async def hurry(self) -> None:
        self.step = 100
        await asyncio.sleep(0)
# no fix: Read after the `await`

# %% reported: what it costs is known behind the work
import asyncio


class Budget:
    def __init__(self) -> None:
        self.left = 6

    async def spend(self, job) -> None:
        if self.left > 0:
            # error: [stale-check]
            await job.run()
            self.left -= job.cost
# no fix: Reserve before the `await`, and take it back on failure

# %% reported: a local is another name for the collection
import asyncio


class Rooms:
    def __init__(self) -> None:
        self.rooms = {"a": 1}

    async def close(self, key: str) -> None:
        rooms = self.rooms
        if key in self.rooms:
            # error: [stale-check]
            await self.leave(rooms[key])
            del self.rooms[key]

    async def leave(self, room: int) -> None:
        await asyncio.sleep(0)
# no fix: Take it away before the `await`

# %% reported: the object itself is handed on
import asyncio


class Client:
    def __init__(self, socket) -> None:
        self.socket = socket

    async def close(self, log) -> None:
        if self.socket is not None:
            log(self)
            # error: [stale-check]
            await self.socket.close()
            log(self)
            self.socket = None
# no fix: Take it away before the `await`

# %% reported: the branch asks for more than whether it is there
import asyncio


class Client:
    def __init__(self, socket) -> None:
        self.socket = socket

    async def close(self) -> None:
        try:
            if self.socket is not None and self.socket.up:
                # error: [stale-check]
                await self.socket.close()
        except OSError:
            pass
        finally:
            self.socket = None
# no fix: Take it away before the `await`

# %% reported: the task may end before it sets the flag
import asyncio


class Sender:
    def __init__(self) -> None:
        self.busy = False
        self.tries = 0
        self.tasks = set()

    def start(self) -> None:
        if not self.busy:
            # error: [stale-check]
            self.tasks.add(asyncio.create_task(self.run()))

    async def run(self) -> None:
        if self.tries > 5:
            return
        self.busy = True
        await asyncio.sleep(0)
        self.busy = False
# no fix: Claim it before the task is started

# %% reported: one of two stores comes last
import asyncio


class Server:
    def __init__(self) -> None:
        self.client = None

    async def serve(self, client) -> None:
        if client:
            self.client = client
        else:
            self.client = "nobody"
        # error: [stale-overwrite]
        await asyncio.sleep(0)
        self.client = None
# no fix: Take back only what this task has stored

# %% reported: a loop calls something else a list
import asyncio


class Rooms:
    def __init__(self) -> None:
        self.rooms = {"a": 1}

    async def close(self) -> None:
        for list in self.rooms:
            # error: [changed-while-iterating]
            await asyncio.sleep(0)

    async def leave(self, name: str) -> None:
        del self.rooms[name]
# no fix: Go through a copy

# %% reported: a string over several lines, and a double check
import asyncio


class Page:
    def __init__(self) -> None:
        self.text = None

    async def get(self) -> str:
        if self.text is None:
            # error: [double-initialization]
            self.text = await self.fetch("""
select *
    from pages
""")
        return self.text

    async def fetch(self, query: str) -> str:
        await asyncio.sleep(0)
        return query

# %% fixed: Hold a lock from the read to the write
import asyncio


class Page:
    def __init__(self) -> None:
        self.text = None
        self._lock = asyncio.Lock()

    async def get(self) -> str:
        if self.text is None:
            async with self._lock:
                if self.text is None:
                    self.text = await self.fetch("""
select *
    from pages
""")
        return self.text

    async def fetch(self, query: str) -> str:
        await asyncio.sleep(0)
        return query

# %% reported: what was added while the loop went on would be forgotten with the rest
import asyncio


class Connection:
    async def close(self) -> None:
        await asyncio.sleep(0)


class Pool:
    def __init__(self) -> None:
        self.idle: list[Connection] = []

    def release(self, connection: Connection) -> None:
        self.idle.append(connection)

    async def drain(self) -> None:
        for connection in self.idle:
            # error: [changed-while-iterating]
            await connection.close()
        self.idle.clear()
# no fix: Go through a copy

# %% reported: who finds the check failed goes on with what was made
import asyncio


async def connect() -> object:
    await asyncio.sleep(0)
    return object()


class Pool:
    def __init__(self) -> None:
        self.size = 0
        self.limit = 3

    async def acquire(self) -> object:
        if self.size < self.limit:
            # error: [stale-check]
            connection = await connect()
            self.size += 1
            return connection
        return None


async def main() -> None:
    pool = Pool()
    await asyncio.gather(*[pool.acquire() for _ in range(5)])
# no fix: Check again after the `await`
