# %% reported: an entry of a queue
import asyncio
import threading


async def main() -> None:
    loop = asyncio.get_running_loop()
    queue = asyncio.Queue()

    def worker() -> None:
        # error: [loop-touched-from-thread]
        queue.put_nowait(1)

    threading.Thread(target=worker).start()
    await queue.get()

# %% fixed: Use `call_soon_threadsafe`
import asyncio
import threading


async def main() -> None:
    loop = asyncio.get_running_loop()
    queue = asyncio.Queue()

    def worker() -> None:
        loop.call_soon_threadsafe(queue.put_nowait, 1)

    threading.Thread(target=worker).start()
    await queue.get()

# %% reported: a callback
import asyncio
import threading


async def main() -> None:
    loop = asyncio.get_running_loop()

    def worker() -> None:
        # error: [loop-touched-from-thread]
        loop.call_soon(print, 1)

    threading.Thread(target=worker).start()

# %% fixed: Use `call_soon_threadsafe`
import asyncio
import threading


async def main() -> None:
    loop = asyncio.get_running_loop()

    def worker() -> None:
        loop.call_soon_threadsafe(print, 1)

    threading.Thread(target=worker).start()
