# Entry points of discord.py: events, commands, listeners, application commands, buttons, loops, set-up.
#
# Real places:
# events: https://github.com/Cog-Creators/Red-DiscordBot/blob/4e27059209473118142a5a220b002353dc82d3e4/redbot/core/_events.py#L137
# commands: https://github.com/Cog-Creators/Red-DiscordBot/blob/4e27059209473118142a5a220b002353dc82d3e4/redbot/cogs/economy/economy.py#L290
# listeners: https://github.com/Cog-Creators/Red-DiscordBot/blob/4e27059209473118142a5a220b002353dc82d3e4/redbot/cogs/filter/filter.py#L567
# application commands: https://github.com/python-discord/bot/blob/35d9e45d29c5213984e1dfbd8e034076a9951849/bot/exts/info/tags.py#L314
# buttons: https://github.com/Cog-Creators/Red-DiscordBot/blob/4e27059209473118142a5a220b002353dc82d3e4/redbot/core/utils/views.py#L586
# loops: https://github.com/python-discord/bot/blob/35d9e45d29c5213984e1dfbd8e034076a9951849/bot/exts/backend/branding/_cog.py#L459
# set-up: https://github.com/Cog-Creators/Red-DiscordBot/blob/4e27059209473118142a5a220b002353dc82d3e4/redbot/core/bot.py#L1278
# events: 1-4, commands: 5-6, listeners: 7-8, application commands: 9-10, buttons: 11-12
# loops: 13-15, set-up: 16-18

# %% reported: two messages open the session of a client
import asyncio

import discord


async def connect():
    await asyncio.sleep(0)
    return object()


class Client(discord.Client):
    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.default())
        self.session = None

    async def on_message(self, message) -> None:
        if self.session is None:
            # error: [double-initialization] "`self.session`"
            self.session = await connect()
        await message.channel.send(str(self.session))
# confidence: likely

# %% clean: the first message opens the session under a lock
import asyncio

import discord


async def connect():
    await asyncio.sleep(0)
    return object()


class Client(discord.Client):
    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.default())
        self.session = None
        self.lock = asyncio.Lock()

    async def on_message(self, message) -> None:
        async with self.lock:
            if self.session is None:
                self.session = await connect()
        await message.channel.send(str(self.session))

# %% reported: two reactions count one after the other
import asyncio

import discord

client = discord.Client(intents=discord.Intents.default())
reactions = 0


async def note(payload) -> None:
    await asyncio.sleep(0)


@client.event
async def on_raw_reaction_add(payload) -> None:
    global reactions
    before = reactions
    # error: [lost-update] "`reactions`"
    await note(payload)
    reactions = before + 1
# confidence: likely

# %% clean: a reaction is counted in one step
import asyncio

import discord

client = discord.Client(intents=discord.Intents.default())
reactions = 0


async def note(payload) -> None:
    await asyncio.sleep(0)


@client.event
async def on_raw_reaction_add(payload) -> None:
    global reactions
    await note(payload)
    reactions += 1

# %% reported: two members buy the last ticket
import asyncio

import discord
from discord.ext import commands

bot = commands.Bot("!", intents=discord.Intents.default())
tickets = 10


async def charge(member) -> None:
    await asyncio.sleep(0)


@bot.command()
async def buy(ctx) -> None:
    global tickets
    if tickets > 0:
        # error: [stale-check] "`tickets`"
        await charge(ctx.author)
        tickets -= 1
# confidence: likely

# %% clean: a ticket is taken before it is paid
import asyncio

import discord
from discord.ext import commands

bot = commands.Bot("!", intents=discord.Intents.default())
tickets = 10


async def charge(member) -> None:
    await asyncio.sleep(0)


@bot.command()
async def buy(ctx) -> None:
    global tickets
    if tickets > 0:
        tickets -= 1
        await charge(ctx.author)

# %% reported: two members join and open the log
import asyncio

from discord.ext import commands


async def open_log():
    await asyncio.sleep(0)
    return []


class Welcome(commands.Cog):
    def __init__(self, bot) -> None:
        self.bot = bot
        self.log = None

    @commands.Cog.listener()
    async def on_member_join(self, member) -> None:
        if self.log is None:
            # error: [double-initialization] "`self.log`"
            self.log = await open_log()
        self.log.append(member.id)
# confidence: likely

# %% clean: the cog opens its log before it listens
import asyncio

from discord.ext import commands


async def open_log():
    await asyncio.sleep(0)
    return []


class Welcome(commands.Cog):
    def __init__(self, bot) -> None:
        self.bot = bot
        self.log = None

    async def cog_load(self) -> None:
        if self.log is None:
            self.log = await open_log()

    @commands.Cog.listener()
    async def on_member_join(self, member) -> None:
        if self.log is not None:
            self.log.append(member.id)

# %% reported: two members claim the last prize with a slash command
import asyncio

import discord
from discord import app_commands
from discord.ext import commands


async def deliver(user) -> None:
    await asyncio.sleep(0)


