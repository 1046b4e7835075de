# A condition's wait gives its lock away, so the region is open there.
#
# while, predicate and if around a wait: stale_check.py; read before, written after a wait:
#     lost_update.py. Here:
# the loop, and the if, of a container: 1-2
# a predicate about what is acted upon, about something else: 3-4
# wait_for of the condition splits the region, too: 5
# a wait with a time limit: 6-7
# a condition around a lock of another name: 8-9
# the wait is in a callee: 10

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
                    return self.letters.pop(0)
                await self._arrived.wait()

# %% reported: an if around a wait, and then something is taken out
import asyncio


class Mailbox:
    def __init__(self) -> None:
        self.letters = []
        self._arrived = asyncio.Condition()

    async def take(self):
        async with self._arrived:
            if not self.letters:
                # error: [wait-without-recheck]
                await self._arrived.wait()
            return self.letters.pop()

# %% clean: the predicate is a method that checks what is acted upon
import asyncio


class Depot:
    def __init__(self) -> None:
        self.free = 2
        self._changed = asyncio.Condition()

    def _has_room(self) -> bool:
        return self.free > 0

    async def park(self) -> None:
        async with self._changed:
            if self.free <= 0:
                print("full")
            await self._changed.wait_for(self._has_room)
            self.free -= 1

# %% reported: the predicate checks something else
import asyncio


class Depot:
    def __init__(self) -> None:
        self.free = 2
        self.open = False
        self._changed = asyncio.Condition()

    async def park(self) -> None:
        async with self._changed:
            if self.free <= 0:  # step: A1, B3
                return
            # error: [stale-check] "`self.free`"
            await self._changed.wait_for(lambda: self.open)  # step: A2
            self.free -= 1  # step: B4, A5
# confidence: likely

# %% reported: the value is read before wait_for and written after it
import asyncio


class Tank:
    def __init__(self) -> None:
        self.level = 0
        self.valve = False
        self._changed = asyncio.Condition()

    async def fill(self, litres: int) -> None:
        async with self._changed:
            level = self.level  # step: A1, B3
            # error: [lost-update] "`self.level`"
            await self._changed.wait_for(lambda: self.valve)  # step: A2
            self.level = level + litres  # step: B4, A5
# confidence: likely

# %% clean: a loop around a wait with a time limit
import asyncio


class Mailbox:
    def __init__(self) -> None:
        self.letters = []
        self._arrived = asyncio.Condition()

    async def take(self):
        async with self._arrived:
            while not self.letters:
                await asyncio.wait_for(self._arrived.wait(), 5)
            return self.letters.pop()

# %% reported: a wait with a time limit gives the lock away
import asyncio


class Mailbox:
    def __init__(self) -> None:
        self.unread = 0
        self._arrived = asyncio.Condition()

    async def count(self, letters: int) -> None:
        async with self._arrived:
            unread = self.unread
            # error: [lost-update] "`self.unread`"
            await asyncio.wait_for(self._arrived.wait(), 5)
            self.unread = unread + letters

# %% clean: the lock is taken by its own name, and the condition waits in a loop
import asyncio


class Mailbox:
    def __init__(self) -> None:
        self.letters = []
        self._lock = asyncio.Lock()
        self._arrived = asyncio.Condition(self._lock)

    async def put(self, letter) -> None:
        async with self._lock:
            self.letters.append(letter)
            self._arrived.notify()

    async def take(self):
        async with self._lock:
            while not self.letters:
                await self._arrived.wait()
            return self.letters.pop()

# %% known missed alarm: the condition gives away the lock that was taken by its own name
import asyncio


class Mailbox:
    def __init__(self) -> None:
        self.unread = 0
        self._lock = asyncio.Lock()
        self._arrived = asyncio.Condition(self._lock)

    async def count(self, letters: int) -> None:
        async with self._lock:
            unread = self.unread
            # error: [lost-update] "`self.unread`"
            await self._arrived.wait()
            self.unread = unread + letters

# %% known missed alarm: a callee waits and gives away the lock of its caller
import asyncio


class Tank:
    def __init__(self) -> None:
        self.level = 0
        self.valve = False
        self._changed = asyncio.Condition()

    async def _until_open(self) -> None:
        while not self.valve:
            await self._changed.wait()

    async def fill(self, litres: int) -> None:
        async with self._changed:
            level = self.level
            # error: [lost-update] "`self.level`"
            await self._until_open()
            self.level = level + litres

