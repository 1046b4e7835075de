"""Whatever is done to a folder, in any order: the findings are those of a fresh start."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from racelens.engine.session import Session
from racelens.engine.settings import Settings
from racelens.findings.levels import Confidence

if TYPE_CHECKING:
    from racelens.findings.finding import Finding

EVERYTHING = Settings(confidence=Confidence.POSSIBLE, resolve="own")
PAUSE = """\
import asyncio

async def pause():
    await asyncio.sleep(0)
"""
STORE = """\
from package.waiting import pause

class Store:
    def __init__(self):
        self.value = None
        self.count = 0

    async def refresh(self):
        await pause()
        self.value = object()

    async def add(self):
        count = self.count
        await pause()
        self.count = count + 1
"""
CACHE = """\
import asyncio
from package import Store

class Cache(Store):
    async def get(self):
        if self.value is None:
            await self.refresh()
        return self.value

shared = Cache()
"""
MAIN = """\
import asyncio
import cache

async def main():
    await asyncio.gather(*(cache.shared.get() for _ in range(9)), cache.shared.add())

asyncio.run(main())
"""
CONSTRUCTOR = """\
    def __init__(self):
        super().__init__()
        self.value = 1

"""
LOCKED = STORE.replace(
    "        self.count = 0\n", "        self.count = 0\n        self.door = asyncio.Lock()\n"
).replace(
    """\
        count = self.count
        await pause()
        self.count = count + 1
""",
    """\
        async with self.door:
            count = self.count
            await pause()
            self.count = count + 1
""",
)
HELPERS = """\
import asyncio
import time

def run_soon(work):
    return asyncio.create_task(work)

def hold_up():
    time.sleep(1)

def apart(job):
    asyncio.get_running_loop().run_in_executor(None, job)
"""
JOBS = """\
import asyncio
import helpers

class Jobs:
    def __init__(self):
        self.count = 0
        self.done = 0

    @property
    def pending(self):
        return self.count

    def start(self):
        for _ in range(3):
            helpers.run_soon(self.work())

    async def work(self):
        pending = self.pending
        await asyncio.sleep(0)
        self.count = pending + 1
        helpers.hold_up()

    def tally(self):
        self.done += 1

    async def hand_over(self):
        helpers.apart(self.tally)
        self.done += 1
"""
COUNTER = """\
import asyncio

total = 0

async def add():
    global total
    known = total
    await asyncio.sleep(0)
    total = known + 1
"""
SERVER = """\
import asyncio
import counter

async def serve():
    await counter.add()

async def main():
    tasks = [asyncio.create_task(serve()) for _ in range(3)]
    await asyncio.gather(*tasks)
