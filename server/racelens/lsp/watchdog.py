"""Ends the server when the editor that started it has died without saying so."""

from __future__ import annotations

import asyncio
import logging
import os
import sys

_log = logging.getLogger(__name__)


async def watch(process_id: int, interval_seconds: float) -> None:
    """Look every `interval_seconds` whether the process is alive; raise SystemExit when it is not.

    One that cannot be seen at the start is not watched: it may live in another container.
    """
    if not is_alive(process_id):
        _log.info("The editor's process %s cannot be seen and is not watched.", process_id)
        return
    while is_alive(process_id):  # noqa: ASYNC110 - nobody else tells of a process's end
        await asyncio.sleep(interval_seconds)
    _log.warning("The editor's process %s has ended; so does the server.", process_id)
    sys.exit(1)


if sys.platform == "win32":
    import ctypes

    _QUERY_LIMITED_INFORMATION = 0x1000
    _STILL_ACTIVE = 259
    _ACCESS_DENIED = 5

    def is_alive(process_id: int) -> bool:
        """Say whether there is a process of that id."""
        # os.kill(pid, 0) would end the process here.
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        handle = kernel.OpenProcess(_QUERY_LIMITED_INFORMATION, False, process_id)  # noqa: FBT003
        if not handle:
            return ctypes.get_last_error() == _ACCESS_DENIED
        code = ctypes.c_ulong()
        known = kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        kernel.CloseHandle(handle)
        return not known or code.value == _STILL_ACTIVE

else:

    def is_alive(process_id: int) -> bool:
        """Say whether there is a process of that id."""
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            return True
        return True
