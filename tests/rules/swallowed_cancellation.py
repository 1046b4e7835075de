# %% reported: it goes on as if nothing had happened
import asyncio


async def work() -> None:
    try:
        await asyncio.sleep(1)
    # error: [swallowed-cancellation] "goes on as if nothing had happened"
    except asyncio.CancelledError:
        pass
    print("done")
# confidence: likely

# %% reported: a loop that cannot be stopped
import asyncio
from asyncio import CancelledError


async def one(queue) -> None:
    while True:
        try:
            await queue.get()
        # error: [swallowed-cancellation] "goes on with the loop"
        except BaseException:
            print("again")


async def other(queue) -> None:
    while True:
        try:
            await queue.get()
        except:
            # error: [swallowed-cancellation] "goes on with the loop"
            continue


async def third(queue) -> None:
    while True:
        try:
            await queue.get()
        # error: [swallowed-cancellation]
        except (ValueError, CancelledError):
            print("again")
# confidence: likely

# %% reported: the end of a task, or an error that is handed on
import asyncio


async def run() -> None:
    try:
        await asyncio.sleep(1)
    # error: [swallowed-cancellation]
    except asyncio.CancelledError:
        print("stopped")


async def leave(queue) -> None:
    while True:
        try:
            await queue.get()
        # error: [swallowed-cancellation]
        except asyncio.CancelledError:
            break


async def other(task) -> None:
    try:
        async with asyncio.timeout(1):
            await task
    # error: [swallowed-cancellation]
    except asyncio.CancelledError:
        pass
    await asyncio.sleep(1)


async def call(future) -> None:
    try:
        await asyncio.sleep(1)
    # error: [swallowed-cancellation]
    except BaseException as error:
        future.error = error


class Service:
    def start(self) -> None:
        self.task = asyncio.create_task(run())
# confidence: possible

# %% clean: it is raised again, or not caught
import asyncio


async def tidy(queue) -> None:
    try:
        await queue.get()
    except asyncio.CancelledError:
        queue.close()
        raise


async def careful(queue) -> None:
    try:
        await queue.get()
    except asyncio.CancelledError:
        raise
    except BaseException:
        print("failed")


async def ordinary(queue) -> None:
    while True:
        try:
            await queue.get()
        except Exception:
            print("again")

# %% clean: a task that is cancelled here is waited for
import asyncio


class Service:
    def __init__(self) -> None:
        self.task = None

    async def stop(self) -> None:
        self.task.cancel()
        try:
            await self.task
        except asyncio.CancelledError:
            pass

# %% clean: nothing is awaited inside
def parse(text) -> int:
    try:
        return int(text)
    except BaseException:
        return 0


async def load(text) -> int:
    try:
        return int(text)
    except:
        return 0

# %% reported: the end of what nobody is seen to await
import asyncio


class Client:
    async def _updates(self) -> None:
        try:
            while True:
                await asyncio.sleep(1)
        # error: [swallowed-cancellation]
        except asyncio.CancelledError:
            pass
        except OSError:
            print("lost")
# confidence: possible
