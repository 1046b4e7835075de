"""Runs the RaceLens of this Python on a folder, and counts its findings by lines of async code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterable
    from pathlib import Path

# What speaks of an interleaving: the race family, and locks that do not hold where they should.
RACE_RULES = ("RL1", "RL302", "RL303", "RL310")
LIKELY = frozenset({"proven", "likely"})

_TEST = re.compile(r"(^|/)(tests?|testing)/|(^|/)(test_[^/]*|conftest)\.py$")

Report = dict[str, Any]


class CheckFailedError(Exception):
    """The checker gave no report; the text says why."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options from which `Checker.of` makes a checker."""
    parser.add_argument(
        "--resolve",
        choices=("own", "jedi"),
        default="own",
        help="with jedi, what is installed beside it may change the figures (own)",
    )
    parser.add_argument("--timeout", type=float, default=600.0, help="seconds for one folder (600)")
    parser.add_argument("--jobs", type=int, default=2, help="how many folders at once (2)")


@dataclass(frozen=True, slots=True)
class Checker:
    """RaceLens as it is run for a measurement: on the command line, in a process of its own."""

    resolve: str
    timeout_seconds: float

    @staticmethod
    def of(options: argparse.Namespace) -> Checker:
        """Return the checker that the command line asks for."""
        return Checker(options.resolve, options.timeout)

    def report(self, folder: Path) -> Report:
        """Return the report on `folder` at the level `possible`, made without anything cached.

        Raises CheckFailedError.
        """
        program = (sys.executable, "-m", "racelens", "check", str(folder))
        arguments = ("--format", "json", "--confidence", "possible", "--resolve", self.resolve)
        with tempfile.TemporaryDirectory(prefix="bench-") as empty:
            try:
                done = subprocess.run(
                    (*program, *arguments),
                    check=False,
                    capture_output=True,
                    encoding="utf-8",
                    errors="replace",
                    timeout=self.timeout_seconds,
                    cwd=empty,  # nothing that lies there can be imported by mistake
                    env={**os.environ, "XDG_CACHE_HOME": empty},
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                raise CheckFailedError(str(error)) from error
        if done.returncode not in {0, 1}:
            raise CheckFailedError(f"exit status {done.returncode}: {done.stderr.strip()[-300:]}")
        try:
            report: Report = json.loads(done.stdout)
        except ValueError as error:
            raise CheckFailedError(f"no JSON: {error}") from error
        return report


class Density(NamedTuple):
    """Lines of async files, and the race findings in them at two levels."""

    lines: int = 0
    possible: int = 0
    likely: int = 0

    def plus(self, other: Density) -> Density:
        """Return both together."""
        return Density(*(own + more for own, more in zip(self, other, strict=True)))

    def per_thousand(self, findings: int) -> float:
        """Return how many findings that are for a thousand lines."""
        return findings * 1000 / max(self.lines, 1)


def async_files(folder: Path) -> dict[str, bytes]:
    """Return the files below `folder` that hold an `async def` and are no tests, by path."""
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or _TEST.search(name):
            continue
        content = path.read_bytes()
        if b"async def" in content:
            found[name] = content
    return found


def races(report: Report, paths: Collection[str]) -> list[dict[str, Any]]:
    """Return the race findings of a report in the files `paths`."""
    return [
        finding
        for finding in report["findings"]
        if finding["path"] in paths and finding["rule"].startswith(RACE_RULES)
    ]


def density(files: dict[str, bytes], found: Iterable[dict[str, Any]]) -> Density:
    """Return the density of the race findings `found` in `files`."""
    levels = [finding.get("confidence") in LIKELY for finding in found]
    lines = sum(content.count(b"\n") for content in files.values())
    return Density(lines, len(levels), sum(levels))
