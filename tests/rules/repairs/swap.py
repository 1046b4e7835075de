# %% reported: closed, then forgotten
import asyncio


class Socket:
    def __init__(self) -> None:
        self.closed = 0

    async def close(self) -> None:
        self.closed += 1
        await asyncio.sleep(0)


class Client:
    def __init__(self) -> None:
        self.socket: Socket | None = Socket()

    async def close(self) -> None:
        if self.socket is not None:
            # error: [stale-check]
            await self.socket.close()
            self.socket = None
# outcome: s.closed where x = Client(); s = x.socket; x.close() | x.close()

# %% fixed: Take it away before the `await`
import asyncio


class Socket:
    def __init__(self) -> None:
        self.closed = 0

    async def close(self) -> None:
        self.closed += 1
        await asyncio.sleep(0)


class Client:
    def __init__(self) -> None:
        self.socket: Socket | None = Socket()

    async def close(self) -> None:
        if self.socket is not None:
            socket = self.socket
            self.socket = None
            await socket.close()

# %% reported: an entry is removed when it has been closed
import asyncio


class Rooms:
    def __init__(self) -> None:
        self.rooms = {"a": 1}
        self.closed = []

    async def close(self, name: str) -> None:
        if name in self.rooms:
            # error: [stale-check]
            await self.leave(self.rooms[name])
            del self.rooms[name]

    async def leave(self, room: int) -> None:
        self.closed.append(room)
        await asyncio.sleep(0)
# outcome: x.closed where x = Rooms(); x.close("a") | x.close("a")

# %% fixed: Take it away before the `await`
import asyncio


class Rooms:
    def __init__(self) -> None:
        self.rooms = {"a": 1}
        self.closed = []

    async def close(self, name: str) -> None:
        if name in self.rooms:
            room = self.rooms[name]
            del self.rooms[name]
            await self.leave(room)

    async def leave(self, room: int) -> None:
        self.closed.append(room)
        await asyncio.sleep(0)

# %% reported: a batch is sent and cleared
import asyncio


class Batch:
    def __init__(self) -> None:
        self.items = [1]
        self.sent = []

    async def flush(self) -> None:
        if self.items:
            # error: [stale-check]
            await self.send(self.items)
            self.items.clear()

    async def send(self, items: list) -> None:
        self.sent.extend(items)
        await asyncio.sleep(0)
# outcome: x.sent where x = Batch(); x.flush() | x.flush()

# %% fixed: Take it away before the `await`
import asyncio


class Batch:
    def __init__(self) -> None:
        self.items = [1]
        self.sent = []

    async def flush(self) -> None:
        if self.items:
            items = self.items.copy()
            self.items.clear()
            await self.send(items)

    async def send(self, items: list) -> None:
        self.sent.extend(items)
        await asyncio.sleep(0)

# %% reported: the next job is taken when it is allowed
import asyncio


class Worker:
    def __init__(self) -> None:
        self.jobs = [1]
        self.done = []

    async def work(self) -> None:
        if self.jobs:
            # error: [stale-check]
            await asyncio.sleep(0)
            job = self.jobs.pop(0)
            self.done.append(job)
# outcome: x.done where x = Worker(); x.work() | x.work()

# %% fixed: Take it away before the `await`
import asyncio


class Worker:
    def __init__(self) -> None:
        self.jobs = [1]
        self.done = []

    async def work(self) -> None:
        if self.jobs:
            job = self.jobs.pop(0)
            await asyncio.sleep(0)
            self.done.append(job)

# %% reported: what is called needs the state
import asyncio


class Client:
    def __init__(self) -> None:
        self.jobs = {"a": 1}

    async def close(self, name: str) -> None:
        if name in self.jobs:
            # error: [stale-check]
            await self.goodbye(name)
            del self.jobs[name]

    async def goodbye(self, name: str) -> None:
        await asyncio.sleep(self.jobs[name])
# no fix: Take it away before the `await`

# %% reported: gone through, then emptied
import asyncio


class Listeners:
    def __init__(self) -> None:
        self.listeners = []

    def add(self, listener) -> None:
        self.listeners.append(listener)

    def drop(self, listener) -> None:
        self.listeners.remove(listener)

    async def close(self) -> None:
        for listener in self.listeners:
            # error: [changed-while-iterating]
            await listener.close()
        self.listeners.clear()

# %% fixed: Take it away before the `await`
import asyncio


class Listeners:
    def __init__(self) -> None:
        self.listeners = []

    def add(self, listener) -> None:
        self.listeners.append(listener)

    def drop(self, listener) -> None:
        self.listeners.remove(listener)

    async def close(self) -> None:
        listeners = self.listeners.copy()
        self.listeners.clear()
        for listener in listeners:
            await listener.close()
