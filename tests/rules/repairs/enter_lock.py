# %% reported: given back only if nothing fails
import asyncio

lock = asyncio.Lock()


async def send() -> None:
    # error: [lock-not-released]
    await lock.acquire()
    await asyncio.sleep(0)
    print("sent")  # at last
    lock.release()

# %% fixed: Use `async with lock`
import asyncio

lock = asyncio.Lock()


async def send() -> None:
    async with lock:
        await asyncio.sleep(0)
        print("sent")  # at last

# %% reported: given back in between, too
# no fix: Use `async with lock`
import asyncio

lock = asyncio.Lock()


async def send(ready: bool) -> None:
    # error: [lock-not-released]
    await lock.acquire()
    await asyncio.sleep(0)
    if ready:
        lock.release()
        return
    lock.release()

# %% reported: entered as one of threads
import asyncio

lock = asyncio.Lock()


async def send() -> None:
    # error: [lock-misused]
    with lock:
        print("sent")

# %% fixed: Use `async with`
import asyncio

lock = asyncio.Lock()


async def send() -> None:
    async with lock:
        print("sent")
