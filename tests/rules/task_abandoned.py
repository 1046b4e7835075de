# %% reported: nobody looks at what is pending
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


async def main() -> None:
    # error: [task-abandoned] "`pending`"
    done, pending = await asyncio.wait([asyncio.create_task(work())], timeout=1)
    print(done)

# %% reported: the tasks were in a local
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


async def main() -> None:
    tasks = [asyncio.create_task(work()) for _ in range(3)]
    # error: [task-abandoned] "`_`"
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    print(done)

# %% reported: a shield around a coroutine
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


async def main() -> None:
    # error: [task-abandoned] "nobody holds the task"
    await asyncio.wait_for(asyncio.shield(work()), 1)

# %% reported: nobody reads how it ended
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


def call(loop) -> None:
    # error: [task-abandoned] "the exception"
    asyncio.run_coroutine_threadsafe(work(), loop)

# %% clean: pending tasks are cancelled, or others hold them
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


async def main() -> None:
    done, pending = await asyncio.wait([asyncio.create_task(work())], timeout=1)
    for task in pending:
        task.cancel()
    print(done)


async def all_of_them() -> None:
    done, _ = await asyncio.wait([asyncio.create_task(work())])
    print(done)


async def held() -> None:
    tasks = [asyncio.create_task(work())]
    done, _ = await asyncio.wait(tasks, timeout=1)
    print(done)
    await asyncio.gather(*tasks)

# %% clean: somebody holds what is shielded
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


class Client:
    def __init__(self) -> None:
        self.closing = None

    async def close(self) -> None:
        if self.closing is None:
            self.closing = asyncio.create_task(work())
        await asyncio.wait_for(asyncio.shield(self.closing), 1)


def call(loop):
    future = asyncio.run_coroutine_threadsafe(work(), loop)
    return future.result()
