# The rule is off by default; the cells of this file are checked with it.

# %% reported: a writer that another method clears
import asyncio


class Link:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._writer = None

    def close(self) -> None:
        self._writer = None  # step: B3

    async def send(self, data: bytes) -> None:
        if self._writer is not None:  # step: A1
            # error: [stale-reference] "`close()` may clear it"
            await asyncio.sleep(0)  # step: A2
            self._writer.write(data)  # step: A4

# %% clean: a local reference, taken before the await
import asyncio


class Link:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._writer = None

    def close(self) -> None:
        self._writer = None

    async def send(self, data: bytes) -> None:
        writer = self._writer
        if writer is not None:
            await asyncio.sleep(0)
            writer.write(data)

# %% clean: checked again behind the await
import asyncio


class Link:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._writer = None

    def close(self) -> None:
        self._writer = None

    async def send(self, data: bytes) -> None:
        if self._writer is not None:
            await asyncio.sleep(0)
            if self._writer is not None:
                self._writer.write(data)

# %% reported: left early if it is missing, used after the await
import asyncio


class Link:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._writer = None

    def close(self) -> None:
        self._writer = None

    async def send(self, data: bytes) -> None:
        if self._writer is None:
            return
        # error: [stale-reference] "uses `self._writer`, which was checked on line"
        await asyncio.sleep(0)
        self._writer.write(data)

# %% reported: an entry of a dict that another method removes
import asyncio


class Sessions:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.users = {}

    def leave(self, name: str) -> None:
        self.users.pop(name, None)

    async def greet(self, name: str) -> None:
        if name in self.users:
            # error: [stale-reference] "`leave()` may clear it"
            await asyncio.sleep(0)
            print(self.users[name])

# %% reported: a variable of the module
import asyncio

session = None


def shutdown() -> None:
    global session
    session = None


async def fetch(path: str) -> None:
    if session:
        # error: [stale-reference] "`shutdown()` may clear it"
        await asyncio.sleep(0)
        session.get(path)


async def main() -> None:
    await asyncio.gather(fetch("a"), fetch("b"))

# %% clean: nothing clears it
import asyncio


class Link:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._writer = None

    async def open(self, make) -> None:
        writer = await make()
        self._writer = writer

    async def send(self, data: bytes) -> None:
        if self._writer is not None:
            await asyncio.sleep(0)
            self._writer.write(data)

# %% clean: used before the await
import asyncio


class Link:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._writer = None

    def close(self) -> None:
        self._writer = None

    async def send(self, data: bytes) -> None:
        if self._writer is not None:
            self._writer.write(data)
            await asyncio.sleep(0)

# %% clean: one lock over the check and the use, and where it is cleared
import asyncio


class Link:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._writer = None

    async def close(self) -> None:
        async with self._lock:
            self._writer = None

    async def send(self, data: bytes) -> None:
        async with self._lock:
            if self._writer is not None:
                await asyncio.sleep(0)
                self._writer.write(data)

# %% reported: checked, then used
import asyncio


class Client:
    def __init__(self) -> None:
        self.socket = None

    async def send(self, data: bytes) -> None:
        if self.socket is not None:
            # error: [stale-reference]
            await asyncio.sleep(0)
            self.socket.write(data)

    async def close(self) -> None:
        self.socket = None

# %% fixed: Take a local reference before the check
import asyncio


class Client:
    def __init__(self) -> None:
        self.socket = None

    async def send(self, data: bytes) -> None:
        socket = self.socket
        if socket is not None:
            await asyncio.sleep(0)
            socket.write(data)

    async def close(self) -> None:
        self.socket = None
