"""How much memory this process holds, without a dependency."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

_STATM = Path("/proc/self/statm")


def resident_bytes() -> int | None:
    """Return the bytes of memory that are resident, where not known the most there ever were.

    None where the system does not tell.
    """
    return _resident_set()


class _Counters(ctypes.Structure):
    # PROCESS_MEMORY_COUNTERS, https://learn.microsoft.com/windows/win32/api/psapi/
    _fields_ = (
        ("size", ctypes.c_ulong),
        ("page_faults", ctypes.c_ulong),
        ("peak_working_set", ctypes.c_size_t),
        ("working_set", ctypes.c_size_t),
        ("pools_and_page_files", ctypes.c_size_t * 6),
    )


if sys.platform == "win32":

    def _resident_set() -> int | None:
        kernel = ctypes.windll.kernel32
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        counters = _Counters(size=ctypes.sizeof(_Counters))
        known = kernel.K32GetProcessMemoryInfo(
            ctypes.c_void_p(kernel.GetCurrentProcess()), ctypes.byref(counters), counters.size
        )
        return int(counters.working_set) if known else None

else:
    import resource

    def _resident_set() -> int | None:
        try:
            return int(_STATM.read_bytes().split()[1]) * resource.getpagesize()
        except (OSError, ValueError, IndexError):
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            return most if sys.platform == "darwin" else most * 1024
