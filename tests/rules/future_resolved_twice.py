# %% reported: two tasks have one future
import asyncio


async def resolver(future: "asyncio.Future[int]", number: int) -> None:
    await asyncio.sleep(0)
    # error: [future-resolved-twice] "runs as several tasks"
    future.set_result(number)


async def main() -> None:
    future = asyncio.get_running_loop().create_future()
    await asyncio.gather(resolver(future, 1), resolver(future, 2))
# confidence: likely

# %% reported: whoever waits may have given up
import asyncio


class Client:
    def __init__(self) -> None:
        self.queue = asyncio.Queue()
        self.closed = asyncio.Future()

    async def flush(self) -> None:
        future = await self.queue.get()
        # error: [future-resolved-twice] "may have been cancelled"
        future.set_result(None)

    def lost(self, error) -> None:
        # error: [future-resolved-twice]
        self.closed.set_exception(error)
# confidence: possible

# %% reported: a timer resolves it, too
import asyncio


def expire(loop, future) -> None:
    # error: [future-resolved-twice]
    loop.call_later(1, future.set_result, None)
# confidence: possible

# %% reported: something is awaited behind the check
import asyncio


async def resolve(future) -> None:
    if not future.done():
        await asyncio.sleep(0)
        # error: [future-resolved-twice]
        future.set_result(1)
# confidence: possible

# %% clean: a look before
import asyncio


async def resolver(future: "asyncio.Future[int]", number: int) -> None:
    await asyncio.sleep(0)
    if not future.done():
        future.set_result(number)


async def careful(future, number) -> None:
    await asyncio.sleep(0)
    if future.cancelled():
        return
    future.set_result(number)


async def main() -> None:
    future = asyncio.get_running_loop().create_future()
    await asyncio.gather(resolver(future, 1), resolver(future, 2))

# %% clean: it is made here, or failure is expected
import asyncio


def ready(loop):
    future = loop.create_future()
    future.set_result(1)
    return future


def attempt(future) -> None:
    try:
        future.set_result(1)
    except asyncio.InvalidStateError:
        pass

# %% clean: what is called set_result is no future's
class Report:
    def set_result(self, value) -> None:
        self.value = value


def fill(report: Report) -> None:
    report.set_result(1)
