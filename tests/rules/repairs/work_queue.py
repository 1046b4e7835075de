# %% reported: jobs are taken from a deque
import asyncio
from collections import deque


class Jobs:
    def __init__(self) -> None:
        self.jobs: deque[str] = deque()
        self.done = []

    def add(self, job: str) -> None:
        self.jobs.append(job)

    async def work(self) -> None:
        while self.jobs:
            # error: [stale-check]
            await asyncio.sleep(0)
            job = self.jobs.popleft()
            self.done.append(job)

    def count(self) -> int:
        return len(self.jobs)

# %% fixed: Make it an `asyncio.Queue`
import asyncio


class Jobs:
    def __init__(self) -> None:
        self.jobs: asyncio.Queue[str] = asyncio.Queue()
        self.done = []

    def add(self, job: str) -> None:
        self.jobs.put_nowait(job)

    async def work(self) -> None:
        while not self.jobs.empty():
            job = self.jobs.get_nowait()
            await asyncio.sleep(0)
            self.done.append(job)

    def count(self) -> int:
        return self.jobs.qsize()

# %% reported: a use that a queue does not have
import asyncio


class Jobs:
    def __init__(self) -> None:
        self.jobs = []

    def add(self, job: str) -> None:
        self.jobs.append(job)

    def first(self) -> str:
        return self.jobs[0]

    async def work(self) -> None:
        while self.jobs:
            # error: [stale-check]
            await asyncio.sleep(0)
            job = self.jobs.pop(0)
            print(job)
# no fix: Make it an `asyncio.Queue`
