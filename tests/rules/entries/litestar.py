# Entry points of Litestar: handlers, controllers, websockets, providers, listeners, background tasks, start-up.
#
# Real places:
# https://github.com/litestar-org/litestar-fullstack/blob/main/src/py/app/domain/accounts/controllers/_access.py#L91 (Controller; Provide, L85)
# https://github.com/litestar-org/litestar-fullstack/blob/main/src/py/app/domain/accounts/signals.py#L19 (listener)
# https://github.com/litestar-org/litestar/blob/main/docs/examples/websockets/custom_websocket.py#L22 (websocket_listener)
# https://github.com/litestar-org/litestar/blob/main/docs/examples/responses/background_tasks_1.py#L18 (BackgroundTask)
# https://github.com/litestar-org/litestar/blob/main/docs/examples/lifecycle_hooks/before_request.py#L19 (before_request)
# https://github.com/litestar-org/litestar/blob/main/docs/examples/startup_and_shutdown.py#L27 (on_startup, on_shutdown)

# %% reported: two requests open the pool
import asyncio

from litestar import Litestar, get

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


@get("/")
async def index() -> str:
    global pool
    if pool is None:
        # error: [double-initialization] "`pool`"
        pool = await connect()
    return str(pool)


app = Litestar([index])
# confidence: likely

# %% clean: the pool is opened at start-up and closed at shutdown
import asyncio

from litestar import Litestar, get

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


async def start() -> None:
    global pool
    if pool is None:
        pool = await connect()


async def stop() -> None:
    global pool
    if pool is not None:
        await asyncio.sleep(0)
        pool = None


@get("/")
async def index() -> str:
    return str(pool)


app = Litestar([index], on_startup=[start], on_shutdown=[stop])

# %% clean: lifespan opens the pool before all requests and closes it after them
import asyncio
from contextlib import asynccontextmanager

from litestar import Litestar, get

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


@asynccontextmanager
async def lifespan(app: Litestar):
    global pool
    if pool is None:
        pool = await connect()
    yield
    if pool is not None:
        await asyncio.sleep(0)
        pool = None


@get("/")
async def index() -> str:
    return str(pool)


app = Litestar([index], lifespan=[lifespan])

# %% reported: two requests call a method of one controller
import asyncio

from litestar import Controller, Litestar, get


async def charge() -> None:
    await asyncio.sleep(0)


class Shop(Controller):
    path = "/"
    stock = 1

    @get()
    async def buy(self) -> str:
        if self.stock > 0:
            # error: [stale-check] "`self.stock`"
            await charge()
            self.stock -= 1
        return "done"


app = Litestar([Shop])
# confidence: likely

# %% clean: the controller takes the last one before it waits
import asyncio

from litestar import Controller, Litestar, get


async def charge() -> None:
    await asyncio.sleep(0)


class Shop(Controller):
    path = "/"
    stock = 1

    @get()
    async def buy(self) -> str:
        if self.stock > 0:
            self.stock -= 1
            await charge()
        return "done"


app = Litestar([Shop])

# %% reported: the messages of two connections are counted together
import asyncio

from litestar import Litestar, websocket_listener

total = 0


async def charge() -> None:
    await asyncio.sleep(0)


@websocket_listener("/")
async def echo(data: str) -> str:
    global total
    before = total
    # error: [lost-update] "`total`"
    await charge()
    total = before + 1
    return data


app = Litestar([echo])
# confidence: likely

# %% clean: a message is counted in one step
import asyncio

from litestar import Litestar, websocket_listener

total = 0


async def charge() -> None:
    await asyncio.sleep(0)


@websocket_listener("/")
async def echo(data: str) -> str:
    global total
    await charge()
    total += 1
    return data


app = Litestar([echo])

# %% reported: two connections share one listener object
import asyncio

from litestar import Litestar
from litestar.handlers import WebsocketListener


async def charge() -> None:
    await asyncio.sleep(0)


class Echo(WebsocketListener):
    path = "/"
    total = 0

    async def on_receive(self, data: str) -> str:
        before = self.total
        # error: [lost-update] "`self.total`"
        await charge()
        self.total = before + 1
        return data


