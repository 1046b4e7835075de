# %% reported: forgotten in the end, whatever happened
import asyncio


class Client:
    def __init__(self, socket) -> None:
        self.socket = socket

    async def close(self) -> None:
        try:
            if self.socket:
                # say goodbye
                # error: [stale-check]
                await self.socket.close()
        except OSError:
            print("lost")
        finally:
            self.socket = None

# %% fixed: Take it away before the `await`
import asyncio


class Client:
    def __init__(self, socket) -> None:
        self.socket = socket

    async def close(self) -> None:
        try:
            if self.socket:
                # say goodbye
                socket = self.socket
                self.socket = None
                await socket.close()
        except OSError:
            print("lost")

# %% reported: there is more to do in the end
import asyncio


class Client:
    def __init__(self, socket) -> None:
        self.socket = socket
        self.name = ""

    async def close(self) -> None:
        try:
            if self.socket:
                # error: [stale-check]
                await self.socket.close()
        finally:
            self.name = ""
            self.socket = None

# %% fixed: Take it away before the `await`
import asyncio


class Client:
    def __init__(self, socket) -> None:
        self.socket = socket
        self.name = ""

    async def close(self) -> None:
        try:
            if self.socket:
                socket = self.socket
                self.socket = None
                await socket.close()
        finally:
            self.name = ""
