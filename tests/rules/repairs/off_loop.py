# %% reported: a sleep
import asyncio
import time


async def wait() -> None:
    # error: [blocking-call]
    time.sleep(1)

# %% fixed: Use `asyncio.sleep`
import asyncio
import time


async def wait() -> None:
    await asyncio.sleep(1)

# %% reported: a request, used at once
import requests


async def load(url: str) -> str:
    # error: [blocking-call]
    return requests.get(url, timeout=3).text

# %% fixed: Run it in a thread with `asyncio.to_thread`
import asyncio

import requests


async def load(url: str) -> str:
    return (await asyncio.to_thread(requests.get, url, timeout=3)).text

# %% reported: a helper that blocks
# unsafe: Run it in a thread with `asyncio.to_thread` because `pause()` runs in another thread then: it must not touch what belongs to the loop
import asyncio
import time


def pause() -> None:
    time.sleep(1)


async def wait() -> None:
    # error: [blocking-call]
    pause()

# %% fixed: Run it in a thread with `asyncio.to_thread`
import asyncio
import time


def pause() -> None:
    time.sleep(1)


async def wait() -> None:
    await asyncio.to_thread(pause)

# %% reported: where nothing can be awaited
# no fix: Run it in a thread with `asyncio.to_thread`
import requests


async def load(urls: list) -> str:
    # error: [blocking-call]
    return requests.get(await first(urls))


async def first(urls: list) -> str:
    return urls[0]

# %% reported: a helper that changes what others know
# no fix: Run it in a thread with `asyncio.to_thread`
import time


class Meter:
    def __init__(self) -> None:
        self.count = 0

    def measure(self) -> None:
        time.sleep(1)
        self.count += 1

    async def run(self) -> None:
        # error: [blocking-call]
        self.measure()
