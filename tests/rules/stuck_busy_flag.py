# %% reported: a flag that is reset behind an await
import asyncio


class Feed:
    def __init__(self) -> None:
        self._busy = False

    async def sync(self, fetch) -> None:
        if self._busy:  # step: A1, B4
            return
        self._busy = True  # step: A2, B5
        # error: [stuck-busy-flag] "`self._busy` stays set if `await fetch(…)` raises"
        await fetch()  # step: A3
        self._busy = False
# confidence: possible

# %% clean: reset in finally
import asyncio


class Feed:
    def __init__(self) -> None:
        self._busy = False

    async def sync(self, fetch) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            await fetch()
        finally:
            self._busy = False

# %% reported: reset in a handler of some exceptions only
import asyncio


class Feed:
    def __init__(self) -> None:
        self._busy = False

    async def sync(self, fetch) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            # error: [stuck-busy-flag] "nobody gets in any more"
            await fetch()
        except OSError:
            self._busy = False
            raise
        self._busy = False

# %% reported: a flag of the module
import asyncio

reloading = False


async def reload(fetch) -> None:
    global reloading
    if not reloading:
        reloading = True
        # error: [stuck-busy-flag] "`reloading` stays set"
        await fetch()
        reloading = False


async def main(fetch) -> None:
    await asyncio.gather(reload(fetch), reload(fetch))

# %% reported: an await before the try
import asyncio


class Feed:
    def __init__(self) -> None:
        self._busy = False

    async def sync(self, fetch, store) -> None:
        if self._busy:
            return
        self._busy = True
        # error: [stuck-busy-flag] "`await fetch(…)`"
        page = await fetch()
        try:
            await store(page)
        finally:
            self._busy = False

# %% clean: reset in a handler of everything, and behind
import asyncio


class Feed:
    def __init__(self) -> None:
        self._busy = False

    async def sync(self, fetch) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            await fetch()
        except BaseException:
            self._busy = False
            raise
        self._busy = False

# %% clean: a latch that is never reset
import asyncio


class Service:
    def __init__(self) -> None:
        self._closed = False

    async def close(self, connection) -> None:
        if self._closed:
            return
        self._closed = True
        await connection.close()

# %% clean: nothing is awaited while it is set
import asyncio


class Feed:
    def __init__(self) -> None:
        self._busy = False

    async def sync(self, pages) -> None:
        if self._busy:
            return
        self._busy = True
        print(pages)
        self._busy = False
        await asyncio.sleep(0)

# %% clean: an await before it is set
import asyncio


class Feed:
    def __init__(self) -> None:
        self._busy = False

    async def sync(self, fetch, store) -> None:
        await asyncio.sleep(0)
        if self._busy:
            return
        self._busy = True
        try:
            page = await fetch()
            await store(page)
        finally:
            self._busy = False
