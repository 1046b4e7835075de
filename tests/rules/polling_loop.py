# %% reported: a flag of the module
import asyncio

done = False


async def wait() -> None:
    # error: [polling-loop] "`done`"
    while not done:
        await asyncio.sleep(0.1)


async def finish() -> None:
    global done
    done = True

# %% reported: an attribute
import asyncio
from asyncio import sleep


class Service:
    def __init__(self) -> None:
        self.ready = False
        self.pause = 1

    async def start(self) -> None:
        await sleep(1)
        self.ready = True

    async def wait(self) -> None:
        # error: [polling-loop] "`self.ready`"
        while not self.ready:
            await sleep(self.pause)

# %% clean: somebody outside is asked, or more is done
import asyncio


class Service:
    def __init__(self, client) -> None:
        self.client = client
        self.running = True
        self.beats = 0

    def stop(self) -> None:
        self.running = False

    async def wait(self) -> None:
        while not await self.client.is_ready():
            await asyncio.sleep(1)
        while not self.client.is_open():
            await asyncio.sleep(1)

    async def beat(self) -> None:
        while self.running:
            await self.client.beat()
            await asyncio.sleep(1)

    async def count(self) -> None:
        while self.running:
            self.beats += 1
            await asyncio.sleep(1)

# %% clean: nothing in the program changes it
import asyncio


class Service:
    def __init__(self, limit) -> None:
        self.limit = limit

    async def wait(self) -> None:
        while self.limit:
            await asyncio.sleep(1)
