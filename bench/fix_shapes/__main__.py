"""Prints what RaceLens offers for known bugs, beside how their maintainers fixed them.

Of the race family, each bug that is found before its fix counts. The shape of the preferred fix
should be the maintainers' in at least half of the cases, that of one of the first three in three
quarters. `README.md` says what the shapes are, and where ours is argued to be better.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from racelens.cli.json_report import json_report
from racelens.engine.check import check
from racelens.engine.files import discover
from racelens.engine.fixing import Checked, repairs_of
from racelens.engine.settings import Settings
from racelens.findings.fix import Repair
from racelens.findings.levels import Confidence

from bench.real_bugs.case import read_cases
from bench.real_bugs.matching import finds, read_finding
from bench.real_bugs.repositories import Clones, Mirrors, Tree, UnavailableError, extract

if TYPE_CHECKING:
    from bench.real_bugs.case import Case
    from bench.real_bugs.repositories import Repositories

_CASES = Path(__file__).parents[1] / "real_bugs" / "cases.json"
_CACHE = Path.home() / ".cache" / "racelens-bench" / "repositories"
_SETTINGS = Settings(confidence=Confidence.POSSIBLE, resolve="own")
_SHAPES = {
    Repair.LOCK: "lock",
    Repair.RECHECK: "recheck",
    Repair.RESERVE: "reserve-before-await",
    Repair.SWAP: "swap-before-await",
    Repair.SINGLE_FLIGHT: "task-reference",
    Repair.AWAIT: "add-await",
}
_FIRST = 3


class Offer(NamedTuple):
    """What is offered for one case: the shapes, best first, and the preferred one."""

    rule: str
    shapes: tuple[str, ...]
    preferred: str


def main() -> int:
    """Look at the cases and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.fix_shapes", description=__doc__)
    add = parser.add_argument
    add("--only", default="", metavar="ID,...", help="these cases alone")
    add("--mirrors", type=Path, metavar="FOLDER", help="holds repositories owner+name/repo")
    add("--cache", type=Path, default=_CACHE, help=f"keeps what is cloned ({_CACHE})")
    add("--jobs", type=int, default=2, help="how many cases at once (2)")
    options = parser.parse_args()
    wanted = set(filter(None, options.only.split(",")))
    cases = [case for case in read_cases(_CASES) if case.is_in_family]
    cases = [case for case in cases if not wanted or case.name in wanted]
    if options.mirrors is not None:
        repositories: Repositories = Mirrors(options.mirrors)
    else:
        repositories = Clones(options.cache, "https://github.com")
    with ProcessPoolExecutor(options.jobs) as pool:
        offers = pool.map(partial(_offer, repositories), cases)
        found = [(case, one) for case, one in zip(cases, offers, strict=True) if one is not None]
    print("\n".join(_row(case, offer) for case, offer in found))
    print(_summary(found))
    return 0


def _offer(repositories: Repositories, case: Case) -> Offer | None:
    """Return what is offered where the bug is found; None where it is not."""
    gc.disable()
    tree = Tree(case.repository, case.parent, case.root)
    with tempfile.TemporaryDirectory(prefix="fix-shapes-") as temporary:
        folder = Path(temporary)
        try:
            extract(repositories.folder(tree), tree, folder)
        except UnavailableError as error:
            print(f"{case.name}: {error}", file=sys.stderr)
            return None
        files = discover([temporary], _SETTINGS).files
        report = check(files, _SETTINGS, temporary)
        told = json.loads(json_report(report))["findings"]
        pairs = zip(report.findings, told, strict=True)
        matching = [finding for finding, one in pairs if finds(read_finding(one), case)]
        if not matching:
            return None
        fixes = repairs_of(Checked(files, _SETTINGS, report)).fixes(matching[0])
    offered = [fix for fix in fixes if fix.repair is not Repair.SUPPRESS]
    shapes = tuple(_SHAPES.get(fix.repair, "other") for fix in offered)
    preferred = [shape for fix, shape in zip(offered, shapes, strict=True) if fix.preferred]
    return Offer(matching[0].code, shapes, preferred[0] if preferred else "")


def _row(case: Case, offer: Offer) -> str:
    same = offer.preferred == case.shape
    mark = "same" if same else "among" if case.shape in offer.shapes[:_FIRST] else ""
    return f"{mark:6}{case.name:46}{offer.rule:7}{case.shape:21} {', '.join(offer.shapes)}"


def _summary(found: list[tuple[Case, Offer]]) -> str:
    count = max(len(found), 1)
    same = sum(offer.preferred == case.shape for case, offer in found)
    among = sum(case.shape in offer.shapes[:_FIRST] for case, offer in found)
    locks = sum(case.shape == "lock" for case, _ in found)
    return (
        f"{len(found)} bugs found; the preferred fix has the maintainers' shape in "
        f"{100 * same / count:.1f} % (asked 50; a lock for all: {100 * locks / count:.1f} %), "
        f"one of the first three in {100 * among / count:.1f} % (asked 75)"
    )


if __name__ == "__main__":
    sys.exit(main())
