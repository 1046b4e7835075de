# Entry points of python-telegram-bot: handlers one after the other, handlers at the same time, jobs, tasks, set-up.
#
# Real places:
# handlers: https://github.com/python-telegram-bot/python-telegram-bot/blob/v22.0/examples/echobot.py
# concurrent_updates: https://github.com/n3d1117/chatgpt-telegram-bot/blob/df4dcaa26923dee560ef8f9b4f18a682c9b059ad/bot/telegram_bot.py#L1055
# block=False: https://github.com/yym68686/ChatGPT-Telegram-Bot/blob/f20fae6a99da209fbed1bd94fca763c1fdb08ace/bot.py#L921
# jobs: https://github.com/yym68686/ChatGPT-Telegram-Bot/blob/f20fae6a99da209fbed1bd94fca763c1fdb08ace/bot.py#L112
# set-up: https://github.com/n3d1117/chatgpt-telegram-bot/blob/df4dcaa26923dee560ef8f9b4f18a682c9b059ad/bot/telegram_bot.py#L1054
# one after the other: 1-3, at the same time: 4-7, jobs: 8-10, tasks: 11-12, set-up: 13-15

# %% clean: an update waits until the one before it is handled
import asyncio

from telegram.ext import Application, CommandHandler

store = None


async def connect():
    await asyncio.sleep(0)
    return []


async def start(update, context) -> None:
    global store
    if store is None:
        store = await connect()
    store.append(update.effective_chat.id)


def main() -> None:
    application = Application.builder().token("token").build()
    application.add_handler(CommandHandler("start", start))
    application.run_polling()

# %% clean: two handlers never run at the same time
import asyncio

from telegram.ext import Application, CallbackQueryHandler, CommandHandler

tickets = 10


async def charge(user) -> None:
    await asyncio.sleep(0)


async def buy(update, context) -> None:
    global tickets
    if tickets > 0:
        await charge(update.effective_user)
        tickets -= 1


async def refill(update, context) -> None:
    global tickets
    tickets = 10


def main() -> None:
    application = Application.builder().token("token").build()
    application.add_handler(CommandHandler("buy", buy))
    application.add_handler(CallbackQueryHandler(refill))
    application.run_polling()

# %% clean: steps of a conversation wait for each other
import asyncio

from telegram.ext import Application, CommandHandler, ConversationHandler, MessageHandler, filters

ASK = 0


class Survey:
    def __init__(self) -> None:
        self.answers = 0

    async def save(self, text: str) -> None:
        await asyncio.sleep(0)

    async def ask(self, update, context) -> int:
        await update.message.reply_text("How are you?")
        return ASK

    async def answer(self, update, context) -> int:
        before = self.answers
        await self.save(update.message.text)
        self.answers = before + 1
        return ConversationHandler.END


def main() -> None:
    survey = Survey()
    application = Application.builder().token("token").build()
    application.add_handler(
        ConversationHandler(
            entry_points=[CommandHandler("survey", survey.ask)],
            states={ASK: [MessageHandler(filters.TEXT, survey.answer)]},
            fallbacks=[],
        )
    )
    application.run_polling()

# %% known missed alarm: two updates open the store of a bot that handles several
import asyncio

from telegram.ext import ApplicationBuilder, CommandHandler


async def connect():
    await asyncio.sleep(0)
    return []


class Bot:
    def __init__(self) -> None:
        self.store = None

    async def start(self, update, context) -> None:
        if self.store is None:
            # error: [double-initialization] "`self.store`"
            self.store = await connect()
        self.store.append(update.effective_chat.id)

    def run(self) -> None:
        application = ApplicationBuilder().token("token").concurrent_updates(True).build()
        application.add_handler(CommandHandler("start", self.start))
        application.run_polling()
# confidence: likely

# %% clean: one of two updates opens the store under a lock
import asyncio

from telegram.ext import ApplicationBuilder, CommandHandler


async def connect():
    await asyncio.sleep(0)
    return []


class Bot:
    def __init__(self) -> None:
        self.store = None
        self.lock = asyncio.Lock()

    async def start(self, update, context) -> None:
        async with self.lock:
            if self.store is None:
                self.store = await connect()
        self.store.append(update.effective_chat.id)

    def run(self) -> None:
        application = ApplicationBuilder().token("token").concurrent_updates(True).build()
        application.add_handler(CommandHandler("start", self.start))
        application.run_polling()

# %% known missed alarm: two updates reach a handler that is not waited for
import asyncio

from telegram.ext import Application, MessageHandler, filters

tickets = 10


async def charge(user) -> None:
    await asyncio.sleep(0)


async def buy(update, context) -> None:
    global tickets
    if tickets > 0:
        # error: [stale-check] "`tickets`"
        await charge(update.effective_user)
        tickets -= 1


