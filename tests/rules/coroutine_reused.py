# %% reported: it is awaited twice
import asyncio


async def work() -> int:
    await asyncio.sleep(0)
    return 1


async def main() -> None:
    coroutine = work()
    await coroutine
    # error: [coroutine-reused] "on line 11"
    await coroutine

# %% reported: it is awaited in every round
import asyncio


async def work() -> int:
    await asyncio.sleep(0)
    return 1


async def main() -> None:
    coroutine = work()
    for _ in range(3):
        # error: [coroutine-reused] "in the round of the loop before"
        await coroutine

# %% reported: a task runs it already
import asyncio


async def work() -> int:
    await asyncio.sleep(0)
    return 1


async def main() -> None:
    coroutine = work()
    task = asyncio.create_task(coroutine)
    # error: [coroutine-reused]
    await asyncio.wait_for(coroutine, 1)
    await task

# %% clean: it is made anew
import asyncio


async def work() -> int:
    await asyncio.sleep(0)
    return 1


async def main() -> None:
    coroutine = work()
    await coroutine
    coroutine = work()
    await coroutine
    for _ in range(3):
        coroutine = work()
        await coroutine

# %% clean: one of two branches
import asyncio


async def work() -> int:
    await asyncio.sleep(0)
    return 1


async def main(fast) -> None:
    coroutine = work()
    if fast:
        await coroutine
    else:
        await asyncio.wait_for(coroutine, 10)

# %% clean: a task can be awaited often
import asyncio


async def work() -> int:
    await asyncio.sleep(0)
    return 1


async def main() -> None:
    task = asyncio.create_task(work())
    await task
    await task
    future = asyncio.ensure_future(work())
    await asyncio.gather(future, future)

# %% clean: it is closed instead
import asyncio


async def work() -> int:
    await asyncio.sleep(0)
    return 1


async def main(wanted) -> None:
    coroutine = work()
    if not wanted:
        coroutine.close()
        return
    await coroutine
