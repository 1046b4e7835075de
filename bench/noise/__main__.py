"""Prints the race findings per thousand lines of async code, over packages from PyPI.

Counted are the lines of files that hold an `async def`, tests and generated files apart, and the
findings in them that speak of an interleaving. The packages are in wide use and read by many: most
of what is reported there is taken to be noise. Nothing is known of their callers, hence most stays
at the level `possible`, which is hidden by default.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.noise.checker import (
    LIKELY,
    Checker,
    CheckFailedError,
    Density,
    add_options,
    async_files,
    density,
    races,
)
from bench.noise.sources import fetched, packages

if TYPE_CHECKING:
    from collections.abc import Iterable

_GENERATED_NAME = re.compile(r"_pb2(_grpc)?\.py$")
_GENERATED_MARK = re.compile(
    rb"@generated\b|do not edit|^\W*(this )?(file|code|module)?\s*(is |was )?"
    rb"(auto-?|automatically )?generated (by|from)\b",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD = re.compile(rb"(?:[^\n]*\n?){0,10}")
_CACHE = Path.home() / ".cache" / "racelens-bench" / "noise"


class Row(NamedTuple):
    """What one package has; `rules` counts by code, at `possible`; `shown` is so by default."""

    name: str
    density: Density
    rules: Counter[str]
    shown: tuple[str, ...] = ()


def measured(name: str, folder: Path, checker: Checker) -> Row:
    """Return the row of one package. Raises CheckFailedError."""
    files = {
        path: content
        for path, content in async_files(folder).items()
        if not is_generated(path, content)
    }
    found = races(checker.report(folder), files)
    shown = tuple(_line(name, finding) for finding in found if finding["confidence"] in LIKELY)
    return Row(name, density(files, found), Counter(finding["rule"] for finding in found), shown)


def _line(package: str, finding: dict[str, Any]) -> str:
    """Return what a finding says, on one line."""
    start = finding["range"]["start"]["line"]
    level, message = finding["confidence"], finding["message"]
    return f"{package}/{finding['path']}:{start}: {finding['rule']} [{level}] {message}"


def is_generated(path: str, content: bytes) -> bool:
    """Say whether the name or one of the first ten lines says that a tool wrote this file."""
    head = _HEAD.match(content)
    assert head is not None
    return bool(_GENERATED_NAME.search(path) or _GENERATED_MARK.search(head[0]))


def total(rows: Iterable[Row]) -> Row:
    """Return the sum of `rows`."""
    whole = Row("total", Density(), Counter())
    for row in rows:
        whole = Row(whole.name, whole.density.plus(row.density), whole.rules + row.rules)
    return whole


def table(rows: list[Row]) -> str:
    """Return the rows and their sum as text."""
    names = [f"{'package':24}", f"{'lines':>8}", f"{'possible':>10}", f"{'per 1,000':>10}"]
    names += [f"{'likely+':>9}", f"{'per 1,000':>10}", "  by rule"]
    lines = ["".join(names)]
    for name, dense, rules, _ in (*rows, total(rows)):
        by_rule = ", ".join(f"{rule} {count}" for rule, count in sorted(rules.items()))
        shares = [dense.per_thousand(count) for count in (dense.possible, dense.likely)]
        cells = f"{dense.lines:8}{dense.possible:10}{shares[0]:10.2f}{dense.likely:9}"
        lines.append(f"{name:24}{cells}{shares[1]:10.2f}  {by_rule}".rstrip())
    return "\n".join(lines)


def folders(options: argparse.Namespace) -> dict[str, Path]:
    """Return the folder of the source of each package, by name."""
    chosen = [package for package in packages() if options.only in {"", package.name}]
    if options.sources is not None:
        return {package.name: options.sources / package.name for package in chosen}
    return {package.name: fetched(package, options.cache) for package in chosen}


def main() -> int:
    """Print the table; return 2 where a package could not be had or checked."""
    parser = argparse.ArgumentParser(prog="python -m bench.noise", description=__doc__)
    parser.add_argument("--cache", type=Path, default=_CACHE, help=f"keeps packages ({_CACHE})")
    parser.add_argument(
        "--sources",
        type=Path,
        metavar="FOLDER",
        help="holds a folder of source for each package; then nothing is downloaded",
    )
    parser.add_argument("--only", default="", metavar="NAME", help="this package alone")
    parser.add_argument(
        "--list", action="store_true", help="print the findings that are shown by default"
    )
    add_options(parser)
    options = parser.parse_args()
    checker = Checker.of(options)
    try:
        places = folders(options)
        with ThreadPoolExecutor(options.jobs) as pool:
            rows = list(pool.map(lambda name: measured(name, places[name], checker), places))
    except (CheckFailedError, subprocess.CalledProcessError) as error:
        print(f"bench.noise: {error}", file=sys.stderr)
        return 2
    print(table(rows))
    if options.list:
        print("", *(line for row in rows for line in row.shown), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
