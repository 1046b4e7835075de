"""What outlines tell: which functions may block, use stores, start tasks or meet threads.

A function that only mentions such a name is not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from racelens.engine.analysis import Known, summarize
from racelens.findings import concerns
from racelens.program.program import link
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from racelens.findings.rule import Concern
    from racelens.program.program import Program

HEAD = """\
import asyncio
import threading
import time
import redis.asyncio as redis
from sqlalchemy.orm import Session
from time import sleep as pause

store = redis.Redis()
seen = {}
count = 0


class Registry:
    def get(self, key): return key
    def set(self, key, value): return key
    def sleep(self): return 1


def naps():
    time.sleep(1)


def naps_later():
    naps()


def ping():
    return ping()


def make():
    return store


def count_up():
    global count
    count += 1


threading.Thread(target=count_up).start()

"""


def program(text: str) -> Program:
    """Return the program of one file with `text` below the head."""
    return link([summarize(SourceFile("app.py", HEAD + text), Known()).module])


def concerned(concern: Concern, body: str) -> bool:
    """Return what `concern` says of a coroutine function with this `body`."""
    known = program(f"async def run(registry: Registry, session: Session):\n    {body}\n")
    function = next(each for each in known.functions("app.py") if each.name == "run")
    return concern(known, function)


@pytest.mark.parametrize(
    ("concern", "body"),
    [
        (concerns.may_block, "time.sleep(1)"),
        (concerns.may_block, "pause(1)"),
        (concerns.may_block, "naps_later()"),
        (concerns.may_block, "make().sleep()"),
        (concerns.uses_redis, "await store.set('k', await store.get('k'))"),
        (concerns.uses_redis, "make().set('k', await store.get('k'))"),
        (concerns.uses_rows, "session.get(Row, 1)"),
        (concerns.uses_rows, "await registry.execute('SELECT 1')"),
        (concerns.starts_tasks, "asyncio.create_task(ping())"),
        (concerns.starts_tasks, "registry.loop.create_task(ping())"),
        (concerns.meets_threads, "global count; count = 1"),
    ],
)
def test_a_function_that_may_be_concerned_is_looked_at(concern: Concern, body: str) -> None:
    assert concerned(concern, body)


@pytest.mark.parametrize(
    ("concern", "body"),
    [
        (concerns.may_block, "registry.sleep()"),
        (concerns.may_block, "await asyncio.sleep(1)"),
        (concerns.may_block, "ping()"),
        (concerns.may_block, "for each in seen: each.sleep()"),
        (concerns.uses_redis, "registry.set('k', registry.get('k'))"),
        (concerns.uses_redis, "await store.get('k')"),
        (concerns.uses_rows, "registry.get('k')"),
        (concerns.starts_tasks, "Registry.run = 1"),
        (concerns.meets_threads, "seen['k'] = 1"),
    ],
)
def test_a_function_that_only_mentions_a_name_is_not(concern: Concern, body: str) -> None:
    assert not concerned(concern, body)


def test_uses_of_values_are_read_anew_when_they_were_let_go() -> None:
    known = program("async def run():\n    made = ping()\n    return made\n")
    function = next(each for each in known.functions("app.py") if each.name == "run")
    before = known.function(function).usage
    known.forget_usage("app.py")
    after = known.function(function).usage
    assert after is not before
    assert after == before
