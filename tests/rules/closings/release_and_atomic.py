# What is no claim, what is checked twice, what is done in one step.
#
# giving back, the lock without the inner check, setdefault, pop, discard, append after a size or
#     whatever the check has said: stale_check.py, double_initialization.py. Here:
# the guard's negation: written after the work, before it: 1-2
# another's entry is taken out in finally: 3
# double-checked locking: early return, the wrong inner check: 4-5
# the callee checks for itself, so there is one window: 6
# one step on a nested entry, and two: 7-9
# += of a list, of a swapped list, of a tuple: 10-12
# |= of a set: 13
# add after a check of presence: 14
# max of the old value and an awaited one: 15

# %% known missed alarm: a mark that is set again while it is worked on is lost
import asyncio


class Editor:
    def __init__(self) -> None:
        self.text = "a"
        self.saved = ""
        self.dirty = True
        self._lock = asyncio.Lock()

    async def edit(self, text: str) -> None:
        self.text = text
        self.dirty = True

    async def save(self) -> None:
        if self.dirty:
            self.saved = self.text
            # error: [stale-check] "`self.dirty`"
            await asyncio.sleep(0)
            self.dirty = False
# outcome: (x.saved, x.dirty) where x = Editor(); x.save() | x.edit("b")

# %% clean: the mark is taken away before the work
import asyncio


class Editor:
    def __init__(self) -> None:
        self.text = "a"
        self.dirty = True
        self._lock = asyncio.Lock()

    async def edit(self, text: str) -> None:
        self.text = text
        self.dirty = True

    async def save(self, write) -> None:
        if self.dirty:
            self.dirty = False
            await write(self.text)

# %% reported: what another task has put in, both take out
import asyncio


class Server:
    def __init__(self) -> None:
        self.requests = {1: "get"}
        self._lock = asyncio.Lock()

    async def cancel(self, identity: int) -> None:
        request = self.requests.get(identity)
        if request is None:
            return
        try:
            # error: [stale-check] "`self.requests[identity]`"
            await asyncio.sleep(0)
        finally:
            del self.requests[identity]
# confidence: likely
# outcome: len(x.requests) where x = Server(); x.cancel(1) | x.cancel(1)

# %% clean: the inner check returns early
import asyncio


class Tokens:
    def __init__(self) -> None:
        self._tokens = {}
        self._lock = asyncio.Lock()

    async def token(self, scope: str):
        if (token := self._tokens.get(scope)) is not None:
            return token
        async with self._lock:
            if (token := self._tokens.get(scope)) is not None:
                return token
            token = self._tokens[scope] = await self._request(scope)
            return token

    async def _request(self, scope: str):
        await asyncio.sleep(0)
        return scope

# %% reported: the inner check looks at the local of the outer one
import asyncio


class Tokens:
    def __init__(self) -> None:
        self._tokens = {}
        self.requests = 0
        self._lock = asyncio.Lock()

    async def token(self, scope: str):
        token = self._tokens.get(scope)  # step: A1, B3
        if token is None:
            # error: [double-initialization] "`self._tokens[scope]`"
            async with self._lock:  # step: A2
                if token is None:
                    token = self._tokens[scope] = await self._request(scope)  # step: B4, A5
        return token

    async def _request(self, scope: str):
        self.requests += 1
        await asyncio.sleep(0)
        return scope
# confidence: likely

# %% reported: the callee checks for itself and too early, and one window is one finding
import asyncio


class Server:
    def __init__(self) -> None:
        self.started = False
        self.starts = 0
        self._lock = asyncio.Lock()

    async def handle(self) -> None:
        if not self.started:
            await self.start()

    async def start(self) -> None:
        if self.started:  # step: A1, B3
            return
        # error: [double-initialization] "`self.started`"
        await asyncio.sleep(0)  # step: A2
        self.started = True  # step: B4, A5
        self.starts += 1
# outcome: x.starts where x = Server(); x.handle() | x.handle()

# %% clean: an entry of an entry is counted in one step
import asyncio
from collections import defaultdict

visits = defaultdict(lambda: defaultdict(int))


