"""`--baseline` and `--write-baseline`: what is known already is left out of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.cli.arguments import UsageError
from racelens.cli.output import write_text
from racelens.engine.baseline import Baseline, BaselineError, baseline_text, read_baseline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racelens.cli.arguments import CheckOptions
    from racelens.cli.outcome import Outcome
    from racelens.engine.baseline import Entry
    from racelens.engine.files import Discovered
    from racelens.engine.report import Report
    from racelens.engine.settings import Settings
    from racelens.findings.finding import Finding


class Known:
    """The baseline that a run reads, and the one that it writes."""

    def __init__(self, options: CheckOptions, settings: Settings, found: Discovered) -> None:
        """Read the baseline. Raises UsageError where that cannot be done."""
        self._settings = settings
        self._found = found
        self._file = options.baseline or ""
        self._target = options.write_baseline
        # All findings are written, so that the known ones stay known.
        is_read = options.baseline is not None and options.write_baseline is None
        self._baseline = Baseline(self._file, _read(self._file) if is_read else (), found)
        self._all: tuple[Finding, ...] = ()

    def hide(self, report: Report) -> Report:
        """Return `report` without the findings that are known."""
        self._all = report.findings
        new = self._baseline.new(report.findings)
        return report._replace(findings=new, known=len(report.findings) - len(new))

    def reported(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return those of a file's findings that are not known."""
        return self._baseline.new(findings)

    def finish(self, outcome: Outcome) -> Outcome:
        """Write the baseline, if one is wanted, after which all is known.

        Raises UsageError where it cannot be written.
        """
        count = len(self._all)
        if self._target is None:
            obsolete = self._baseline.obsolete(self._all, self._settings)
            return _with(outcome, _obsolete(obsolete, self._file)) if obsolete else outcome
        written = Baseline(self._target, (), self._found)
        text = baseline_text(written.entries_of(self._all))
        write_text(text, file=self._target, encoding="utf-8")
        report = outcome.report._replace(findings=(), known=count)
        noun = "finding is" if count == 1 else "findings are"
        remark = f"{count:,} {noun} in {self._target} now"
        return _with(outcome._replace(report=report, is_clean=True), remark)


def _with(outcome: Outcome, remark: str) -> Outcome:
    return outcome._replace(remarks=(*outcome.remarks, remark))


def _read(file: str) -> tuple[Entry, ...]:
    try:
        return read_baseline(file)
    except BaselineError as error:
        raise UsageError(
            f"racelens check: the baseline {file} {error}; --write-baseline {file} makes a new one"
        ) from None


def _obsolete(count: int, file: str) -> str:
    noun = "entry matches" if count == 1 else "entries match"
    return f"{count:,} {noun} nothing any more; --write-baseline {file} leaves them out"
