# %% reported: what a caller brought is stored, awaited and cleared
import asyncio


class Client:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._websocket = None

    async def serve(self, websocket) -> None:
        self._websocket = websocket  # step: A1, B3
        try:
            # error: [stale-overwrite] "clears `self._websocket`, whoever has stored something"
            await websocket.wait_closed()  # step: A2
        finally:
            self._websocket = None  # step: A4
# confidence: likely

# %% clean: compared before it is cleared
import asyncio


class Client:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._websocket = None

    async def serve(self, websocket) -> None:
        self._websocket = websocket
        try:
            await websocket.wait_closed()
        finally:
            if self._websocket is websocket:
                self._websocket = None

# %% clean: one lock from the storing to the clearing
import asyncio


class Client:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._websocket = None

    async def serve(self, websocket) -> None:
        async with self._lock:
            self._websocket = websocket
            try:
                await websocket.wait_closed()
            finally:
                self._websocket = None

# %% reported: cleared without finally
import asyncio


class Player:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.current = None

    async def play(self, song) -> None:
        self.current = song
        # error: [stale-overwrite] "another task in `play()` stores its own"
        await asyncio.sleep(song.seconds)
        self.current = None

# %% reported: a setting that is kept, changed and put back
import asyncio


class Modem:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.timeout = 10

    async def ping(self) -> None:
        before = self.timeout
        self.timeout = 1
        try:
            # error: [stale-overwrite] "puts back what `self.timeout` was"
            await asyncio.sleep(0)
        finally:
            self.timeout = before

# %% clean: kept, changed and put back under one lock
import asyncio


class Modem:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.timeout = 10

    async def ping(self) -> None:
        async with self._lock:
            before = self.timeout
            self.timeout = 1
            try:
                await asyncio.sleep(0)
            finally:
                self.timeout = before

# %% reported: a variable of the module that is kept, changed and put back
import asyncio

level = "info"


async def loudly() -> None:
    global level
    before = level
    level = "debug"
    # error: [stale-overwrite] "what `level` was"
    await asyncio.sleep(0)
    level = before


async def main() -> None:
    await asyncio.gather(loudly(), loudly())
# confidence: proven

# %% reported: a snapshot is put back on failure, over what another method stored
import asyncio


class Outbox:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.letters = []

    async def flush(self, send) -> None:
        letters = self.letters
        try:
            # error: [stale-overwrite] "`self.letters`"
            await send(letters)
        except OSError:
            self.letters = letters

    def drop(self) -> None:
        self.letters = []

# %% clean: merged with what has come since
import asyncio


class Outbox:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.letters = []

    async def flush(self, send) -> None:
        letters, self.letters = self.letters, []
        try:
            await send(letters)
        except OSError:
            self.letters = letters + self.letters

# %% clean: only what this task added is removed
import asyncio


class Server:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.connections = set()

    async def serve(self, connection) -> None:
        self.connections.add(connection)
        try:
            await connection.wait_closed()
        finally:
            self.connections.discard(connection)

# %% clean: a busy flag lets one task in at a time
import asyncio


class Player:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.playing = False

    async def play(self, song) -> None:
        if self.playing:
            return
        self.playing = True
        try:
            await asyncio.sleep(song.seconds)
        finally:
            self.playing = False

# %% clean: cleared before the await
import asyncio


class Player:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.current = None

    async def stop(self) -> None:
        current, self.current = self.current, None
        if current is not None:
            await current.fade()

# %% clean: an object of this call alone
import asyncio


class Job:
    def __init__(self) -> None:
        self.owner = None


async def run(owner) -> None:
    job = Job()
    job.owner = owner
    await asyncio.sleep(0)
    job.owner = None


async def main() -> None:
    await asyncio.gather(run(1), run(2))
