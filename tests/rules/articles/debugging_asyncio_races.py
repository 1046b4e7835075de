# %% reported: blocking and asynchronous code mixed
import time


async def process_more():
    ...


async def process_data():
    # error: [blocking-call] "use asyncio.sleep"
    time.sleep(1)  # This blocks!
    await process_more()

# %% clean: the asynchronous twin
import asyncio


async def process_more():
    ...


async def process_data():
    await asyncio.sleep(1)  # Non-blocking alternative
    await process_more()

# %% reported: a task that nobody waits for
import asyncio


async def do_work():
    await asyncio.sleep(0)


async def main():
    # error: [dropped-task]
    task = asyncio.create_task(do_work())  # Forgot await!
    # Task may never execute

# %% clean: the task is awaited
import asyncio


async def do_work():
    await asyncio.sleep(0)


async def main():
    await asyncio.create_task(do_work())

