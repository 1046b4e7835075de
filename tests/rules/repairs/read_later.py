# %% reported: the right side of an augmented assignment awaits
import asyncio


async def fetch(number: int) -> int:
    await asyncio.sleep(0)
    return number


class Stats:
    def __init__(self) -> None:
        self.total = 0

    async def add(self, number: int) -> None:
        """Add a number."""
        # what it costs
        # error: [lost-update]
        self.total += await fetch(number)  # once
# outcome: x.total where x = Stats(); x.add(1) | x.add(2)

# %% fixed: Read after the `await`
import asyncio


async def fetch(number: int) -> int:
    await asyncio.sleep(0)
    return number


class Stats:
    def __init__(self) -> None:
        self.total = 0

    async def add(self, number: int) -> None:
        """Add a number."""
        # what it costs
        result = await fetch(number)
        self.total += result  # once

# %% reported: the sum spells the state out, and the call goes over several lines
import asyncio


async def fetch(first: int, second: int) -> int:
    await asyncio.sleep(0)
    return first + second


class Stats:
    def __init__(self) -> None:
        self.total = 0

    async def add(self, number: int) -> None:
        # error: [lost-update]
        self.total = self.total + await fetch(
            number,
            second=number,
        )
# outcome: x.total where x = Stats(); x.add(1) | x.add(2)

# %% fixed: Read after the `await`
import asyncio


async def fetch(first: int, second: int) -> int:
    await asyncio.sleep(0)
    return first + second


class Stats:
    def __init__(self) -> None:
        self.total = 0

    async def add(self, number: int) -> None:
        result = await fetch(
            number,
            second=number,
        )
        self.total = self.total + result

# %% reported: a name is taken
import asyncio


async def fetch() -> int:
    await asyncio.sleep(0)
    return 1


class Stats:
    def __init__(self) -> None:
        self.total = 0

    async def add(self) -> int:
        # error: [lost-update]
        self.total += await fetch()
        result = self.total
        return result
# outcome: x.total where x = Stats(); x.add() | x.add()

# %% fixed: Read after the `await`
import asyncio


async def fetch() -> int:
    await asyncio.sleep(0)
    return 1


class Stats:
    def __init__(self) -> None:
        self.total = 0

    async def add(self) -> int:
        result_2 = await fetch()
        self.total += result_2
        result = self.total
        return result

# %% reported: a snapshot that nobody needs before the suspension
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        current = self.value  # the last one
        # error: [lost-update]
        await asyncio.sleep(0)

        self.value = current + 1
# outcome: x.value where x = Counter(); x.increment() | x.increment()

# %% fixed: Read after the `await`
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        await asyncio.sleep(0)
        current = self.value  # the last one

        self.value = current + 1

# %% reported: what was read is needed before the suspension
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        current = self.value
        # error: [lost-update]
        await self.save(current)
        self.value = current + 1

    async def save(self, value: int) -> None:
        await asyncio.sleep(0)
# no fix: Read after the `await`

# %% reported: whether it awaits depends on what it has read
import asyncio


async def fetch() -> int:
    await asyncio.sleep(0)
    return 1


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def increment(self) -> None:
        # error: [stale-check]
        self.value = self.value and self.value + await fetch()
# no fix: Read after the `await`
