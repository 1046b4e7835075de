"""Checks projects before and after the fix of a known bug: found first, and quiet then.

`matching.py` says when a finding is the bug of a case, `README.md` where the cases come from. The
table has recall and quietness at `possible` and at `likely`, by kind and by reach, and the
density of race findings on the same trees. The exit status is 2 where a case could not be run.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench.noise.checker import Checker, add_options
from bench.real_bugs.case import read_cases
from bench.real_bugs.repositories import Clones, Mirrors
from bench.real_bugs.table import noise, not_found, table
from bench.real_bugs.verdict import Runner

if TYPE_CHECKING:
    from bench.real_bugs.verdict import Verdict

_CASES = Path(__file__).with_name("cases.json")
_CACHE = Path.home() / ".cache" / "racelens-bench" / "repositories"
_ORIGIN = "https://github.com"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.real_bugs", description=__doc__)
    add = parser.add_argument
    add("--cases", type=Path, default=_CASES, help="the cases (cases.json beside this file)")
    add("--only", default="", metavar="ID,...", help="these cases alone")
    add(
        "--mirrors", type=Path, metavar="FOLDER", help="holds a repository owner+name/repo for each"
    )
    add("--cache", type=Path, default=_CACHE, help=f"keeps what is cloned ({_CACHE})")
    add(
        "--origin",
        default=_ORIGIN,
        metavar="URL",
        help=f"where to clone owner/name from ({_ORIGIN})",
    )
    add(
        "--level", choices=("possible", "likely"), default="possible", help="for the list of misses"
    )
    add("--json", type=Path, metavar="OUT", help="write the verdicts with their findings here")
    add_options(parser)
    return parser


def _document(verdict: Verdict) -> dict[str, object]:
    """Return a verdict as JSON."""
    if verdict.error:
        return {"error": verdict.error}
    return {
        "level": verdict.level or None,
        "still_level": verdict.level_after or None,
        "judged": verdict.is_judged,
        "found": verdict.found,
        "still": verdict.still,
        "density": verdict.density._asdict(),
    }


def main() -> int:
    """Run the cases and print what came of them."""
    options = _parser().parse_args()
    wanted = set(filter(None, options.only.split(",")))
    cases = [case for case in read_cases(options.cases) if not wanted or case.name in wanted]
    if options.mirrors is not None:
        repositories: Mirrors | Clones = Mirrors(options.mirrors)
    else:
        repositories = Clones(options.cache, options.origin)
    verdicts = Runner(repositories, Checker.of(options), options.jobs).verdicts(cases)
    judged = list(zip(cases, verdicts, strict=True))
    print(table(judged))
    print(noise(judged))
    print(not_found(judged, options.level))
    if options.json is not None:
        named = {case.name: _document(verdict) for case, verdict in judged}
        options.json.write_text(json.dumps(named, indent=1), encoding="utf-8")
    return 2 if any(verdict.error for verdict in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
