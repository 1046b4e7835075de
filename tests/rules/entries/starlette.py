# Entry points of Starlette: endpoints, endpoint classes, middleware, background tasks, lifespan.
#
# Real places:
# https://github.com/encode/broadcaster/blob/master/example/app.py#L48 (Route and WebSocketRoute; on_startup, L54)
# https://github.com/piccolo-orm/piccolo_api/blob/master/piccolo_api/session_auth/endpoints.py#L112 (HTTPEndpoint)
# https://github.com/justpy-org/justpy/blob/master/justpy/justpy.py#L117 (WebSocketEndpoint)
# https://github.com/piccolo-orm/piccolo_api/blob/master/piccolo_api/rate_limiting/middleware.py#L133 (BaseHTTPMiddleware)
# https://github.com/marimo-team/marimo/blob/main/marimo/_server/api/endpoints/config.py#L125 (BackgroundTask that awaits twice)
# https://github.com/marimo-team/marimo/blob/main/marimo/_server/main.py#L117 (lifespan and exception handlers)

# %% reported: two requests open the pool
import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


async def index(request: Request) -> JSONResponse:
    global pool
    if pool is None:
        # error: [double-initialization] "`pool`"
        pool = await connect()
    return JSONResponse({"pool": str(pool)})


app = Starlette(routes=[Route("/", index)])
# confidence: likely

# %% clean: a lock lets one request open the pool
import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

pool = None
lock = asyncio.Lock()


async def connect():
    await asyncio.sleep(0)
    return object()


async def index(request: Request) -> JSONResponse:
    global pool
    async with lock:
        if pool is None:
            pool = await connect()
    return JSONResponse({"open": True})


app = Starlette(routes=[Route("/", index)])

# %% reported: two requests count on a route that is added later
import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse

total = 0


async def charge() -> None:
    await asyncio.sleep(0)


async def index(request: Request) -> PlainTextResponse:
    global total
    before = total
    # error: [lost-update] "`total`"
    await charge()
    total = before + 1
    return PlainTextResponse("done")


app = Starlette()
app.add_route("/", index)
# confidence: likely

# %% clean: each request counts in one step
import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse

total = 0


async def charge() -> None:
    await asyncio.sleep(0)


async def index(request: Request) -> PlainTextResponse:
    global total
    await charge()
    total += 1
    return PlainTextResponse("done")


app = Starlette()
app.add_route("/", index)

# %% reported: two connections take the last seat
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

seats = 1


async def join(websocket: WebSocket) -> None:
    global seats
    await websocket.accept()
    if seats > 0:
        # error: [stale-check] "`seats`"
        name = await websocket.receive_text()
        seats -= 1
        await websocket.send_text(f"welcome, {name}")
    await websocket.close()


app = Starlette(routes=[WebSocketRoute("/", join)])
# confidence: likely

# %% clean: a connection takes the seat before it gives its name
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

seats = 1


async def join(websocket: WebSocket) -> None:
    global seats
    await websocket.accept()
    if seats > 0:
        seats -= 1
        name = await websocket.receive_text()
        await websocket.send_text(f"welcome, {name}")
    await websocket.close()


app = Starlette(routes=[WebSocketRoute("/", join)])

# %% reported: two objects of an endpoint share the module
import asyncio

from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

stock = 1


async def charge() -> None:
    await asyncio.sleep(0)


class Orders(HTTPEndpoint):
    async def get(self, request: Request) -> PlainTextResponse:
        global stock
        if stock > 0:
            # error: [stale-check] "`stock`"
            await charge()
            stock -= 1
        return PlainTextResponse("done")


app = Starlette(routes=[Route("/", Orders)])
# confidence: likely

# %% clean: each request has an endpoint object of its own
import asyncio

from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def charge() -> None:
    await asyncio.sleep(0)


class Orders(HTTPEndpoint):
    async def get(self, request: Request) -> PlainTextResponse:
        self.paid = 0
        await self.pay()
        return PlainTextResponse(str(self.paid))

    async def pay(self) -> None:
        paid = self.paid
        await charge()
        self.paid = paid + 1


app = Starlette(routes=[Route("/", Orders)])

# %% clean: the messages of one connection take turns
import asyncio

from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


async def charge() -> None:
    await asyncio.sleep(0)


class Echo(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket: WebSocket) -> None:
        self.received = 0
        await websocket.accept()

    async def on_receive(self, websocket: WebSocket, data: str) -> None:
        received = self.received
        await charge()
        self.received = received + 1


app = Starlette(routes=[WebSocketRoute("/", Echo)])

