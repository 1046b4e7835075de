"""Prints how the CPU grows when each construct of `constructs.py` does.

`tests/program/test_growth.py` counts executed lines and memory; this shows, too, what goes on
inside of single operations, such as copying large sets. Every program is analysed in a process of
its own, several times; the least CPU counts. Four times the CPU for four times the text is linear.
"""

from __future__ import annotations

import argparse
import gc
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from racelens.engine.analysis import Known, find, summarize
from racelens.engine.settings import Settings
from racelens.findings.levels import Confidence
from racelens.program.program import link
from racelens.source.text import SourceFile

from bench.growth.constructs import CONSTRUCTS, sources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.growth.constructs import Construct

EVERYTHING = Settings(confidence=Confidence.POSSIBLE, resolve="own")
FACTORS = (1, 2, 4)
GOAL = 4.8  # ratio from the smallest to the largest, of which 4 is the text


def least_seconds(files: Mapping[str, str], runs: int) -> float:
    """Return the least CPU of `runs` analyses of `files`, after one that is not measured."""
    gc.disable()
    seconds: list[float] = []
    for _ in range(runs + 1):
        begin = time.process_time()
        summaries = [summarize(SourceFile(path, text), Known()) for path, text in files.items()]
        program = link([summary.module for summary in summaries])
        for path in files:
            find(program, path, EVERYTHING)
        seconds.append(time.process_time() - begin)
        gc.collect()
    return min(seconds[1:])


def measured(name: str, count: int, options: argparse.Namespace) -> float | None:
    """Return the seconds of one construct at one size, or None where it takes too long."""
    program = (sys.executable, "-m", "bench.growth")
    command = (*program, "--runs", str(options.runs), "--one", name, str(count))
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, check=True, timeout=options.timeout
        )
    except subprocess.TimeoutExpired:
        return None
    return float(done.stdout)


def row(construct: Construct, options: argparse.Namespace) -> tuple[str, bool]:
    """Return a line of the table, and whether the construct grows within the goal."""
    scale = options.scale
    if construct.most is not None:
        scale = min(scale, construct.most // (construct.least * max(FACTORS)))
    counts = [factor * scale * construct.least for factor in FACTORS]
    seconds: list[float | None] = []
    for count in counts:
        seconds.append(measured(construct.name, count, options) if None not in seconds else None)
    first, *others = seconds
    shown = [f"{first * 1000:10.1f}" if first is not None else f"{'-':>10}"]
    shown += [
        f"{other / first:8.2f}" if first and other is not None else f"{'-':>8}" for other in others
    ]
    last = others[-1]
    is_met = first is not None and last is not None and last <= GOAL * first
    return f"{construct.name:44}{counts[0]:6}{''.join(shown)}{'' if is_met else '  !'}", is_met


def main() -> int:
    """Print a row for each construct; return 1 where --check is given and the goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--only", default="", help="constructs whose name contains this")
    parser.add_argument("--scale", type=int, default=2, help="times the counts of the test")
    parser.add_argument("--runs", type=int, default=5, help="the least of so many runs")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds for one size")
    parser.add_argument("--check", action="store_true", help="fail where the goal is missed")
    parser.add_argument("--one", nargs=2, metavar=("NAME", "COUNT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        name, count = options.one
        texts = {construct.name: construct.text for construct in CONSTRUCTS}
        print(least_seconds(dict(sources(texts[name](int(count)))), options.runs))
        return 0
    print(f"{'':44}{'count':>6}{'ms of CPU':>10}{'x 2':>8}{'x 4':>8}")
    missed = 0
    for construct in CONSTRUCTS:
        if options.only in construct.name:
            line, is_met = row(construct, options)
            missed += not is_met
            print(line, flush=True)
    print(f"goal: at most {GOAL} x the CPU for 4 x the text; missed by {missed}")
    return int(options.check and missed > 0)


if __name__ == "__main__":
    sys.exit(main())
