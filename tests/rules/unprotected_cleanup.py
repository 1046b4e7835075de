# %% reported: the flag stays set
import asyncio


class Client:
    async def run(self) -> None:
        self.busy = True
        try:
            await self.work()
        finally:
            # error: [unprotected-cleanup] "line 12 does not run"
            await self.writer.wait_closed()
            self.busy = False

    async def drain(self) -> None:
        try:
            await self.work()
        finally:
            if self.writer:
                # error: [unprotected-cleanup]
                await self.writer.drain()
            self.writer.close()

    async def work(self) -> None: ...

# %% reported: counted up and down, kept among the pending
import asyncio


class Pool:
    def __init__(self) -> None:
        self.waiting = 0
        self.pending: set[str] = set()
        self.queue = asyncio.Queue()

    async def launch(self) -> None:
        self.waiting += 1
        # error: [unprotected-cleanup] "`self.waiting` stays as it is now"
        process = await self.queue.get()
        self.waiting -= 1
        process.start()

    async def work(self, job: str) -> None:
        self.pending.add(job)
        # error: [unprotected-cleanup] "line 22 does not run"
        async with self.lock:
            await asyncio.sleep(0)
        self.pending.remove(job)

# %% clean: taken back whatever happens, or with nothing in between
import asyncio


class Pool:
    def __init__(self) -> None:
        self.waiting = 0
        self.queue = asyncio.Queue()

    async def launch(self) -> None:
        self.waiting += 1
        try:
            process = await self.queue.get()
        finally:
            self.waiting -= 1
        process.start()

    async def count(self) -> None:
        self.waiting += 1
        print(self.waiting)
        self.waiting -= 1
        await self.queue.get()
        self.waiting -= 2

# %% clean: what follows only says so
import asyncio
import logging

logger = logging.getLogger(__name__)


class Client:
    async def run(self) -> bool:
        try:
            await asyncio.sleep(0)
        finally:
            await self.writer.wait_closed()
            logger.info("closed")
            print("closed")
            return True

# %% clean: last, shielded, or in a try of its own
import asyncio


class Client:
    async def last(self) -> None:
        try:
            await self.work()
        finally:
            self.busy = False
            await self.writer.wait_closed()

    async def shielded(self) -> None:
        try:
            await self.work()
        finally:
            await asyncio.shield(self.writer.wait_closed())
            self.busy = False

    async def guarded(self) -> None:
        try:
            await self.work()
        finally:
            try:
                await self.writer.wait_closed()
            finally:
                self.busy = False

    async def work(self) -> None: ...

# %% clean: a handler takes it back as well
import asyncio


class Pool:
    def __init__(self) -> None:
        self.waiting = 0

    async def launch(self) -> None:
        self.waiting += 1
        try:
            await asyncio.sleep(0)
        except BaseException:
            self.waiting -= 1
            raise
        self.waiting -= 1
