# %% reported: woken, but others were faster
import asyncio


class Mailbox:
    def __init__(self) -> None:
        self.letters = []
        self.arrived = asyncio.Condition()

    async def put(self, letter: str) -> None:
        async with self.arrived:
            self.letters.append(letter)
            self.arrived.notify_all()

    async def take(self) -> str:
        async with self.arrived:
            if not self.letters:
                # error: [wait-without-recheck]
                await self.arrived.wait()
            return self.letters.pop()

# %% fixed: Look again after the wait, with `while`
import asyncio


class Mailbox:
    def __init__(self) -> None:
        self.letters = []
        self.arrived = asyncio.Condition()

    async def put(self, letter: str) -> None:
        async with self.arrived:
            self.letters.append(letter)
            self.arrived.notify_all()

    async def take(self) -> str:
        async with self.arrived:
            while not self.letters:
                await self.arrived.wait()
            return self.letters.pop()

# %% reported: an event stays set
import asyncio


class Mailbox:
    def __init__(self) -> None:
        self.letters = []
        self.arrived = asyncio.Event()

    def put(self, letter: str) -> None:
        self.letters.append(letter)
        self.arrived.set()

    async def take(self) -> str:
        if not self.letters:
            # error: [wait-without-recheck]
            await self.arrived.wait()
        return self.letters.pop()

# %% fixed: Look again after the wait, with `while`
import asyncio


class Mailbox:
    def __init__(self) -> None:
        self.letters = []
        self.arrived = asyncio.Event()

    def put(self, letter: str) -> None:
        self.letters.append(letter)
        self.arrived.set()

    async def take(self) -> str:
        while not self.letters:
            await self.arrived.wait()
        return self.letters.pop()
