# %% reported: it is only logged
# unsafe: Raise the cancellation again because whoever cancels the task and awaits it gets the CancelledError
import asyncio


async def run() -> None:
    try:
        await asyncio.sleep(1)
    # error: [swallowed-cancellation]
    except asyncio.CancelledError:
        print("stopped")
    await asyncio.sleep(1)

# %% fixed: Raise the cancellation again
import asyncio


async def run() -> None:
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        print("stopped")
        raise
    await asyncio.sleep(1)

# %% reported: with all other exceptions
import asyncio


async def run() -> None:
    while True:
        try:
            await asyncio.sleep(1)
        # error: [swallowed-cancellation]
        except BaseException:
            print("failed")

# %% fixed: Raise the cancellation again
import asyncio


async def run() -> None:
    while True:
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            raise
        except BaseException:
            print("failed")
