# Entry points of FastAPI: path operations, dependencies, middleware, background tasks, start-up.
#
# Real places:
# https://github.com/assafelovic/gpt-researcher/blob/main/backend/server/app.py#L198 (handler that awaits between read and write)
# https://github.com/assafelovic/gpt-researcher/blob/main/backend/server/app.py#L362 (websocket)
# https://github.com/assafelovic/gpt-researcher/blob/main/backend/server/app.py#L330 (BackgroundTasks.add_task)
# https://github.com/pydantic/pydantic-ai/blob/main/examples/pydantic_ai_examples/chat_app.py#L73 (Depends; lifespan, L48)
# https://github.com/topoteretes/cognee/blob/main/cognee/api/client.py#L112 (middleware)
# https://github.com/mealie-recipes/mealie/blob/mealie-next/mealie/routes/handlers.py#L24 (exception handler)
# https://github.com/graphql-python/gql/blob/master/docs/code_examples/fastapi_async.py#L41 (on_event)

# %% reported: two requests buy the last one
import asyncio

from fastapi import FastAPI

stock = 1
app = FastAPI()


async def charge() -> None:
    await asyncio.sleep(0)


@app.get("/")
async def buy() -> dict:
    global stock
    if stock > 0:
        # error: [stale-check] "`stock`"
        await charge()
        stock -= 1
    return {"bought": True}
# confidence: likely

# %% clean: a request takes the last one before it pays
import asyncio

from fastapi import FastAPI

stock = 1
app = FastAPI()


async def charge() -> None:
    await asyncio.sleep(0)


@app.get("/")
async def buy() -> dict:
    global stock
    if stock > 0:
        stock -= 1
        await charge()
    return {"bought": True}

# %% reported: two requests count on a router
import asyncio

from fastapi import APIRouter, FastAPI

total = 0
router = APIRouter()


async def charge() -> None:
    await asyncio.sleep(0)


@router.api_route("/", methods=["GET", "POST"])
async def visit() -> dict:
    global total
    before = total
    # error: [lost-update] "`total`"
    await charge()
    total = before + 1
    return {"number": total}


app = FastAPI()
app.include_router(router)
# confidence: likely

# %% clean: a request on a router counts in one step
import asyncio

from fastapi import APIRouter, FastAPI

total = 0
router = APIRouter()


async def charge() -> None:
    await asyncio.sleep(0)


@router.api_route("/", methods=["GET", "POST"])
async def visit() -> dict:
    global total
    await charge()
    total += 1
    return {"number": total}


app = FastAPI()
app.include_router(router)

# %% reported: two requests call a method of one object
import asyncio

from fastapi import FastAPI


async def connect():
    await asyncio.sleep(0)
    return object()


class Service:
    def __init__(self, app: FastAPI) -> None:
        self.pool = None
        app.add_api_route("/", self.index)

    async def index(self) -> dict:
        if self.pool is None:
            # error: [double-initialization] "`self.pool`"
            self.pool = await connect()
        return {"open": True}


app = FastAPI()
service = Service(app)
# confidence: likely

# %% clean: the object lets one request open its pool
import asyncio

from fastapi import FastAPI


async def connect():
    await asyncio.sleep(0)
    return object()


class Service:
    def __init__(self, app: FastAPI) -> None:
        self.pool = None
        self.lock = asyncio.Lock()
        app.add_api_route("/", self.index)

    async def index(self) -> dict:
        async with self.lock:
            if self.pool is None:
                self.pool = await connect()
        return {"open": True}


app = FastAPI()
service = Service(app)

# %% reported: two connections count their messages together
from fastapi import FastAPI, WebSocket

total = 0
app = FastAPI()


@app.websocket("/")
async def echo(websocket: WebSocket) -> None:
    global total
    await websocket.accept()
    while True:
        before = total
        # error: [lost-update] "`total`"
        data = await websocket.receive_text()
        total = before + 1
        await websocket.send_text(f"{total}: {data}")
# confidence: likely

# %% clean: each connection counts its own messages
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/")
async def echo(websocket: WebSocket) -> None:
    total = 0
    await websocket.accept()
    while True:
        before = total
        data = await websocket.receive_text()
        total = before + 1
        await websocket.send_text(f"{total}: {data}")

# %% known missed alarm: the dependency of two requests opens the pool
import asyncio

from fastapi import Depends, FastAPI

pool = None
app = FastAPI()


async def connect():
    await asyncio.sleep(0)
    return object()


async def get_pool():
    global pool
    if pool is None:
        # error: [double-initialization] "`pool`"
        pool = await connect()
    return pool


@app.get("/")
async def index(opened=Depends(get_pool)) -> dict:
    return {"pool": str(opened)}
# confidence: likely

# %% clean: the dependency opens the pool under a lock
import asyncio
from typing import Annotated, Any

