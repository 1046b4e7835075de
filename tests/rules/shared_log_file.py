# %% reported: a file of the program's
import aiofiles

LOG = "app.log"


async def log(message: str) -> None:
    # error: [shared-log-file]
    async with aiofiles.open(LOG, "a") as file:
        await file.write(message)


class Writer:
    def __init__(self, path: str) -> None:
        self.path = path

    async def write(self, message: str) -> None:
        # error: [shared-log-file]
        with open(self.path, mode="a") as file:
            file.write(message)

# %% clean: locked, named by the caller, or written anew
import asyncio

import aiofiles

lock = asyncio.Lock()


async def locked(message: str) -> None:
    async with lock:
        async with aiofiles.open("app.log", "a") as file:
            await file.write(message)


async def named(path: str, message: str) -> None:
    async with aiofiles.open(path, "a") as file:
        await file.write(message)


async def anew(message: str) -> None:
    async with aiofiles.open("app.log", "w") as file:
        await file.write(message)


def once(message: str) -> None:
    with open("app.log", "a") as file:
        file.write(message)

# %% clean: a file that the caller names
async def log(folder: str, name: str, message: str) -> None:
    with open(f"{folder}/{name}.log", "a") as file:
        file.write(message)


class Journal:
    async def log(self, day: str, message: str) -> None:
        path = f"{self.folder}/{day}"
        with open(path + ".log", "a") as file:
            file.write(message)
