"""`--baseline`, its setting and `--write-baseline`: what is known is left out of the report."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from racelens.cli.arguments import UsageError
from racelens.cli.output import write_text
from racelens.engine.baseline import (
    Baseline,
    BaselineError,
    baseline_text,
    read_baseline,
    unusable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racelens.cli.arguments import CheckOptions
    from racelens.cli.outcome import Outcome
    from racelens.engine.baseline import Entry
    from racelens.engine.files import Discovered
    from racelens.engine.report import Report
    from racelens.engine.settings import Settings
    from racelens.findings.finding import Finding


def known_of(
    options: CheckOptions, settings: Settings, found: Discovered
) -> tuple[Known | None, tuple[str, ...]]:
    """Return what a run knows, and a line if the file that the settings name is no good.

    An option goes before the setting. Raises UsageError where its file is no good.
    """
    if options.write_baseline is not None:
        # All findings are written, so that the known ones stay known.
        return Known(options, settings, found), ()
    if options.baseline is not None:
        return Known(options, settings, found, options.baseline, _read(options.baseline)), ()
    if settings.baseline is None:
        return None, ()
    here = os.path.join(os.getcwd(), "")  # noqa: PTH109, PTH118 - strings
    file = settings.baseline.removeprefix(here)
    try:
        entries = read_baseline(file)
    except BaselineError as error:
        return None, (unusable(file, error),)
    return Known(options, settings, found, file, entries), ()


class Known:
    """The entries of the baseline `file`, which a run has read, and the one that it writes."""

    def __init__(
        self,
        options: CheckOptions,
        settings: Settings,
        found: Discovered,
        file: str = "",
        entries: tuple[Entry, ...] = (),
    ) -> None:
        self._settings = settings
        self._found = found
        self._file = file
        self._target = options.write_baseline
        self._baseline = Baseline(file, entries, found)
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
