"""The mechanisms that can be left out of the analysis: each exists, and each matters somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.ablation.__main__ import Tally
from bench.ablation.mechanisms import MECHANISMS
from bench.ablation.trees import Asked, findings

if TYPE_CHECKING:
    from pathlib import Path

    from bench.ablation.mechanisms import Mechanism

COUNTER = """\
import asyncio


class Counter:
    def __init__(self):
        self.value = 0

    async def increment(self):
        current = self.value
        await asyncio.sleep(0)
        self.value = current + 1


class Pool:
    def __init__(self):
        self.made = None
        self.lock = asyncio.Lock()

    async def get(self):
        async with self.lock:
            if self.made is None:
                self.made = await asyncio.open_connection("localhost", 80)


async def main():
    counter = Counter()
    await asyncio.gather(counter.increment(), counter.increment())
"""


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda mechanism: mechanism.name)
def test_what_is_left_out_is_there_again_afterwards(mechanism: Mechanism) -> None:
    before = [getattr(patch.owner, patch.name) for patch in mechanism.patches]
    with mechanism.left_out():
        during = [getattr(patch.owner, patch.name) for patch in mechanism.patches]
    assert all(one is not other for one, other in zip(before, during, strict=True))
    assert [getattr(patch.owner, patch.name) for patch in mechanism.patches] == before


def test_without_task_roots_nothing_is_proven(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "counter.py").write_text(COUNTER)
    found = findings(Asked(tmp_path, only_flow=False))
    levels = {name: [one["confidence"] for one in ones] for name, ones in found.items()}
    assert levels["all"] == ["proven"]
    assert levels["task roots"] == ["possible"]
    assert len(levels["closing: lock"]) > len(levels["all"])


def test_the_table_has_a_row_for_each_mechanism() -> None:
    tally = Tally()
    tally.add("all", "found", {"possible", "likely"})
    tally.add("harm", "noise", {"possible"})
    tally.add("harm", "found", set())
    rows = tally.table(3).splitlines()
    assert len(rows) == 2 + len(MECHANISMS)
    assert rows[2] == "| nothing | 1 | 1 | 0 | 0 | 0 | 0 |"
    assert "| harm | 0 | 0 |  |  | 1 | 0 |" in rows