from fastapi import Depends, FastAPI

pool = None
lock = asyncio.Lock()
app = FastAPI()


async def connect():
    await asyncio.sleep(0)
    return object()


async def get_pool():
    global pool
    async with lock:
        if pool is None:
            pool = await connect()
        return pool


@app.get("/")
async def index(opened: Annotated[Any, Depends(get_pool)]) -> dict:
    return {"pool": str(opened)}

# %% reported: two requests pass a middleware function
from fastapi import FastAPI, Request

total = 0
app = FastAPI()


@app.middleware("http")
async def count(request: Request, call_next):
    global total
    before = total
    # error: [lost-update] "`total`"
    response = await call_next(request)
    total = before + 1
    return response
# confidence: likely

# %% clean: the middleware function counts before it passes the request on
from fastapi import FastAPI, Request

total = 0
app = FastAPI()


@app.middleware("http")
async def count(request: Request, call_next):
    global total
    total += 1
    response = await call_next(request)
    response.headers["X-Count"] = "done"
    return response

# %% reported: the background tasks of two requests count
import asyncio

from fastapi import BackgroundTasks, FastAPI

total = 0
app = FastAPI()


async def charge() -> None:
    await asyncio.sleep(0)


async def note() -> None:
    global total
    before = total
    # error: [lost-update] "`total`"
    await charge()
    total = before + 1


@app.get("/")
async def index(background_tasks: BackgroundTasks) -> dict:
    background_tasks.add_task(note)
    return {"noted": True}
# confidence: likely

# %% clean: a background task counts in one step
import asyncio

from fastapi import BackgroundTasks, FastAPI

total = 0
app = FastAPI()


async def charge() -> None:
    await asyncio.sleep(0)


async def note() -> None:
    global total
    await charge()
    total += 1


@app.get("/")
async def index(background_tasks: BackgroundTasks) -> dict:
    background_tasks.add_task(note)
    return {"noted": True}

# %% reported: two requests fail at a time
import asyncio

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

pool = None
app = FastAPI()


async def connect():
    await asyncio.sleep(0)
    return object()


@app.exception_handler(404)
async def missing(request: Request, error: Exception) -> JSONResponse:
    global pool
    if pool is None:
        # error: [double-initialization] "`pool`"
        pool = await connect()
    return JSONResponse({"logged": str(pool)}, status_code=404)
# confidence: likely

# %% clean: a failed request opens the log under a lock
import asyncio

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

pool = None
lock = asyncio.Lock()
app = FastAPI()


async def connect():
    await asyncio.sleep(0)
    return object()


@app.exception_handler(404)
async def missing(request: Request, error: Exception) -> JSONResponse:
    global pool
    async with lock:
        if pool is None:
            pool = await connect()
    return JSONResponse({"logged": True}, status_code=404)

# %% clean: lifespan opens the pool before all requests and closes it after them
import asyncio
from contextlib import asynccontextmanager

from fastapi import FastAPI

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


@asynccontextmanager
async def lifespan(app: FastAPI):
    global pool
    if pool is None:
        pool = await connect()
    yield
    if pool is not None:
        await asyncio.sleep(0)
        pool = None


app = FastAPI(lifespan=lifespan)


@app.get("/")
async def index() -> dict:
    return {"pool": str(pool)}

# %% reported: two requests open what lifespan left closed
import asyncio
from contextlib import asynccontextmanager

from fastapi import FastAPI

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


@asynccontextmanager
async def lifespan(app: FastAPI):
    global pool
    yield
    pool = None


app = FastAPI(lifespan=lifespan)


@app.get("/")
async def index() -> dict:
    global pool
    if pool is None:
        # error: [double-initialization] "`pool`"
        pool = await connect()
    return {"pool": str(pool)}
# confidence: likely

# %% clean: the events of start-up and shutdown run alone
import asyncio

from fastapi import FastAPI

pool = None
app = FastAPI()


async def connect():
    await asyncio.sleep(0)
    return object()


@app.on_event("startup")
async def start() -> None:
    global pool
    if pool is None:
        pool = await connect()


@app.on_event("shutdown")
async def stop() -> None:
    global pool
    if pool is not None:
        await asyncio.sleep(0)
        pool = None


@app.get("/")
async def index() -> dict:
    return {"pool": str(pool)}

# %% reported: two requests count what start-up began to count
import asyncio

from fastapi import FastAPI

total = 0
app = FastAPI()


async def charge() -> None:
    await asyncio.sleep(0)


@app.on_event("startup")
async def start() -> None:
    global total
    await charge()
    total = 0


@app.get("/")
async def index() -> dict:
    global total
    before = total
    # error: [lost-update] "`total`"
    await charge()
    total = before + 1
    return {"total": total}
# confidence: likely
