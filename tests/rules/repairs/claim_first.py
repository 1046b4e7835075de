# %% reported: the task sets the flag
import asyncio


class Sender:
    def __init__(self) -> None:
        self.reconnecting = False
        self.tasks = set()

    def start(self) -> None:
        if not self.reconnecting:
            # once
            # error: [stale-check]
            self.tasks.add(asyncio.create_task(self.reconnect()))

    async def reconnect(self) -> None:
        self.reconnecting = True
        await asyncio.sleep(0)
        self.reconnecting = False

# %% fixed: Claim it before the task is started
import asyncio


class Sender:
    def __init__(self) -> None:
        self.reconnecting = False
        self.tasks = set()

    def start(self) -> None:
        if not self.reconnecting:
            # once
            self.reconnecting = True
            self.tasks.add(asyncio.create_task(self.reconnect()))

    async def reconnect(self) -> None:
        self.reconnecting = True
        await asyncio.sleep(0)
        self.reconnecting = False
