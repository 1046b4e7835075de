# Writes that do not depend on what was read before the suspension.
#
# another field, another value, a useless read, an object that is passed on, a counter of a module
#     that goes up and down, the right second check: lost_update.py, double_initialization.py. Here:
# stored whatever was there: 1
# one constant key is read, another written, the same one: 2-3
# a container is handed on, an entry is: 4-5
# the value goes through the awaited call: 6
# a counter of an entry goes up and down: 7-9
# a figure computed in one step: 10
# the same window twice: branches, suspensions, subclasses: 11-13
# what the stale check of a type checker hides: 14
# the order of branches, alone and in a loop: 15-16

# %% clean: every round stores what it has fetched
import asyncio

prices = {}


async def refresh(symbols, fetch) -> None:
    for symbol in symbols:
        prices[symbol] = await fetch(symbol)


async def main(fetch) -> None:
    await asyncio.gather(refresh(["a", "b"], fetch), refresh(["a"], fetch))

# %% clean: one constant key is read, another written
import asyncio

job = {"id": 1, "result": None}


async def run(fetch) -> None:
    if job["id"] > 0:
        job["result"] = await fetch(job["id"])


async def main(fetch) -> None:
    await asyncio.gather(run(fetch), run(fetch))

# %% reported: one constant key is read and written
import asyncio

job = {"id": 1, "result": None}


async def fetch(identity: int) -> int:
    await asyncio.sleep(0)
    return identity


async def run() -> None:
    if job["id"] > 0:
        # error: [stale-check] "`job['id']`"
        await fetch(job["id"])
        job["id"] -= 1


async def main() -> None:
    await asyncio.gather(run(), run())
# confidence: proven
# outcome: job["id"] where pass; run() | run()

# %% clean: a container is handed to the awaited call, and an entry is stored
import asyncio


class Pipeline:
    def __init__(self) -> None:
        self.context = {}
        self._lock = asyncio.Lock()

    async def run(self, step) -> None:
        context = self.context
        answer = await step(context)
        context["answer"] = answer

# %% reported: an entry is handed to the awaited call, and counted up
import asyncio


class Pipeline:
    def __init__(self) -> None:
        self.context = {"step": 0}
        self._lock = asyncio.Lock()

    async def run(self) -> None:
        step = self.context["step"]  # step: A1, B3
        # error: [lost-update] "`self.context['step']`"
        await self.work(step)  # step: A2
        self.context["step"] = step + 1  # step: B4, A5

    async def work(self, step: int) -> None:
        await asyncio.sleep(0)
# confidence: likely
# outcome: x.context["step"] where x = Pipeline(); x.run() | x.run()

# %% reported: the new cursor is what the awaited call makes of the old one
import asyncio


class Changes:
    def __init__(self) -> None:
        self.cursor = 0
        self._lock = asyncio.Lock()

    async def poll(self) -> None:
        # error: [lost-update] "`self.cursor`"
        self.cursor = await self.after(self.cursor)

    async def after(self, cursor: int) -> int:
        await asyncio.sleep(0)
        return cursor + 1
# outcome: x.cursor where x = Changes(); x.poll() | x.poll()

# %% clean: an entry is counted up, and down in finally, and removed when it is zero
import asyncio


class Limiter:
    def __init__(self) -> None:
        self.active = {}
        self._lock = asyncio.Lock()

    async def request(self, host: str, send) -> None:
        self.active[host] = self.active.get(host, 0) + 1
        try:
            await send(host)
        finally:
            self.active[host] -= 1
            if self.active[host] == 0:
                del self.active[host]

# %% reported: the count is read, logged and put back one less
import asyncio


class Limiter:
    def __init__(self) -> None:
        self.active = {"a": 1}
        self._lock = asyncio.Lock()

    async def enter(self, host: str) -> None:
        self.active[host] += 1

    async def leave(self, host: str) -> None:
        active = self.active[host]  # step: A1, B3
        # error: [lost-update] "`self.active[host]`"
        await self.log(active)  # step: A2
        self.active[host] = active - 1  # step: B4, A5

    async def log(self, active: int) -> None:
        await asyncio.sleep(0)
