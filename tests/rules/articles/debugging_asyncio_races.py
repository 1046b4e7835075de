# %% reported: a counter that is read before the await and written behind it
import asyncio


class Counter:
    def __init__(self):
        self.value = 0

    async def increment(self):
        current = self.value
        # error: [lost-update]
        await asyncio.sleep(0)  # Simulates some async operation
        self.value = current + 1


async def main():
    counter = Counter()
    tasks = [counter.increment() for _ in range(1000)]
    await asyncio.gather(*tasks)
    print(f"Final value: {counter.value}")  # Often less than 1000!


asyncio.run(main())
# confidence: proven

# %% clean: the counter with a lock
import asyncio


class SafeCounter:
    def __init__(self):
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self):
        async with self._lock:
            current = self.value
            await asyncio.sleep(0)
            self.value = current + 1

# %% reported: blocking and asynchronous code mixed
import time


async def process_more():
    ...


async def process_data():
    # error: [blocking-call] "use asyncio.sleep"
    time.sleep(1)  # This blocks!
    await process_more()

# %% clean: the asynchronous twin
import asyncio


async def process_more():
    ...


async def process_data():
    await asyncio.sleep(1)  # Non-blocking alternative
    await process_more()

# %% reported: the check and the update of a queue
import asyncio


async def process_if_empty(queue: asyncio.Queue, item):
    if queue.empty():  # Check
        # error: [stale-check]
        await asyncio.sleep(0)  # Another task could add item here!
        await queue.put(item)  # Update - race condition!

# %% clean: a lock over the check and the update
import asyncio

queue_lock = asyncio.Lock()


async def process_if_empty(queue: asyncio.Queue, item):
    async with queue_lock:
        if queue.empty():
            await queue.put(item)

# %% reported: a task that nobody waits for
import asyncio


async def do_work():
    await asyncio.sleep(0)


async def main():
    # error: [dropped-task]
    task = asyncio.create_task(do_work())  # Forgot await!
    # Task may never execute

# %% clean: the task is awaited
import asyncio


async def do_work():
    await asyncio.sleep(0)


async def main():
    await asyncio.create_task(do_work())

# %% clean: a cache with a lock for each key, checked twice
import asyncio
from collections import defaultdict


class CacheEntry:
    def __init__(self, value):
        self.value = value

    def is_expired(self):
        return False


class AsyncCache:
    def __init__(self):
        self._cache = {}
        self._locks = defaultdict(asyncio.Lock)

    async def get_or_fetch(self, key: str, fetch_fn):
        # Check without lock first (fast path)
        if key in self._cache and not self._cache[key].is_expired():
            return self._cache[key].value

        # Acquire per-key lock to prevent thundering herd
        async with self._locks[key]:
            # Re-check after acquiring lock (double-checked locking)
            if key in self._cache and not self._cache[key].is_expired():
                return self._cache[key].value

            result = await fetch_fn(key)
            self._cache[key] = CacheEntry(result)
            return result
