# What users of ESLint's require-atomic-updates complained of, both ways; # are ESLint's issues.
#
# Where a direction is missing here, it stands in lost_update.py, stale_check.py or
#     double_initialization.py under the title "ESLint n", or in the file that is named.
# 1 (#11899) one property is read, another written: 1-2
# 2 (#11899) a request's object: silence/own_state.py 10-13
# 3 (#11899) saved, awaited, restored: 3-4
# 4 (#12423, #11950, #13907) no dependence: 5
# 5 (#12353) a busy flag: closings/busy_flag.py
# 6 (#11954) up, and down in finally: 6; silence/writes.py 7-9
# 7 (#15076) an unrelated read of a module, in try and in catch: 7-8
# 8 (#17312) passed to an awaited helper: silence/writes.py 4-5
# 9 (#14695) a useless await: 9
# 10 (#18785) captured by a closure: later, before: 10-11
# 11 (#11194, #14208) names and symbols: 12-13; silence/own_state.py 15-16
# 12 (#11687) a branch writes, then awaits: 14-15; silence/writes.py 15-16
# 13 (#11723) a function in the body: 16
# 14 (#11899) the documentation's examples: 17-18
# 15 (#19022) properties of self: 19-20
# 16 (#10893) many branches: 21
# 17 a real lazy initialization: 22-23
# 18 what nothing says is shared is `possible` only: lost_update.py
# cancellation: given back, kept, put back: 24-26

# %% clean: one field of the response is read, another is filled
import asyncio


class Response:
    def __init__(self) -> None:
        self.status = 0
        self.body = b""


class Exchange:
    def __init__(self) -> None:
        self.response = Response()
        self._lock = asyncio.Lock()

    async def run(self, read) -> None:
        if self.response.status == 200:
            self.response.body = await read(self.response.status)

# %% reported: one field of the response is read and filled
import asyncio


class Response:
    def __init__(self) -> None:
        self.body = b""


class Exchange:
    def __init__(self) -> None:
        self.response = Response()
        self._lock = asyncio.Lock()

    async def run(self) -> None:
        # error: [lost-update] "`self.response.body`"
        self.response.body = self.response.body + await self.read()

    async def read(self) -> bytes:
        await asyncio.sleep(0)
        return b"a"
# outcome: x.response.body where x = Exchange(); x.run() | x.run()

# %% reported: a level is saved, changed and put back over another one's level
import asyncio


class Logger:
    def __init__(self) -> None:
        self.level = "info"
        self._lock = asyncio.Lock()

    async def quietly(self) -> None:
        level = self.level
        self.level = "error"
        # error: [stale-overwrite] "`self.level`"
        await asyncio.sleep(0)
        self.level = level

    async def configure(self, level: str) -> None:
        self.level = level
# outcome: x.level where x = Logger(); x.quietly() | x.configure("debug")

# %% known false alarm: put back only where nobody else has changed it
import asyncio


class Logger:
    def __init__(self) -> None:
        self.level = "info"
        self._lock = asyncio.Lock()

    async def quietly(self, work) -> None:
        level = self.level
        self.level = "error"
        try:
            # error: [stale-overwrite]
            await work()
        finally:
            if self.level == "error":
                self.level = level
# confidence: likely

# %% clean: the branch that looked is over when the title is set
import asyncio


class Page:
    def __init__(self) -> None:
        self.title = ""
        self._lock = asyncio.Lock()

    async def rename(self, title: str, log) -> None:
        if self.title:
            await log(self.title)
        self.title = title

# %% reported: up, and in finally back to what it was
import asyncio

active = 0


async def handle() -> None:
    global active
    before = active
    active += 1
    try:
        # error: [stale-overwrite] "`active`"
        await asyncio.sleep(0)
    finally:
        active = before


async def arrive() -> None:
    global active
    active += 1


async def main() -> None:
    await asyncio.gather(handle(), arrive())
# outcome: active where pass; handle() | arrive()

# %% reported: the exit code of a module is kept or awaited
import asyncio

import settings


async def check() -> int:
    await asyncio.sleep(0)
    return 1


async def run() -> None:
    # error: [double-initialization] "exit_code`"
    settings.exit_code = settings.exit_code or await check()


