# %% reported: a coroutine whose result is dropped
import asyncio


async def save(item) -> None:
    await asyncio.sleep(0)


async def main() -> None:
    # error: [missing-await] "its result is dropped"
    save(1)
# confidence: proven

# %% clean: awaited
import asyncio


async def save(item) -> None:
    await asyncio.sleep(0)


async def main() -> None:
    await save(1)

# %% reported: a method
import asyncio


class Store:
    async def save(self, item) -> None:
        await asyncio.sleep(0)

    async def close(self) -> None:
        # error: [missing-await] "`self.save()`"
        self.save(1)

# %% reported: a method of an object that is made here
import asyncio


class Store:
    async def save(self, item) -> None:
        await asyncio.sleep(0)


async def main() -> None:
    store = Store()
    # error: [missing-await] "`store.save()`"
    store.save(1)

# %% reported: assigned to the underscore
import asyncio


async def save(item) -> None:
    await asyncio.sleep(0)


async def main() -> None:
    # error: [missing-await]
    _ = save(1)

# %% reported: a condition is always true
import asyncio


async def ready() -> bool:
    await asyncio.sleep(0)
    return False


async def main() -> None:
    # error: [missing-await] "always true"
    if ready():
        print("go")
    # error: [missing-await] "always true"
    while not ready():
        break
    # error: [missing-await] "always true"
    assert ready()

# %% reported: a comparison, a boolean operand, a string
import asyncio


async def count() -> int:
    await asyncio.sleep(0)
    return 1


async def main() -> None:
    # error: [missing-await] "equals nothing"
    print(count() == 1)
    # error: [missing-await]
    found = count() or 5
    # error: [missing-await]
    print(f"{count()} of {found}")

# %% reported: an attribute of a coroutine
import asyncio


async def fetch():
    await asyncio.sleep(0)


async def main() -> None:
    # error: [missing-await] "no such attribute"
    print(fetch().status)

# %% reported: called from a function that is not async
import asyncio


async def save(item) -> None:
    await asyncio.sleep(0)


def on_change() -> None:
    # error: [missing-await]
    save(1)

# %% reported: asyncio's own coroutines
import asyncio
from asyncio import sleep


async def main() -> None:
    # error: [missing-await] "`asyncio.sleep()`"
    asyncio.sleep(1)
    # error: [missing-await] "`sleep()`"
    sleep(1)

# %% reported: a coroutine function of another module
import store


async def main() -> None:
    # error: [missing-await] "`store.save()`"
    store.save(1)

# %% file: store.py
import asyncio


async def save(item) -> None:
    await asyncio.sleep(0)

# %% clean: calls that return tasks and futures
import asyncio


async def save(item) -> None:
    await asyncio.sleep(0)


async def main() -> None:
    loop = asyncio.get_running_loop()
    loop.run_in_executor(None, print, 1)
    task = asyncio.create_task(save(1))
    await task
    await asyncio.gather(save(1), save(2))

# %% clean: stored, returned or passed on
import asyncio


async def save(item) -> None:
    await asyncio.sleep(0)


def later(item):
    return save(item)


async def main(run) -> None:
    work = save(1)
    await work
    run(save(2))
    jobs = [save(3), save(4)]
    await asyncio.gather(*jobs)

# %% clean: an async generator is iterated over
import asyncio


async def numbers():
    yield 1
    await asyncio.sleep(0)


async def main() -> None:
    async for number in numbers():
        print(number)

# %% clean: a decorator may make something else of it
import asyncio
from tasks import background


@background
async def save(item) -> None:
    await asyncio.sleep(0)


async def main() -> None:
    save(1)

# %% clean: a name that is bound again
import asyncio


async def save(item) -> None:
    await asyncio.sleep(0)


def use(save) -> None:
    save(1)


def replace() -> None:
    save = print
    save(1)

# %% clean: a method that is not async in a class with the same name of method
class Store:
    def save(self, item) -> None:
        print(item)


class Remote:
    async def save(self, item) -> None:
        print(item)


def main() -> None:
    Store().save(1)

# %% reported: printed
import asyncio


async def save(item) -> int:
    await asyncio.sleep(0)
    return item


async def main() -> None:
    # error: [missing-await]
    print(save(1))

# %% reported: a list of coroutines that nobody awaits
import asyncio


async def save(item) -> int:
    await asyncio.sleep(0)
    return item


async def main() -> None:
    # error: [missing-await]
    work = [save(number) for number in range(3)]

# %% reported: a dictionary of coroutines that nobody awaits
import asyncio


async def save(item) -> int:
    await asyncio.sleep(0)
    return item


async def main() -> None:
    # error: [missing-await]
    work = {"a": save(1)}

# %% reported: assigned and never used
import asyncio


async def save(item) -> int:
    await asyncio.sleep(0)
    return item


async def main() -> None:
    # error: [missing-await]
    result = save(1)

# %% reported: an async property as a statement
import asyncio


class Store:
    @property
    async def size(self) -> int:
        await asyncio.sleep(0)
        return 1

    async def main(self) -> None:
        # error: [missing-await]
        self.size

# %% reported: gather as a statement
import asyncio


async def save(item) -> int:
    await asyncio.sleep(0)
    return item


async def main() -> None:
    # error: [missing-await]
    asyncio.gather(save(1), save(2))

# %% reported: a plain for over an async generator
import asyncio


async def numbers():
    yield 1
    await asyncio.sleep(0)


async def main() -> None:
    # error: [missing-await]
    for number in numbers():
        print(number)

# %% reported: a plain with over an async context manager
import asyncio


class Session:
    async def __aenter__(self):
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *error) -> None:
        await asyncio.sleep(0)


async def main() -> None:
    # error: [missing-await]
    with Session() as session:
        print(session)

# %% reported: map over a coroutine function
import asyncio


async def save(item) -> int:
    await asyncio.sleep(0)
    return item


async def main() -> None:
    # error: [missing-await]
    list(map(save, [1, 2]))

# %% reported: returned without await where the annotation wants the value
import asyncio


async def save(item) -> int:
    await asyncio.sleep(0)
    return item


async def main() -> int:
    # error: [missing-await]
    return save(1)

# %% reported: nothing stands on the left
import asyncio


async def work():
    await asyncio.sleep(0)
    return ()


async def main() -> None:
    () = ()
    [] = await work()
    () = work()
    # error: [missing-await]
    work()