class Raffle(commands.Cog):
    def __init__(self, bot) -> None:
        self.bot = bot
        self.prizes = 3

    @app_commands.command(name="claim", description="Claim a prize")
    async def claim(self, interaction: discord.Interaction) -> None:
        if self.prizes > 0:
            # error: [stale-check] "`self.prizes`"
            await deliver(interaction.user)
            self.prizes -= 1
# confidence: likely

# %% clean: a slash command counts what its own interaction said
import asyncio

import discord
from discord import app_commands
from discord.ext import commands


async def rolled(user) -> int:
    await asyncio.sleep(0)
    return 6


class Dice(commands.Cog):
    def __init__(self, bot) -> None:
        self.bot = bot

    @app_commands.command(name="roll", description="Roll twice")
    async def roll(self, interaction: discord.Interaction) -> None:
        total = 0
        for _ in range(2):
            before = total
            eyes = await rolled(interaction.user)
            total = before + eyes
        await interaction.response.send_message(str(total))

# %% reported: two members click the button of one view
import asyncio

import discord


async def register(user) -> None:
    await asyncio.sleep(0)


class Signup(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.free = 1

    @discord.ui.button(label="Join")
    async def join(self, interaction: discord.Interaction, button: discord.ui.Button) -> None:
        if self.free > 0:
            # error: [stale-check] "`self.free`"
            await register(interaction.user)
            self.free -= 1
# confidence: likely

# %% clean: a click reserves its seat
import asyncio

import discord


async def register(user) -> None:
    await asyncio.sleep(0)


class Signup(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.free = 1

    @discord.ui.button(label="Join")
    async def join(self, interaction: discord.Interaction, button: discord.ui.Button) -> None:
        if self.free > 0:
            self.free -= 1
            await register(interaction.user)

# %% clean: a loop waits for its last turn
import asyncio

from discord.ext import commands, tasks


async def fetch(position: int) -> list:
    await asyncio.sleep(0)
    return [position]


class Feed(commands.Cog):
    def __init__(self, bot) -> None:
        self.bot = bot
        self.position = 0

    @tasks.loop(seconds=30)
    async def poll(self) -> None:
        position = self.position
        records = await fetch(position)
        self.position = position + len(records)

# %% reported: a command winds back while the loop reads on
import asyncio

from discord.ext import commands, tasks


async def fetch(position: int) -> list:
    await asyncio.sleep(0)
    return [position]


class Feed(commands.Cog):
    def __init__(self, bot) -> None:
        self.bot = bot
        self.position = 0

    @tasks.loop(seconds=30)
    async def poll(self) -> None:
        position = self.position
        # error: [lost-update] "`self.position`"
        records = await fetch(position)
        self.position = position + len(records)

    @commands.command()
    async def rewind(self, ctx) -> None:
        self.position = 0
# confidence: likely

# %% reported: two loops add to one sum
import asyncio

from discord.ext import tasks

total = 0


async def fetch(name: str) -> int:
    await asyncio.sleep(0)
    return len(name)


@tasks.loop(minutes=1)
async def poll_news() -> None:
    global total
    before = total
    # error: [lost-update] "`total`"
    total = before + await fetch("news")


@tasks.loop(minutes=1)
async def poll_mail() -> None:
    global total
    total += 1
# confidence: likely

# %% clean: a bot opens its pool before the first event
import asyncio

import discord
from discord.ext import commands


async def connect():
    await asyncio.sleep(0)
    return object()


class Bot(commands.Bot):
    def __init__(self) -> None:
        super().__init__("!", intents=discord.Intents.default())
        self.pool = None

    async def setup_hook(self) -> None:
        if self.pool is None:
            self.pool = await connect()

    async def on_message(self, message) -> None:
        await self.process_commands(message)

# %% reported: two messages reopen the pool that the set-up opened
import asyncio

import discord
from discord.ext import commands


async def connect():
    await asyncio.sleep(0)
    return object()


class Bot(commands.Bot):
    def __init__(self) -> None:
        super().__init__("!", intents=discord.Intents.default())
        self.pool = None

    async def setup_hook(self) -> None:
        self.pool = await connect()

    async def on_disconnect(self) -> None:
        self.pool = None

    async def on_message(self, message) -> None:
        if self.pool is None:
            # error: [double-initialization] "`self.pool`"
            self.pool = await connect()
# confidence: likely

# %% clean: a bot closes its pool when it ends
import discord
from discord.ext import commands


class Bot(commands.Bot):
    def __init__(self, pool) -> None:
        super().__init__("!", intents=discord.Intents.default())
        self.pool = pool

    async def close(self) -> None:
        if self.pool is not None:
            await self.pool.close()
            self.pool = None
        await super().close()

# %% known false alarm: a hook of a loop comes before its rounds
import asyncio

from discord.ext import commands, tasks

session = None


class News(commands.Cog):
    @tasks.loop(seconds=5)
    async def refresh(self) -> None:
        global session
        if session is None:
            # error: [double-initialization]
            session = await asyncio.open_connection("localhost", 80)

    @refresh.before_loop
    async def before(self) -> None:
        global session
        if session is None:
            # error: [double-initialization]
            session = await asyncio.open_connection("localhost", 80)
