# %% reported: a lock that is entered where it is made
import asyncio


async def main() -> None:
    # error: [lock-per-call]
    async with asyncio.Lock():
        await asyncio.sleep(0)

# %% reported: a local lock
import asyncio
from asyncio import Semaphore as Limit


async def main() -> None:
    # error: [lock-per-call] "`asyncio.Lock()`"
    lock = asyncio.Lock()
    async with lock:
        await asyncio.sleep(0)


async def limited() -> None:
    # error: [lock-per-call]
    limit = Limit(2)
    await limit.acquire()
    try:
        await asyncio.sleep(0)
    finally:
        limit.release()

# %% reported: threads have locks, too
import threading

total = 0


def add() -> None:
    global total
    # error: [lock-per-call]
    with threading.Lock():
        total += 1

# %% clean: nested functions share it
import asyncio


async def main(jobs) -> None:
    limit = asyncio.Semaphore(10)

    async def run(job) -> None:
        async with limit:
            await job()

    await asyncio.gather(*(run(job) for job in jobs))

# %% clean: it is handed on, stored or returned
import asyncio

locks = {}


async def work(lock) -> None:
    async with lock:
        await asyncio.sleep(0)


async def main() -> None:
    lock = asyncio.Lock()
    await asyncio.gather(work(lock), work(lock))


async def for_key(key) -> None:
    lock = locks.setdefault(key, asyncio.Lock())
    async with lock:
        await asyncio.sleep(0)


def make():
    lock = asyncio.Lock()
    return lock


class Store:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
