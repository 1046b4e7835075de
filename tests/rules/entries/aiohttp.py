# Entry points of aiohttp: handlers, views, middlewares, start-up and shutdown; requests of its client.
#
# Real places:
# https://github.com/aio-libs/aiohttp-demos/blob/master/demos/polls/aiohttpdemo_polls/routes.py#L9 (add_get, add_post)
# https://github.com/comfyanonymous/ComfyUI/blob/005f3ba4aefab4d69f63a3188d2caf069e9c3fed/server.py#L184 (RouteTableDef)
# https://github.com/openwallet-foundation/acapy/blob/main/acapy_agent/admin/server.py#L412 (web.post in add_routes)
# https://github.com/steelkiwi/aiohttp_test_chat/blob/master/chat/views.py#L17 (web.View that shares app['websockets'])
# https://github.com/openwallet-foundation/acapy/blob/main/acapy_agent/admin/server.py#L142 (web.middleware; on_startup, L446)
# https://github.com/aio-libs/aiohttp-demos/blob/master/demos/polls/aiohttpdemo_polls/main.py#L26 (cleanup_ctx)
# https://github.com/aio-libs/aiohttp-demos/blob/master/demos/chat/aiohttpdemo_chat/main.py#L26 (on_shutdown: handlers still run)
# https://github.com/music-assistant/server/blob/dev/music_assistant/client/connection.py#L60 (client: ws_connect after a check)

# %% reported: two requests open the pool
import asyncio

from aiohttp import web

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


async def index(request: web.Request) -> web.Response:
    global pool
    if pool is None:
        # error: [double-initialization] "`pool`"
        pool = await connect()
    return web.Response(text=str(pool))


app = web.Application()
app.router.add_get("/", index)
# confidence: likely

# %% clean: a lock lets one request open the pool
import asyncio

from aiohttp import web

pool = None
lock = asyncio.Lock()


async def connect():
    await asyncio.sleep(0)
    return object()


async def index(request: web.Request) -> web.Response:
    global pool
    async with lock:
        if pool is None:
            pool = await connect()
    return web.Response(text="open")


app = web.Application()
app.router.add_get("/", index)

# %% reported: two requests call a handler of one object
import asyncio

from aiohttp import web


async def charge() -> None:
    await asyncio.sleep(0)


class Shop:
    def __init__(self) -> None:
        self.stock = 1

    async def buy(self, request: web.Request) -> web.Response:
        if self.stock > 0:
            # error: [stale-check] "`self.stock`"
            await charge()
            self.stock -= 1
        return web.Response(text="done")


shop = Shop()
app = web.Application()
app.add_routes([web.get("/", shop.buy), web.post("/", shop.buy)])
# confidence: likely

# %% clean: the object takes the last one before it waits
import asyncio

from aiohttp import web


async def charge() -> None:
    await asyncio.sleep(0)


class Shop:
    def __init__(self) -> None:
        self.stock = 1

    async def buy(self, request: web.Request) -> web.Response:
        if self.stock > 0:
            self.stock -= 1
            await charge()
        return web.Response(text="done")


shop = Shop()
app = web.Application()
app.add_routes([web.get("/", shop.buy), web.post("/", shop.buy)])

# %% reported: two requests count on a table of routes
import asyncio

from aiohttp import web

total = 0
routes = web.RouteTableDef()


async def charge() -> None:
    await asyncio.sleep(0)


@routes.get("/")
async def visit(request: web.Request) -> web.Response:
    global total
    before = total
    # error: [lost-update] "`total`"
    await charge()
    total = before + 1
    return web.Response(text=str(total))


app = web.Application()
app.add_routes(routes)
# confidence: likely

# %% clean: a request on a table of routes counts in one step
import asyncio

from aiohttp import web

total = 0
routes = web.RouteTableDef()


async def charge() -> None:
    await asyncio.sleep(0)


@routes.get("/")
async def visit(request: web.Request) -> web.Response:
    global total
    await charge()
    total += 1
    return web.Response(text=str(total))


app = web.Application()
app.add_routes(routes)

# %% reported: two view objects share the module
import asyncio

from aiohttp import web

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


class Index(web.View):
    async def get(self) -> web.Response:
        global pool
        if pool is None:
            # error: [double-initialization] "`pool`"
            pool = await connect()
        return web.Response(text=str(pool))


app = web.Application()
app.router.add_view("/", Index)
# confidence: likely

# %% clean: each request has a view object of its own
import asyncio

from aiohttp import web

routes = web.RouteTableDef()


async def connect():
    await asyncio.sleep(0)
    return object()


@routes.view("/")
class Index(web.View):
    async def get(self) -> web.Response:
        self.pool = None
        await self.open()
        return web.Response(text=str(self.pool))

    async def open(self) -> None:
        if self.pool is None:
            self.pool = await connect()


app = web.Application()
app.add_routes(routes)

# %% reported: two requests pass a middleware
import asyncio

from aiohttp import web

total = 0


async def charge() -> None:
    await asyncio.sleep(0)


