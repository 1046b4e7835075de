# Who runs when: phases, sequential frameworks, scripts, keys that no two tasks share.
#
# a worker that is started once, a task that is awaited at once, asyncio.run alone, keys of a
#     comprehension, metrics, callbacks: lost_update.py, stale_check.py, double_initialization.py.
# Generated files and tests are left out before any rule runs: tests/engine/test_files.py. Here:
# before all requests, and during them: 1-3
# after all requests: 4
# one update at a time, and several: 5-7
# one message of a consumer at a time, and all consumers: 8-9
# a loop that does not overlap itself, and a command beside it: 10-11
# a job with one instance, and with three: 12-13
# a script: 14-15
# after the join of a task, and before it: 16-17
# a fresh key, an index of each task, one index of all: 18-20
# one worker, and several: 21-22

# %% clean: lifespan runs before and after all requests
from contextlib import asynccontextmanager

from fastapi import FastAPI

import database

pool = None


@asynccontextmanager
async def lifespan(app: FastAPI):
    global pool
    if pool is None:
        pool = await database.connect()
    yield
    if pool is not None:
        await pool.close()
        pool = None


app = FastAPI(lifespan=lifespan)

# %% reported: a handler opens the pool that the first request needs
import asyncio

from fastapi import FastAPI

pool = None
app = FastAPI()


async def connect():
    await asyncio.sleep(0)
    return object()


@app.get("/")
async def index():
    global pool
    if pool is None:
        # error: [double-initialization] "`pool`"
        pool = await connect()
    return {"pool": str(pool)}
# confidence: likely

# %% clean: a bot opens its session before it takes commands
import database
from discord.ext import commands


class Bot(commands.Bot):
    def __init__(self) -> None:
        super().__init__("!")
        self.session = None

    async def setup_hook(self) -> None:
        if self.session is None:
            self.session = await database.connect()

# %% clean: an application's cleanup runs once, when no request is left
from aiohttp import web

connections = {}


async def close_all(app) -> None:
    for name in list(connections):
        await connections[name].close()
        del connections[name]


app = web.Application()
app.on_cleanup.append(close_all)

# %% clean: python-telegram-bot handles one update after the other
from telegram.ext import Application, CommandHandler

visits = 0


async def start(update, context) -> None:
    global visits
    before = visits
    await update.message.reply_text("hello")
    visits = before + 1


def main() -> None:
    application = Application.builder().token("token").build()
    application.add_handler(CommandHandler("start", start))
    application.run_polling()

# %% known missed alarm: unless it is told to handle several
from telegram.ext import Application, CommandHandler

visits = 0


async def start(update, context) -> None:
    global visits
    before = visits
    # error: [lost-update] "`visits`"
    await update.message.reply_text("hello")
    visits = before + 1


def main() -> None:
    application = Application.builder().token("token").concurrent_updates(True).build()
    application.add_handler(CommandHandler("start", start))
    application.run_polling()
# confidence: likely

# %% known missed alarm: or not to wait for this handler
from telegram.ext import Application, CommandHandler

visits = 0


async def start(update, context) -> None:
    global visits
    before = visits
    # error: [lost-update] "`visits`"
    await update.message.reply_text("hello")
    visits = before + 1


def main() -> None:
    application = Application.builder().token("token").build()
    application.add_handler(CommandHandler("start", start, block=False))
    application.run_polling()
# confidence: likely

# %% clean: a consumer handles one message after the other
from channels.generic.websocket import AsyncJsonWebsocketConsumer


