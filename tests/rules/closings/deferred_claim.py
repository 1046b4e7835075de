# A spawn can be the window, where the child does the guard's write.
#
# an attribute that the child sets, that is set before, that the child checks again: stale_check.py
# a set of keys, in an async function: 1-2
# other ways to start a task: 3-5
# a flag of a module, of a class, of the child's module: 6-8
# the stored task as the claim: 9-11
# a helper that starts what it is given: 12-13
# a callback of the loop: 14-15

# %% clean: the key is in the set before its task starts
import asyncio


class Watcher:
    def __init__(self) -> None:
        self._watched = set()
        self._tasks = set()

    async def watch(self, path: str) -> None:
        if path not in self._watched:
            self._watched.add(path)
            task = asyncio.create_task(self._poll(path))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _poll(self, path: str) -> None:
        try:
            await asyncio.sleep(1)
        finally:
            self._watched.discard(path)

# %% reported: the task puts its key into the set
import asyncio


class Watcher:
    def __init__(self) -> None:
        self._watched = set()
        self._tasks = set()

    async def watch(self, path: str) -> None:
        if path not in self._watched:
            # error: [stale-check] "`self._watched[path]`"
            task = asyncio.create_task(self._poll(path))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _poll(self, path: str) -> None:
        self._watched.add(path)
        try:
            await asyncio.sleep(1)
        finally:
            self._watched.discard(path)
# confidence: likely

# %% reported: a task group that is kept
import asyncio


class Player:
    def __init__(self, group: asyncio.TaskGroup) -> None:
        self.playing = False
        self._group = group

    def play(self) -> None:
        if not self.playing:
            # error: [stale-check] "`self.playing`"
            self._group.create_task(self._stream())

    async def _stream(self) -> None:
        self.playing = True
        await asyncio.sleep(1)
        self.playing = False
# confidence: likely

# %% known missed alarm: a nursery starts the task soon, not now
import trio


class Player:
    def __init__(self, nursery: trio.Nursery) -> None:
        self.playing = False
        self._nursery = nursery

    def play(self) -> None:
        if not self.playing:
            # error: [stale-check] "`self.playing`"
            self._nursery.start_soon(self._stream)

    async def _stream(self) -> None:
        self.playing = True
        await trio.sleep(1)
        self.playing = False
# confidence: likely

# %% reported: the loop's own create_task
import asyncio


class Player:
    def __init__(self) -> None:
        self.playing = False
        self._loop = asyncio.get_event_loop()
        self._tasks = []

    def play(self) -> None:
        if not self.playing:
            # error: [stale-check] "`self.playing`"
            self._tasks.append(self._loop.create_task(self._stream()))

    async def _stream(self) -> None:
        self.playing = True
        await asyncio.sleep(1)
        self.playing = False
# confidence: likely

# %% reported: a flag of the module
import asyncio

syncing = False
tasks = set()


def request_sync() -> None:
    if not syncing:
        # error: [stale-check] "`syncing`"
        task = asyncio.create_task(sync())
        tasks.add(task)
        task.add_done_callback(tasks.discard)


async def sync() -> None:
    global syncing
    syncing = True
    try:
        await asyncio.sleep(1)
    finally:
        syncing = False

# %% known missed alarm: a flag of the class
import asyncio


class Indexer:
    indexing = False
    tasks = set()

    @classmethod
    def start(cls) -> None:
        if not cls.indexing:
            # error: [stale-check] "`Indexer.indexing`"
            cls.tasks.add(asyncio.create_task(cls._run()))

    @classmethod
    async def _run(cls) -> None:
        cls.indexing = True
        await asyncio.sleep(1)
        cls.indexing = False

# %% reported: the child is in another module
import asyncio

import worker

tasks = set()


def wake() -> None:
    if not worker.awake:
        # error: [stale-check] "awake`"
        tasks.add(asyncio.create_task(worker.run()))

# %% file: worker.py
import asyncio

awake = False


async def run() -> None:
    global awake
    awake = True
    await asyncio.sleep(1)
    awake = False

# %% clean: a task that is stored and not done is the claim
import asyncio


class Player:
    def __init__(self) -> None:
        self._task = None
        self.playing = False

    def play(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._stream())

    async def _stream(self) -> None:
        self.playing = True
        await asyncio.sleep(1)
        self.playing = False

# %% known false alarm: the flag is asked, and the task is asked, too
import asyncio


class Player:
    def __init__(self) -> None:
        self._task = None
        self.playing = False

    def play(self) -> None:
        if self.playing:
            return
        if self._task is None or self._task.done():
            # error: [stale-check]
            self._task = asyncio.create_task(self._stream())

    async def _stream(self) -> None:
        self.playing = True
        await asyncio.sleep(1)
        self.playing = False
# confidence: likely

# %% reported: a task that is stored and never asked is no claim
import asyncio


class Player:
    def __init__(self) -> None:
        self._task = None
        self.playing = False

    def play(self) -> None:
        if not self.playing:
            # error: [stale-check] "`self.playing`"
            self._task = asyncio.create_task(self._stream())

    async def _stream(self) -> None:
        self.playing = True
        await asyncio.sleep(1)
        self.playing = False

    async def close(self) -> None:
        self._task.cancel()

# %% clean: a helper starts what it is given, and the flag is set before
import asyncio


class Mailer:
    def __init__(self) -> None:
        self.sending = False
        self._tasks = set()

    def _spawn(self, coroutine) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def flush(self) -> None:
        if not self.sending:
            self.sending = True
            self._spawn(self._send())

    async def _send(self) -> None:
        try:
            await asyncio.sleep(1)
        finally:
            self.sending = False

# %% known missed alarm: a helper starts what it is given, and what it is given sets the flag
import asyncio


class Mailer:
    def __init__(self) -> None:
        self.sending = False
        self._tasks = set()

    def _spawn(self, coroutine) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def flush(self) -> None:
        if not self.sending:
            # error: [stale-check] "`self.sending`"
            self._spawn(self._send())

    async def _send(self) -> None:
        self.sending = True
        try:
            await asyncio.sleep(1)
        finally:
            self.sending = False

# %% clean: the flag is set before the callback is scheduled
import asyncio


class Screen:
    def __init__(self) -> None:
        self._scheduled = False
        self._lock = asyncio.Lock()

    def invalidate(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._draw)

    def _draw(self) -> None:
        self._scheduled = False

# %% known missed alarm: the callback sets the flag when it runs
import asyncio


class Screen:
    def __init__(self) -> None:
        self._opened = False
        self._lock = asyncio.Lock()

    def show(self) -> None:
        if not self._opened:
            # error: [stale-check] "`self._opened`"
            asyncio.get_running_loop().call_soon(self._open)

    def _open(self) -> None:
        self._opened = True
        print("window")