@web.middleware
async def count(request: web.Request, handler) -> web.StreamResponse:
    global total
    before = total
    # error: [lost-update] "`total`"
    response = await handler(request)
    total = before + 1
    return response


async def index(request: web.Request) -> web.Response:
    await charge()
    return web.Response(text="done")


app = web.Application(middlewares=[count])
app.router.add_get("/", index)
# confidence: likely

# %% clean: the middleware counts when the handler is done
import asyncio

from aiohttp import web

total = 0


async def charge() -> None:
    await asyncio.sleep(0)


@web.middleware
async def count(request: web.Request, handler) -> web.StreamResponse:
    global total
    response = await handler(request)
    total += 1
    return response


async def index(request: web.Request) -> web.Response:
    await charge()
    return web.Response(text="done")


app = web.Application(middlewares=[count])
app.router.add_get("/", index)

# %% reported: two connections take the last seat
from aiohttp import web

seats = 1


async def join(request: web.Request) -> web.WebSocketResponse:
    global seats
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    if seats > 0:
        # error: [stale-check] "`seats`"
        name = await socket.receive_str()
        seats -= 1
        await socket.send_str(f"welcome, {name}")
    await socket.close()
    return socket


app = web.Application()
app.router.add_route("GET", "/", join)
# confidence: likely

# %% clean: a connection takes the seat before it gives its name
from aiohttp import web

seats = 1


async def join(request: web.Request) -> web.WebSocketResponse:
    global seats
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    if seats > 0:
        seats -= 1
        name = await socket.receive_str()
        await socket.send_str(f"welcome, {name}")
    await socket.close()
    return socket


app = web.Application()
app.router.add_route("GET", "/", join)

# %% clean: the pool is opened before the first request and closed after the last
import asyncio

from aiohttp import web

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


async def start(app: web.Application) -> None:
    global pool
    if pool is None:
        pool = await connect()


async def clean(app: web.Application) -> None:
    global pool
    if pool is not None:
        await asyncio.sleep(0)
        pool = None


async def index(request: web.Request) -> web.Response:
    return web.Response(text=str(pool))


app = web.Application()
app.on_startup.append(start)
app.on_cleanup.append(clean)
app.router.add_get("/", index)

# %% clean: a cleanup context opens the pool and closes it
import asyncio

from aiohttp import web

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


async def opened(app: web.Application):
    global pool
    if pool is None:
        pool = await connect()
    yield
    if pool is not None:
        await asyncio.sleep(0)
        pool = None


async def index(request: web.Request) -> web.Response:
    return web.Response(text=str(pool))


app = web.Application()
app.cleanup_ctx.append(opened)
app.router.add_get("/", index)

# %% reported: two requests open what start-up left closed
import asyncio

from aiohttp import web

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


async def start(app: web.Application) -> None:
    global pool
    pool = None


async def index(request: web.Request) -> web.Response:
    global pool
    if pool is None:
        # error: [double-initialization] "`pool`"
        pool = await connect()
    return web.Response(text=str(pool))


app = web.Application()
app.on_startup.append(start)
app.router.add_get("/", index)
# confidence: likely

# %% clean: shutdown runs once
import asyncio

from aiohttp import web

total = 0


async def charge() -> None:
    await asyncio.sleep(0)


async def stop(app: web.Application) -> None:
    global total
    before = total
    await charge()
    total = before + 1


async def index(request: web.Request) -> web.Response:
    return web.Response(text=str(total))


app = web.Application()
app.on_shutdown.append(stop)
app.router.add_get("/", index)

# %% reported: shutdown begins while a handler still runs
import asyncio

from aiohttp import web

total = 0


async def charge() -> None:
    await asyncio.sleep(0)


async def stop(app: web.Application) -> None:
    global total
    before = total
    # error: [lost-update] "`total`"
    await charge()
    total = before + 1


async def index(request: web.Request) -> web.Response:
    global total
    await charge()
    total += 1
    return web.Response(text="done")


app = web.Application()
app.on_shutdown.append(stop)
app.router.add_get("/", index)
# confidence: likely

# %% reported: two requests fetch the same page
import aiohttp
from aiohttp import web

page = None


async def index(request: web.Request) -> web.Response:
    global page
    session: aiohttp.ClientSession = request.app["session"]
    if page is None:
        # error: [double-initialization] "`page`"
        page = await session.get("http://localhost:8080/page")
    return web.Response(text=await page.text())


async def client(app: web.Application):
    async with aiohttp.ClientSession() as session:
        app["session"] = session
        yield


app = web.Application()
app.cleanup_ctx.append(client)
app.router.add_get("/", index)
# confidence: likely

# %% clean: to enter a client session gives no other request a turn
import aiohttp
from aiohttp import web

page = None
fetching = False


async def index(request: web.Request) -> web.Response:
    global fetching, page
    if not fetching:
        async with aiohttp.ClientSession() as session:
            fetching = True
            async with session.get("http://localhost:8080/page") as response:
                page = await response.text()
    return web.Response(text=str(page))


app = web.Application()
app.router.add_get("/", index)
