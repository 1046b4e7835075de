# %% reported: a flag behind an await
class Client:
    def __init__(self, writer) -> None:
        self.writer = writer
        self.busy = False

    async def run(self) -> None:
        try:
            await self.writer.drain()
        finally:
            self.writer.close()
            # error: [unprotected-cleanup]
            await self.writer.wait_closed()
            # and now
            self.busy = False

# %% fixed: Do the rest in a `finally` of its own
class Client:
    def __init__(self, writer) -> None:
        self.writer = writer
        self.busy = False

    async def run(self) -> None:
        try:
            await self.writer.drain()
        finally:
            self.writer.close()
            try:
                await self.writer.wait_closed()
            finally:
                # and now
                self.busy = False

# %% reported: a counter
import asyncio


class Pool:
    def __init__(self) -> None:
        self.waiting = 0
        self.queue = asyncio.Queue()

    async def launch(self) -> None:
        self.waiting += 1
        print(self.waiting)
        # error: [unprotected-cleanup]
        process = await self.queue.get()
        self.waiting -= 1  # done
        process.start()

# %% fixed: Reset it in `finally`
import asyncio


class Pool:
    def __init__(self) -> None:
        self.waiting = 0
        self.queue = asyncio.Queue()

    async def launch(self) -> None:
        self.waiting += 1
        try:
            print(self.waiting)
            process = await self.queue.get()
        finally:
            self.waiting -= 1  # done
        process.start()

# %% reported: who has got it keeps it
# no fix: Reset it in `finally`
import asyncio


class Pool:
    def __init__(self) -> None:
        self.active = 0
        self.queue = asyncio.Queue()

    async def take(self) -> object:
        self.active += 1
        # error: [unprotected-cleanup]
        found = await self.queue.get()
        if found is not None:
            return found
        self.active -= 1
        return None
