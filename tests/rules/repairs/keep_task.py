# %% reported: dropped in a method
import asyncio


class Mailer:
    def __init__(self) -> None:
        self.sent = 0

    async def send(self) -> None:
        await asyncio.sleep(0)

    def start(self) -> None:
        # error: [dropped-task]
        asyncio.create_task(self.send())  # soon

# %% fixed: Keep the task in `self._background_tasks` until it is done
import asyncio


class Mailer:
    def __init__(self) -> None:
        self._background_tasks = set()
        self.sent = 0

    async def send(self) -> None:
        await asyncio.sleep(0)

    def start(self) -> None:
        task = asyncio.create_task(self.send())  # soon
        self._background_tasks.add(task)
        task.add_done_callback(self._background_tasks.discard)

# %% reported: bound to a local of a function
"""Mail."""

import asyncio


async def send() -> None:
    await asyncio.sleep(0)


def start() -> None:
    # error: [dropped-task]
    _ = asyncio.create_task(send())

# %% fixed: Keep the task in `_background_tasks` until it is done
"""Mail."""

import asyncio

_background_tasks = set()


async def send() -> None:
    await asyncio.sleep(0)


def start() -> None:
    task = asyncio.create_task(send())
    _background_tasks.add(task)
    task.add_done_callback(_background_tasks.discard)

# %% reported: several of a loop
# unsafe: Start the tasks in a group that waits for them because needs Python 3.11; the function waits until all are done, and where one fails the others are cancelled
import asyncio


async def send(name: str) -> None:
    await asyncio.sleep(0)


async def send_all(names: list[str], group: str) -> None:
    for name in names:
        if name:
            # error: [dropped-task]
            asyncio.create_task(send(f"{group}/{name}"))  # soon

# %% fixed: Start the tasks in a group that waits for them
import asyncio


async def send(name: str) -> None:
    await asyncio.sleep(0)


async def send_all(names: list[str], group: str) -> None:
    async with asyncio.TaskGroup() as group_2:
        for name in names:
            if name:
                group_2.create_task(send(f"{group}/{name}"))  # soon

# %% reported: a loop that does not end
# no fix: Start the tasks in a group that waits for them
import asyncio


async def send() -> None:
    await asyncio.sleep(0)


async def send_all(requests: asyncio.Queue) -> None:
    while True:
        await requests.get()
        # error: [dropped-task]
        asyncio.create_task(send())

# %% reported: the name is taken by a list
import asyncio


class Server:
    def __init__(self) -> None:
        self._background_tasks = []

    async def handle(self) -> None:
        # error: [dropped-task]
        asyncio.create_task(asyncio.sleep(1))

# %% fixed: Keep the task in `self._background_tasks_2` until it is done
import asyncio


class Server:
    def __init__(self) -> None:
        self._background_tasks = []
        self._background_tasks_2 = set()

    async def handle(self) -> None:
        task = asyncio.create_task(asyncio.sleep(1))
        self._background_tasks_2.add(task)
        task.add_done_callback(self._background_tasks_2.discard)

# %% reported: a class method, which objects' attributes are not for
# no fix: Keep the task in `cls._background_tasks` until it is done
import asyncio


class Server:
    def __init__(self) -> None:
        self.started = False

    @classmethod
    async def launch(cls) -> None:
        # error: [dropped-task]
        asyncio.create_task(asyncio.sleep(1))

# %% reported: below what comes first in a file
#!/usr/bin/env python3
try:
    import uvloop
except ImportError:
    uvloop = None
import asyncio


async def fire() -> None:
    # error: [dropped-task]
    asyncio.create_task(asyncio.sleep(1))

# %% fixed: Keep the task in `_background_tasks` until it is done
#!/usr/bin/env python3
try:
    import uvloop
except ImportError:
    uvloop = None
import asyncio

_background_tasks = set()


async def fire() -> None:
    task = asyncio.create_task(asyncio.sleep(1))
    _background_tasks.add(task)
    task.add_done_callback(_background_tasks.discard)

# %% reported: a set is there already
import asyncio

_background_tasks = set()


class Server:
    def __init__(self) -> None:
        self._background_tasks: set[asyncio.Task] = set()

    async def handle(self) -> None:
        # error: [dropped-task]
        asyncio.create_task(asyncio.sleep(1))

# %% fixed: Keep the task in `self._background_tasks` until it is done
import asyncio

_background_tasks = set()


class Server:
    def __init__(self) -> None:
        self._background_tasks: set[asyncio.Task] = set()

    async def handle(self) -> None:
        task = asyncio.create_task(asyncio.sleep(1))
        self._background_tasks.add(task)
        task.add_done_callback(self._background_tasks.discard)

# %% reported: a set of the module is there already
import asyncio

_background_tasks = set()


async def handle() -> None:
    # error: [dropped-task]
    asyncio.create_task(asyncio.sleep(1))

# %% fixed: Keep the task in `_background_tasks` until it is done
import asyncio

_background_tasks = set()


async def handle() -> None:
    task = asyncio.create_task(asyncio.sleep(1))
    _background_tasks.add(task)
    task.add_done_callback(_background_tasks.discard)
