# Entry points of Tornado: request and socket handlers, servers, periodic callbacks, callbacks of the loop.
#
# Real places:
# RequestHandler: https://github.com/jupyter-server/jupyter_server/blob/9a4d6eea2b16815a493b11fffe0b51b1fe55a81b/jupyter_server/services/kernels/handlers.py#L38
# WebSocketHandler: https://github.com/jupyter-server/jupyter_server/blob/9a4d6eea2b16815a493b11fffe0b51b1fe55a81b/jupyter_server/services/kernels/websocket.py#L16
# PeriodicCallback: https://github.com/jupyterhub/jupyterhub/blob/2841153db6c1c25d8b50955e2f4b39f78f3d0119/jupyterhub/app.py#L3933
# IOLoop.add_callback: https://github.com/jupyterhub/jupyterhub/blob/2841153db6c1c25d8b50955e2f4b39f78f3d0119/jupyterhub/app.py#L4064
# IOLoop.spawn_callback: https://github.com/jupyter-server/jupyter_server/blob/9a4d6eea2b16815a493b11fffe0b51b1fe55a81b/jupyter_server/gateway/handlers.py#L259
# TCPServer.handle_stream: https://github.com/dask/distributed/blob/40fcd99a8cd41c39071a16a546e93a9298f1b64d/distributed/comm/tcp.py#L622 (assigned, not overridden)

# %% reported: two requests open the pool
import asyncio

import tornado.web

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


class Index(tornado.web.RequestHandler):
    async def get(self) -> None:
        global pool
        if pool is None:
            # error: [double-initialization] "`pool`"
            pool = await connect()
        self.write(str(pool))


application = tornado.web.Application([("/", Index)])
# confidence: likely

# %% clean: two requests open the pool, one after the other
import asyncio

import tornado.web
from tornado.locks import Lock

pool = None
opening = Lock()


async def connect():
    await asyncio.sleep(0)
    return object()


class Index(tornado.web.RequestHandler):
    async def get(self) -> None:
        global pool
        async with opening:
            if pool is None:
                pool = await connect()
        self.write(str(pool))


application = tornado.web.Application([("/", Index)])

# %% clean: each request has a handler of its own
import asyncio

from tornado.web import RequestHandler


async def load(name: str) -> int:
    await asyncio.sleep(0)
    return len(name)


class Report(RequestHandler):
    def initialize(self) -> None:
        self.user = None
        self.total = 0

    async def prepare(self) -> None:
        if self.user is None:
            self.user = await load("user")

    async def get(self) -> None:
        for name in self.get_arguments("name"):
            total = self.total
            size = await load(name)
            self.total = total + size
        self.write(str(self.total))

# %% reported: a client goes away while another request is counted
import asyncio

from tornado.web import RequestHandler

waiting = 0


class Poll(RequestHandler):
    async def get(self) -> None:
        global waiting
        before = waiting
        # error: [lost-update] "`waiting`"
        await asyncio.sleep(1)
        waiting = before + 1

    def on_connection_close(self) -> None:
        global waiting
        waiting -= 1
# confidence: likely

# %% reported: messages of two sockets take the last seat
import asyncio

from tornado.websocket import WebSocketHandler

seats = 10


async def charge(user: str) -> None:
    await asyncio.sleep(0)


class Booking(WebSocketHandler):
    async def on_message(self, message) -> None:
        global seats
        if seats > 0:
            # error: [stale-check] "`seats`"
            await charge(message)
            seats -= 1
# confidence: likely

# %% clean: one socket handles one message after the other
import asyncio

from tornado.websocket import WebSocketHandler


async def log_in() -> object:
    await asyncio.sleep(0)
    return object()


class Chat(WebSocketHandler):
    async def open(self) -> None:
        self.received = 0
        self.session = await log_in()

    async def on_message(self, message) -> None:
        if self.session is None:
            self.session = await log_in()
        received = self.received
        await self.write_message(str(received))
        self.received = received + 1

    def on_close(self) -> None:
        self.received = 0
        self.session = None

