# %% reported: a suspension inside
import asyncio
import threading

lock = threading.Lock()


async def job() -> None:
    # error: [thread-lock-across-await] "is held while line 10 suspends"
    with lock:
        await asyncio.sleep(1)

# %% reported: taken by hand
import asyncio
import threading


class Store:
    def __init__(self) -> None:
        self.lock: threading.RLock = threading.RLock()

    async def job(self) -> None:
        # error: [thread-lock-across-await]
        self.lock.acquire()
        try:
            await asyncio.sleep(1)
        finally:
            self.lock.release()

# %% reported: a permit for threads
import asyncio
import threading

limit = threading.Semaphore(3)


async def job() -> None:
    # error: [thread-lock-across-await]
    with limit:
        await asyncio.sleep(1)

# %% reported: who asks for the rule hears of waits, too
import threading

lock = threading.Lock()


async def count(totals) -> None:
    # error: [thread-lock-across-await] "waiting for it blocks the event loop"
    with lock:
        totals.append(1)

# %% clean: a lock for tasks, or one that is not waited for
import asyncio
import threading

lock = asyncio.Lock()
other = threading.Lock()


async def job() -> None:
    async with lock:
        await asyncio.sleep(1)


async def attempt(totals) -> None:
    if other.acquire(blocking=False):
        totals.append(1)
        other.release()
    if other.acquire(False):
        totals.append(2)
        other.release()


def in_a_thread(totals) -> None:
    with other:
        totals.append(1)