async def main() -> None:
    await asyncio.gather(run(), run())
# confidence: proven

# %% file: settings.py
exit_code = 0

# %% clean: the exit code is counted up where the error is caught
import asyncio

import settings


async def run(check) -> None:
    if settings.exit_code:
        print(settings.exit_code)
    try:
        await check()
    except OSError:
        settings.exit_code += 1


async def main(check) -> None:
    await asyncio.gather(run(check), run(check))

# %% file: settings.py
exit_code = 0

# %% clean: a useless await between a read and the write of something else
import asyncio


class Volume:
    def __init__(self) -> None:
        self.limit = 10
        self.value = 0
        self._lock = asyncio.Lock()

    async def loudest(self) -> None:
        limit = self.limit
        await asyncio.sleep(0)
        self.value = limit

    def restrict(self, limit: int) -> None:
        self.limit = limit

# %% clean: the closure leaves the function when the window is over
import asyncio


async def run(button) -> None:
    clicks = 0
    before = clicks
    await asyncio.sleep(0)
    clicks = before + 1

    def click() -> None:
        nonlocal clicks
        clicks += 1

    button.on_click(click)

# %% known missed alarm: the closure has left the function before the window begins
import asyncio


async def run(button) -> int:
    clicks = 0

    def click() -> None:
        nonlocal clicks
        clicks += 1

    button.on_click(click)
    before = clicks
    # error: [lost-update] "`clicks`"
    await asyncio.sleep(0)
    clicks = before + 1
    return clicks

# %% clean: the same name of another object
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 0


class Bank:
    def __init__(self) -> None:
        self.giro = Account()
        self.savings = Account()
        self._lock = asyncio.Lock()

    async def mirror(self) -> None:
        balance = self.giro.balance
        await asyncio.sleep(0)
        self.savings.balance = balance

# %% reported: the same object under another name
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 0


class Bank:
    def __init__(self) -> None:
        self.giro = Account()
        self._lock = asyncio.Lock()

    async def deposit(self, amount: int) -> None:
        account = self.giro
        balance = account.balance
        # error: [lost-update] "`self.giro.balance`"
        await asyncio.sleep(0)
        account.balance = balance + amount
# confidence: likely
# outcome: x.giro.balance where x = Bank(); x.deposit(3) | x.deposit(4)

# %% clean: where the error is caught, it is counted and then reported
import asyncio


class Loader:
    def __init__(self) -> None:
        self.failures = 0
        self._lock = asyncio.Lock()

    async def load(self, fetch, report) -> None:
        try:
            await fetch()
        except OSError as error:
            failures = self.failures
            self.failures = failures + 1
            await report(error)

# %% reported: where the error is caught, it is reported and then counted
import asyncio


class Loader:
    def __init__(self) -> None:
        self.failures = 0
        self._lock = asyncio.Lock()

    async def load(self) -> None:
        try:
            raise OSError
        except OSError as error:
            failures = self.failures  # step: A1, B3
            # error: [lost-update] "`self.failures`"
            await self.report(error)  # step: A2
            self.failures = failures + 1  # step: B4, A5

    async def report(self, error: OSError) -> None:
        await asyncio.sleep(0)
# confidence: likely
# outcome: x.failures where x = Loader(); x.load() | x.load()

# %% reported: a function in the body changes the parameter, and runs twice
import asyncio


async def run(count: int) -> int:
    async def add() -> None:
        nonlocal count
        before = count  # step: A1, B3
        # error: [lost-update] "`count`"
        await asyncio.sleep(0)  # step: A2
        count = before + 1  # step: B4, A5

    await asyncio.gather(add(), add())
    return count
# confidence: proven

# %% reported: the documentation's example of the wrong way, a property of an object
import asyncio


class Pages:
    def __init__(self) -> None:
        self.length = 0


pages = Pages()


async def length() -> int:
    await asyncio.sleep(0)
    return 3


async def add() -> None:
    # error: [lost-update] "`pages.length`"
    pages.length = pages.length + (await length())


async def main() -> None:
    await asyncio.gather(add(), add())
# confidence: proven
# outcome: pages.length where pass; add() | add()

# %% reported: the await is one side of a condition
import asyncio

length = 0


