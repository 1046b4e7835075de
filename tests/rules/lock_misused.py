# %% reported: a plain with
import asyncio

lock = asyncio.Lock()


async def main() -> None:
    # error: [lock-misused] "only `async with` can enter"
    with lock:
        await asyncio.sleep(0)

# %% reported: a notification from outside
import asyncio


class Mailbox:
    def __init__(self) -> None:
        self.arrived: asyncio.Condition = asyncio.Condition()

    async def tell(self) -> None:
        # error: [lock-misused] "RuntimeError"
        self.arrived.notify_all()

# %% reported: it was free before
import asyncio

lock = asyncio.Lock()


async def main() -> None:
    # error: [lock-misused] "line 9 is suspended"
    if not lock.locked():
        await asyncio.sleep(0)
        async with lock:
            pass

# %% reported: nobody has taken it
import asyncio

lock = asyncio.Lock()


async def done() -> None:
    # error: [lock-misused] "by one who has not taken it"
    lock.release()

# %% clean: held here, or by whoever calls
import asyncio


class Mailbox:
    def __init__(self) -> None:
        self.arrived = asyncio.Condition()

    async def put(self) -> None:
        async with self.arrived:
            self.arrived.notify()
            self._tell()

    def _tell(self) -> None:
        self.arrived.notify_all()

# %% clean: another method has taken it
import asyncio


class Gate:
    def __init__(self, is_used) -> None:
        self.is_used = is_used
        self.lock = asyncio.Lock()

    async def close(self) -> None:
        await self.lock.acquire()

    def open(self) -> None:
        self.lock.release()

    async def __aenter__(self) -> None:
        if self.is_used:
            await self.lock.acquire()

    async def __aexit__(self, *_) -> None:
        if self.is_used:
            self.lock.release()

# %% clean: asked and taken at once, or only shown
import asyncio

lock = asyncio.Lock()


async def main() -> None:
    if lock.locked():
        return
    async with lock:
        await asyncio.sleep(0)
    print(lock.locked())

# %% reported: replaced by a method that is called under it
import asyncio


class Device:
    def __init__(self) -> None:
        self.lock: asyncio.Lock | None = None
        self.writer = None

    async def query(self, request: bytes) -> None:
        if self.lock is None:
            self.lock = asyncio.Lock()
        async with self.lock:
            try:
                await self.writer.drain()
            except OSError:
                # error: [lock-misused] "`self.lock` is replaced while it is held"
                await self.close()

    async def close(self) -> None:
        writer, self.writer = self.writer, None
        if writer is not None:
            writer.close()
            await writer.wait_closed()
        self.lock = None

    async def reset(self) -> None:
        async with self.lock:
            # error: [lock-misused] "is replaced"
            self.lock = asyncio.Lock()
            await asyncio.sleep(0)

# %% clean: made where nobody holds it, or given up for good
import asyncio


class Device:
    def __init__(self) -> None:
        self.lock: asyncio.Lock | None = asyncio.Lock()

    async def start(self) -> None:
        self.lock = asyncio.Lock()
        async with self.lock:
            await asyncio.sleep(0)

    async def close(self) -> None:
        async with self.lock:
            await asyncio.sleep(0)
        self.lock = None


class Session:
    def __init__(self) -> None:
        self.lock: asyncio.Lock | None = asyncio.Lock()

    async def end(self) -> None:
        async with self.lock:
            await asyncio.sleep(0)
            self.lock = None
