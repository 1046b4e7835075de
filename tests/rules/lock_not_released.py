# %% reported: what is awaited between may fail
import asyncio

limit = asyncio.Semaphore(2)


async def job(work) -> None:
    # error: [lock-not-released] "line 9"
    await limit.acquire()
    await work()
    limit.release()

# %% reported: a way out before the release
import asyncio

lock = asyncio.Lock()


async def job(wanted) -> None:
    # error: [lock-not-released]
    await lock.acquire()
    if not wanted:
        return
    lock.release()

# %% reported: who enters the object fails after the lock is taken
import asyncio


class Client:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()

    async def connect(self) -> None:
        await asyncio.sleep(0)

    async def __aenter__(self):
        # error: [lock-not-released]
        await self.lock.acquire()
        await self.connect()
        return self

    async def __aexit__(self, *_) -> None:
        self.lock.release()

# %% reported: a handler takes some failures only
import asyncio

lock = asyncio.Lock()


async def job(work) -> None:
    # error: [lock-not-released]
    await lock.acquire()
    await work()
    try:
        await work()
    finally:
        lock.release()

# %% clean: finally
import asyncio

lock = asyncio.Lock()


async def job(work) -> None:
    await lock.acquire()
    try:
        await work()
    finally:
        lock.release()


async def inside(work) -> None:
    try:
        await lock.acquire()
        await work()
    finally:
        lock.release()

# %% clean: nothing happens between
import asyncio

lock = asyncio.Lock()


async def job(items) -> None:
    await lock.acquire()
    items.append(1)
    lock.release()

# %% clean: the same test guards both
import asyncio


class Client:
    def __init__(self, shared) -> None:
        self.shared = shared
        self.lock = asyncio.Lock()

    async def send(self, work) -> None:
        if self.shared:
            await self.lock.acquire()
        try:
            await work()
        finally:
            if self.shared:
                self.lock.release()

# %% clean: it is kept for the caller, or others give it back
import asyncio


class Gate:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.limit = asyncio.Semaphore(2)

    async def close(self) -> None:
        await self.lock.acquire()

    def open(self) -> None:
        self.lock.release()

    async def start(self, work):
        await self.limit.acquire()
        task = asyncio.create_task(work())
        task.add_done_callback(lambda _: self.limit.release())
        await asyncio.sleep(0)
        return task
