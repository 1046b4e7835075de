# %% reported: several tasks set one result
import asyncio


async def ai_task(future):
    # Multiple tasks try to set the same future result concurrently
    # error: [future-resolved-twice] "InvalidStateError"
    future.set_result("done")


async def main():
    future = asyncio.Future()
    await asyncio.gather(ai_task(future), ai_task(future))


asyncio.run(main())

# %% clean: the task looks first
import asyncio


async def ai_task(future):
    if not future.done():
        future.set_result("done")


async def main():
    future = asyncio.Future()
    await asyncio.gather(ai_task(future), ai_task(future))


asyncio.run(main())
