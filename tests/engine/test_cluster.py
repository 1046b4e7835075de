"""A Dask cluster reads the files: the same report, also if a worker is killed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

RUNS = str(Path(__file__).with_name("dask_runs.py"))


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="Dask is an extra")
@pytest.mark.parametrize("name", ["same", "killed", "other_version", "nobody"])
def test_with_two_worker_processes(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, RUNS, name, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
