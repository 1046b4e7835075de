# A flag that is checked and set in one step makes the region behind it exclusive.
#
# an attribute, a module's flag, reset too early, not checked: stale_check.py, lost_update.py. Here:
# a set of busy keys, over the key's state and over shared state: 1-2
# a dictionary of flags, a nested one: 3-4
# a flag of the class, of an instance over the class's state: 5-6
# a state of several values: 7-8
# checked and set in a helper, or only looked at: 9-10
# a context manager that checks, or only sets: 11-12
# an await between check and set: 13
# a reset that an exception or a cancellation skips, and one that none skips: 14-18

# %% clean: a set holds the keys that are being worked on
import asyncio


class Builder:
    def __init__(self) -> None:
        self.running = set()
        self.builds = {}
        self._lock = asyncio.Lock()

    async def build(self, project: str) -> None:
        if project in self.running:
            return
        self.running.add(project)
        try:
            number = self.builds.get(project, 0)
            await asyncio.sleep(0)
            self.builds[project] = number + 1
        finally:
            self.running.discard(project)

# %% known missed alarm: a set holds keys, and the region writes what all keys share
import asyncio


class Builder:
    def __init__(self) -> None:
        self.running = set()
        self.total = 0
        self._lock = asyncio.Lock()

    async def build(self, project: str) -> None:
        if project in self.running:
            return
        self.running.add(project)
        try:
            total = self.total
            # error: [lost-update] "`self.total`"
            await asyncio.sleep(0)
            self.total = total + 1
        finally:
            self.running.discard(project)
# outcome: x.total where x = Builder(); x.build("a") | x.build("b")

# %% clean: a flag for each key guards the entry of that key
import asyncio

busy = {}
offsets = {"a": 0}


async def poll(topic: str) -> None:
    if busy.get(topic):
        return
    busy[topic] = True
    try:
        offset = offsets[topic]
        await asyncio.sleep(0)
        offsets[topic] = offset + 1
    finally:
        busy[topic] = False


async def main() -> None:
    await asyncio.gather(poll("a"), poll("a"))

# %% known false alarm: a flag in a nested dictionary
import asyncio


class Sync:
    def __init__(self) -> None:
        self.state = {"sync": {"busy": False, "cursor": 0}}
        self._lock = asyncio.Lock()

    async def run(self) -> None:
        if self.state["sync"]["busy"]:
            return
        self.state["sync"]["busy"] = True
        try:
            cursor = self.state["sync"]["cursor"]
            # error: [lost-update]
            await asyncio.sleep(0)
            self.state["sync"]["cursor"] = cursor + 1
        finally:
            self.state["sync"]["busy"] = False
# confidence: likely

# %% clean: a flag of the class over what the class shares
import asyncio


class Exporter:
    running = False
    exported = 0

    async def export(self) -> None:
        if Exporter.running:
            return
        Exporter.running = True
        try:
            exported = Exporter.exported
            await asyncio.sleep(0)
            Exporter.exported = exported + 1
        finally:
            Exporter.running = False

# %% known missed alarm: a flag of the instance over what the class shares
import asyncio


class Exporter:
    exported = 0

    def __init__(self) -> None:
        self.running = False

    async def export(self) -> None:
        if self.running:
            return
        self.running = True
        try:
            exported = Exporter.exported
            # error: [lost-update] "`Exporter.exported`"
            await asyncio.sleep(0)
            Exporter.exported = exported + 1
        finally:
            self.running = False
# outcome: Exporter.exported where x = Exporter(); y = Exporter(); x.export() | y.export()

# %% clean: a state that is left in one step makes the region exclusive
import asyncio
import enum


class State(enum.Enum):
    IDLE = 0
    SYNCING = 1
    CLOSED = 2


class Mirror:
    def __init__(self) -> None:
        self.state = State.IDLE
        self.cursor = 0
        self._lock = asyncio.Lock()

    async def sync(self) -> None:
        if self.state is not State.IDLE:
            return
        self.state = State.SYNCING
        try:
            cursor = self.cursor
            await asyncio.sleep(0)
            self.cursor = cursor + 1
        finally:
            self.state = State.IDLE

# %% known missed alarm: a check for another state keeps nobody out
import asyncio
import enum


class State(enum.Enum):
    IDLE = 0
    SYNCING = 1
    CLOSED = 2


class Mirror:
    def __init__(self) -> None:
        self.state = State.IDLE
        self.cursor = 0
        self._lock = asyncio.Lock()

    async def sync(self) -> None:
        if self.state is State.CLOSED:
            return
        self.state = State.SYNCING
        try:
            cursor = self.cursor
            # error: [lost-update] "`self.cursor`"
            await asyncio.sleep(0)
            self.cursor = cursor + 1
        finally:
            self.state = State.IDLE
# outcome: x.cursor where x = Mirror(); x.sync() | x.sync()

