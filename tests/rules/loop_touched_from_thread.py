# %% reported: an event is set in a thread
import asyncio
import threading

event = asyncio.Event()


def work() -> None:
    # error: [loop-touched-from-thread] "use `loop.call_soon_threadsafe`"
    event.set()


threading.Thread(target=work).start()

# %% reported: a nested function
import asyncio
import threading


async def main() -> None:
    loop = asyncio.get_running_loop()
    queue = asyncio.Queue()

    def worker() -> None:
        # error: [loop-touched-from-thread]
        queue.put_nowait(1)
        # error: [loop-touched-from-thread]
        loop.call_soon(print, "x")

    threading.Thread(target=worker, daemon=True).start()
    await queue.get()

# %% reported: through a helper, in an executor or by to_thread
import asyncio


class Reader:
    def __init__(self) -> None:
        self.lines: asyncio.Queue = asyncio.Queue()
        self.closed = asyncio.Event()

    async def start(self) -> None:
        await asyncio.to_thread(self._read)
        await asyncio.get_running_loop().run_in_executor(None, self._close)

    def _read(self) -> None:
        self._put("line")

    def _put(self, line) -> None:
        # error: [loop-touched-from-thread]
        self.lines.put_nowait(line)

    def _close(self) -> None:
        # error: [loop-touched-from-thread]
        self.closed.set()

# %% clean: the loop is told
import asyncio
import threading


async def main() -> None:
    loop = asyncio.get_running_loop()
    queue = asyncio.Queue()
    done = threading.Event()

    def worker() -> None:
        loop.call_soon_threadsafe(queue.put_nowait, 1)
        asyncio.run_coroutine_threadsafe(queue.put(2), loop)
        done.set()

    threading.Thread(target=worker).start()
    await queue.get()

# %% clean: it runs on the loop
import asyncio

event = asyncio.Event()


def tell() -> None:
    event.set()


async def main() -> None:
    asyncio.get_running_loop().call_later(1, tell)
    await event.wait()

# %% clean: the thread has an event loop of its own
import asyncio
import threading


class Proxy:
    def start(self) -> None:
        threading.Thread(target=self._run).start()

    def _run(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.ready = asyncio.Event()
        self.ready.set()
        self.task = self.loop.create_task(self._serve())
        self.loop.run_forever()

    async def _serve(self) -> None: ...