# confidence: likely
# outcome: x.active where x = Limiter(); x.leave("a") | x.enter("a")

# %% known missed alarm: the count is looked at, and the entry is removed after the log
import asyncio


class Limiter:
    def __init__(self) -> None:
        self.active = {"a": 1}
        self._lock = asyncio.Lock()

    async def leave(self, host: str) -> None:
        self.active[host] -= 1
        if self.active[host] == 0:
            # error: [stale-check] "`self.active[host]`"
            await asyncio.sleep(0)
            del self.active[host]

    async def enter(self, host: str) -> None:
        self.active[host] = self.active.get(host, 0) + 1
# confidence: likely
# outcome: dict(x.active) where x = Limiter(); x.leave("a") | x.enter("a")

# %% clean: a mean that is computed in one step
import asyncio


class Latency:
    def __init__(self) -> None:
        self.count = 0
        self.mean = 0.0
        self._lock = asyncio.Lock()

    async def measure(self, probe) -> None:
        print(self.mean)
        value = await probe()
        self.mean = (self.mean * self.count + value) / (self.count + 1)
        self.count += 1

# %% reported: two writes in two branches are one window
import asyncio


class Score:
    def __init__(self) -> None:
        self.points = 0
        self._lock = asyncio.Lock()

    async def add(self, double: bool) -> None:
        points = self.points
        # error: [lost-update] "`self.points`"
        await asyncio.sleep(0)
        if double:
            self.points = points + 2
        else:
            self.points = points + 1
# outcome: x.points where x = Score(); x.add(True) | x.add(False)

# %% reported: two suspensions in one window are one finding, at the first
import asyncio


class Score:
    def __init__(self) -> None:
        self.points = 0
        self._lock = asyncio.Lock()

    async def add(self) -> None:
        points = self.points
        # error: [lost-update] "`self.points`"
        await asyncio.sleep(0)
        print(points)
        await asyncio.sleep(0)
        self.points = points + 1
# outcome: x.points where x = Score(); x.add() | x.add()

# %% reported: a method that two classes inherit is one window
import asyncio


class Base:
    def __init__(self) -> None:
        self.points = 0
        self._lock = asyncio.Lock()

    async def add(self) -> None:
        points = self.points
        # error: [lost-update] "`self.points`"
        await asyncio.sleep(0)
        self.points = points + 1


class Red(Base):
    async def win(self) -> None:
        await self.add()


class Blue(Base):
    async def win(self) -> None:
        await self.add()
# outcome: x.points where x = Red(); x.win() | x.win()

# %% reported: what was there before the await is used after it
import asyncio


class Connection:
    def __init__(self) -> None:
        self.writer: asyncio.StreamWriter | None = None
        self._lock = asyncio.Lock()

    async def send(self, data: bytes) -> None:
        if self.writer is None:
            return
        # error: [stale-reference] "`self.writer`"
        await asyncio.sleep(0)
        self.writer.write(data)

    async def close(self) -> None:
        writer, self.writer = self.writer, None
        if writer is not None:
            writer.close()

# %% clean: one branch writes, the other awaits
import asyncio


class Score:
    def __init__(self) -> None:
        self.points = 0
        self._lock = asyncio.Lock()

    async def add(self, quick: bool) -> None:
        points = self.points
        if quick:
            self.points = points + 1
        else:
            await asyncio.sleep(0)

# %% reported: one branch writes, the other awaits, and both stand in a loop
import asyncio


class Score:
    def __init__(self) -> None:
        self.points = 0
        self._lock = asyncio.Lock()

    async def add(self, moves) -> None:
        points = self.points
        for quick in moves:
            if quick:
                points += 1
                self.points = points
            else:
                # error: [lost-update] "`self.points`"
                await asyncio.sleep(0)
# outcome: x.points where x = Score(); x.add([False, True]) | x.add([False, True])

