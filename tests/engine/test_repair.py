"""Fixes of a folder's files: several files at once, Fix all, and what trying them leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.engine.session import Session
from racelens.engine.settings import Settings
from racelens.findings.fix import Repair
from racelens.findings.levels import Confidence
from racelens.source.edit import apply_edits
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from pathlib import Path

    from racelens.findings.fix import Fix

EVERYTHING = Settings(confidence=Confidence.POSSIBLE, resolve="own")
BASE = """\
class Base:
    def __init__(self):
        self.value = 0

    async def reset(self):
        self.value = 0
"""
COUNTER = """\
import asyncio
from base import Base


class Counter(Base):
    async def save(self, value):
        await asyncio.sleep(0)

    async def increment(self):
        current = self.value
        await self.save(current)
        self.value = current + 1
"""
RACES = """\
import asyncio


class Stats:
    def __init__(self):
        self.total = 0
        self.pool = None

    async def fetch(self):
        await asyncio.sleep(0)
        return 1

    async def add(self):
        self.total += await self.fetch()

    async def get(self):
        if self.pool is None:
            self.pool = await self.fetch()
        return self.pool
"""


def repairs(session: Session, path: str) -> list[Fix]:
    snapshot = session.analyse(path, snapshot_text(path), 1)
    found = [fix for finding in snapshot.findings for fix in session.fixes(path, finding)]
    return [fix for fix in found if fix.repair is not Repair.SUPPRESS]


def snapshot_text(path: str) -> str:
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - a string is at hand
        return file.read()


def read(session: Session) -> None:
    reading = session.reading(None)
    assert reading is not None
    assert reading.run(lambda _done, _all: True)
    session.adopt(reading)


def test_a_lock_is_made_in_the_file_of_the_class_that_makes_the_state(tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text(BASE)
    (tmp_path / "counter.py").write_text(COUNTER)
    session = Session(EVERYTHING, str(tmp_path))
    read(session)
    path = str(tmp_path / "counter.py")
    (lock,) = [fix for fix in repairs(session, path) if fix.repair is Repair.LOCK]
    base = apply_edits(SourceFile("base.py", BASE), lock.edits)
    assert base.startswith("import asyncio\n\nclass Base:")
    assert "        self.value = 0\n        self._lock = asyncio.Lock()\n" in base
    assert "        async with self._lock:\n            self.value = 0\n" in base
    counter = apply_edits(SourceFile("counter.py", COUNTER), lock.edits)
    assert "        async with self._lock:\n            current = self.value\n" in counter
    assert lock.note == "also in `reset()`"


def test_a_file_that_has_changed_since_it_was_read_is_not_edited(tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text(BASE)
    (tmp_path / "counter.py").write_text(COUNTER)
    session = Session(EVERYTHING, str(tmp_path))
    read(session)
    (tmp_path / "base.py").write_text(f"import os\n{BASE}")
    path = str(tmp_path / "counter.py")
    fixes = repairs(session, path)
    assert all(edit.path == "counter.py" for fix in fixes for edit in fix.edits)
    assert all(fix.repair is not Repair.LOCK for fix in fixes)


def test_fix_all_leaves_nothing_to_fix(tmp_path: Path) -> None:
    session = Session(EVERYTHING)
    path = str(tmp_path / "stats.py")
    snapshot = session.analyse(path, RACES, 1)
    assert len(snapshot.findings) == 2
    once = apply_edits(snapshot.source, session.fix_all(path))
    snapshot = session.analyse(path, once, 2)
    assert snapshot.findings == ()
    assert session.fix_all(path) == ()


def test_trying_fixes_leaves_no_trace_in_what_is_known(tmp_path: Path) -> None:
    (tmp_path / "stats.py").write_text(RACES)
    (tmp_path / "other.py").write_text(COUNTER.replace("from base import Base", "Base = object"))
    session = Session(EVERYTHING, str(tmp_path))
    read(session)
    path = str(tmp_path / "stats.py")
    assert repairs(session, path)
    before = session.analyse(path, RACES, 2).findings
    session.analyse(path, RACES.replace("return 1", "await asyncio.sleep(1)"), 3)
    assert [function.name for function in session.analysed] == ["Stats.fetch"]
    assert session.analyse(path, RACES, 4).findings == before