"""
TEXTS = {
    "package/waiting.py": (
        PAUSE,
        PAUSE.replace("await asyncio.sleep(0)", "return None"),
        PAUSE.replace("pause", "rest"),
        f"\n\n{PAUSE}\ndef broken(:\n",
        "",
    ),
    "package/__init__.py": ("from package.store import Store\n", "", "from .store import *\n"),
    "package/store.py": (
        STORE,
        STORE.replace("await pause()", "pass"),
        STORE.replace("        self.value = object()", "        self.value = self.value or 1"),
        f"# @generated\n{STORE}",
        LOCKED,  # what the door is, is known to who imports asyncio alone
        f"import asyncio\n{LOCKED}",
        f"import asyncio\n{LOCKED.replace('asyncio.Lock()', 'asyncio.Event()')}",
        STORE.replace(
            "        self.count = 0\n", "        self.count = 0\n        self.more = 1\n"
        ),
    ),
    "cache.py": (
        CACHE,
        CACHE.replace("(Store)", ""),
        CACHE.replace("(Store):\n", f"(Store):\n{CONSTRUCTOR}"),
        CACHE.replace("from package import", "from package.store import"),
        CACHE.replace("shared = Cache()\n", ""),
        f"{CACHE}    # deeper\n",
    ),
    "helpers.py": (
        HELPERS,
        HELPERS.replace("return asyncio.create_task(work)", "return work"),
        HELPERS.replace("time.sleep(1)", "pause()").replace(
            "def hold_up", "def pause():\n    time.sleep(1)\n\ndef hold_up"
        ),
        HELPERS.replace("time.sleep(1)", "return None"),
        HELPERS.replace("asyncio.get_running_loop().run_in_executor(None, job)", "job()"),
        HELPERS.replace("run_soon", "run"),
    ),
    "jobs.py": (
        JOBS,
        JOBS.replace("    @property\n", ""),
        JOBS.replace("return self.count", "return self.done"),
        JOBS.replace("for _ in range(3):\n            ", ""),
        JOBS.replace("helpers.run_soon(self.work())", "pass"),
        JOBS.replace("self.count = pending + 1", "self.total = pending + 1"),
        JOBS.replace("helpers.apart(self.tally)", "self.tally()"),
        JOBS.replace("count", "fresh"),
    ),
    "counter.py": (COUNTER, COUNTER.replace("known + 1", "1")),
    "server.py": (SERVER, SERVER.replace("await counter.add()", "counter.add")),
    "tests/test_main.py": (MAIN, "", MAIN.replace("range(9)", "()")),
}
NAMES = st.sampled_from(sorted(TEXTS))
ACTIONS = st.one_of(
    st.tuples(st.just("edit"), NAMES, st.integers(0, 9)),
    st.tuples(st.just("write"), NAMES, st.integers(0, 9)),
    st.tuples(st.sampled_from(["close", "remove", "read"]), NAMES, st.just(0)),
)


class Folder:
    """A folder with files and buffers, and a session that follows what happens to them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._session = Session(EVERYTHING, str(path))
        self._open: dict[str, str] = {}
        for name, texts in TEXTS.items():
            self._write(name, texts[0])

    def do(self, action: str, name: str, number: int) -> None:
        """Do what an editor or another program does; the session is told."""
        texts = TEXTS.get(name, ("",))
        text = texts[number % len(texts)]
        if action == "edit":
            self._open[name] = text
            self._found(self._session, name)
        elif action == "close" and self._open.pop(name, None) is not None:
            self._session.close(str(self._path / name))
        elif action == "write":
            self._write(name, text)
            self._read(self._session, name)
        elif action == "remove":
            (self._path / name).unlink(missing_ok=True)
            self._read(self._session, name)
        elif action == "read":
            self._read(self._session)

    def assert_is_as_from_scratch(self) -> None:
        """Compare the findings in what is open with those of a new session."""
        fresh = Session(EVERYTHING, str(self._path))
        for name in self._open:
            self._found(fresh, name)
        self._read(fresh)
        for name in self._open:
            assert self._found(self._session, name) == self._found(fresh, name)

    def _found(self, session: Session, name: str) -> tuple[Finding, ...]:
        return session.analyse(str(self._path / name), self._open[name], 1).findings

    def _write(self, name: str, text: str) -> None:
        (self._path / name).parent.mkdir(exist_ok=True)
        (self._path / name).write_text(text)

    def _read(self, session: Session, *names: str) -> None:
        paths = frozenset(str(self._path / name) for name in names) or None
        reading = session.reading(paths)
        assert reading is not None
        assert reading.run(lambda done, total: done <= total)
        session.adopt(reading)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.booleans(), st.lists(ACTIONS, max_size=12))
def test_findings_do_not_depend_on_what_happened_before(
    reads_late: bool,  # noqa: FBT001 - hypothesis passes it
    actions: list[tuple[str, str, int]],
) -> None:
    reads = [("read", "", 0)]
    with tempfile.TemporaryDirectory() as name:
        folder = Folder(Path(name))
        for action in (*actions, *reads) if reads_late else (*reads, *actions):
            folder.do(*action)
        folder.do("edit", "cache.py", 0)
        folder.assert_is_as_from_scratch()


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_findings_do_not_depend_on_the_text_before(name: str, tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.do("read", "", 0)
    others = [other for other in sorted(TEXTS) if other != name]
    for first in range(len(TEXTS[name])):
        for second in range(len(TEXTS[name])):
            for other in others:
                folder.do("edit", other, 0)
            folder.do("edit", name, first)
            for other in others:
                folder.do("edit", other, 0)  # what is known of the first text is known by now
            folder.do("edit", name, second)
            folder.assert_is_as_from_scratch()
