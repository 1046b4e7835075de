"""The verdicts on cases, from the reports on their two trees, each of which is made once.

The tree after a fix is checked only where the bug was found before it: of the others there is
nothing to say.
"""

from __future__ import annotations

import re
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.noise.checker import (
    Checker,
    CheckFailedError,
    Density,
    async_files,
    density,
    races,
)
from bench.real_bugs.matching import carried_over, finds, is_still_there, read_finding
from bench.real_bugs.repositories import Tree, UnavailableError, extract, text_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.real_bugs.case import Case
    from bench.real_bugs.repositories import Repositories

Findings = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was made of one case.

    `found` finds the bug before the fix, `still` after it. `is_judged`: the fix leaves no window,
    and the function still exists. `error` says why there is no verdict; "" where there is one.
    """

    found: Findings = field(default_factory=list[dict[str, Any]])
    still: Findings = field(default_factory=list[dict[str, Any]])
    is_judged: bool = False
    density: Density = field(default_factory=Density)
    error: str = ""

    @property
    def level(self) -> str:
        """The highest level of what finds the bug: "likely", "possible", or "" for none."""
        return _level(self.found)

    @property
    def level_after(self) -> str:
        """The highest level of what is still there after the fix."""
        return _level(self.still)


class _Checked(NamedTuple):
    """The report on one tree, and its density of race findings; or the error."""

    findings: Findings
    unread: frozenset[str]
    density: Density
    error: str = ""


class Runner:
    """Checks trees, several at once."""

    def __init__(self, repositories: Repositories, checker: Checker, jobs: int) -> None:
        self._repositories = repositories
        self._checker = checker
        self._jobs = jobs
        self._checked: dict[Tree, _Checked] = {}

    def verdicts(self, cases: Sequence[Case]) -> list[Verdict]:
        """Return the verdicts on `cases`, in their order."""
        before = [Tree(case.repository, case.parent, case.root) for case in cases]
        after = [Tree(case.repository, case.fix, case.root) for case in cases]
        self._check(before)
        found = [self._found(case, tree) for case, tree in zip(cases, before, strict=True)]
        self._check(tree for tree, findings in zip(after, found, strict=True) if findings)
        return [
            self._verdict(case, findings, *trees)
            for case, findings, trees in zip(
                cases, found, zip(before, after, strict=True), strict=True
            )
        ]

    def _check(self, trees: Iterable[Tree]) -> None:
        """Check those of `trees` that have not been yet."""
        new = sorted({tree for tree in trees if tree not in self._checked})
        with ThreadPoolExecutor(self._jobs) as pool:
            for number, (tree, checked) in enumerate(
                zip(new, pool.map(self._one, new), strict=True), 1
            ):
                self._checked[tree] = checked
                print(f"{number}/{len(new)} {tree} {checked.error}", file=sys.stderr)

    def _one(self, tree: Tree) -> _Checked:
        with tempfile.TemporaryDirectory(prefix="real-bugs-") as temporary:
            folder = Path(temporary)
            try:
                extract(self._repositories.folder(tree), tree, folder)
                report = self._checker.report(folder)
            except (UnavailableError, CheckFailedError) as error:
                return _Checked([], frozenset(), Density(), str(error))
            files = async_files(folder)
            return _Checked(
                report["findings"],
                frozenset(problem["path"] for problem in report["problems"]),
                density(files, races(report, files)),
            )

    def _found(self, case: Case, tree: Tree) -> Findings:
        findings = self._checked[tree].findings
        return [finding for finding in findings if finds(read_finding(finding), case)]

    def _verdict(self, case: Case, found: Findings, before: Tree, after: Tree) -> Verdict:
        for tree in (before, after) if found else (before,):
            checked = self._checked[tree]
            error = checked.error or ("its file cannot be read" * (case.file in checked.unread))
            if error:
                return Verdict(error=error)
        dense = self._checked[before].density
        if not found:
            return Verdict(density=dense)
        folder = self._repositories.folder(after)
        old, new = (
            text_lines(folder, commit, case.file) for commit in (before.commit, after.commit)
        )
        lines = carried_over(case.lines, old, new)
        rules = {finding["rule"] for finding in found}
        still = [
            finding
            for finding in self._checked[after].findings
            if is_still_there(read_finding(finding), case, rules, lines)
        ]
        is_judged = case.is_quiet_after_fix and _is_defined(case.function, new)
        return Verdict(found, still, is_judged, dense)


def _is_defined(function: str, lines: Iterable[str]) -> bool:
    definition = re.compile(rf"\s*(async\s+)?def\s+{re.escape(function)}\b")
    return any(map(definition.match, lines))


def _level(findings: Findings) -> str:
    if any(read_finding(finding).is_likely for finding in findings):
        return "likely"
    return "possible" if findings else ""
