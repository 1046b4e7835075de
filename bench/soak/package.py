"""The fixes of one package: a folder goes in, a row of figures for each rule comes out."""

from __future__ import annotations

import gc
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.soak.trial import failure
from racelens.engine.check import check
from racelens.engine.files import discover
from racelens.engine.fixing import Checked, repairs_of
from racelens.engine.settings import DEFAULT_RULES, Settings
from racelens.findings.fix import Repair
from racelens.findings.levels import Confidence

if TYPE_CHECKING:
    from pathlib import Path

    from racelens.findings.finding import Finding
    from racelens.findings.fix import Fix

# All rules that are on by default, and the one of the race family that is not.
_SETTINGS = Settings(
    confidence=Confidence.POSSIBLE, resolve="own", select=(DEFAULT_RULES, "RL106")
)


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


def soak(folder: Path) -> dict[str, Row]:
    """Try each fix of each finding below `folder` on its own; return the figures by rule."""
    gc.disable()  # as the checker does: a program lives until its process ends
    files = discover([str(folder)], _SETTINGS).files
    report = check(files, _SETTINGS, str(folder))
    repairs = repairs_of(Checked(files, _SETTINGS, report))
    reported = [file.path for file in files if not file.is_test]
    found = {path: own for path in reported if (own := repairs.findings(path))}
    rows: dict[str, Row] = {}
    for path, own in found.items():
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