async def visit(site: str, page: str, fetch) -> None:
    size = await fetch(site, page)
    visits[site][page] += 1
    visits[site]["bytes"] = visits[site].get("bytes", 0) + size


async def main(fetch) -> None:
    await asyncio.gather(visit("a", "/", fetch), visit("a", "/", fetch))

# %% reported: an entry of an entry is counted around an await
import asyncio

visits = {"a": {"bytes": 0}}


async def size() -> int:
    await asyncio.sleep(0)
    return 5


async def visit(site: str) -> None:
    # error: [lost-update] "`visits[site]['bytes']`"
    visits[site]["bytes"] += await size()


async def main() -> None:
    await asyncio.gather(visit("a"), visit("a"))
# confidence: proven
# outcome: visits["a"]["bytes"] where pass; visit("a") | visit("a")

# %% reported: the default of get is read before the await
import asyncio

visits = {}


async def size() -> int:
    await asyncio.sleep(0)
    return 5


async def visit(site: str) -> None:
    # error: [lost-update] "`visits[site]`"
    visits[site] = visits.get(site, 0) + await size()


async def main() -> None:
    await asyncio.gather(visit("a"), visit("a"))
# confidence: proven
# outcome: visits["a"] where pass; visit("a") | visit("a")

# %% known false alarm: += of a list extends the list that all tasks hold
import asyncio


class Results:
    def __init__(self) -> None:
        self.rows = []
        self._lock = asyncio.Lock()

    async def load(self, url: str, fetch) -> None:
        # error: [lost-update]
        self.rows += await fetch(url)
# confidence: likely

# %% reported: += of a list brings back the list that was swapped out
import asyncio


class Results:
    def __init__(self) -> None:
        self.rows = []
        self.written = []
        self._lock = asyncio.Lock()

    async def load(self) -> None:
        # error: [lost-update] "`self.rows`"
        self.rows += await self.fetch()

    async def flush(self) -> None:
        rows, self.rows = self.rows, []
        self.written.append(rows)

    async def fetch(self):
        await asyncio.sleep(0)
        return [1]
# outcome: x.rows in x.written where x = Results(); x.load() | x.flush()

# %% reported: += of a tuple makes a new one
import asyncio


class Results:
    def __init__(self) -> None:
        self.rows = ()
        self._lock = asyncio.Lock()

    async def load(self) -> None:
        # error: [lost-update] "`self.rows`"
        self.rows += await self.fetch()

    async def fetch(self):
        await asyncio.sleep(0)
        return (1,)
# confidence: likely
# outcome: x.rows where x = Results(); x.load() | x.load()

# %% known false alarm: |= of a set adds to the set that all tasks hold
import asyncio

tags = set()


async def collect(url: str, fetch) -> None:
    global tags
    # error: [lost-update]
    tags |= await fetch(url)


async def main(fetch) -> None:
    await asyncio.gather(collect("a", fetch), collect("b", fetch))
# confidence: proven

# %% reported: a page that nobody has seen is fetched by two
import asyncio


class Crawler:
    def __init__(self) -> None:
        self.seen = set()
        self.fetched = []
        self._lock = asyncio.Lock()

    async def visit(self, url: str) -> None:
        if url not in self.seen:  # step: A1, B3
            self.fetched.append(url)
            # error: [stale-check] "`self.seen[url]`"
            await asyncio.sleep(0)  # step: A2
            self.seen.add(url)  # step: B4, A5
# confidence: likely
# outcome: x.fetched where x = Crawler(); x.visit("/") | x.visit("/")

# %% reported: the highest of all is read before the other one is measured
import asyncio


class Progress:
    def __init__(self, values) -> None:
        self.highest = 0
        self._values = values
        self._lock = asyncio.Lock()

    async def report(self) -> None:
        # error: [lost-update] "`self.highest`"
        self.highest = max(self.highest, await self.measure())

    async def measure(self) -> int:
        value = self._values.pop()
        await asyncio.sleep(0)
        return value
# confidence: likely
# outcome: x.highest where x = Progress([9, 3]); x.report() | x.report()
