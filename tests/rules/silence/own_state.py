# State that one task has for itself, and state that only looks so.
#
# local variables, an object that has not left, a request's keys, a connection's parser:
#     lost_update.py, stale_check.py, double_initialization.py. Here:
# an object that is stored when it is ready, or before: 1-2
# a container or an object of each task, of all tasks: 3-5
# one object for all connections: 6
# a factory, and a method that only the factory calls: 7-8
# written only while it is made: 9
# what belongs to a request, and what to the application: 10-13
# a context variable: 14
# names: a local that hides, an import under another name: 15-16

# %% clean: a session is stored when it is ready
import asyncio


class Session:
    def __init__(self) -> None:
        self.packets = 0


class Server:
    def __init__(self) -> None:
        self.sessions = {}
        self._lock = asyncio.Lock()

    async def accept(self, name: str) -> None:
        session = Session()
        packets = session.packets
        await asyncio.sleep(0)
        session.packets = packets + 1
        self.sessions[name] = session

    def count(self, name: str) -> None:
        self.sessions[name].packets += 1

# %% known missed alarm: a session is stored first, and others count in it
import asyncio


class Session:
    def __init__(self) -> None:
        self.packets = 0


class Server:
    def __init__(self) -> None:
        self.sessions = {}
        self.counted = 0
        self._lock = asyncio.Lock()

    async def accept(self, name: str) -> None:
        session = Session()
        self.sessions[name] = session
        packets = session.packets
        # error: [lost-update] "packets`"
        await asyncio.sleep(0)
        session.packets = packets + 1

    async def count(self, name: str) -> None:
        session = self.sessions.get(name)
        if session is not None:
            session.packets += 1
            self.counted += 1
# outcome: (x.sessions["a"].packets, x.counted) where x = Server(); x.accept("a") | x.count("a")

# %% clean: each task has a dictionary of its own
import asyncio


async def count(words, counts: dict) -> dict:
    for word in words:
        before = counts.get(word, 0)
        await asyncio.sleep(0)
        counts[word] = before + 1
    return counts


async def main(texts) -> None:
    print(await asyncio.gather(*[count(text, {}) for text in texts]))

# %% known missed alarm: two tasks are given one dictionary
import asyncio


async def count(words, counts: dict) -> None:
    for word in words:
        before = counts.get(word, 0)
        # error: [lost-update] "`counts[word]`"
        await asyncio.sleep(0)
        counts[word] = before + 1


async def main(texts) -> None:
    counts = {}
    await asyncio.gather(*[count(text, counts) for text in texts])
    print(counts)
# outcome: c where c = {}; count("ab", c) | count("ab", c)

# %% known missed alarm: two tasks are given one object
import asyncio


class Stats:
    def __init__(self) -> None:
        self.pages = 0


async def fetch(url: str, stats: Stats) -> None:
    pages = stats.pages
    # error: [lost-update] "`stats.pages`"
    await asyncio.sleep(0)
    stats.pages = pages + 1


async def main(urls) -> Stats:
    stats = Stats()
    await asyncio.gather(*[fetch(url, stats) for url in urls])
    return stats
# outcome: s.pages where s = Stats(); fetch("a", s) | fetch("b", s)

# %% reported: one protocol serves all connections
import asyncio


class Protocol:
    def __init__(self) -> None:
        self.state = "new"
        self.greetings = 0

    async def run(self) -> None:
        if self.state == "new":
            # error: [stale-check] "`self.state`"
            await asyncio.sleep(0)
            self.state = "greeted"
            self.greetings += 1


protocol = Protocol()


async def serve(reader, writer) -> None:
    await protocol.run()
    writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "localhost", 8000)
    await server.serve_forever()
# confidence: likely
# outcome: protocol.greetings where pass; protocol.run() | protocol.run()

# %% clean: a factory fills what nobody else has yet
import asyncio


class Client:
    def __init__(self) -> None:
        self.reader = None
        self._lock = asyncio.Lock()

    @classmethod
    async def create(cls, host: str) -> "Client":
        client = cls()
        if client.reader is None:
            client.reader, _ = await asyncio.open_connection(host, 80)
        return client

# %% known false alarm: a method that only the factory calls fills what nobody else has yet
import asyncio


class Client:
    def __init__(self) -> None:
        self.reader = None
        self._lock = asyncio.Lock()

    @classmethod
    async def create(cls, host: str) -> "Client":
        client = cls()
        await client._open(host)
        return client

    async def _open(self, host: str) -> None:
        if self.reader is None:
            # error: [double-initialization]
            self.reader, _ = await asyncio.open_connection(host, 80)
# confidence: possible

# %% clean: what is written only while the object is made cannot change
import asyncio


class Limits:
    def __init__(self, most: int) -> None:
        self.most = most
        self.used = 0
        self._lock = asyncio.Lock()

    async def measure(self, probe) -> None:
        if self.most > 0:
            value = await probe()
            self.used = min(self.most, value)

# %% clean: the state of a Starlette request is its own
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route


async def find_user(request):
    return {"name": "ann"}


async def show(request):
    if not hasattr(request.state, "user"):
        request.state.user = await find_user(request)
    return JSONResponse(request.state.user)


app = Starlette(routes=[Route("/", show)])

# %% known missed alarm: the state of the application is not
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route


async def connect(request):
    return await request.body()


async def show(request):
    if not hasattr(request.app.state, "db"):
        # error: [double-initialization] "db`"
        request.app.state.db = await connect(request)
    return JSONResponse({})


app = Starlette(routes=[Route("/", show)])

# %% known missed alarm: aiohttp's application is shared by all requests
from aiohttp import web


async def count(request):
    hits = request.app["hits"]
    # error: [lost-update] "`request.app['hits']`"
    body = await request.text()
    request.app["hits"] = hits + 1
    return web.Response(text=body)


app = web.Application()
app["hits"] = 0
app.router.add_post("/", count)

# %% known missed alarm: a bot's own field in a command, which all contexts share
import asyncio

from discord.ext import commands

bot = commands.Bot("!")
bot.points = 0


@bot.command()
async def score(ctx) -> None:
    points = ctx.bot.points
    # error: [lost-update] "points`"
    await ctx.send(str(points))
    ctx.bot.points = points + 1

# %% clean: a context variable belongs to its task
import asyncio
from contextvars import ContextVar

depth: ContextVar[int] = ContextVar("depth", default=0)


async def descend() -> None:
    before = depth.get()
    await asyncio.sleep(0)
    depth.set(before + 1)


async def main() -> None:
    await asyncio.gather(descend(), descend())

# %% clean: a local hides a name of the module
import asyncio

total = 0


async def add() -> int:
    total = 1
    before = total
    await asyncio.sleep(0)
    total = before + 1
    return total


def reset() -> None:
    global total
    total = 0


async def main() -> None:
    await asyncio.gather(add(), add())

# %% reported: an imported state under another name
import asyncio

from state import counts as numbers


async def add(key: str) -> None:
    before = numbers[key]  # step: A1, B3
    # error: [lost-update] "[key]`"
    await asyncio.sleep(0)  # step: A2
    numbers[key] = before + 1  # step: B4, A5


async def main() -> None:
    await asyncio.gather(add("a"), add("a"))
# confidence: proven

# %% file: state.py
counts = {"a": 0}