async def measure() -> int:
    await asyncio.sleep(0)
    return 3


async def add(quick: bool) -> None:
    global length
    # error: [lost-update] "`length`"
    length = length + (1 if quick else await measure())


async def main() -> None:
    await asyncio.gather(add(True), add(False))
# outcome: length where pass; add(False) | add(True)

# %% reported: a private name of the class
import asyncio


class Counter:
    def __init__(self) -> None:
        self.__value = 0
        self._lock = asyncio.Lock()

    @property
    def value(self) -> int:
        return self.__value

    async def increment(self) -> None:
        value = self.__value  # step: A1, B3
        # error: [lost-update] "value`"
        await asyncio.sleep(0)  # step: A2
        self.__value = value + 1  # step: B4, A5
# confidence: likely
# outcome: x.value where x = Counter(); x.increment() | x.increment()

# %% known missed alarm: a property of self by its name in a string
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def increment(self) -> None:
        value = getattr(self, "value")
        # error: [lost-update] "`self.value`"
        await asyncio.sleep(0)
        setattr(self, "value", value + 1)
# outcome: x.value where x = Counter(); x.increment() | x.increment()

# %% reported: many branches with awaits are one finding, and do not take long
import asyncio


class Wizard:
    def __init__(self) -> None:
        self.page = 0
        self._lock = asyncio.Lock()

    async def run(self, a, b, c, d, e, f) -> None:
        page = self.page
        if a:
            # error: [lost-update] "`self.page`"
            await asyncio.sleep(0)
        if b:
            await asyncio.sleep(0)
        if c:
            await asyncio.sleep(0)
        if d:
            await asyncio.sleep(0)
        if e:
            await asyncio.sleep(0)
        if f:
            await asyncio.sleep(0)
        self.page = page + 1
# outcome: x.page where x = Wizard(); x.run(1, 0, 0, 0, 0, 1) | x.run(0, 0, 1, 0, 0, 0)

# %% reported: a real lazy initialization, of the class itself
import asyncio


class Settings:
    _instance = None
    made = 0

    @classmethod
    async def load(cls) -> "Settings":
        Settings.made += 1
        await asyncio.sleep(0)
        return cls()

    @classmethod
    async def get(cls) -> "Settings":
        if cls._instance is None:  # step: A1, B3
            # error: [double-initialization] "`Settings._instance` may be set up twice"
            cls._instance = await cls.load()  # step: A2, B4, A5
        return cls._instance
# outcome: Settings.made where pass; Settings.get() | Settings.get()

# %% clean: its repaired form under the lock of the class
import asyncio


class Settings:
    _instance = None
    _lock = asyncio.Lock()

    @classmethod
    async def load(cls) -> "Settings":
        await asyncio.sleep(0)
        return cls()

    @classmethod
    async def get(cls) -> "Settings":
        async with cls._lock:
            if cls._instance is None:
                cls._instance = await cls.load()
        return cls._instance

# %% clean: a cancellation gives back the place that was reserved
import asyncio


class Pool:
    def __init__(self) -> None:
        self.free = 5
        self._lock = asyncio.Lock()

    async def connect(self, dial):
        if self.free <= 0:
            raise RuntimeError("full")
        self.free -= 1
        try:
            return await dial()
        except asyncio.CancelledError:
            self.free += 1
            raise
        except OSError:
            self.free += 1
            return None

# %% known missed alarm: a cancellation keeps the place that was reserved
import asyncio


class Pool:
    def __init__(self) -> None:
        self.free = 5
        self._lock = asyncio.Lock()

    async def connect(self, dial):
        if self.free <= 0:
            raise RuntimeError("full")
        self.free -= 1
        try:
            # error: [unprotected-cleanup] "`self.free`"
            return await dial()
        except Exception:
            self.free += 1
            raise

# %% reported: a cancellation puts back what was there before
import asyncio


class Cart:
    def __init__(self) -> None:
        self.total = 0
        self._lock = asyncio.Lock()

    async def add(self, price: int, reserve) -> None:
        total = self.total
        self.total += price
        try:
            # error: [stale-overwrite] "`self.total`"
            await reserve()
        except asyncio.CancelledError:
            self.total = total
            raise
# confidence: likely
