"""Applies every fix of every finding in well-known packages, each on its own, and looks at it.

Each resulting file must parse and be unchanged outside the edited statements, the finding must be
gone, and in no file of the package may there be a new one. The exit status is 1 where a fix fails.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from bench.noise.checker import RACE_RULES
from bench.noise.sources import fetched
from bench.soak.package import Row, chosen, soak

if TYPE_CHECKING:
    from collections import Counter

_CACHE = Path.home() / ".cache" / "racelens-bench" / "noise"
_WANTED_SHARE = 70  # of the race family's findings, in percent


def main() -> int:
    """Soak the packages and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--cache", type=Path, default=_CACHE, help=f"keeps the sources ({_CACHE})")
    parser.add_argument("--only", default="", metavar="NAME,...", help="these packages alone")
    parser.add_argument("--jobs", type=int, default=2, help="how many packages at once (2)")
    parser.add_argument("--unfixed", action="store_true", help="list the findings without a fix")
    options = parser.parse_args()
    folders = [fetched(package, options.cache) for package in chosen(options.only)]
    rows: dict[str, Row] = {}
    with ProcessPoolExecutor(options.jobs) as pool:
        for found in pool.map(soak, folders):
            for rule, row in found.items():
                rows.setdefault(rule, Row()).add(row)
    print(_table(rows))
    for rule in sorted(rows):
        for text in (*rows[rule].failures, *(rows[rule].unfixed if options.unfixed else ())):
            print(text)
    return 1 if any(row.failures for row in rows.values()) else 0


def _table(rows: dict[str, Row]) -> str:
    head = f"{'rule':32}{'findings':>9}{'with a fix':>11}{'fixes':>7}{'failures':>9}  preferred"
    lines = [head, *(_line(rule, rows[rule]) for rule in sorted(rows))]
    family, every = Row(), Row()
    for rule, row in rows.items():
        every.add(row)
        if rule.startswith(RACE_RULES):
            family.add(row)
    lines += [_line("all", every), _line("race family", family)]
    share = 100 * family.fixed / max(family.findings, 1)
    sound = 100 * (1 - len(every.failures) / max(every.fixes, 1))
    lines.append(f"race findings with a fix: {share:.1f} % (asked {_WANTED_SHARE})")
    lines.append(f"fixes that do no harm: {sound:.2f} % (asked 100)")
    return "\n".join(lines)


def _line(rule: str, row: Row) -> str:
    counts = f"{row.findings:9}{row.fixed:11}{row.fixes:7}{len(row.failures):9}"
    return f"{rule:32}{counts}  {_kinds(row.repairs)}"


def _kinds(repairs: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in repairs.most_common())


if __name__ == "__main__":
    sys.exit(main())
