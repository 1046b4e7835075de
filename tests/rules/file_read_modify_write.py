# %% reported: a number in a file
import aiofiles


async def bump(path: str) -> None:
    async with aiofiles.open(path) as file:
        count = int(await file.read())
    # error: [file-read-modify-write]
    async with aiofiles.open(path, "w") as file:
        await file.write(str(count + 1))

# %% reported: JSON that is changed in memory, with an await in between
import asyncio
import json
from pathlib import Path

STATE = Path("state.json")


async def remember(name: str) -> None:
    with open("state.json") as file:
        state = json.load(file)
    state[name] = await ask(name)
    # error: [file-read-modify-write]
    with open("state.json", mode="w") as file:
        json.dump(state, file)


async def by_path(name: str) -> None:
    known = STATE.read_text()
    await asyncio.sleep(0)
    # error: [file-read-modify-write]
    STATE.write_text(known + name)


async def ask(name: str) -> str:
    await asyncio.sleep(0)
    return name

# %% reported: without an await in between
# confidence: possible
import json


async def remember(name: str) -> None:
    with open("state.json") as file:
        state = json.load(file)
    state[name] = 1
    # error: [file-read-modify-write] possible
    with open("state.json", "w") as file:
        json.dump(state, file)

# %% clean: locked, replaced, or another file
import asyncio
import fcntl
import json
import os

import aiofiles
from filelock import AsyncFileLock

lock = asyncio.Lock()


async def locked(path: str) -> None:
    async with lock:
        async with aiofiles.open(path) as file:
            count = int(await file.read())
        async with aiofiles.open(path, "w") as file:
            await file.write(str(count + 1))


async def locked_file(path: str) -> None:
    async with AsyncFileLock(f"{path}.lock"):
        async with aiofiles.open(path) as file:
            count = int(await file.read())
        async with aiofiles.open(path, "w") as file:
            await file.write(str(count + 1))


async def flocked(path: str) -> None:
    with open("lock") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        async with aiofiles.open(path) as file:
            count = int(await file.read())
        async with aiofiles.open(path, "w") as file:
            await file.write(str(count + 1))


async def replaced(path: str) -> None:
    async with aiofiles.open(path) as file:
        count = int(await file.read())
    async with aiofiles.open(path + ".new", "w") as file:
        await file.write(str(count + 1))
    os.replace(path + ".new", path)


async def copied(path: str, other: str) -> None:
    async with aiofiles.open(path) as file:
        text = await file.read()
    async with aiofiles.open(other, "w") as file:
        await file.write(text)


async def overwritten(path: str) -> None:
    async with aiofiles.open(path) as file:
        print(await file.read())
    async with aiofiles.open(path, "w") as file:
        await file.write("new")

# %% clean: no task and no thread runs it
import json


def remember(name: str) -> None:
    with open("state.json") as file:
        state = json.load(file)
    state[name] = 1
    with open("state.json", "w") as file:
        json.dump(state, file)
