# %% reported: by any name
import subprocess
import time
from time import sleep as nap
from urllib import request

import requests


async def main() -> None:
    # error: [blocking-call] "use asyncio.sleep"
    time.sleep(1)
    # error: [blocking-call]
    nap(1)
    # error: [blocking-call]
    subprocess.run(["ls"])
    # error: [blocking-call]
    request.urlopen("http://localhost")
    # error: [blocking-call]
    requests.get("http://localhost")
    # error: [blocking-call]
    input()

# %% reported: methods of objects
import queue
import sqlite3
import threading
from pathlib import Path

import requests

session = requests.Session()
waiting: "queue.Queue[int]" = queue.Queue()


class Store:
    def __init__(self) -> None:
        self.rows = sqlite3.connect("rows")

    async def read(self, path: Path) -> None:
        # error: [blocking-call]
        self.rows.execute("select 1")
        # error: [blocking-call]
        session.post("http://localhost")
        # error: [blocking-call]
        waiting.get()
        # error: [blocking-call]
        threading.Event().wait()
        # error: [blocking-call]
        path.read_text()
        # error: [blocking-call]
        open("rows")

# %% reported: through helpers
import time

from tools import fetch


def rest() -> None:
    time.sleep(1)


class Worker:
    def work(self) -> None:
        rest()

    async def run(self) -> None:
        # error: [blocking-call] "through `work()` and `rest()`"
        self.work()


async def main() -> None:
    # error: [blocking-call] "through `fetch()`"
    fetch("http://localhost")
# %% file: tools.py
import requests


def fetch(url: str) -> str:
    return requests.get(url).text

# %% reported: another loop inside the loop
import asyncio


async def work() -> None: ...


async def main() -> None:
    # error: [blocking-call] "use await"
    asyncio.run(work())
    # error: [blocking-call]
    asyncio.get_running_loop().run_until_complete(work())
    future = asyncio.run_coroutine_threadsafe(work(), asyncio.get_running_loop())
    # error: [blocking-call]
    future.result()

# %% clean: a thread does it
import asyncio
import time
from concurrent.futures import ThreadPoolExecutor


def rest() -> None:
    time.sleep(1)


async def main() -> None:
    await asyncio.to_thread(time.sleep, 1)
    await asyncio.to_thread(lambda: time.sleep(1))
    await asyncio.to_thread(rest)
    await asyncio.get_running_loop().run_in_executor(None, rest)

    def inner() -> None:
        time.sleep(1)

    await asyncio.to_thread(inner)
    with ThreadPoolExecutor() as pool:
        await asyncio.get_running_loop().run_in_executor(pool, inner)

# %% clean: nobody blocks
import asyncio
import queue
import threading
import time

waiting: queue.Queue = queue.Queue()
stopped = threading.Event()


def plain() -> None:
    time.sleep(1)


class Clock:
    def sleep(self) -> None: ...


async def main() -> None:
    await asyncio.sleep(1)
    waiting.get_nowait()
    waiting.get(block=False)
    stopped.wait(timeout=0)
    Clock().sleep()
    print(time.monotonic())
