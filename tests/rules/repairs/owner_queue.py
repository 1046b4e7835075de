# %% reported: a sum
import asyncio


async def fetch(number: int) -> int:
    await asyncio.sleep(0)
    return number


class Stats:
    def __init__(self) -> None:
        self.total = 0

    async def add(self, number: int) -> None:
        # error: [lost-update]
        self.total += await fetch(number)

    def mean(self) -> float:
        return self.total / 2
# outcome: x.total where x = Stats(); x.add(1) | x.add(2)

# %% fixed: Let one task own it, and send it the changes
import asyncio


async def fetch(number: int) -> int:
    await asyncio.sleep(0)
    return number


class Stats:
    def __init__(self) -> None:
        self.total = 0
        self._total_changes = asyncio.Queue()
        self._total_owner = None

    async def add(self, number: int) -> None:
        if self._total_owner is None:
            self._total_owner = asyncio.create_task(self._own_total())
        await self._total_changes.put(await fetch(number))
        await self._total_changes.join()

    async def _own_total(self) -> None:
        while True:
            change = await self._total_changes.get()
            self.total += change
            self._total_changes.task_done()

    def mean(self) -> float:
        return self.total / 2
