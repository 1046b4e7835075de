# Entry points of Sanic: handlers, middleware, views, signals, listeners, tasks.
#
# Real places:
# https://github.com/jacebrowning/memegen/blob/main/app/main.py#L19 (handler)
# https://github.com/vapor-ware/synse-server/blob/develop/synse_server/api/websocket.py#L23 (websocket)
# https://github.com/vapor-ware/synse-server/blob/develop/synse_server/app.py#L80 (register_middleware)
# https://github.com/vapor-ware/synse-server/blob/develop/synse_server/tasks.py#L22 (add_task with a loop that rebuilds a cache)
# https://github.com/strawberry-graphql/strawberry/blob/main/strawberry/sanic/views.py#L39 (HTTPMethodView)
# https://github.com/sanic-org/sanic/blob/main/guide/webapp/worker/reload.py#L34 (before_server_start; after_server_start, L38)
# signals: https://sanic.dev/en/guide/advanced/signals.html

# %% reported: two requests open the pool
import asyncio

from sanic import Request, Sanic, text

pool = None
app = Sanic("shop")


async def connect():
    await asyncio.sleep(0)
    return object()


@app.get("/")
async def index(request: Request):
    global pool
    if pool is None:
        # error: [double-initialization] "`pool`"
        pool = await connect()
    return text(str(pool))
# confidence: likely

# %% clean: the pool is opened before the server starts
import asyncio

from sanic import Request, Sanic, text

pool = None
app = Sanic("shop")


async def connect():
    await asyncio.sleep(0)
    return object()


@app.before_server_start
async def start(app: Sanic) -> None:
    global pool
    if pool is None:
        pool = await connect()


@app.after_server_stop
async def stop(app: Sanic) -> None:
    global pool
    if pool is not None:
        await asyncio.sleep(0)
        pool = None


@app.get("/")
async def index(request: Request):
    return text(str(pool))

# %% reported: two requests buy the last one on a blueprint
import asyncio

from sanic import Blueprint, Request, Sanic, text

stock = 1
blueprint = Blueprint("shop")


async def charge() -> None:
    await asyncio.sleep(0)


@blueprint.get("/")
async def buy(request: Request):
    global stock
    if stock > 0:
        # error: [stale-check] "`stock`"
        await charge()
        stock -= 1
    return text("done")


app = Sanic("shop")
app.blueprint(blueprint)
# confidence: likely

# %% clean: a request on a blueprint takes the last one before it pays
import asyncio

from sanic import Blueprint, Request, Sanic, text

stock = 1
blueprint = Blueprint("shop")


async def charge() -> None:
    await asyncio.sleep(0)


@blueprint.get("/")
async def buy(request: Request):
    global stock
    if stock > 0:
        stock -= 1
        await charge()
    return text("done")


app = Sanic("shop")
app.blueprint(blueprint)

# %% reported: two requests pass the middleware
import asyncio

from sanic import Request, Sanic, text

total = 0
app = Sanic("shop")


async def charge() -> None:
    await asyncio.sleep(0)


@app.on_request
async def count(request: Request) -> None:
    global total
    before = total
    # error: [lost-update] "`total`"
    await charge()
    total = before + 1


@app.get("/")
async def index(request: Request):
    return text("done")
# confidence: likely

# %% clean: the middleware counts in one step
import asyncio

from sanic import Request, Sanic, text

total = 0
app = Sanic("shop")


async def charge() -> None:
    await asyncio.sleep(0)


@app.on_request
async def count(request: Request) -> None:
    global total
    await charge()
    total += 1


@app.get("/")
async def index(request: Request):
    return text("done")

# %% reported: two view objects share the module
import asyncio

from sanic import Request, Sanic, text
from sanic.views import HTTPMethodView

total = 0


async def charge() -> None:
    await asyncio.sleep(0)


class Visits(HTTPMethodView):
    async def get(self, request: Request):
        global total
        before = total
        # error: [lost-update] "`total`"
        await charge()
        total = before + 1
        return text("done")


app = Sanic("shop")
app.add_route(Visits.as_view(), "/")
# confidence: likely

# %% clean: each request has a view object of its own
import asyncio

from sanic import Request, Sanic, text
from sanic.views import HTTPMethodView


async def charge() -> None:
    await asyncio.sleep(0)


class Visits(HTTPMethodView):
    async def get(self, request: Request):
        self.total = 0
        await self.count()
        return text(str(self.total))

    async def count(self) -> None:
        before = self.total
        await charge()
        self.total = before + 1


app = Sanic("shop")
app.add_route(Visits.as_view(), "/")

# %% reported: two dispatches of a signal count
import asyncio

from sanic import Request, Sanic, text

total = 0
app = Sanic("shop")


async def charge() -> None:
    await asyncio.sleep(0)


@app.signal("shop.order.paid")
async def count(**context) -> None:
    global total
    before = total
    # error: [lost-update] "`total`"
    await charge()
    total = before + 1


@app.get("/")
async def index(request: Request):
    await request.app.dispatch("shop.order.paid")
    return text("done")
# confidence: likely

# %% clean: a signal counts in one step
import asyncio

from sanic import Request, Sanic, text

total = 0
app = Sanic("shop")


async def charge() -> None:
    await asyncio.sleep(0)


@app.signal("shop.order.paid")
async def count(**context) -> None:
    global total
    await charge()
    total += 1


@app.get("/")
async def index(request: Request):
    await request.app.dispatch("shop.order.paid")
    return text("done")

# %% clean: a listener after the start runs once
import asyncio

from sanic import Request, Sanic, text

total = 0
app = Sanic("shop")


async def charge() -> None:
    await asyncio.sleep(0)


@app.after_server_start
async def started(app: Sanic) -> None:
    global total
    before = total
    await charge()
    total = before + 1


@app.get("/")
async def index(request: Request):
    return text(str(total))

# %% reported: a request comes while a listener after the start runs
import asyncio

from sanic import Request, Sanic, text

total = 0
app = Sanic("shop")


async def charge() -> None:
    await asyncio.sleep(0)


@app.after_server_start
async def started(app: Sanic) -> None:
    global total
    before = total
    # error: [lost-update] "`total`"
    await charge()
    total = before + 1


@app.get("/")
async def index(request: Request):
    global total
    total += 1
    return text("done")
# confidence: likely

# %% clean: one task counts
import asyncio

from sanic import Request, Sanic, text

total = 0
app = Sanic("shop")


async def charge() -> None:
    await asyncio.sleep(0)


async def work() -> None:
    global total
    for _ in range(3):
        before = total
        await charge()
        total = before + 1


app.add_task(work())


@app.get("/")
async def index(request: Request):
    return text(str(total))

# %% reported: each request starts a task
import asyncio

from sanic import Request, Sanic, text

total = 0
app = Sanic("shop")


async def charge() -> None:
    await asyncio.sleep(0)


async def work() -> None:
    global total
    before = total
    # error: [lost-update] "`total`"
    await charge()
    total = before + 1


@app.get("/")
async def index(request: Request):
    request.app.add_task(work())
    return text("started")
# confidence: likely
