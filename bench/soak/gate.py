"""What the gate costs: the time to analyse an edited file again, as a multiple of `ast.parse`.

    python -m bench.soak.gate [--only NAME,...]

For each fix that is tried in the packages of `make soak`: the time from its edits to the verdict,
by the shortest of three times that `ast.parse` takes for the edited files. The program around has
been analysed before, as it has been in an editor.
"""

from __future__ import annotations

import argparse
import ast
import gc
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from racelens.engine.settings import Settings
from racelens.findings.fix import Repair
from racelens.findings.levels import Confidence
from racelens.fixes.planning import plan_fixes
from racelens.fixes.realize import realize

from bench.noise.sources import fetched
from bench.soak.package import chosen, repairs_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.engine.repair import Repairs

_CACHE = Path.home() / ".cache" / "racelens-bench" / "noise"
_SETTINGS = Settings(confidence=Confidence.POSSIBLE, resolve="own")
_ALLOWED = 10.0
_ROUNDS = 3


def main() -> int:
    """Measure, and print median, 90th percentile and the ratio of the sums."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak.gate", description=__doc__)
    parser.add_argument("--cache", type=Path, default=_CACHE, help=f"keeps the sources ({_CACHE})")
    parser.add_argument("--only", default="", metavar="NAME,...", help="these packages alone")
    options = parser.parse_args()
    gc.disable()
    every: list[tuple[float, float]] = []
    for package in chosen(options.only):
        repairs, paths = repairs_in(fetched(package, options.cache), _SETTINGS)
        times = list(_times(repairs, paths))
        every += times
        if times:
            print(f"{package.name:20}{_said(times)}", flush=True)
    print(f"{'all':20}{_said(every)} (asked {_ALLOWED:.0f})")
    return 0


def _times(repairs: Repairs, paths: list[str]) -> Iterator[tuple[float, float]]:
    """Yield for each fix that is tried how long the gate took, and how long parsing takes."""
    read: set[str] = set()
    for path in paths:
        source = repairs.source(path)
        repairs.look.unraced(path)
        for finding in repairs.findings(path) if source is not None else ():
            assert source is not None, "there is no finding in what cannot be read"
            for plan in plan_fixes(repairs.program, repairs.syntax_of, source, finding):
                edits = realize(plan.changes, repairs.syntax_of)
                if plan.repair is Repair.SUPPRESS or not edits:
                    continue
                edited = {edit.path for edit in edits}
                if not edited <= read:  # what has been read of a file is kept, as in an editor
                    repairs.removes(edits, finding)
                    read |= edited
                texts = [repairs.source(name) for name in edited]
                parsing = sum(_parsing(text.text) for text in texts if text is not None)
                started = time.perf_counter()
                repairs.removes(edits, finding)
                yield time.perf_counter() - started, parsing


def _parsing(text: str) -> float:
    taken: list[float] = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        ast.parse(text)
        taken.append(time.perf_counter() - started)
    return min(taken)


def _said(times: list[tuple[float, float]]) -> str:
    ratios = sorted(gate / parsing for gate, parsing in times)
    median = statistics.median(ratios)
    high = ratios[min(len(ratios) - 1, len(ratios) * 9 // 10)]
    whole = sum(gate for gate, _ in times) / sum(parsing for _, parsing in times)
    return (
        f"{len(ratios):5} tried   median {median:6.1f} x   90 % {high:6.1f} x   sums {whole:6.1f} x"
    )


if __name__ == "__main__":
    sys.exit(main())
