"""`racelens check`: options go in, the report is written, the exit status comes out."""

from __future__ import annotations

import functools
import os
import sys
from typing import TYPE_CHECKING

from racelens.cli.arguments import UsageError
from racelens.cli.outcome import Outcome
from racelens.cli.output import write_content, write_text
from racelens.cli.progress import ProgressBar
from racelens.cli.settings import settings_of
from racelens.cli.terminal import appearance_of, printable
from racelens.cli.text_report import statistics_text, summary_line, text_report
from racelens.engine.files import Discovered, InputFile, discover

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from racelens.cli.arguments import CheckOptions
    from racelens.cli.baseline import Known
    from racelens.engine.file_layer import Workers
    from racelens.engine.report import Report
    from racelens.engine.settings import Settings
    from racelens.findings.finding import Problem

_CLEAN = 0
_FINDINGS = 1
_MISUSED = 2

_STANDARD_INPUT = "<stdin>"


def run_check(options: CheckOptions, left: list[object] | None = None) -> int:
    """Check what `options` name, write the report, and return the exit status.

    The report is put into `left`, if there is such a list. Settings and paths in error are told
    on standard error, and the rest is still checked. Raises UsageError for a bad option and for a
    report that cannot be written.
    """
    settings, messages = settings_of(options)
    found = _input_files(options, settings)
    known, complaints = _known(options, settings, found)
    errors = (*messages, *complaints, *found.errors)
    _tell(errors)
    if not options.quiet:
        _tell(_remarks(found, options, settings))
    outcome = _outcome(found, options, settings, known)
    if known is not None:
        outcome = known.finish(outcome)
    if left is not None:
        left.append(outcome.report)
    _tell(outcome.errors)
    if found.files or not errors or options.report_format != "text":
        _write(outcome, options)
    if not options.quiet:
        _tell(outcome.remarks)
    if errors or outcome.errors:
        return _MISUSED
    return _CLEAN if outcome.is_clean or options.exit_zero else _FINDINGS


def _known(
    options: CheckOptions, settings: Settings, found: Discovered
) -> tuple[Known | None, tuple[str, ...]]:
    """Return what is known from a baseline, None where there is none, and what is wrong with it."""
    if (options.baseline, options.write_baseline, settings.baseline) == (None, None, None):
        return None, ()
    from racelens.cli.baseline import known_of  # noqa: PLC0415 - where it is needed

    return known_of(options, settings, found)


def _outcome(
    found: Discovered, options: CheckOptions, settings: Settings, known: Known | None
) -> Outcome:
    def check_files(files: Sequence[InputFile]) -> Report:
        report = _checked(found._replace(files=tuple(files)), options, settings)
        return report if known is None else known.hide(report)

    if not options.wants_fixes:
        report = check_files(found.files)
        return Outcome(report, is_clean=not report.findings)
    # Fixes need much that most runs do not.
    from racelens.cli.fixing import Fixer  # noqa: PLC0415
    from racelens.engine.fixing import Checked, hold  # noqa: PLC0415

    files = hold(found.files)
    fixer = Fixer(options, check_files, tuple if known is None else known.reported)
    return fixer.outcome(Checked(files, settings, check_files(files)))


def _input_files(options: CheckOptions, settings: Settings) -> Discovered:
    if options.paths != ("-",):
        return discover(options.paths, settings)
    path = options.stdin_filename or _STANDARD_INPUT
    file = InputFile(
        path=path.replace(os.sep, "/"),
        absolute=os.path.abspath(path),  # noqa: PTH100 - it need not exist
        is_test=False,
        named=True,
        buffer=sys.stdin.buffer.read(),
    )
    return Discovered((file,), (), (), os.getcwd())  # noqa: PTH109 - a string is wanted


def _remarks(found: Discovered, options: CheckOptions, settings: Settings) -> list[str]:
    """Return why a report is emptier than one might expect."""
    if not found.files and not found.errors:
        return [f"no Python files in {' '.join(options.paths)}"]
    if found.files and not settings.include_tests and all(file.is_test for file in found.files):
        return ["all files are tests, in which nothing is reported without --include-tests"]
    return []


def _checked(found: Discovered, options: CheckOptions, settings: Settings) -> Report:
    """Return the report on the files, kept from the run before or made anew."""
    if options.no_cache or options.wants_fixes:  # fixes need the program
        return _made(found, options, settings)
    from racelens.engine.kept_report import KeptReport  # noqa: PLC0415 - where it is needed

    part = f"{options.shard}" if options.shard else ""
    kept = KeptReport(found, (*options.paths, part), settings)
    report = kept.read()
    if report is None:
        report = _made(found, options, settings)
        kept.write(report)
    return report


def _made(found: Discovered, options: CheckOptions, settings: Settings) -> Report:
    # Late: the rules and what they need take longer to import than a kept report to read.
    from racelens.engine.check import check  # noqa: PLC0415
    from racelens.engine.file_layer import Distribution  # noqa: PLC0415

    shows_progress = not options.quiet and sys.stderr.isatty()
    progress = ProgressBar(sys.stderr) if shows_progress else None
    try:
        distribution = Distribution(_workers(options), options.jobs, options.shard)
        report = check(found.files, settings, found.folder, progress, distribution)
    finally:
        if progress is not None:
            progress.close()
    problems = sorted((*report.problems, *found.problems), key=_place)
    return report._replace(problems=tuple(problems))


def _workers(options: CheckOptions) -> Workers | None:
    """Return what reads the files, None for this process. Raises UsageError without a cluster."""
    if options.executor is None and options.jobs == 1:
        return None
    from racelens.engine.file_layer import Workers, processes  # noqa: PLC0415 - where needed

    if options.executor is None:
        return Workers(functools.partial(processes, options.jobs))
    from racelens.engine.cluster import ClusterError, dask_workers  # noqa: PLC0415

    try:
        return dask_workers(options.executor)
    except ClusterError as error:
        raise UsageError(f"racelens check: --executor {error}") from None


def _place(problem: Problem) -> tuple[str, int]:
    return problem.path, -1 if problem.line is None else problem.line


def _write(outcome: Outcome, options: CheckOptions) -> None:
    report = outcome.report
    if options.report_format == "json" and outcome.content is None:
        from racelens.cli.json_report import json_report  # noqa: PLC0415 - where it is needed

        text = json_report(report, statistics=options.statistics)
        write_text(text, file=options.output_file, encoding="utf-8")
        return
    _tell(map(_problem_line, report.problems))
    if outcome.content is not None:
        write_content(outcome.content, file=options.output_file)
        return
    appearance = appearance_of(sys.stdout if options.output_file is None else None)
    text = statistics_text(report) if options.statistics else text_report(report, appearance)
    if not options.quiet:
        text += f"{summary_line(report, outcome.fixable)}\n"
    write_text(text, file=options.output_file)


def _problem_line(problem: Problem) -> str:
    line = "" if problem.line is None else f":{problem.line + 1}"
    return f"{problem.path}{line}: {problem.message}"


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        print(f"racelens: {printable(line)}", file=sys.stderr)
