"""What `test_cluster.py` runs in processes of their own, as Dask leaves threads behind.

`dask_runs.py NAME FOLDER` runs one of the functions below; a failed assertion is status 1.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from racelens.engine import cluster
from racelens.engine.check import check
from racelens.engine.cluster import ClusterError, dask_workers
from racelens.engine.file_layer import Content, Distribution, FileRead, read_batch
from racelens.engine.files import InputFile
from racelens.engine.settings import Settings

if TYPE_CHECKING:
    from racelens.engine.report import Report

TEXT = b"import asyncio\n\n\nasync def work_%d():\n    asyncio.sleep(1)\n"


def report(address: str | None) -> Report:
    files = [
        InputFile(f"m{n}.py", f"/m{n}.py", is_test=False, buffer=TEXT % n * 2000) for n in range(12)
    ]
    spread = Distribution(dask_workers(address)) if address is not None else None
    made = check(files, Settings(resolve="own"), "/", distribution=spread)
    return made._replace(seconds=0, program=None)


def die_once(mark: Path, batch: tuple[Content, ...]) -> tuple[FileRead, ...]:
    """Kill the worker that has the fourth file for the first time."""
    if any(file.path == "m3.py" for file in batch) and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return read_batch(batch)


def refusal(address: str) -> str:
    try:
        dask_workers(address)
    except ClusterError as error:
        return str(error)
    return ""


def same(address: str, _folder: Path) -> None:
    local = report(None)
    assert len(local.findings) == 12
    assert report(address) == local


def killed(address: str, folder: Path) -> None:
    mark = folder / "died"
    work = functools.partial(die_once, mark)
    with mock.patch("racelens.engine.file_layer.read_batch", work):
        spread = report(address)
    assert mark.exists()
    assert spread == report(None)


def other_version(address: str, _folder: Path) -> None:
    with mock.patch.object(cluster, "__version__", "9.9"):
        assert refusal(address).endswith(", not 9.9")


def nobody(_address: str, _folder: Path) -> None:
    with mock.patch.object(cluster, "_SECONDS", 0.2):
        assert refusal("127.0.0.1:1").startswith("no Dask scheduler answers at 127.0.0.1:1")


def main() -> None:
    # Imported late: the workers import this file, too.
    import distributed  # type: ignore[import-not-found, unused-ignore]

    dask: Any = distributed
    cases = {case.__name__: case for case in (same, killed, other_version, nobody)}
    with dask.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as running:
        cases[sys.argv[1]](running.scheduler_address.removeprefix("tcp://"), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
