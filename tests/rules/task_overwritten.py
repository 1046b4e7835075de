# %% reported: two tasks, one place
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


class Poller:
    def __init__(self) -> None:
        self.task = None

    def start(self) -> None:
        self.task = asyncio.create_task(work())
        # error: [task-overwritten] "on line 13"
        self.task = asyncio.create_task(work())

# %% reported: one in each round
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


class Poller:
    def __init__(self) -> None:
        self.task = None

    async def start(self) -> None:
        for _ in range(3):
            # error: [task-overwritten] "in the round of the loop before"
            self.task = asyncio.create_task(work())

# %% clean: the first one is cancelled or awaited
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


class Poller:
    def __init__(self) -> None:
        self.task = None

    async def start(self) -> None:
        self.task = asyncio.create_task(work())
        await self.task
        self.task = asyncio.create_task(work())
        self.task.cancel()
        self.task = asyncio.create_task(work())

    async def restart(self) -> None:
        while True:
            self.task = asyncio.create_task(work())
            await asyncio.wait({self.task})

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()

    async def replace(self) -> None:
        self.task = asyncio.create_task(work())
        await self.stop()
        self.task = asyncio.create_task(work())

# %% clean: one of two branches
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


class Poller:
    def __init__(self) -> None:
        self.task = None

    def start(self, fast) -> None:
        if fast:
            self.task = asyncio.create_task(work())
        else:
            self.task = asyncio.create_task(asyncio.sleep(1))
