"""Executors of clusters: their address goes in, an executor comes out."""

from __future__ import annotations

import importlib
from typing import Any

from racelens import __version__
from racelens.engine.file_layer import Workers

_SECONDS = 10  # to connect; then the cluster is not there


class ClusterError(Exception):
    """The cluster cannot be used; the text says why in one line."""


def version() -> str:
    """Return the version of RaceLens in the process that runs this."""
    return __version__


def dask_workers(address: str) -> Workers:
    """Return the workers of the Dask cluster whose scheduler listens at HOST:PORT.

    `Client.get_executor` is https://distributed.dask.org/en/stable/api.html's. Dask itself does
    again what a worker that died has left. Raises ClusterError.
    """
    try:
        dask: Any = importlib.import_module("distributed")  # an optional extra, untyped
    except ImportError:
        raise ClusterError("dask:// needs Dask: pip install 'racelens[dask]'") from None
    try:
        client = dask.Client(f"tcp://{address}", timeout=_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"no Dask scheduler answers at {address}: {error}") from None
    try:
        _refuse_others(client, address)
    except ClusterError:
        client.close()
        raise
    return Workers(lambda: client.get_executor(pure=False), client.close)


def _refuse_others(client: Any, address: str) -> None:
    """Raise ClusterError unless the workers have this version of RaceLens."""
    executor: Any = client.get_executor(pure=False)
    try:
        theirs = executor.submit(version).result(timeout=_SECONDS)
    except TimeoutError:
        raise ClusterError(f"the Dask cluster at {address} has no worker that answers") from None
    except Exception as error:  # noqa: BLE001 - whatever the workers raise is why they cannot
        raise ClusterError(f"the workers at {address} cannot run racelens: {error}") from None
    if theirs != __version__:
        raise ClusterError(f"the workers at {address} have racelens {theirs}, not {__version__}")