# %% reported: the messages of two connections are counted together
import asyncio

from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

total = 0


async def charge() -> None:
    await asyncio.sleep(0)


class Echo(WebSocketEndpoint):
    encoding = "text"

    async def on_receive(self, websocket: WebSocket, data: str) -> None:
        global total
        before = total
        # error: [lost-update] "`total`"
        await charge()
        total = before + 1


app = Starlette(routes=[WebSocketRoute("/", Echo)])
# confidence: likely

# %% reported: two requests pass one middleware object
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import Response


class Counting(BaseHTTPMiddleware):
    def __init__(self, app) -> None:
        super().__init__(app)
        self.total = 0

    async def dispatch(self, request: Request, call_next) -> Response:
        before = self.total
        # error: [lost-update] "`self.total`"
        response = await call_next(request)
        self.total = before + 1
        return response


app = Starlette(middleware=[Middleware(Counting)])
# confidence: likely

# %% clean: the middleware counts before it passes the request on
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import Response


class Counting(BaseHTTPMiddleware):
    def __init__(self, app) -> None:
        super().__init__(app)
        self.total = 0

    async def dispatch(self, request: Request, call_next) -> Response:
        self.total += 1
        response = await call_next(request)
        response.headers["X-Total"] = "counted"
        return response


app = Starlette(middleware=[Middleware(Counting)])

# %% reported: two requests pass a function that is given as middleware
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import Response

total = 0


async def count(request: Request, call_next) -> Response:
    global total
    before = total
    # error: [lost-update] "`total`"
    response = await call_next(request)
    total = before + 1
    return response


app = Starlette()
app.add_middleware(BaseHTTPMiddleware, dispatch=count)
# confidence: likely

# %% clean: the function notes the request before it passes it on
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import Response

total = 0


async def count(request: Request, call_next) -> Response:
    global total
    total += 1
    return await call_next(request)


app = Starlette()
app.add_middleware(BaseHTTPMiddleware, dispatch=count)

# %% reported: the background tasks of two requests send the last mail
import asyncio

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

stock = 1


async def charge() -> None:
    await asyncio.sleep(0)


async def notify() -> None:
    global stock
    if stock > 0:
        # error: [stale-check] "`stock`"
        await charge()
        stock -= 1


async def index(request: Request) -> PlainTextResponse:
    return PlainTextResponse("done", background=BackgroundTask(notify))


app = Starlette(routes=[Route("/", index)])
# confidence: likely

# %% clean: a background task takes its mail before it sends it
import asyncio

from starlette.applications import Starlette
from starlette.background import BackgroundTasks
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

stock = 1


async def charge() -> None:
    await asyncio.sleep(0)


async def notify() -> None:
    global stock
    if stock > 0:
        stock -= 1
        await charge()


async def index(request: Request) -> PlainTextResponse:
    tasks = BackgroundTasks()
    tasks.add_task(notify)
    return PlainTextResponse("done", background=tasks)


app = Starlette(routes=[Route("/", index)])

# %% reported: two requests fail at a time
import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse

total = 0


async def charge() -> None:
    await asyncio.sleep(0)


async def missing(request: Request, error: Exception) -> PlainTextResponse:
    global total
    before = total
    # error: [lost-update] "`total`"
    await charge()
    total = before + 1
    return PlainTextResponse("not here", status_code=404)


app = Starlette()
app.add_exception_handler(404, missing)
# confidence: likely

# %% clean: a failed request is counted in one step
import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse

total = 0


async def charge() -> None:
    await asyncio.sleep(0)


async def missing(request: Request, error: Exception) -> PlainTextResponse:
    global total
    total += 1
    await charge()
    return PlainTextResponse("not here", status_code=404)


app = Starlette()
app.add_exception_handler(404, missing)

# %% clean: lifespan opens the pool before all requests and closes it after them
import asyncio
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


@asynccontextmanager
async def lifespan(app: Starlette):
    global pool
    if pool is None:
        pool = await connect()
    yield
    if pool is not None:
        await asyncio.sleep(0)
        pool = None


async def index(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(pool))


app = Starlette(routes=[Route("/", index)], lifespan=lifespan)

# %% reported: two requests open what lifespan left closed
import asyncio
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


@asynccontextmanager
async def lifespan(app: Starlette):
    global pool
    yield
    pool = None


async def index(request: Request) -> PlainTextResponse:
    global pool
    if pool is None:
        # error: [double-initialization] "`pool`"
        pool = await connect()
    return PlainTextResponse(str(pool))


app = Starlette(routes=[Route("/", index)], lifespan=lifespan)
# confidence: likely
