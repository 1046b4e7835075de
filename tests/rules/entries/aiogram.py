# Entry points of aiogram 3: handlers, middlewares, handler classes, start-up.
#
# Real places:
# handlers: https://github.com/donBarbos/telegram-bot-template/blob/4c5eaa539132ee40dfce94efbc62e364ba2bb52d/bot/handlers/start.py#L11
# middlewares: https://github.com/donBarbos/telegram-bot-template/blob/4c5eaa539132ee40dfce94efbc62e364ba2bb52d/bot/middlewares/throttling.py#L15
# handler classes: https://github.com/bekzod818/Aiogram-Template/blob/418fbf00b868b392e31936dead20c46e9e78cd2c/handlers/users/echo.py
# start-up: https://github.com/donBarbos/telegram-bot-template/blob/4c5eaa539132ee40dfce94efbc62e364ba2bb52d/bot/__main__.py#L112
# handlers: 1-5, middlewares: 6-7, handler classes: 8-9, start-up: 10-12

# %% reported: two messages open the pool
import asyncio

from aiogram import Router
from aiogram.types import Message

router = Router()
pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


@router.message()
async def echo(message: Message) -> None:
    global pool
    if pool is None:
        # error: [double-initialization] "`pool`"
        pool = await connect()
    await message.answer(str(pool))
# confidence: likely

# %% clean: a message opens the pool under a lock
import asyncio

from aiogram import Router
from aiogram.types import Message

router = Router()
pool = None
lock = asyncio.Lock()


async def connect():
    await asyncio.sleep(0)
    return object()


@router.message()
async def echo(message: Message) -> None:
    global pool
    async with lock:
        if pool is None:
            pool = await connect()
    await message.answer(str(pool))

# %% reported: two clicks buy the last ticket
import asyncio

from aiogram import Dispatcher, F
from aiogram.types import CallbackQuery

dp = Dispatcher()
tickets = 10


async def charge(user_id: int) -> None:
    await asyncio.sleep(0)


@dp.callback_query(F.data == "buy")
async def buy(query: CallbackQuery) -> None:
    global tickets
    if tickets > 0:
        # error: [stale-check] "`tickets`"
        await charge(query.from_user.id)
        tickets -= 1
# confidence: likely

# %% reported: two messages reach a handler that is registered by a call
import asyncio

from aiogram import Router
from aiogram.filters import CommandStart
from aiogram.types import Message

starts = 0


async def note(user_id: int) -> None:
    await asyncio.sleep(0)


async def start(message: Message) -> None:
    global starts
    before = starts
    # error: [lost-update] "`starts`"
    await note(message.chat.id)
    starts = before + 1


def build() -> Router:
    router = Router()
    router.message.register(start, CommandStart())
    return router
# confidence: likely

# %% known false alarm: a dispatcher that is told to handles one update after the other
import asyncio

from aiogram import Bot, Dispatcher
from aiogram.types import Message

dp = Dispatcher()
seen = 0


async def note(user_id: int) -> None:
    await asyncio.sleep(0)


@dp.message()
async def count(message: Message) -> None:
    global seen
    before = seen
    # error: [lost-update]
    await note(message.chat.id)
    seen = before + 1


async def main() -> None:
    await dp.start_polling(Bot("1:token"), handle_as_tasks=False)

# %% reported: two updates pass a middleware that counts them
import asyncio

from aiogram import BaseMiddleware, Dispatcher


class Quota(BaseMiddleware):
    def __init__(self) -> None:
        self.left = 100

    async def __call__(self, handler, event, data):
        if self.left > 0:
            # error: [stale-check] "`self.left`"
            result = await handler(event, data)
            self.left -= 1
            return result
        return None


def build() -> Dispatcher:
    dp = Dispatcher()
    dp.message.middleware(Quota())
    return dp
# confidence: likely

# %% clean: a middleware takes from its quota before the handler runs
from aiogram import BaseMiddleware, Dispatcher


class Quota(BaseMiddleware):
    def __init__(self) -> None:
        self.left = 100

    async def __call__(self, handler, event, data):
        if self.left > 0:
            self.left -= 1
            return await handler(event, data)
        return None


def build() -> Dispatcher:
    dp = Dispatcher()
    dp.message.middleware(Quota())
    return dp

# %% clean: each message has a handler object of its own
import asyncio

from aiogram import Router
from aiogram.handlers import MessageHandler

router = Router()


async def load(chat_id: int):
    await asyncio.sleep(0)
    return {}


@router.message()
class Profile(MessageHandler):
    profile = None

    async def handle(self) -> None:
        if self.profile is None:
            self.profile = await load(self.chat.id)
        await self.event.answer(str(self.profile))

# %% reported: the handler objects of two messages share the module
import asyncio

from aiogram import Router
from aiogram.handlers import MessageHandler

router = Router()
served = 0


async def load(chat_id: int):
    await asyncio.sleep(0)
    return {}


@router.message()
class Profile(MessageHandler):
    async def handle(self) -> None:
        global served
        before = served
        # error: [lost-update] "`served`"
        await load(self.chat.id)
        served = before + 1
# confidence: likely

# %% clean: the pool is opened before the first update
import asyncio

from aiogram import Dispatcher
from aiogram.types import Message

dp = Dispatcher()
pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


@dp.startup()
async def open_pool() -> None:
    global pool
    if pool is None:
        pool = await connect()


@dp.message()
async def echo(message: Message) -> None:
    await message.answer(str(pool))

# %% clean: the pool is closed after the last update
from aiogram import Dispatcher

import database

pool = database.Pool()


async def close_pool() -> None:
    global pool
    if pool is not None:
        await pool.close()
        pool = None


def build() -> Dispatcher:
    dp = Dispatcher()
    dp.shutdown.register(close_pool)
    return dp

# %% reported: two messages open what the start-up left closed
import asyncio

from aiogram import Dispatcher
from aiogram.types import Message

dp = Dispatcher()
pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


@dp.startup()
async def forget_pool() -> None:
    global pool
    pool = None


@dp.message()
async def echo(message: Message) -> None:
    global pool
    if pool is None:
        # error: [double-initialization] "`pool`"
        pool = await connect()
    await message.answer(str(pool))
# confidence: likely
