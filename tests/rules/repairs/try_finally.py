# %% reported: busy for ever when the work fails
import asyncio


class Worker:
    def __init__(self) -> None:
        self.busy = False

    async def run(self) -> None:
        if self.busy:
            return
        self.busy = True
        # the work
        # error: [stuck-busy-flag]
        await self.work()
        await asyncio.sleep(0)

        # done
        self.busy = False

    async def work(self) -> None:
        await asyncio.sleep(0)

# %% fixed: Reset it in `finally`
import asyncio


class Worker:
    def __init__(self) -> None:
        self.busy = False

    async def run(self) -> None:
        if self.busy:
            return
        self.busy = True
        # the work
        try:
            await self.work()
            await asyncio.sleep(0)
        finally:

            # done
            self.busy = False

    async def work(self) -> None:
        await asyncio.sleep(0)
