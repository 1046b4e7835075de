"""What the user is told of errors of ours: all of it in the log, a message now and then."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from pygls.exceptions import JsonRpcException, JsonRpcMethodNotFound, JsonRpcRequestCancelled

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)
_QUIET_SECONDS = 600.0
_EXPECTED = (JsonRpcMethodNotFound, JsonRpcRequestCancelled)


class ErrorReports:
    """Writes errors to the log, and shows the first one and then at most one in ten minutes."""

    def __init__(
        self, show: Callable[[str], None], now_seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._show = show
        self._now_seconds = now_seconds
        self._quiet_until_seconds = float("-inf")

    def report(self, error: Exception) -> None:
        """Report `error`; what clients cause by asking for too much or too late is not shown."""
        if isinstance(error, _EXPECTED):
            _log.info("%s", error)
            return
        _log.error("%s%s", error, _traceback_of_handler(error), exc_info=error)
        now_seconds = self._now_seconds()
        if now_seconds < self._quiet_until_seconds:
            return
        self._quiet_until_seconds = now_seconds + _QUIET_SECONDS
        kind = "" if isinstance(error, JsonRpcException) else f"{type(error).__name__}: "
        self._show(
            f"RaceLens had an internal error ({kind}{error}) and goes on; its log says more."
        )


def _traceback_of_handler(error: Exception) -> str:
    """Return where a handler failed: pygls keeps it beside the error, as text."""
    data: object = error.data if isinstance(error, JsonRpcException) else None
    if not isinstance(data, Mapping):
        return ""
    lines = cast("Mapping[str, object]", data).get("traceback")
    if not isinstance(lines, list):
        return ""
    return "\n" + "".join(str(line) for line in cast("list[object]", lines))
