# %% reported: a wait for an event
import asyncio

lock = asyncio.Lock()
ready = asyncio.Event()


async def use() -> None:
    async with lock:
        # error: [slow-lock-region] "waits for `ready`"
        await asyncio.wait_for(ready.wait(), 100)

# %% reported: what it yields
import asyncio

lock = asyncio.Lock()


async def rows():
    async with lock:
        for number in range(3):
            # error: [slow-lock-region] "works on what it yields"
            yield number

# %% clean: the condition itself, or a context manager
import asyncio
from contextlib import asynccontextmanager

condition = asyncio.Condition()
lock = asyncio.Lock()
items = []


async def take():
    async with condition:
        while not items:
            await condition.wait()
        return items.pop()


@asynccontextmanager
async def held():
    async with lock:
        yield


async def wait_first(ready: asyncio.Event) -> None:
    await ready.wait()
    async with lock:
        await asyncio.sleep(0)
