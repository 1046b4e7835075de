"""The fixes of one package: a folder goes in, a row of figures for each rule comes out."""

from __future__ import annotations

import gc
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from racelens.engine.check import check
from racelens.engine.files import discover
from racelens.engine.fixing import Checked, repairs_of
from racelens.engine.settings import DEFAULT_RULES, Settings
from racelens.findings.fix import Repair
from racelens.findings.levels import Confidence

from bench.noise.sources import PACKAGES, packages
from bench.soak.trial import failure

if TYPE_CHECKING:
    from racelens.engine.repair import Repairs
    from racelens.findings.finding import Finding
    from racelens.findings.fix import Fix

    from bench.noise.sources import Package

# All rules that are on by default, and the one of the race family that is not.
_MORE = Path(__file__).with_name("packages.txt")
_SETTINGS = Settings(confidence=Confidence.POSSIBLE, resolve="own", select=(DEFAULT_RULES, "RL106"))


@dataclass
class Row:
    """What came of the findings of one rule."""

    findings: int = 0
    fixed: int = 0
    fixes: int = 0
    failures: list[str] = field(default_factory=list)
    unfixed: list[str] = field(default_factory=list)
    repairs: Counter[str] = field(default_factory=Counter)

    def add(self, other: Row) -> None:
        """Add the figures of another package."""
        self.findings += other.findings
        self.fixed += other.fixed
        self.fixes += other.fixes
        self.failures += other.failures
        self.unfixed += other.unfixed
        self.repairs += other.repairs


def chosen(only: str) -> list[Package]:
    """Return the packages, or those of them whose names `only` lists, with commas between."""
    wanted = set(filter(None, only.split(",")))
    known = [*packages(PACKAGES), *packages(_MORE)]
    return [package for package in known if not wanted or package.name in wanted]


def repairs_in(folder: Path, settings: Settings = _SETTINGS) -> tuple[Repairs, list[str]]:
    """Return what finds the fixes in a folder, and the files with findings."""
    files = discover([str(folder)], settings).files
    report = check(files, settings, str(folder))
    repairs = repairs_of(Checked(files, settings, report))
    return repairs, sorted({finding.path for finding in report.findings})


def soak(folder: Path) -> dict[str, Row]:
    """Try each fix of each finding below `folder` on its own; return the figures by rule."""
    gc.disable()  # as the checker does: a program lives until its process ends
    repairs, paths = repairs_in(folder)
    found = {path: repairs.findings(path) for path in paths}
    rows: dict[str, Row] = {}
    for own in found.values():
        for finding in own:
            row = rows.setdefault(f"{finding.code} {finding.name}", Row())
            fixes = [fix for fix in repairs.fixes(finding) if fix.repair is not Repair.SUPPRESS]
            row.findings += 1
            row.fixed += bool(fixes)
            row.fixes += len(fixes)
            row.repairs.update(fix.repair.value for fix in fixes if fix.preferred)
            if not fixes:
                row.unfixed.append(_place(folder, finding))
            for fix in fixes:
                wrong = failure(repairs, finding, fix, sorted(found))
                if wrong:
                    row.failures.append(_said(folder, finding, fix, wrong))
    return rows


def _said(folder: Path, finding: Finding, fix: Fix, wrong: str) -> str:
    return f"{_place(folder, finding)}: {fix.title}: {wrong}"


def _place(folder: Path, finding: Finding) -> str:
    line = finding.span.start.line + 1
    return f"{folder.name}/{finding.path}:{line} {finding.code} {finding.function} {finding.state}"