# %% known false alarm: a helper checks and sets the flag
import asyncio


class Sync:
    def __init__(self) -> None:
        self.busy = False
        self.cursor = 0
        self._lock = asyncio.Lock()

    def _begin(self) -> bool:
        if self.busy:
            return False
        self.busy = True
        return True

    async def run(self) -> None:
        if not self._begin():
            return
        try:
            cursor = self.cursor
            # error: [lost-update]
            await asyncio.sleep(0)
            self.cursor = cursor + 1
        finally:
            self.busy = False
# confidence: likely

# %% reported: a helper only looks at the flag
import asyncio


class Sync:
    def __init__(self) -> None:
        self.busy = False
        self.cursor = 0
        self._lock = asyncio.Lock()

    def _may_begin(self) -> bool:
        return not self.busy

    async def run(self) -> None:
        if not self._may_begin():
            return
        cursor = self.cursor
        # error: [lost-update] "`self.cursor`"
        await asyncio.sleep(0)
        self.cursor = cursor + 1
# confidence: likely
# outcome: x.cursor where x = Sync(); x.run() | x.run()

# %% known false alarm: a context manager checks, sets and resets the flag
import asyncio
from contextlib import contextmanager


class Sync:
    def __init__(self) -> None:
        self.busy = False
        self.cursor = 0
        self._lock = asyncio.Lock()

    @contextmanager
    def _alone(self):
        if self.busy:
            raise RuntimeError("busy")
        self.busy = True
        try:
            yield
        finally:
            self.busy = False

    async def run(self) -> None:
        with self._alone():
            cursor = self.cursor
            # error: [lost-update]
            await asyncio.sleep(0)
            self.cursor = cursor + 1
# confidence: likely

# %% reported: a context manager sets and resets the flag and lets everybody in
import asyncio
from contextlib import contextmanager


class Sync:
    def __init__(self) -> None:
        self.busy = False
        self.cursor = 0
        self._lock = asyncio.Lock()

    @contextmanager
    def _shown_as_busy(self):
        self.busy = True
        try:
            yield
        finally:
            self.busy = False

    async def run(self) -> None:
        with self._shown_as_busy():
            cursor = self.cursor
            # error: [lost-update] "`self.cursor`"
            await asyncio.sleep(0)
            self.cursor = cursor + 1
# confidence: likely
# outcome: x.cursor where x = Sync(); x.run() | x.run()

# %% reported: the flag is set after an await, and the region behind it is open
import asyncio


class Sync:
    def __init__(self) -> None:
        self.state = "idle"
        self.cursor = 0
        self._lock = asyncio.Lock()

    async def run(self) -> None:
        if self.state != "idle":
            return
        # error: [stale-check] "`self.state`"
        await asyncio.sleep(0)
        self.state = "busy"
        cursor = self.cursor
        # error: [lost-update] "`self.cursor`"
        await asyncio.sleep(0)
        self.cursor = cursor + 1
        self.state = "idle"
# confidence: likely

# %% reported: an exception leaves the flag set
import asyncio


class Sync:
    def __init__(self) -> None:
        self.busy = False
        self._lock = asyncio.Lock()

    async def run(self, fetch) -> None:
        if self.busy:
            return
        self.busy = True
        # error: [stuck-busy-flag] "`self.busy`"
        await fetch()
        self.busy = False

# %% reported: only one kind of exception resets the flag
import asyncio


class Sync:
    def __init__(self) -> None:
        self.busy = False
        self._lock = asyncio.Lock()

    async def run(self, fetch) -> None:
        if self.busy:
            return
        self.busy = True
        try:
            # error: [stuck-busy-flag] "`self.busy`"
            await fetch()
        except OSError:
            print("offline")
        self.busy = False

# %% known missed alarm: a cancellation is no Exception and leaves the key in the set
import asyncio

running = set()


async def run(job: str, work) -> None:
    if job in running:
        return
    running.add(job)
    try:
        # error: [stuck-busy-flag] "`running"
        await work(job)
    except Exception:
        print("failed")
    running.discard(job)


async def main(work) -> None:
    await asyncio.gather(run("a", work), run("a", work))

# %% reported: the finally awaits before it resets the flag
import asyncio


class Sync:
    def __init__(self) -> None:
        self.busy = False
        self._lock = asyncio.Lock()

    async def run(self, fetch, log) -> None:
        if self.busy:
            return
        self.busy = True
        try:
            await fetch()
        finally:
            # error: [stuck-busy-flag] "`self.busy`"
            await log("done")
            self.busy = False

# %% clean: every exception resets the flag, and so does the end
import asyncio


class Sync:
    def __init__(self) -> None:
        self.busy = False
        self._lock = asyncio.Lock()

    async def run(self, fetch) -> None:
        if self.busy:
            return
        self.busy = True
        try:
            await fetch()
        except BaseException:
            self.busy = False
            raise
        self.busy = False
