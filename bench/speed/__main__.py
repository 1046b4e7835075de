"""Prints what a scan costs: `python -m bench.speed --help`.

All numbers of one run are ratios to what reading and `ast.parse` of the same files take (U), each
the median of rounds in which the programs take turns.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import statistics
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.speed.measured import Cost, measured
from bench.speed.tools import TOOLS, Tool, installed
from bench.speed.trees import VERSIONS, lines_of, samples, tree

if TYPE_CHECKING:
    from collections.abc import Sequence

_CACHE = Path.home() / ".cache" / "racelens-bench" / "speed"
_RESULTS = Path(__file__).parents[1] / "results"
_PARSE = str(Path(__file__).with_name("parse_all.py"))
_SIZES = (70_000, 280_000, 1_100_000)
_MIB = 1024 * 1024
_OWN_ROWS = 5  # of each tree, besides the peers'


class Row(NamedTuple):
    """One program on one tree, in multiples of U (`cpu`) and of U's wall time; memory in MiB."""

    tree: str
    lines: int
    program: str
    cpu: float
    wall: float
    memory: float
    stopped: bool


def main() -> None:
    """Measure, print and write down."""
    options = _options()
    programs = installed(options.python, options.cache, peers=bool(options.peers))
    tools = [tool for tool in TOOLS if tool.name in options.peers]
    found: list[Row] = []
    for name in options.trees:
        folder = tree(name, options.cache)
        found += _compared(folder, programs, tools, options.rounds, options.seconds)
        _print(found[-len(tools) - _OWN_ROWS :])
    if options.growth:
        large = tree("homeassistant", options.cache)
        for _, sample in samples(large, _SIZES, options.cache):
            found += _compared(sample, programs, [], options.rounds, options.seconds)
            _print(found[-_OWN_ROWS:])
    _start(programs, options.rounds)
    _write(found, options.results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    names = [tool.name for tool in TOOLS]
    parser.add_argument("--trees", nargs="*", default=list(VERSIONS), choices=list(VERSIONS))
    parser.add_argument("--peers", nargs="*", default=names, choices=names)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=600, help="for one run of a program")
    parser.add_argument("--growth", action="store_true", help="nested samples of homeassistant")
    parser.add_argument("--cache", type=Path, default=_CACHE)
    parser.add_argument("--results", type=Path, default=_RESULTS / "speed.json")
    newest = shutil.which("python3.13") or shutil.which("python3") or "python"
    parser.add_argument("--python", default=newest, help="3.13 reads all files of the trees")
    return parser.parse_args()


def _compared(
    folder: Path, programs: Path, tools: Sequence[Tool], rounds: int, seconds: float
) -> list[Row]:
    """Return what each program costs on `folder`; the first row is parsing alone."""
    python = str(programs / "python")
    racelens = (str(programs / "racelens"), "check", "--resolve", "own")
    commands: dict[str, tuple[str, ...]] = {
        "parse": (python, _PARSE),
        "parse, 2 processes": (python, _PARSE),
        "racelens": (*racelens, "--no-cache"),
        "racelens, 2 jobs": (*racelens, "--no-cache", "--jobs", "2"),
        "racelens, kept": racelens,
        **{tool.name: (str(programs / tool.arguments[0]), *tool.arguments[1:]) for tool in tools},
    }
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            if name == "racelens, kept" and not costs[name]:
                measured([*command, str(folder)], folder, seconds)
            if not any(cost.stopped for cost in costs[name]):
                more = ["2"] if name == "parse, 2 processes" else []
                costs[name].append(measured([*command, str(folder), *more], folder, seconds))
    unit = statistics.median(cost.cpu for cost in costs["parse"])
    wall = statistics.median(cost.wall for cost in costs["parse"])
    lines = lines_of(folder)
    return [
        Row(
            folder.name,
            lines,
            name,
            statistics.median(cost.cpu for cost in known) / unit,
            statistics.median(cost.wall for cost in known) / wall,
            statistics.median(cost.memory for cost in known) / _MIB,
            any(cost.stopped for cost in known),
        )
        for name, known in costs.items()
    ]


def _print(rows: Sequence[Row]) -> None:
    print(f"\n{rows[0].tree}, {rows[0].lines:,} lines")
    print(f"{'':20}{'CPU in U':>10}{'wall in U':>11}{'MiB':>8}")
    for row in rows:
        over = ">" if row.stopped else ""
        cpu, wall = f"{over}{row.cpu:.2f}", f"{over}{row.wall:.2f}"
        print(f"{row.program:20}{cpu:>10}{wall:>11}{row.memory:8.0f}")


def _start(programs: Path, rounds: int) -> None:
    """Print what starting costs, in multiples of an empty program."""
    python, here = str(programs / "python"), Path(__file__).parent
    small = str(here / "measured.py")
    check = (str(programs / "racelens"), "check", "--resolve", "own")
    commands = {
        "python -c pass": (python, "-c", "pass"),
        "racelens --version": (str(programs / "racelens"), "--version"),
        "check one file": (*check, "--no-cache", small),
        "check one again": (*check, small),
    }
    print(f"\n{'':20}{'CPU':>10}")
    measured(commands["check one again"], here)
    unit = 0.0
    for name, command in commands.items():
        each = [measured(command, here).cpu for _ in range(4 * rounds)]
        unit = unit or statistics.median(each)
        print(f"{name:20}{statistics.median(each) / unit:10.2f}")


def _write(rows: Sequence[Row], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    about = {"python": platform.python_version(), "machine": platform.machine()}
    told = {"about": about, "rows": [row._asdict() for row in rows]}
    file.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
