# Entry points of Quart: handlers, websockets, hooks, views, serving, background tasks.
#
# Real places:
# https://github.com/LonamiWebs/Telethon/blob/v1/telethon_examples/quart_login.py#L96 (handler that keeps `phone` in the module)
# https://github.com/CristhianMotoche/BattleShip/blob/master/server/battlefield/game/data/websocket.py#L77 (websocket)
# https://github.com/etalab/csvapi/blob/master/csvapi/webservice.py#L22 (before_request; error handlers, L45)
# https://github.com/etalab/csvapi/blob/master/csvapi/tableview.py#L45 (MethodView)
# https://github.com/microsoft/sample-app-aoai-chatGPT/blob/main/app.py#L49 (before_serving; Blueprint.route, L62)
# add_background_task: its own tests, https://github.com/pallets/quart/blob/main/tests/test_background_tasks.py

# %% reported: two requests open the pool
import asyncio

from quart import Quart

pool = None
app = Quart(__name__)


async def connect():
    await asyncio.sleep(0)
    return object()


@app.route("/")
async def index() -> str:
    global pool
    if pool is None:
        # error: [double-initialization] "`pool`"
        pool = await connect()
    return str(pool)
# confidence: likely

# %% clean: the pool is opened before the app serves
import asyncio

from quart import Quart

pool = None
app = Quart(__name__)


async def connect():
    await asyncio.sleep(0)
    return object()


@app.before_serving
async def start() -> None:
    global pool
    if pool is None:
        pool = await connect()


@app.after_serving
async def stop() -> None:
    global pool
    if pool is not None:
        await asyncio.sleep(0)
        pool = None


@app.route("/")
async def index() -> str:
    return str(pool)

# %% clean: a generator opens the pool and closes it
import asyncio

from quart import Quart

pool = None
app = Quart(__name__)


async def connect():
    await asyncio.sleep(0)
    return object()


@app.while_serving
async def opened():
    global pool
    if pool is None:
        pool = await connect()
    yield
    if pool is not None:
        await asyncio.sleep(0)
        pool = None


@app.get("/")
async def index() -> str:
    return str(pool)

# %% reported: two requests buy the last one on a blueprint
import asyncio

from quart import Blueprint, Quart

stock = 1
blueprint = Blueprint("shop", __name__)


async def charge() -> None:
    await asyncio.sleep(0)


@blueprint.get("/")
async def buy() -> str:
    global stock
    if stock > 0:
        # error: [stale-check] "`stock`"
        await charge()
        stock -= 1
    return "done"


app = Quart(__name__)
app.register_blueprint(blueprint)
# confidence: likely

# %% clean: a request on a blueprint takes the last one before it pays
import asyncio

from quart import Blueprint, Quart

stock = 1
blueprint = Blueprint("shop", __name__)


async def charge() -> None:
    await asyncio.sleep(0)


@blueprint.get("/")
async def buy() -> str:
    global stock
    if stock > 0:
        stock -= 1
        await charge()
    return "done"


app = Quart(__name__)
app.register_blueprint(blueprint)

# %% reported: two connections count their messages together
from quart import Quart, websocket

total = 0
app = Quart(__name__)


@app.websocket("/")
async def echo() -> None:
    global total
    while True:
        before = total
        # error: [lost-update] "`total`"
        data = await websocket.receive()
        total = before + 1
        await websocket.send(f"{total}: {data}")
# confidence: likely

# %% clean: each connection counts its own messages
from quart import Quart, websocket

app = Quart(__name__)


@app.websocket("/")
async def echo() -> None:
    total = 0
    while True:
        before = total
        data = await websocket.receive()
        total = before + 1
        await websocket.send(f"{total}: {data}")

# %% reported: two requests pass the hook before them
import asyncio

from quart import Quart

total = 0
app = Quart(__name__)


async def charge() -> None:
    await asyncio.sleep(0)


@app.before_request
async def count() -> None:
    global total
    before = total
    # error: [lost-update] "`total`"
    await charge()
    total = before + 1
# confidence: likely

# %% clean: the hook counts in one step
import asyncio

from quart import Quart

total = 0
app = Quart(__name__)


async def charge() -> None:
    await asyncio.sleep(0)


@app.before_request
async def count() -> None:
    global total
    await charge()
    total += 1

# %% reported: two view objects share the module
import asyncio

from quart import Quart
from quart.views import MethodView

total = 0


async def charge() -> None:
    await asyncio.sleep(0)


class Visits(MethodView):
    async def get(self) -> str:
        global total
        before = total
        # error: [lost-update] "`total`"
        await charge()
        total = before + 1
        return str(total)


app = Quart(__name__)
app.add_url_rule("/", view_func=Visits.as_view("visits"))
# confidence: likely

# %% clean: each request has a view object of its own
import asyncio

from quart import Quart
from quart.views import MethodView


async def charge() -> None:
    await asyncio.sleep(0)


class Visits(MethodView):
    async def get(self) -> str:
        self.total = 0
        await self.count()
        return str(self.total)

    async def count(self) -> None:
        before = self.total
        await charge()
        self.total = before + 1


app = Quart(__name__)
app.add_url_rule("/", view_func=Visits.as_view("visits"))

# %% clean: one background task counts
import asyncio

from quart import Quart

total = 0
app = Quart(__name__)


async def charge() -> None:
    await asyncio.sleep(0)


async def work() -> None:
    global total
    for _ in range(3):
        before = total
        await charge()
        total = before + 1


@app.before_serving
async def start() -> None:
    app.add_background_task(work)


@app.get("/")
async def index() -> str:
    return str(total)

# %% reported: each request starts a background task
import asyncio

from quart import Quart

total = 0
app = Quart(__name__)


async def charge() -> None:
    await asyncio.sleep(0)


async def work() -> None:
    global total
    before = total
    # error: [lost-update] "`total`"
    await charge()
    total = before + 1


@app.get("/")
async def index() -> str:
    app.add_background_task(work)
    return "started"
# confidence: likely
