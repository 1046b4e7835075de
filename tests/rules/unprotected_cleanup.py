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
