"""Syntax that is newer than the running interpreter: it is said, not taken for broken."""

from __future__ import annotations

import re
import sys

# What each version added that older ones refuse. Sources: the version's "What's New" pages,
# https://docs.python.org/3/whatsnew/ (PEP 654, 646; 695, 701; 696; 750, 758).
_NEWER: tuple[tuple[tuple[int, int], re.Pattern[str]], ...] = (
    ((3, 11), re.compile(r"^\s*except\s*\*")),
    ((3, 11), re.compile(r"\w\[[^\]]*\*\w+[^\]]*\]|:\s*\*\w")),
    ((3, 12), re.compile(r"^\s*type\s+\w+\s*(\[.*\])?\s*=")),
    ((3, 12), re.compile(r"^\s*(?:(?:async\s+)?def|class)\s+\w+\s*\[")),
    ((3, 12), re.compile(r"""\b[rR]?[fF][rR]?("|')[^"'\n]*\{[^}"'\n]*\1[^"'\n]*\1""")),
    ((3, 13), re.compile(r"^\s*(?:(?:async\s+)?def|class|type)\s+\w+\s*\[[^\]]*=")),
    ((3, 14), re.compile(r"""\b[rR]?[tT][rR]?("|')""")),
    ((3, 14), re.compile(r"^\s*except\s+[\w.]+\s*,\s*[\w.]+[^:]*:")),
)


def needed_version(text: str, error: Exception) -> str:
    """Return the version ("3.12") that reads the line at which `error` stands, else "".

    Only versions newer than the running one are named, so a broken line is not excused by it.
    """
    number = getattr(error, "lineno", None)
    if not isinstance(error, SyntaxError) or not number:
        return ""
    lines = text.split("\n")
    line = lines[number - 1] if number <= len(lines) else ""
    wanted = [
        version
        for version, pattern in _NEWER
        if version > sys.version_info[:2] and pattern.search(line)
    ]
    return ".".join(map(str, max(wanted))) if wanted else ""
