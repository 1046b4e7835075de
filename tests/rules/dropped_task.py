# %% reported: nobody takes what create_task returns
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


async def main() -> None:
    # error: [dropped-task] "its result is dropped"
    asyncio.create_task(work())

# %% reported: it is assigned to the underscore
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


async def main() -> None:
    # error: [dropped-task] "its result is dropped"
    _ = asyncio.create_task(work())

# %% reported: a local that nobody uses
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


async def main() -> None:
    # error: [dropped-task] "nobody but the local `task` holds it"
    task = asyncio.create_task(work())

# %% reported: a local of which only the name is asked
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


async def main() -> None:
    # error: [dropped-task] "nobody but the local `task` holds it"
    task = asyncio.create_task(work())
    print(f"started {task.get_name()}", task)
    task.add_done_callback(print)

# %% reported: it gets a callback and nothing else
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


async def main() -> None:
    # error: [dropped-task] "only `add_done_callback` is called on it"
    asyncio.create_task(work()).add_done_callback(print)

# %% reported: a list of tasks that is dropped
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


async def main() -> None:
    # error: [dropped-task] "its result is dropped"
    [asyncio.create_task(work()) for _ in range(3)]

# %% reported: a local list that nobody awaits
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


async def main() -> None:
    tasks = []
    for _ in range(3):
        # error: [dropped-task] "nobody awaits what is in `tasks`"
        tasks.append(asyncio.create_task(work()))

# %% reported: loops start tasks, too
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


async def main() -> None:
    # error: [dropped-task]
    asyncio.get_event_loop().create_task(work())
    loop = asyncio.get_running_loop()
    # error: [dropped-task]
    loop.create_task(work())

# %% reported: a function that is not async
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


def start() -> None:
    # error: [dropped-task]
    asyncio.ensure_future(work())

# %% reported: a helper returns the task
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


def spawn() -> "asyncio.Task[None]":
    return asyncio.create_task(work())


def spawn_named() -> "asyncio.Task[None]":
    task = spawn()
    task.set_name("work")
    return task


async def main() -> None:
    # error: [dropped-task]
    spawn()
    # error: [dropped-task]
    spawn_named()

# %% reported: a helper in another module
from tasks import spawn


async def main() -> None:
    # error: [dropped-task]
    spawn()
# %% file: tasks.py
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


def spawn():
    return asyncio.ensure_future(work())

# %% reported: a weak set holds nothing
import asyncio
from weakref import WeakSet


async def work() -> None:
    await asyncio.sleep(0)


class App:
    def __init__(self) -> None:
        self.background: WeakSet = WeakSet()

    def start(self) -> None:
        # error: [dropped-task]
        task = asyncio.get_event_loop().create_task(work())
        self.background.add(task)

    def start_directly(self) -> None:
        # error: [dropped-task] "`self.background` keeps weak references alone"
        self.background.add(asyncio.create_task(work()))

# %% reported: a nested function binds a name of its own
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


def subscribe():
    running = None

    def on_start() -> None:
        # error: [dropped-task]
        running = asyncio.create_task(work())

    def on_stop() -> None:
        if running is not None:
            running.cancel()

    return on_start, on_stop

# %% reported: the loop has come from somewhere
async def work() -> None:
    await asyncio.sleep(0)


class Client:
    def __init__(self, loop) -> None:
        self.loop = loop

    def start(self) -> None:
        # error: [dropped-task]
        self.loop.create_task(work())
# confidence: possible

# %% clean: it is kept on the object
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


class App:
    def __init__(self) -> None:
        self.task = None
        self.tasks = set()
        self.by_name = {}

    def start(self) -> None:
        self.task = asyncio.create_task(work())
        self.by_name["work"] = asyncio.create_task(work())

    def start_many(self) -> None:
        task = asyncio.create_task(work())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(asyncio.create_task(work()))

# %% clean: a task group keeps its tasks
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


async def main() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(work())

# %% clean: it is awaited, cancelled, returned or handed on
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


def keep(task) -> None: ...


async def main() -> None:
    task = asyncio.create_task(work())
    await task


async def other() -> None:
    await asyncio.create_task(work())


async def beside() -> None:
    task = asyncio.create_task(work())
    await asyncio.sleep(1)
    task.cancel()


async def handed() -> None:
    keep(asyncio.create_task(work()))
    task = asyncio.create_task(work())
    keep(task)


def returned():
    return asyncio.create_task(work())


async def gathered() -> None:
    tasks = [asyncio.create_task(work()) for _ in range(3)]
    await asyncio.gather(*tasks)


async def one_by_one() -> None:
    tasks = []
    tasks.append(asyncio.create_task(work()))
    for task in tasks:
        await task

# %% clean: it is used behind a yield
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


async def fixture():
    task = asyncio.create_task(work())
    yield
    task.cancel()

# %% clean: the helper keeps what it returns
import asyncio

running = set()


async def work() -> None:
    await asyncio.sleep(0)


def spawn():
    task = asyncio.create_task(work())
    running.add(task)
    task.add_done_callback(running.discard)
    return task


async def main() -> None:
    spawn()

# %% clean: a nested function uses it
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


def start():
    task = asyncio.create_task(work())

    def stop() -> None:
        task.cancel()

    return stop

# %% clean: what is called create_task starts nothing
class Board:
    def create_task(self, title):
        return title


def plan() -> None:
    Board().create_task("write")
    board = Board()
    board.create_task("test")

# %% clean: a callback holds it
import asyncio


async def work() -> None:
    await asyncio.sleep(1)


async def run() -> None:
    warning = asyncio.create_task(work())
    job = asyncio.create_task(work())
    job.add_done_callback(lambda _: warning.cancel())
    await job

# %% reported: its function waits for what its callback tells
# confidence: possible
import asyncio


async def work() -> None:
    await asyncio.sleep(1)


async def run() -> None:
    done = asyncio.get_running_loop().create_future()
    # error: [dropped-task]
    task = asyncio.create_task(work())
    task.add_done_callback(lambda _: done.cancel())
    await done

# %% clean: what never suspends is done at once
import asyncio


async def note() -> None:
    print("started")


async def run() -> None:
    asyncio.create_task(note())