def main() -> None:
    application = Application.builder().token("token").build()
    application.add_handler(MessageHandler(filters.TEXT, buy, block=False))
    application.run_polling()
# confidence: likely

# %% clean: a handler that is not waited for takes its ticket at once
import asyncio

from telegram.ext import Application, MessageHandler, filters

tickets = 10


async def charge(user) -> None:
    await asyncio.sleep(0)


async def buy(update, context) -> None:
    global tickets
    if tickets > 0:
        tickets -= 1
        await charge(update.effective_user)


def main() -> None:
    application = Application.builder().token("token").build()
    application.add_handler(MessageHandler(filters.TEXT, buy, block=False))
    application.run_polling()

# %% known false alarm: a job waits for its last run
import asyncio

from telegram.ext import Application

position = 0


async def fetch(start: int) -> list:
    await asyncio.sleep(0)
    return [start]


async def poll(context) -> None:
    global position
    before = position
    # error: [lost-update]
    records = await fetch(before)
    position = before + len(records)


def main() -> None:
    application = Application.builder().token("token").build()
    application.job_queue.run_repeating(poll, interval=10)
    application.run_polling()

# %% reported: an update winds back while the job reads on
import asyncio

from telegram.ext import Application, CommandHandler

position = 0


async def fetch(start: int) -> list:
    await asyncio.sleep(0)
    return [start]


async def poll(context) -> None:
    global position
    before = position
    # error: [lost-update] "`position`"
    records = await fetch(before)
    position = before + len(records)


async def rewind(update, context) -> None:
    global position
    position = 0


def main() -> None:
    application = Application.builder().token("token").build()
    application.add_handler(CommandHandler("rewind", rewind))
    application.job_queue.run_repeating(poll, interval=10)
    application.run_polling()
# confidence: likely

# %% known missed alarm: two jobs open the store
import asyncio

from telegram.ext import Application

store = None


async def connect():
    await asyncio.sleep(0)
    return []


async def opened():
    global store
    if store is None:
        # error: [double-initialization] "`store`"
        store = await connect()
    return store


async def report(context) -> None:
    (await opened()).append("report")


async def clean(context) -> None:
    (await opened()).clear()


def main() -> None:
    application = Application.builder().token("token").build()
    application.job_queue.run_repeating(report, interval=60)
    application.job_queue.run_repeating(clean, interval=3600)
    application.run_polling()
# confidence: likely

# %% reported: tasks of two updates count one after the other
import asyncio

from telegram.ext import Application, CommandHandler

done = 0


async def work(chat_id: int) -> None:
    global done
    before = done
    # error: [lost-update] "`done`"
    await asyncio.sleep(0)
    done = before + 1


async def start(update, context) -> None:
    context.application.create_task(work(update.effective_chat.id))


def main() -> None:
    application = Application.builder().token("token").build()
    application.add_handler(CommandHandler("start", start))
    application.run_polling()
# confidence: likely

# %% clean: tasks of two updates count in one step
import asyncio

from telegram.ext import Application, CommandHandler

done = 0


async def work(chat_id: int) -> None:
    global done
    await asyncio.sleep(0)
    done += 1


async def start(update, context) -> None:
    context.application.create_task(work(update.effective_chat.id))


def main() -> None:
    application = Application.builder().token("token").build()
    application.add_handler(CommandHandler("start", start))
    application.run_polling()

# %% known false alarm: the pool is opened before the first update
import asyncio

from telegram.ext import Application, CommandHandler

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


async def post_init(application) -> None:
    global pool
    if pool is None:
        # error: [double-initialization]
        pool = await connect()


async def start(update, context) -> None:
    await update.message.reply_text(str(pool))


def main() -> None:
    builder = Application.builder().token("token").post_init(post_init).concurrent_updates(True)
    application = builder.build()
    application.add_handler(CommandHandler("start", start))
    application.run_polling()

# %% known false alarm: the pool is closed after the last update
from telegram.ext import Application

import database

pool = database.Pool()


async def post_shutdown(application) -> None:
    global pool
    if pool is not None:
        # error: [stale-check]
        await pool.close()
        pool = None


def main() -> None:
    application = Application.builder().token("token").post_shutdown(post_shutdown).build()
    application.run_polling()

# %% known missed alarm: two updates open the pool that the set-up only names
import asyncio

from telegram.ext import Application, CommandHandler

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


async def post_init(application) -> None:
    global pool
    pool = None


async def start(update, context) -> None:
    global pool
    if pool is None:
        # error: [double-initialization] "`pool`"
        pool = await connect()


def main() -> None:
    builder = Application.builder().token("token").post_init(post_init).concurrent_updates(True)
    application = builder.build()
    application.add_handler(CommandHandler("start", start))
    application.run_polling()
# confidence: likely
