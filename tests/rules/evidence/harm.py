# How clear the harm is: of two tasks in a window, what is spoiled.
#
# wrong use that is refused, and a name that is taken: 1-3
# a note of what was found, and a resource: 4-6
# closed twice, and used when it is gone: 7-8
# an empty container: 9
# a slice that is cut off: 10
# another round of a loop: 11
# the pause of a generator: 12
# an expected lock: 13-14

# %% reported: who connects twice is told so
import asyncio


class Client:
    def __init__(self) -> None:
        self.socket = None

    async def connect(self) -> None:
        if self.socket is not None:
            raise RuntimeError("connected already")
        # error: [double-initialization]
        self.socket = await asyncio.open_connection("localhost", 80)

    async def close(self) -> None:
        self.socket = None
# confidence: possible

# %% reported: who finds a socket does not connect
import asyncio


class Client:
    def __init__(self) -> None:
        self.socket = None

    async def connect(self) -> None:
        if self.socket is not None:
            return
        # error: [double-initialization]
        self.socket = await asyncio.open_connection("localhost", 80)

    async def close(self) -> None:
        self.socket = None
# confidence: likely

# %% reported: a name that is taken is refused, and taken twice
import asyncio


class Registry:
    def __init__(self) -> None:
        self.users = {}

    async def register(self, name: str, password: str) -> None:
        if name in self.users:
            raise ValueError(name)
        # error: [double-initialization]
        await asyncio.sleep(0)
        self.users[name] = password

    def remove(self, name: str) -> None:
        del self.users[name]
# confidence: likely

# %% reported: a note of what was asked for
import asyncio


class Client:
    def __init__(self) -> None:
        self._versions = None

    async def versions(self, fetch):
        if self._versions is None:
            # error: [double-initialization]
            self._versions = await fetch("/versions")
        return self._versions
# confidence: possible

# %% reported: a note by key
import asyncio


class Client:
    def __init__(self) -> None:
        self._sessions = {}

    async def session(self, host: str, fetch):
        session = self._sessions.get(host)
        if session is None:
            # error: [double-initialization]
            session = await fetch(host)
            self._sessions[host] = session
        return session
# confidence: possible

# %% reported: an entry that others give up
import asyncio


class Client:
    def __init__(self) -> None:
        self._sessions = {}

    async def session(self, host: str):
        session = self._sessions.get(host)
        if session is None:
            # error: [double-initialization]
            session = await asyncio.open_connection(host, 80)
            self._sessions[host] = session
        return session

    async def close(self, host: str) -> None:
        self._sessions.pop(host, None)
# confidence: likely

# %% reported: to close twice is mostly harmless
import asyncio


class Link:
    def __init__(self, socket) -> None:
        self._lock = asyncio.Lock()
        self.socket = socket

    async def close(self) -> None:
        if self.socket is not None:
            # error: [stale-check]
            await self.socket.close()
            self.socket = None
# confidence: possible

# %% reported: what is gone is used once more
import asyncio


class Link:
    def __init__(self, socket) -> None:
        self._lock = asyncio.Lock()
        self.socket = socket

    async def close(self) -> None:
        if self.socket is not None:
            # error: [stale-check]
            await self.socket.say_goodbye()
            await self.socket.close()
            self.socket = None
# confidence: likely

# %% reported: an empty set replaces one with a listener
import asyncio


class Connection:
    def __init__(self) -> None:
        self.listeners = {}

    async def listen(self, channel: str, callback) -> None:
        if channel not in self.listeners:
            # error: [double-initialization]
            await self.fetch(channel)
            self.listeners[channel] = set()
        self.listeners[channel].add(callback)

    async def fetch(self, channel: str) -> None:
        await asyncio.sleep(0)
# confidence: possible

# %% clean: a slice is cut off a buffer that another task resets
import asyncio


class Parser:
    def __init__(self) -> None:
        self.buffer = bytearray()
        self._lock = asyncio.Lock()

    def start(self, stream, hook) -> None:
        self.parsing = asyncio.create_task(self._parse(stream, hook))

    def reset(self) -> None:
        self.buffer = bytearray()

    async def _parse(self, stream, hook) -> None:
        if self.buffer:
            await hook(self.buffer)
            del self.buffer[:4]

# %% reported: what was found in the last round
import asyncio


class Pings:
    def __init__(self) -> None:
        self.outstanding = 0
        self._lock = asyncio.Lock()

    def answered(self) -> None:
        self.outstanding = 0

    async def ping(self, link) -> None:
        while True:
            self.outstanding += 1
            if self.outstanding > 3:
                return
            # error: [stale-check]
            await link.ping()
# confidence: possible

# %% reported: a generator pauses while the flag is not yet set
import asyncio


class Speech:
    def __init__(self) -> None:
        self.started = False
        self._lock = asyncio.Lock()

    async def say(self, text: str):
        if not self.started:
            # error: [double-initialization]
            yield "start"
            self.started = True
        yield text
# confidence: possible

# %% reported: a lock is taken after the check
import asyncio


class Tokens:
    def __init__(self, lock: asyncio.Lock) -> None:
        self.token = None
        self.lock = lock

    async def get(self, fetch):
        if self.token is None:
            # error: [double-initialization]
            async with self.lock:
                self.token = await fetch()
        return self.token
# confidence: likely

# %% reported: a lock guards the making of something else
import asyncio


class Stream:
    def __init__(self) -> None:
        self.limit = 1
        self.sent = False
        self._start = asyncio.Lock()

    async def send(self, link) -> None:
        async with self._start:
            if not self.sent:
                self.limit = 1
                await link.hello()
                self.sent = True

    async def changed(self, link, limit: int) -> None:
        if self.limit < limit:
            # error: [stale-check]
            await link.more()
            self.limit += 1
# confidence: likely