# %% clean: a periodic callback does not overlap itself
import asyncio

from tornado.ioloop import PeriodicCallback

position = 0


async def read(start: int) -> list:
    await asyncio.sleep(0)
    return [start]


async def poll() -> None:
    global position
    before = position
    records = await read(before)
    position = before + len(records)


async def main() -> None:
    PeriodicCallback(poll, 5000).start()
    await asyncio.Event().wait()

# %% reported: a periodic callback and a request move the position
import asyncio

from tornado.ioloop import PeriodicCallback
from tornado.web import Application, RequestHandler

position = 0


async def read(start: int) -> list:
    await asyncio.sleep(0)
    return [start]


async def poll() -> None:
    global position
    before = position
    # error: [lost-update] "`position`"
    records = await read(before)
    position = before + len(records)


class Rewind(RequestHandler):
    def post(self) -> None:
        global position
        position = 0


async def main() -> None:
    Application([("/rewind", Rewind)]).listen(8888)
    PeriodicCallback(poll, 5000).start()
    await asyncio.Event().wait()
# confidence: likely

# %% reported: two callbacks of the loop count together
import asyncio

from tornado.ioloop import IOLoop

done = 0


async def store(item: str) -> None:
    await asyncio.sleep(0)


async def work(item: str) -> None:
    global done
    before = done
    # error: [lost-update] "`done`"
    await store(item)
    done = before + 1


def submit(items: list) -> None:
    loop = IOLoop.current()
    for item in items:
        loop.add_callback(work, item)
# confidence: proven

# %% clean: callbacks of the loop count in one step
import asyncio

from tornado.ioloop import IOLoop

done = 0


async def store(item: str) -> None:
    await asyncio.sleep(0)


async def work(item: str) -> None:
    global done
    await store(item)
    done += 1


def submit(items: list) -> None:
    loop = IOLoop.current()
    for item in items:
        loop.add_callback(work, item)

# %% reported: a task of the loop connects while another one does
import asyncio

from tornado.ioloop import IOLoop

upstream = None


async def connect() -> object:
    await asyncio.sleep(0)
    return object()


async def forward(message: str) -> None:
    global upstream
    if upstream is None:
        # error: [double-initialization] "`upstream`"
        upstream = await connect()
    print(upstream, message)


def on_message(message: str) -> None:
    IOLoop.current().spawn_callback(forward, message)
    IOLoop.current().spawn_callback(forward, "copy of " + message)
# confidence: proven

# %% clean: tasks of the loop keep the first connection
import asyncio

from tornado.ioloop import IOLoop

upstream = None


async def connect() -> object:
    await asyncio.sleep(0)
    return object()


async def forward(message: str) -> None:
    global upstream
    if upstream is None:
        opened = await connect()
        if upstream is None:
            upstream = opened
    print(upstream, message)


def on_message(message: str) -> None:
    IOLoop.current().spawn_callback(forward, message)
    IOLoop.current().spawn_callback(forward, "copy of " + message)

# %% reported: two streams of a server count their lines
from tornado.tcpserver import TCPServer


class Lines(TCPServer):
    def __init__(self) -> None:
        super().__init__()
        self.total = 0

    async def handle_stream(self, stream, address) -> None:
        while True:
            total = self.total
            # error: [lost-update] "`self.total`"
            await stream.read_until(b"\n")
            self.total = total + 1
# confidence: likely

# %% clean: each stream of a server counts for itself
from tornado.tcpserver import TCPServer


class Lines(TCPServer):
    def __init__(self) -> None:
        super().__init__()
        self.total = 0

    async def handle_stream(self, stream, address) -> None:
        lines = 0
        while True:
            await stream.read_until(b"\n")
            lines += 1
            self.total += 1
            await stream.write(str(lines).encode())
