# %% reported: an if around a condition's wait, and something is taken out
import asyncio


class Mailbox:
    def __init__(self) -> None:
        self.letters = []
        self._arrived = asyncio.Condition()

    async def take(self):
        async with self._arrived:
            if not self.letters:
                # error: [wait-without-recheck] "woken is not the same as ready"
                await self._arrived.wait()
            return self.letters.pop()
# confidence: likely

# %% clean: a while loop around the wait
import asyncio


class Mailbox:
    def __init__(self) -> None:
        self.letters = []
        self._arrived = asyncio.Condition()

    async def take(self):
        async with self._arrived:
            while not self.letters:
                await self._arrived.wait()
            return self.letters.pop()

# %% clean: a condition that is waited for
import asyncio


class Mailbox:
    def __init__(self) -> None:
        self.letters = []
        self._arrived = asyncio.Condition()

    async def take(self):
        async with self._arrived:
            await self._arrived.wait_for(lambda: self.letters)
            return self.letters.pop()

# %% reported: an if around a condition's wait, and a number is lowered
import asyncio


class Depot:
    def __init__(self) -> None:
        self.free = 2
        self._changed = asyncio.Condition()

    async def park(self) -> None:
        async with self._changed:
            if self.free <= 0:
                # error: [wait-without-recheck] "acts on `self.free` without checking it again"
                await self._changed.wait()
            self.free -= 1

# %% reported: a wait with nothing around it
import asyncio

changed = asyncio.Condition()


async def follow() -> None:
    async with changed:
        # error: [wait-without-recheck] "the wait stands in no loop"
        await changed.wait()

# %% reported: a wait with a time limit and nothing around it
import asyncio


class News:
    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self.text = ""

    async def next(self) -> str:
        async with self._changed:
            # error: [wait-without-recheck] "the wait stands in no loop"
            await asyncio.wait_for(self._changed.wait(), 5)
            return self.text

# %% reported: an if around an event's wait, and the event is taken
import asyncio


class Gate:
    def __init__(self) -> None:
        self.tickets = 0
        self._opened = asyncio.Event()

    async def enter(self) -> None:
        if self.tickets == 0:
            # error: [wait-without-recheck] "another task in `enter()` may be first"
            await self._opened.wait()
        self.tickets -= 1

# %% reported: a private helper, whose callers may have the loop
import asyncio


class News:
    def __init__(self) -> None:
        self._changed = asyncio.Condition()

    async def _change(self) -> None:
        async with self._changed:
            # error: [wait-without-recheck]
            await self._changed.wait()
# confidence: possible

# %% clean: an endless loop that leaves when it finds something
import asyncio


class Mailbox:
    def __init__(self) -> None:
        self.letters = []
        self._arrived = asyncio.Condition()

    async def take(self):
        async with self._arrived:
            while True:
                if self.letters:
                    return self.letters.pop()
                await self._arrived.wait()

# %% clean: checked again behind the wait
import asyncio


class Mailbox:
    def __init__(self) -> None:
        self.letters = []
        self._arrived = asyncio.Condition()

    async def take(self):
        async with self._arrived:
            if not self.letters:
                await self._arrived.wait()
            if not self.letters:
                return None
            return self.letters.pop()

# %% clean: the wait of an event in a loop
import asyncio


class Gate:
    def __init__(self) -> None:
        self.tickets = 0
        self._opened = asyncio.Event()

    async def enter(self) -> None:
        while self.tickets == 0:
            self._opened.clear()
            await self._opened.wait()
        self.tickets -= 1

# %% clean: an event that is set once, and nothing is taken away
import asyncio


class Service:
    def __init__(self) -> None:
        self._ready = asyncio.Event()
        self.address = ""

    async def url(self) -> str:
        if not self._ready.is_set():
            await self._ready.wait()
        return self.address

# %% clean: an object of another library, whose wait is no condition's
import asyncio


async def run(command: str) -> None:
    process = await asyncio.create_subprocess_shell(command)
    await process.wait()
