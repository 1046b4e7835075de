import asyncio


class SafeCounter:
    def __init__(self):
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self):
        async with self._lock:
            current = self.value
            await asyncio.sleep(0)
            self.value = current + 1


async def main():
    counter = SafeCounter()
    tasks = [counter.increment() for _ in range(1000)]
    await asyncio.gather(*tasks)
    print(f"Final value: {counter.value}")


asyncio.run(main())
