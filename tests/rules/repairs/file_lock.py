# %% reported: read and written by tasks
# unsafe: Hold a lock on the file because needs the package filelock, and whoever else writes the file must take the lock
import aiofiles


async def bump(path: str) -> None:
    async with aiofiles.open(path) as file:
        count = int(await file.read())
    # error: [file-read-modify-write]
    async with aiofiles.open(path, "w") as file:
        await file.write(str(count + 1))
    print(count)

# %% fixed: Hold a lock on the file
import aiofiles
from filelock import AsyncFileLock


async def bump(path: str) -> None:
    async with AsyncFileLock(f"{path}.lock"):
        async with aiofiles.open(path) as file:
            count = int(await file.read())
        async with aiofiles.open(path, "w") as file:
            await file.write(str(count + 1))
    print(count)

# %% fixed: Write a new file, then `os.replace` the old one
import os

import aiofiles


async def bump(path: str) -> None:
    async with aiofiles.open(path) as file:
        count = int(await file.read())
    async with aiofiles.open(f"{path}.new", "w") as file:
        await file.write(str(count + 1))
    os.replace(f"{path}.new", path)
    print(count)

# %% reported: a file that has one name
import asyncio
import json


async def add(name: str) -> None:
    with open("names.json") as file:
        names = json.load(file)
    await asyncio.sleep(0)
    names.append(name)
    # error: [file-read-modify-write]
    with open("names.json", "w") as file:
        json.dump(names, file)

# %% fixed: Hold a lock on the file
import asyncio
import json

from filelock import AsyncFileLock


async def add(name: str) -> None:
    async with AsyncFileLock("names.json.lock"):
        with open("names.json") as file:
            names = json.load(file)
        await asyncio.sleep(0)
        names.append(name)
        with open("names.json", "w") as file:
            json.dump(names, file)

# %% reported: the name is made on the way
import asyncio
import json


async def add(folder: str, name: str) -> None:
    for path in (f"{folder}/a.json", f"{folder}/b.json"):
        with open(path) as file:
            names = json.load(file)
        await asyncio.sleep(0)
        names.append(name)
        # error: [file-read-modify-write]
        with open(path, "w") as file:
            json.dump(names, file)

# %% fixed: Hold a lock on the file
import asyncio
import json

from filelock import AsyncFileLock


async def add(folder: str, name: str) -> None:
    for path in (f"{folder}/a.json", f"{folder}/b.json"):
        async with AsyncFileLock(f"{path}.lock"):
            with open(path) as file:
                names = json.load(file)
            await asyncio.sleep(0)
            names.append(name)
            with open(path, "w") as file:
                json.dump(names, file)