app = Litestar([Echo])
# confidence: likely

# %% clean: the listener object counts in one step
import asyncio

from litestar import Litestar
from litestar.handlers import WebsocketListener


async def charge() -> None:
    await asyncio.sleep(0)


class Echo(WebsocketListener):
    path = "/"
    total = 0

    async def on_receive(self, data: str) -> str:
        await charge()
        self.total += 1
        return data


app = Litestar([Echo])

# %% known missed alarm: the providers of two requests open the pool
import asyncio
from typing import Any

from litestar import Litestar, get
from litestar.di import Provide

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


async def get_pool() -> Any:
    global pool
    if pool is None:
        # error: [double-initialization] "`pool`"
        pool = await connect()
    return pool


@get("/", dependencies={"opened": Provide(get_pool)})
async def index(opened: Any) -> str:
    return str(opened)


app = Litestar([index])
# confidence: likely

# %% clean: the provider opens the pool under a lock
import asyncio
from typing import Any

from litestar import Litestar, get
from litestar.di import Provide

pool = None
lock = asyncio.Lock()


async def connect():
    await asyncio.sleep(0)
    return object()


async def get_pool() -> Any:
    global pool
    async with lock:
        if pool is None:
            pool = await connect()
        return pool


@get("/", dependencies={"opened": Provide(get_pool)})
async def index(opened: Any) -> str:
    return str(opened)


app = Litestar([index])

# %% reported: two events are heard at a time
import asyncio

from litestar import Litestar, Request, get
from litestar.events import listener

total = 0


async def charge() -> None:
    await asyncio.sleep(0)


@listener("paid")
async def count() -> None:
    global total
    before = total
    # error: [lost-update] "`total`"
    await charge()
    total = before + 1


@get("/")
async def index(request: Request) -> str:
    request.app.emit("paid")
    return "done"


app = Litestar([index], listeners=[count])
# confidence: likely

# %% clean: an event is counted in one step
import asyncio

from litestar import Litestar, Request, get
from litestar.events import listener

total = 0


async def charge() -> None:
    await asyncio.sleep(0)


@listener("paid")
async def count() -> None:
    global total
    await charge()
    total += 1


@get("/")
async def index(request: Request) -> str:
    request.app.emit("paid")
    return "done"


app = Litestar([index], listeners=[count])

# %% reported: the background tasks of two requests send the last mail
import asyncio

from litestar import Litestar, Response, get
from litestar.background_tasks import BackgroundTask

stock = 1


async def charge() -> None:
    await asyncio.sleep(0)


async def notify() -> None:
    global stock
    if stock > 0:
        # error: [stale-check] "`stock`"
        await charge()
        stock -= 1


@get("/")
async def index() -> Response[str]:
    return Response("done", background=BackgroundTask(notify))


app = Litestar([index])
# confidence: likely

# %% clean: a background task takes its mail before it sends it
import asyncio

from litestar import Litestar, Response, get
from litestar.background_tasks import BackgroundTask

stock = 1


async def charge() -> None:
    await asyncio.sleep(0)


async def notify() -> None:
    global stock
    if stock > 0:
        stock -= 1
        await charge()


@get("/")
async def index() -> Response[str]:
    return Response("done", background=BackgroundTask(notify))


app = Litestar([index])

# %% reported: two requests pass the hook of a router
import asyncio

from litestar import Litestar, Request, Router, get

total = 0


async def charge() -> None:
    await asyncio.sleep(0)


async def count(request: Request) -> None:
    global total
    before = total
    # error: [lost-update] "`total`"
    await charge()
    total = before + 1


@get("/")
async def index() -> str:
    return "done"


app = Litestar([Router("/", route_handlers=[index], before_request=count)])
# confidence: likely

# %% clean: the hook of a router counts in one step
import asyncio

from litestar import Litestar, Request, Router, get

total = 0


async def charge() -> None:
    await asyncio.sleep(0)


async def count(request: Request) -> None:
    global total
    await charge()
    total += 1


@get("/")
async def index() -> str:
    return "done"


app = Litestar([Router("/", route_handlers=[index], before_request=count)])
