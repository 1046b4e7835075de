# The one-line forms that ESLint's rule has tests for, and Python's own.
#
# augmented, binary, conditional, generator, async generator: lost_update.py, complaints/eslint.py
# call argument, in both orders: 1-2
# computed key: 3-4
# nested function: 5
# f-string: 6
# spread into a list, a dictionary: 7-9
# a comprehension that awaits, and one that does not: 10-11
# one of several values that a helper returns: 12
# a position that was found: 13
# a loop over what is shared: 14
# an entry that suspends, one that does not: 15-16
# a bound method: 17

# %% reported: the old value is an argument of the call, before the one that is awaited
import asyncio
from operator import add

total = 0


async def price() -> int:
    await asyncio.sleep(0)
    return 3


async def buy() -> None:
    global total
    # error: [lost-update] "`total`"
    total = add(total, await price())


async def main() -> None:
    await asyncio.gather(buy(), buy())
# confidence: proven
# outcome: total where pass; buy() | buy()

# %% clean: the argument that is awaited comes first
import asyncio
from operator import add

total = 0


async def price() -> int:
    await asyncio.sleep(0)
    return 3


async def buy() -> None:
    global total
    total = add(await price(), total)


async def main() -> None:
    await asyncio.gather(buy(), buy())

# %% reported: a key that is computed twice in the same way
import asyncio


class Board:
    def __init__(self) -> None:
        self.cells = {(1, 2): 0}
        self._lock = asyncio.Lock()

    async def grow(self, row: int, column: int) -> None:
        cell = self.cells[row, column]
        # error: [lost-update] "`self.cells["
        await asyncio.sleep(0)
        self.cells[row, column] = cell + 1
# outcome: x.cells where x = Board(); x.grow(1, 2) | x.grow(1, 2)

# %% clean: a key that is computed in another way
import asyncio


class Board:
    def __init__(self) -> None:
        self.cells = {}
        self._lock = asyncio.Lock()

    async def copy(self, row: int) -> None:
        cell = self.cells[row]
        await asyncio.sleep(0)
        self.cells[row + 1] = cell

# %% known missed alarm: a nested function does the second half
import asyncio


class Board:
    def __init__(self) -> None:
        self.moves = 0
        self._lock = asyncio.Lock()

    async def move(self) -> None:
        moves = self.moves

        def store() -> None:
            self.moves = moves + 1

        # error: [lost-update] "`self.moves`"
        await asyncio.sleep(0)
        store()
# outcome: x.moves where x = Board(); x.move() | x.move()

# %% reported: a text grows by an f-string
import asyncio


class Transcript:
    def __init__(self) -> None:
        self.text = ""
        self._lock = asyncio.Lock()

    async def hear(self) -> None:
        # error: [lost-update] "`self.text`"
        self.text = f"{self.text}{await self.word()}"

    async def word(self) -> str:
        await asyncio.sleep(0)
        return "hm "
# confidence: likely
# outcome: x.text where x = Transcript(); x.hear() | x.hear()

# %% reported: a list is spread into a new one
import asyncio


class Transcript:
    def __init__(self) -> None:
        self.words = []
        self._lock = asyncio.Lock()

    async def hear(self) -> None:
        # error: [lost-update] "`self.words`"
        self.words = [*self.words, await self.word()]

    async def word(self) -> str:
        await asyncio.sleep(0)
        return "hm"
# confidence: likely
# outcome: x.words where x = Transcript(); x.hear() | x.hear()

# %% reported: a dictionary is spread into a new one
import asyncio

state = {}


async def load(key: str) -> str:
    await asyncio.sleep(0)
    return key


async def node(key: str) -> None:
    global state
    # error: [lost-update] "`state`"
    state = {**state, key: await load(key)}


async def main() -> None:
    await asyncio.gather(node("a"), node("b"))
# confidence: proven
# outcome: state where pass; node("a") | node("b")

# %% clean: a dictionary is merged when the new entry has come
import asyncio

state = {}


async def node(key: str, load) -> None:
    global state
    if key in state:
        print("again", key)
    entry = await load(key)
    state = state | {key: entry}


async def main(load) -> None:
    await asyncio.gather(node("a", load), node("b", load))

