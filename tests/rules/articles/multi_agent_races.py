# %% reported: an agent writes an outdated version over a newer one
import asyncio


class Store:
    def __init__(self):
        self.documents = {}

    async def revise(self, name: str, revise) -> None:
        document = self.documents[name]
        # error: [lost-update]
        revised = await revise(document)
        self.documents[name] = revised


async def main(store: Store, agents) -> None:
    await asyncio.gather(*[store.revise("plan", agent) for agent in agents])

# %% known false alarm: versions are compared
import asyncio


class Store:
    def __init__(self):
        self.documents = {}
        self.versions = {}

    async def revise(self, name: str, revise) -> bool:
        version = self.versions[name]
        # error: [lost-update]
        # error: [lost-update]
        revised = await revise(self.documents[name])
        if self.versions[name] != version:
            return False
        self.versions[name] = version + 1
        self.documents[name] = revised
        return True


async def main(store: Store, agents) -> None:
    await asyncio.gather(*[store.revise("plan", agent) for agent in agents])

# %% reported: agents poll one list of tasks
import asyncio

tasks = [{"id": 1, "state": "new"}]
done = []


async def work(number: int) -> None:
    while tasks:
        # error: [stale-check]
        await asyncio.sleep(0)
        done.append(tasks.pop())


async def main() -> None:
    await asyncio.gather(*[work(number) for number in range(3)])

# %% clean: tasks come out of a queue
import asyncio


async def work(queue: asyncio.Queue, done: asyncio.Queue) -> None:
    while True:
        task = await queue.get()
        await done.put(task)
        queue.task_done()


async def main() -> None:
    queue, done = asyncio.Queue(), asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(work(queue, done))

# %% reported: a counter in a shared store
import redis.asyncio as redis

store = redis.Redis()


async def count() -> None:
    value = int(await store.get("count") or 0)
    # error: [redis-get-then-set]
    await store.set("count", value + 1)

# %% clean: the store counts
import redis.asyncio as redis

store = redis.Redis()


async def count() -> None:
    await store.incr("count")
