# %% reported: counted on the loop and in a thread
import asyncio


class Progress:
    def __init__(self) -> None:
        self.done = 0

    def _convert(self, path) -> None:
        # error: [shared-with-thread]
        self.done += 1

    async def convert(self, path) -> None:
        job = asyncio.create_task(asyncio.to_thread(self._convert, path))
        # error: [shared-with-thread]
        self.done += 1
        await job

# %% reported: the thread only resets it
import asyncio
import threading


class Meter:
    def __init__(self) -> None:
        self.bytes = 0

    async def start(self) -> None:
        threading.Thread(target=self._report, daemon=True).start()

    def _report(self) -> None:
        while True:
            print(self.bytes)
            self.bytes = 0

    async def on_data(self, data) -> None:
        # error: [shared-with-thread]
        self.bytes += len(data)

# %% reported: an asyncio lock does not keep the thread out
import asyncio


class Cache:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.size = 0

    def _load(self) -> None:
        # error: [shared-with-thread]
        self.size = self.size + 1

    async def load(self) -> None:
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(None, self._load)
        async with self.lock:
            # error: [shared-with-thread]
            self.size -= 1
        await future

# %% clean: a lock of threads
import asyncio
import threading


class Progress:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.done = 0

    def _convert(self, path) -> None:
        with self.lock:
            self.done += 1

    async def convert(self, path) -> None:
        job = asyncio.create_task(asyncio.to_thread(self._convert, path))
        with self.lock:
            self.done += 1
        await job

# %% clean: the value is handed back
import asyncio


class Progress:
    def __init__(self) -> None:
        self.done = 0

    def _convert(self, path) -> int:
        return 1

    async def convert(self, path) -> None:
        done = await asyncio.to_thread(self._convert, path)
        self.done += done

# %% clean: one side only sets it
import asyncio


class Reader:
    def __init__(self) -> None:
        self.closed = False

    def _read(self) -> None:
        self.closed = True

    async def read(self) -> None:
        await asyncio.to_thread(self._read)
        self.closed = False
