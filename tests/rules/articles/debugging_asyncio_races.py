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

# %% reported: a counter
import asyncio


class Counter:
    def __init__(self):
        self.value = 0

    async def increment(self):
        current = self.value
        # error: [lost-update]
        await asyncio.sleep(0)
        self.value = current + 1


async def main():
    counter = Counter()
    tasks = [counter.increment() for _ in range(1000)]
    await asyncio.gather(*tasks)
    print(f"Final value: {counter.value}")


asyncio.run(main())

# %% clean: a counter under a lock
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


async def main():
    counter = SafeCounter()
    tasks = [counter.increment() for _ in range(1000)]
    await asyncio.gather(*tasks)
    print(f"Final value: {counter.value}")


asyncio.run(main())

# %% clean: a counter under a lock that is logged
import asyncio
import logging

logging.basicConfig(level=logging.DEBUG)


class TracedCounter:
    def __init__(self):
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self, task_id):
        async with self._lock:
            old = self.value
            await asyncio.sleep(0)
            self.value = old + 1
            logging.debug(f"Task {task_id}: {old} -> {self.value}")


async def main():
    counter = TracedCounter()
    await asyncio.gather(*[counter.increment(number) for number in range(100)])


asyncio.run(main())

# %% reported: a cache that is filled without a second look
import asyncio
import time
from collections import defaultdict


class CacheEntry:
    def __init__(self, value):
        self.value = value
        self.expires = time.monotonic() + 60

    def is_expired(self):
        return time.monotonic() >= self.expires


class AsyncCache:
    def __init__(self):
        self._cache = {}
        self._locks = defaultdict(asyncio.Lock)

    async def get_or_fetch(self, key: str, fetch_fn):
        if key in self._cache and not self._cache[key].is_expired():
            return self._cache[key].value

        # error: [double-initialization]
        async with self._locks[key]:
            result = await fetch_fn(key)
            self._cache[key] = CacheEntry(result)
            return result

# %% clean: a cache that looks again under the lock
import asyncio
import time
from collections import defaultdict


class CacheEntry:
    def __init__(self, value):
        self.value = value
        self.expires = time.monotonic() + 60

    def is_expired(self):
        return time.monotonic() >= self.expires


class AsyncCache:
    def __init__(self):
        self._cache = {}
        self._locks = defaultdict(asyncio.Lock)

    async def get_or_fetch(self, key: str, fetch_fn):
        if key in self._cache and not self._cache[key].is_expired():
            return self._cache[key].value

        async with self._locks[key]:
            if key in self._cache and not self._cache[key].is_expired():
                return self._cache[key].value

            result = await fetch_fn(key)
            self._cache[key] = CacheEntry(result)
            return result

# %% reported: a queue that was empty
# confidence: possible
import asyncio

item = object()


async def process_if_empty(queue):
    if queue.empty():
        # error: [stale-check]
        await asyncio.sleep(0)
        await queue.put(item)

# %% clean: a queue under a lock
import asyncio

item = object()
queue_lock = asyncio.Lock()


async def process_if_empty(queue):
    async with queue_lock:
        if queue.empty():
            await queue.put(item)
