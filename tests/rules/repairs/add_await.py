# %% reported: in a coroutine function
import asyncio


async def save() -> None:
    await asyncio.sleep(0)


async def main() -> None:
    # error: [missing-await]
    save()  # now

# %% fixed: Add `await`
import asyncio


async def save() -> None:
    await asyncio.sleep(0)


async def main() -> None:
    await save()  # now

# %% reported: its result is used at once
import asyncio


async def load() -> list:
    await asyncio.sleep(0)
    return [1]


async def main() -> int:
    # error: [missing-await]
    return load().pop()

# %% fixed: Add `await`
import asyncio


async def load() -> list:
    await asyncio.sleep(0)
    return [1]


async def main() -> int:
    return (await load()).pop()

# %% reported: in a loop that does nothing else
import asyncio


async def save(name: str) -> None:
    await asyncio.sleep(0)


async def main(names: list) -> None:
    for name in names:
        # error: [missing-await]
        save(name)

# %% fixed: Add `await`
import asyncio


async def save(name: str) -> None:
    await asyncio.sleep(0)


async def main(names: list) -> None:
    for name in names:
        await save(name)

# %% fixed: Run them at the same time with `gather`
import asyncio


async def save(name: str) -> None:
    await asyncio.sleep(0)


async def main(names: list) -> None:
    await asyncio.gather(*(save(name) for name in names))

# %% reported: the function is not async, and is called by others
import asyncio


async def save() -> None:
    await asyncio.sleep(0)


class Store:
    def close(self) -> None:
        """Close it."""
        # error: [missing-await]
        save()

    async def stop(self) -> None:
        self.close()


async def main(store: Store) -> None:
    if store:
        store.close()

# %% fixed: Add `await`, and make `close()` async
import asyncio


async def save() -> None:
    await asyncio.sleep(0)


class Store:
    async def close(self) -> None:
        """Close it."""
        await save()

    async def stop(self) -> None:
        await self.close()


async def main(store: Store) -> None:
    if store:
        await store.close()

# %% reported: a caller that is not async
import asyncio


async def save() -> None:
    await asyncio.sleep(0)


def close() -> None:
    # error: [missing-await]
    save()


def stop() -> None:
    close()
# no fix: Add `await`, and make `close()` async

# %% reported: what only async with can enter
import asyncio


async def main() -> None:
    # error: [missing-await]
    with asyncio.timeout(1):  # one second
        await asyncio.sleep(0)

# %% fixed: Use `async with`
import asyncio


async def main() -> None:
    async with asyncio.timeout(1):  # one second
        await asyncio.sleep(0)

# %% reported: what only async for can go through
async def numbers():
    yield 1


async def main() -> None:
    # error: [missing-await]
    for number in numbers():
        print(number)

# %% fixed: Use `async for`
async def numbers():
    yield 1


async def main() -> None:
    async for number in numbers():
        print(number)

# %% reported: a local that nobody awaits
import asyncio


async def load() -> int:
    await asyncio.sleep(0)
    return 1


async def main() -> None:
    # error: [missing-await]
    print(load())

# %% fixed: Add `await`
import asyncio


async def load() -> int:
    await asyncio.sleep(0)
    return 1


async def main() -> None:
    print(await load())
