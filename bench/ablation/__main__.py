"""Leaves out one mechanism of the analysis after the other: what is found, and what is noise then.

Real bugs count where they are of the race family, and noise is counted on the packages of
`bench.noise`. Quietness is that of the flow analysis: what decides who runs with whom is the same
before a fix and after it.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.ablation.mechanisms import MECHANISMS
from bench.ablation.trees import Asked, findings
from bench.noise.__main__ import is_generated
from bench.noise.checker import LIKELY, async_files
from bench.real_bugs.case import read_cases
from bench.real_bugs.matching import carried_over, finds, is_still_there, read_finding
from bench.real_bugs.repositories import Mirrors, Tree, extract, text_lines

if TYPE_CHECKING:
    from bench.ablation.trees import Findings
    from bench.real_bugs.case import Case

_CASES = Path(__file__).parent.parent / "real_bugs" / "cases.json"
_RACES = ("RL1", "RL302", "RL303", "RL310")


class Tally:
    """Counts by the mechanism that is left out."""

    def __init__(self) -> None:
        self._counts = {mechanism.name: Counter[str]() for mechanism in MECHANISMS}

    def add(self, mechanism: str, what: str, levels: set[str]) -> None:
        """Count something at the highest of `levels`; nothing where there is none."""
        if levels:
            self._counts[mechanism][what] += 1
            self._counts[mechanism][f"{what}, likely"] += bool(levels & LIKELY)

    def table(self, cases: int) -> str:
        """Return the counts as a table in Markdown."""
        after, noise = "still there after the fix", "findings in packages"
        names = ("without", f"found of {cases}", "likely", after, "likely", noise, "likely")
        lines = [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
        for mechanism in MECHANISMS:
            counts = self._counts[mechanism.name]
            cells = [str(counts[f"found{level}"]) for level in ("", ", likely")]
            judged = mechanism.in_flow or not mechanism.patches
            cells += [str(counts[f"still{level}"]) if judged else "" for level in ("", ", likely")]
            cells += [str(counts[f"noise{level}"]) for level in ("", ", likely")]
            name = mechanism.name if mechanism.patches else "nothing"
            lines.append(f"| {name} | {' | '.join(cells)} |")
        return "\n".join(lines)


def _levels(found: Findings) -> set[str]:
    return {finding["confidence"] for finding in found}


def _lines(folder: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in folder.rglob("*.py") if path.is_file())


def _is_race(finding: dict[str, Any]) -> bool:
    return str(finding["rule"]).startswith(_RACES)


class _Runner:
    def __init__(self, mirrors: Mirrors, jobs: int, most_lines: int) -> None:
        self._mirrors = mirrors
        self._jobs = jobs
        self._most_lines = most_lines
        self._cases = 0
        self._tally = Tally()

    def real_bugs(self, cases: list[Case], temporary: Path) -> None:
        before = {case.name: self._extracted(case, case.parent, temporary) for case in cases}
        cases = [case for case in cases if _lines(before[case.name]) <= self._most_lines]
        self._cases = len(cases)
        after = {case.name: self._extracted(case, case.fix, temporary) for case in cases}
        with ProcessPoolExecutor(self._jobs, max_tasks_per_child=1) as pool:
            first = pool.map(findings, [Asked(before[c.name], only_flow=False) for c in cases])
            then = pool.map(findings, [Asked(after[c.name], only_flow=True) for c in cases])
            for case, old, new in zip(cases, first, then, strict=True):
                self._judge(case, old, new)
                print(case.name, flush=True)

    def _extracted(self, case: Case, commit: str, temporary: Path) -> Path:
        tree = Tree(case.repository, commit, case.root)
        folder = temporary / f"{case.name}.{commit[:8]}"
        folder.mkdir()
        extract(self._mirrors.folder(tree), tree, folder)
        return folder

    def _judge(self, case: Case, old: dict[str, Findings], new: dict[str, Findings]) -> None:
        git = self._mirrors.folder(Tree(case.repository, case.fix, case.root))
        texts = [text_lines(git, commit, case.file) for commit in (case.parent, case.fix)]
        lines = carried_over(case.lines, *texts)
        for mechanism, found in old.items():
            bugs = [finding for finding in found if finds(read_finding(finding), case)]
            self._tally.add(mechanism, "found", _levels(bugs))
            rules = {finding["rule"] for finding in bugs}
            still = [
                finding
                for finding in new.get(mechanism, ())
                if is_still_there(read_finding(finding), case, rules, lines)
            ]
            if bugs and case.is_quiet_after_fix:
                self._tally.add(mechanism, "still", _levels(still))

    def noise(self, folders: list[Path]) -> None:
        with ProcessPoolExecutor(self._jobs, max_tasks_per_child=1) as pool:
            asked = [Asked(folder, only_flow=False) for folder in folders]
            for folder, found in zip(folders, pool.map(findings, asked), strict=True):
                files = {p for p, c in async_files(folder).items() if not is_generated(p, c)}
                for mechanism, ones in found.items():
                    for one in ones:
                        if one["path"] in files and _is_race(one):
                            self._tally.add(mechanism, "noise", {one["confidence"]})
                print(folder.name, flush=True)

    def table(self) -> str:
        return self._tally.table(self._cases)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.ablation", description=__doc__)
    add = parser.add_argument
    add("--mirrors", type=Path, required=True, help="holds a repository owner+name/repo for each")
    add("--sources", type=Path, required=True, help="holds a folder of source for each package")
    add("--packages", default="", metavar="NAME,...", help="these packages alone")
    add("--most-lines", type=int, default=10**9, help="leave out the cases with larger trees")
    add("--jobs", type=int, default=2, help="how many trees at once (2)")
    options = parser.parse_args()
    cases = [c for c in read_cases(_CASES) if c.is_in_family and not c.is_doubtful]
    runner = _Runner(Mirrors(options.mirrors), options.jobs, options.most_lines)
    wanted = set(filter(None, options.packages.split(",")))
    runner.noise(
        [
            folder
            for folder in sorted(options.sources.iterdir())
            if folder.name in wanted or not wanted
        ]
    )
    with tempfile.TemporaryDirectory(prefix="ablation-") as temporary:
        runner.real_bugs(cases, Path(temporary))
    print(runner.table())


if __name__ == "__main__":
    main()
