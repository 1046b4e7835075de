# Entry points of Telethon: decorated handlers, added handlers, tasks on the client's loop.
#
# Real places:
# decorated: https://github.com/TeamUltroid/Ultroid/blob/edd18d31eae982dff468bd8ce785fbb319e370c3/plugins/_chatactions.py#L32
# added: https://github.com/TeamUltroid/Ultroid/blob/edd18d31eae982dff468bd8ce785fbb319e370c3/plugins/_userlogs.py#L232
# tasks: https://github.com/TeamUltroid/Ultroid/blob/edd18d31eae982dff468bd8ce785fbb319e370c3/pyUltroid/__main__.py#L53
# decorated: 1-2, added: 3-5, tasks: 6-7

# %% reported: two messages open the store
import asyncio

from telethon import TelegramClient, events

client = TelegramClient("session", 1, "hash")
store = None


async def connect():
    await asyncio.sleep(0)
    return []


@client.on(events.NewMessage(incoming=True))
async def remember(event) -> None:
    global store
    if store is None:
        # error: [double-initialization] "`store`"
        store = await connect()
    store.append(event.raw_text)
# confidence: likely

# %% clean: a message is counted after its answer
import asyncio

from telethon import TelegramClient, events

client = TelegramClient("session", 1, "hash")
answers = 0


async def answer(event) -> None:
    await asyncio.sleep(0)


@client.on(events.NewMessage(pattern="hello"))
async def greet(event) -> None:
    global answers
    await answer(event)
    answers += 1

# %% reported: two messages take the last code
import asyncio

from telethon import TelegramClient, events


class Codes:
    def __init__(self, client: TelegramClient) -> None:
        self.left = 5
        client.add_event_handler(self.give, events.NewMessage(pattern="/code"))

    async def log(self, event) -> None:
        await asyncio.sleep(0)

    async def give(self, event) -> None:
        if self.left > 0:
            # error: [stale-check] "`self.left`"
            await self.log(event)
            self.left -= 1
# confidence: likely

# %% clean: a message takes its code at once
import asyncio

from telethon import TelegramClient, events


class Codes:
    def __init__(self, client: TelegramClient) -> None:
        self.left = 5
        client.add_event_handler(self.give, events.NewMessage(pattern="/code"))

    async def log(self, event) -> None:
        await asyncio.sleep(0)

    async def give(self, event) -> None:
        if self.left > 0:
            self.left -= 1
            await self.log(event)

# %% known false alarm: a client that is told to takes one update after the other
import asyncio

from telethon import TelegramClient, events

client = TelegramClient("session", 1, "hash", sequential_updates=True)
seen = 0


async def note(event) -> None:
    await asyncio.sleep(0)


async def count(event) -> None:
    global seen
    before = seen
    # error: [lost-update]
    await note(event)
    seen = before + 1


client.add_event_handler(count, events.NewMessage())

# %% reported: a task flushes what a handler counts
import asyncio

from telethon import TelegramClient, events

client = TelegramClient("session", 1, "hash")
pending = 0


async def save(number: int) -> int:
    await asyncio.sleep(0)
    return number


async def flush() -> None:
    global pending
    while True:
        before = pending
        # error: [lost-update] "`pending`"
        saved = await save(before)
        pending = before - saved


@client.on(events.NewMessage())
async def count(event) -> None:
    global pending
    pending += 1


def main() -> None:
    # error: [dropped-task]
    client.loop.create_task(flush())
    client.run_until_disconnected()
# confidence: likely

# %% reported: a task takes all that is pending before it saves
import asyncio

from telethon import TelegramClient, events

client = TelegramClient("session", 1, "hash")
pending = 0


async def save(number: int) -> None:
    await asyncio.sleep(0)


async def flush() -> None:
    global pending
    while True:
        before = pending
        pending = 0
        await save(before)


@client.on(events.NewMessage())
async def count(event) -> None:
    global pending
    pending += 1


def main() -> None:
    # error: [dropped-task]
    client.loop.create_task(flush())
    client.run_until_disconnected()