# %% reported: what is to stay is asked one by one
import asyncio


class Peers:
    def __init__(self) -> None:
        self.peers = ["a", "b"]
        self._lock = asyncio.Lock()

    async def leave(self, peer: str) -> None:
        self.peers.remove(peer)

    async def sweep(self) -> None:
        # error: [changed-while-iterating] "`self.peers`"
        self.peers = [peer for peer in self.peers if await self.alive(peer)]

    async def alive(self, peer: str) -> bool:
        await asyncio.sleep(0)
        return True
# outcome: x.peers where x = Peers(); x.sweep() | x.leave("a")

# %% clean: who is dead is asked one by one, and removed from what is there by then
import asyncio


class Peers:
    def __init__(self) -> None:
        self.peers = []
        self._lock = asyncio.Lock()

    async def sweep(self, alive) -> None:
        dead = [peer for peer in list(self.peers) if not await alive(peer)]
        self.peers = [peer for peer in self.peers if peer not in dead]

# %% reported: one of several values that a helper returns
import asyncio


class Clock:
    def __init__(self) -> None:
        self.hours = 0
        self.minutes = 0
        self._lock = asyncio.Lock()

    def _time(self) -> tuple[int, int]:
        return self.hours, self.minutes

    async def tick(self) -> None:
        hours, minutes = self._time()
        # error: [lost-update] "`self.minutes`"
        await asyncio.sleep(0)
        self.minutes = minutes + 1
        print(hours)
# outcome: x.minutes where x = Clock(); x.tick() | x.tick()

# %% known missed alarm: a position is found, and what stands there by then is removed
import asyncio


class Playlist:
    def __init__(self) -> None:
        self.songs = ["a", "b"]
        self._lock = asyncio.Lock()

    async def remove(self, song: str) -> None:
        position = self.songs.index(song)
        # error: [stale-check] "`self.songs"
        await asyncio.sleep(0)
        del self.songs[position]
# outcome: x.songs where x = Playlist(); x.remove("b") | x.remove("a")

# %% reported: a shared dictionary changes while it is gone through
import asyncio


class Hub:
    def __init__(self) -> None:
        self.clients = {"a": 1, "b": 2}
        self._lock = asyncio.Lock()

    async def broadcast(self) -> None:
        for name in self.clients:
            # error: [changed-while-iterating] "`self.clients`"
            await self.send(name)

    async def leave(self, name: str) -> None:
        self.clients.pop(name, None)

    async def send(self, name: str) -> None:
        await asyncio.sleep(0)
# outcome: dict(x.clients) where x = Hub(); x.broadcast() | x.leave("b")

# %% reported: the entry of a context manager suspends
import asyncio


class Transaction:
    async def __aenter__(self) -> None:
        await asyncio.sleep(0)

    async def __aexit__(self, *error) -> None:
        print("committed")


class Ledger:
    def __init__(self) -> None:
        self.entries = 0
        self._lock = asyncio.Lock()

    async def book(self) -> None:
        entries = self.entries  # step: A1, B3
        # error: [lost-update] "`self.entries`"
        async with Transaction():  # step: A2
            self.entries = entries + 1  # step: B4, A5
# confidence: likely
# outcome: x.entries where x = Ledger(); x.book() | x.book()

# %% known false alarm: the entry of a context manager does not suspend
import asyncio


class Transaction:
    async def __aenter__(self) -> None:
        print("begun")

    async def __aexit__(self, *error) -> None:
        print("committed")


class Ledger:
    def __init__(self) -> None:
        self.entries = 0
        self._lock = asyncio.Lock()

    async def book(self) -> None:
        entries = self.entries
        # error: [lost-update]
        async with Transaction():
            self.entries = entries + 1
# confidence: likely

# %% reported: the method of the container has been taken out before
import asyncio


class Waiting:
    def __init__(self) -> None:
        self.line = ["ann"]
        self._lock = asyncio.Lock()

    async def next(self) -> None:
        take = self.line.pop
        if self.line:
            # error: [stale-check] "`self.line"
            await asyncio.sleep(0)
            take()
# outcome: x.line where x = Waiting(); x.next() | x.next()
