# %% reported: forgotten when the work is done, whoever has come since
import asyncio


class Server:
    def __init__(self) -> None:
        self.client = None

    async def serve(self, client: str) -> None:
        self.client = client
        # error: [stale-overwrite]
        await asyncio.sleep(0)
        # nobody is there
        self.client = None

# %% fixed: Take back only what this task has stored
import asyncio


class Server:
    def __init__(self) -> None:
        self.client = None

    async def serve(self, client: str) -> None:
        self.client = client
        await asyncio.sleep(0)
        # nobody is there
        if self.client is client:
            self.client = None