class Chat(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        self.received = 0
        await self.accept()

    async def receive_json(self, content) -> None:
        received = self.received
        await self.send_json({"number": received})
        self.received = received + 1

# %% reported: all consumers share the module
from channels.generic.websocket import AsyncJsonWebsocketConsumer

received = 0


class Chat(AsyncJsonWebsocketConsumer):
    async def receive_json(self, content) -> None:
        global received
        before = received
        # error: [lost-update] "`received`"
        await self.send_json({"number": before})
        received = before + 1
# confidence: likely

# %% clean: a loop of discord.py does not run twice at a time
from discord.ext import commands, tasks


class Status(commands.Cog):
    def __init__(self, bot) -> None:
        self.bot = bot
        self.index = 0

    @tasks.loop(seconds=30)
    async def rotate(self) -> None:
        index = self.index
        await self.bot.change_presence()
        self.index = index + 1

# %% reported: a loop of discord.py and a command run at a time
from discord.ext import commands, tasks


class Status(commands.Cog):
    def __init__(self, bot) -> None:
        self.bot = bot
        self.index = 0

    @tasks.loop(seconds=30)
    async def rotate(self) -> None:
        index = self.index
        # error: [lost-update] "`self.index`"
        await self.bot.change_presence()
        self.index = index + 1

    @commands.command()
    async def skip(self, ctx) -> None:
        self.index += 1
# confidence: likely

# %% clean: a scheduler runs one instance of a job
from apscheduler.schedulers.asyncio import AsyncIOScheduler

import feed

position = 0


async def poll() -> None:
    global position
    before = position
    records = await feed.read(before)
    position = before + len(records)


def main() -> None:
    scheduler = AsyncIOScheduler()
    scheduler.add_job(poll, "interval", seconds=5)
    scheduler.start()

# %% known missed alarm: unless it may run more
from apscheduler.schedulers.asyncio import AsyncIOScheduler

import feed

position = 0


async def poll() -> None:
    global position
    before = position
    # error: [lost-update] "`position`"
    records = await feed.read(before)
    position = before + len(records)


def main() -> None:
    scheduler = AsyncIOScheduler()
    scheduler.add_job(poll, "interval", seconds=5, max_instances=3)
    scheduler.start()
# confidence: likely

# %% clean: a script does one step after the other
import asyncio

done = 0


async def _step(name: str) -> None:
    global done
    before = done
    await asyncio.sleep(0)
    done = before + 1


async def main() -> None:
    await _step("build")
    await _step("test")
    for name in ("sign", "upload"):
        await _step(name)


def run() -> None:
    asyncio.run(main())

# %% known false alarm: a script whose main stands below the usual test
import asyncio

done = 0


async def step() -> None:
    global done
    before = done
    # error: [lost-update]
    await asyncio.sleep(0)
    done = before + 1


async def main() -> None:
    await step()
    await step()


if __name__ == "__main__":
    asyncio.run(main())
# confidence: possible

# %% clean: the task is joined before its result is counted
import asyncio


async def main() -> int:
    done = 0

    async def work() -> None:
        nonlocal done
        await asyncio.sleep(0)
        done += 1

    task = asyncio.create_task(work())
    await task
    before = done
    await asyncio.sleep(0)
    done = before + 1
    return done

# %% known missed alarm: the task runs while its starter counts
import asyncio


async def main() -> int:
    done = 0

    async def work() -> None:
        nonlocal done
        await asyncio.sleep(0)
        done += 1

    task = asyncio.create_task(work())
    before = done
    # error: [lost-update] "`done`"
    await asyncio.sleep(0)
    done = before + 1
    await task
    return done
# confidence: proven

# %% known false alarm: a key that is made fresh is known to this task alone
import asyncio
import uuid


class Uploads:
    def __init__(self) -> None:
        self.parts = {}
        self._lock = asyncio.Lock()

    async def upload(self, chunks, send) -> None:
        identity = uuid.uuid4().hex
        self.parts[identity] = 0
        for chunk in chunks:
            parts = self.parts[identity]
            # error: [lost-update]
            await send(identity, chunk)
            self.parts[identity] = parts + 1
# confidence: likely

# %% clean: each task fills the place of its own index
import asyncio


async def main(urls, fetch) -> list:
    pages = [None] * len(urls)

    async def fill(index: int, url: str) -> None:
        if pages[index] is None:
            pages[index] = await fetch(url)

    async with asyncio.TaskGroup() as group:
        for index, url in enumerate(urls):
            group.create_task(fill(index, url))
    return pages

# %% reported: each task fills the first place
import asyncio


async def main(urls, fetch) -> list:
    pages = [None]

    async def fill(url: str) -> None:
        if pages[0] is None:
            # error: [double-initialization] "`pages[0]`"
            pages[0] = await fetch(url)

    async with asyncio.TaskGroup() as group:
        for url in urls:
            group.create_task(fill(url))
    return pages
# confidence: proven

# %% clean: one worker takes and counts
import asyncio

handled = 0


async def _work(queue: asyncio.Queue) -> None:
    global handled
    while True:
        before = handled
        item = await queue.get()
        handled = before + item


async def main(queue: asyncio.Queue) -> None:
    worker = asyncio.create_task(_work(queue))
    await queue.join()
    worker.cancel()


def run() -> None:
    asyncio.run(main(asyncio.Queue()))

# %% reported: several workers take and count
import asyncio
import os

handled = 0


async def _work(queue: asyncio.Queue) -> None:
    global handled
    while True:
        before = handled
        # error: [lost-update] "`handled`"
        item = await queue.get()
        handled = before + item


async def main(queue: asyncio.Queue) -> None:
    workers = [asyncio.create_task(_work(queue)) for _ in range(os.cpu_count() or 1)]
    await queue.join()
    for worker in workers:
        worker.cancel()
# confidence: proven
