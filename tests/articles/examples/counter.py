import asyncio


class Counter:
    def __init__(self):
        self.value = 0

    async def increment(self):
        current = self.value
        await asyncio.sleep(0)
        self.value = current + 1


async def main():
    counter = Counter()
    tasks = [counter.increment() for _ in range(1000)]
    await asyncio.gather(*tasks)
    print(f"Final value: {counter.value}")


asyncio.run(main())
