"""A Dask cluster reads the files: the same report, also if a worker is killed."""

from __future__ import annotations

import functools
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest
from racelens.engine import cluster
from racelens.engine.check import check
from racelens.engine.cluster import ClusterError, dask_executors
from racelens.engine.file_layer import Content, Distribution, FileRead, Workers, read_batch
from racelens.engine.files import InputFile
from racelens.engine.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

distributed: Any = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore")

OWN = Settings(resolve="own")
TEXT = b"import asyncio\n\n\nasync def work_%d():\n    asyncio.sleep(1)\n"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as running:
        yield running.scheduler_address.removeprefix("tcp://")


def files() -> list[InputFile]:
    return [
        InputFile(f"m{n}.py", f"/m{n}.py", is_test=False, buffer=TEXT % n * 2000) for n in range(12)
    ]


def test_a_cluster_gives_the_same_report(address: str) -> None:
    local = check(files(), OWN, "/")
    spread = check(files(), OWN, "/", distribution=Distribution(Workers(dask_executors(address))))
    assert len(local.findings) == 12
    assert spread._replace(seconds=0, program=None) == local._replace(seconds=0, program=None)


def _die_once(mark: Path, batch: tuple[Content, ...]) -> tuple[FileRead, ...]:
    """Kill the worker that has the fourth file for the first time."""
    if any(file.path == "m3.py" for file in batch) and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return read_batch(batch)


def test_a_worker_that_is_killed_costs_nothing(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = check(files(), OWN, "/")
    mark = tmp_path / "died"
    work = functools.partial(_die_once, mark)
    monkeypatch.setattr("racelens.engine.file_layer.read_batch", work)
    spread = check(files(), OWN, "/", distribution=Distribution(Workers(dask_executors(address))))
    assert mark.exists()
    assert spread._replace(seconds=0, program=None) == local._replace(seconds=0, program=None)


def test_another_version_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "__version__", "9.9")
    with pytest.raises(ClusterError, match=r"have racelens .*, not 9\.9"):
        dask_executors(address)


def test_where_nobody_listens_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_SECONDS", 0.2)
    with pytest.raises(ClusterError, match="no Dask scheduler answers at 127"):
        dask_executors("127.0.0.1:1")
