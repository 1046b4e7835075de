import asyncio
import logging

logging.basicConfig(level=logging.DEBUG)


class TracedCounter:
    def __init__(self):
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self, task_id):
        async with self._lock:
            old = self.value
            await asyncio.sleep(0)
            self.value = old + 1
            logging.debug(f"Task {task_id}: {old} -> {self.value}")


async def main():
    counter = TracedCounter()
    await asyncio.gather(*[counter.increment(number) for number in range(100)])


asyncio.run(main())
