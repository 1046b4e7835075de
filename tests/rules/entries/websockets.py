# Entry points of websockets: a handler for each connection, and what is asked before a connection.
#
# Real places:
# websockets.asyncio.server.serve: https://github.com/pipecat-ai/pipecat/blob/acead0507d7de44e216d24533964106ca1d1d044/src/pipecat/transports/websocket/server.py#L239 (a method as handler)
# websockets.serve: https://github.com/SolipsisAI/lagos/blob/HEAD/lagos/server.py
# websockets.server.serve, legacy: https://github.com/ligangwang/coroutine/blob/HEAD/sim_server.py

# %% reported: two connections open the pool
import asyncio

import websockets

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


async def handle(connection) -> None:
    global pool
    if pool is None:
        # error: [double-initialization] "`pool`"
        pool = await connect()
    async for message in connection:
        await connection.send(f"{pool}: {message}")


async def main() -> None:
    async with websockets.serve(handle, "localhost", 8765):
        await asyncio.Event().wait()
# confidence: likely

# %% reported: the function that serves is imported under another name
import asyncio

from websockets.asyncio.server import serve as websocket_serve

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


async def handle(connection) -> None:
    global pool
    if pool is None:
        # error: [double-initialization] "`pool`"
        pool = await connect()
    async for message in connection:
        await connection.send(f"{pool}: {message}")


async def main() -> None:
    async with websocket_serve(handle, "localhost", 8765):
        await asyncio.Event().wait()
# confidence: likely

# %% clean: the pool is opened before the server
import asyncio

import websockets

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


async def handle(connection) -> None:
    async for message in connection:
        await connection.send(f"{pool}: {message}")


async def main() -> None:
    global pool
    pool = await connect()
    async with websockets.serve(handle, "localhost", 8765):
        await asyncio.Event().wait()

# %% reported: two connections of one server object take the last seat
import asyncio

from websockets.asyncio.server import serve


async def charge(user) -> None:
    await asyncio.sleep(0)


class Booking:
    def __init__(self) -> None:
        self.seats = 10

    async def handle(self, connection) -> None:
        async for user in connection:
            if self.seats > 0:
                # error: [stale-check] "`self.seats`"
                await charge(user)
                self.seats -= 1

    async def run(self) -> None:
        server = await serve(self.handle, "localhost", 8765)
        await server.serve_forever()
# confidence: likely

# %% clean: each connection takes its seat before it pays
import asyncio

from websockets.asyncio.server import serve


async def charge(user) -> None:
    await asyncio.sleep(0)


class Booking:
    def __init__(self) -> None:
        self.seats = 10

    async def handle(self, connection) -> None:
        received = 0
        async for user in connection:
            before = received
            if self.seats > 0:
                self.seats -= 1
                await charge(user)
            received = before + 1

    async def run(self) -> None:
        server = await serve(self.handle, "localhost", 8765)
        await server.serve_forever()

# %% reported: connections are counted before they are accepted
import asyncio

from websockets.asyncio.server import serve

asked = 0


async def look_up(address) -> bool:
    await asyncio.sleep(0)
    return True


async def admit(connection, request):
    global asked
    before = asked
    # error: [lost-update] "`asked`"
    await look_up(connection.remote_address)
    asked = before + 1


async def echo(connection) -> None:
    async for message in connection:
        await connection.send(message)


async def main() -> None:
    async with serve(echo, "localhost", 8765, process_request=admit) as server:
        await server.serve_forever()
# confidence: likely

# %% reported: two connections of a legacy server count their messages
import asyncio

from websockets.legacy.server import unix_serve

received = 0


async def handle(protocol) -> None:
    global received
    async for message in protocol:
        before = received
        # error: [lost-update] "`received`"
        await protocol.send(message)
        received = before + 1


async def main() -> None:
    async with unix_serve(handle, "/tmp/echo.sock"):
        await asyncio.Event().wait()
# confidence: likely

# %% clean: connections of a legacy server count in one step
import asyncio

from websockets.server import serve

received = 0


async def handle(protocol) -> None:
    global received
    async for message in protocol:
        received += 1
        await protocol.send(message)


async def main() -> None:
    async with serve(handle, "localhost", 8765):
        await asyncio.Event().wait()
