# %% reported: a connection that is opened twice
import asyncio


class Client:
    def __init__(self) -> None:
        self.connection = None
        self.opened = 0

    async def get(self) -> object:
        if self.connection is None:
            # error: [double-initialization]
            self.connection = await self.connect()
        return self.connection

    async def connect(self) -> object:
        self.opened += 1
        await asyncio.sleep(0)
        return object()
# outcome: x.opened where x = Client(); x.get() | x.get()

# %% fixed: Make it once, in a task that all wait for
import asyncio


class Client:
    def __init__(self) -> None:
        self.connection = None
        self._connection_task = None
        self.opened = 0

    async def get(self) -> object:
        if self.connection is None:
            if self._connection_task is None or self._connection_task.done():
                self._connection_task = asyncio.ensure_future(self.connect())
            self.connection = await asyncio.shield(self._connection_task)
        return self.connection

    async def connect(self) -> object:
        self.opened += 1
        await asyncio.sleep(0)
        return object()
