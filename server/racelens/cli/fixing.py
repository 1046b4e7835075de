"""`--fix`, `--diff` and `--show-fixes`: a report and files go in, what comes of it comes out."""

from __future__ import annotations

import codecs
import sys
from typing import TYPE_CHECKING

from racelens.cli.diff import diff_of, shown
from racelens.cli.outcome import Outcome
from racelens.cli.terminal import appearance_of
from racelens.engine.fixed_files import fixed_bytes, write_fixed
from racelens.engine.fixing import fixable, fixed, with_fixes, with_texts
from racelens.engine.report import Fixed
from racelens.source.text import decode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from racelens.cli.arguments import CheckOptions
    from racelens.engine.files import InputFile
    from racelens.engine.fixing import Check, Checked, Fixing
    from racelens.engine.repair import Reported
    from racelens.engine.report import Report
    from racelens.source.text import SourceFile


class Fixer:
    """Does with fixes what the options say; `check` reports on files.

    `reported` returns those of a file's findings that are reported.
    """

    def __init__(self, options: CheckOptions, check: Check, reported: Reported) -> None:
        self._options = options
        self._check = check
        self._reported = reported

    def outcome(self, checked: Checked) -> Outcome:
        """Return what comes of files and their report; `--fix` has written the files then."""
        options = self._options
        unsafe, reported = options.unsafe_fixes, self._reported
        if not (options.fix or options.diff):
            report = with_fixes(checked)
            count = fixable(report, unsafe=unsafe)
            return Outcome(report, is_clean=not report.findings, fixable=count)
        fixing = fixed(checked, self._check, unsafe=unsafe, reported=reported)
        errors: tuple[str, ...] = ()
        content: bytes | None = None
        if options.diff:
            content = _diffs(checked.files, fixing.texts, options)
        elif options.paths == ("-",):
            content = _text(checked.files[0], fixing.texts)
        else:
            fixing, errors = self._written(checked, fixing)
        gone = max(0, len(checked.report.findings) - len(fixing.report.findings))
        left = fixing.report._replace(fixed=Fixed(gone, len(fixing.texts)))
        is_clean = not content if options.diff else not left.findings
        return Outcome(left, is_clean, content, errors, _hints(left))

    def _written(self, checked: Checked, fixing: Fixing) -> tuple[Fixing, tuple[str, ...]]:
        """Write the fixed texts; return what came of it, and a line for each that is refused."""
        together = [[edit.path for edit in fix.edits] for _finding, fix in fixing.applied]
        refused = write_fixed(checked.files, fixing.texts, together)
        if not refused:
            return fixing, ()
        texts = {path: text for path, text in fixing.texts.items() if path not in refused}
        files = with_texts(checked.files, texts)
        report = with_fixes(checked._replace(files=files, report=self._check(files)))
        errors = tuple(f"{path}: {reason}" for path, reason in refused.items())
        return fixing._replace(report=report, texts=texts), errors


def _hints(report: Report) -> tuple[str, ...]:
    """Say how many findings only unsafe fixes are left for."""
    more = fixable(report, unsafe=True) - fixable(report, unsafe=False)
    return (f"{more:,} more could be fixed with --unsafe-fixes",) if more else ()


def _text(file: InputFile, texts: Mapping[str, SourceFile]) -> bytes:
    """Return what standard input is after the fixes."""
    text = texts.get(file.path)
    return fixed_bytes(file, text.text) if text is not None else file.buffer or b""


def _diffs(
    files: Sequence[InputFile], texts: Mapping[str, SourceFile], options: CheckOptions
) -> bytes:
    """Return the diffs from `files` to `texts`: each in its file's encoding, but on a terminal."""
    changed = [file for file in files if file.path in texts]
    if options.output_file is not None or not sys.stdout.isatty():
        return b"".join(_patch(file, texts[file.path].text) for file in changed)
    appearance = appearance_of(sys.stdout)
    diffs = (diff_of(f.path, decode(f.buffer or b""), texts[f.path].text) for f in changed)
    text = "".join(f"{line}\n" for diff in diffs for line in shown(diff, appearance))
    return text.encode(sys.stdout.encoding, "backslashreplace")


def _patch(file: InputFile, after: str) -> bytes:
    """Return the diff in the bytes of the file, so that a patch tool finds its lines."""
    before = file.buffer or b""
    if before.startswith(codecs.BOM_UTF8):
        mark = codecs.BOM_UTF8.decode()
        return diff_of(file.path, mark + decode(before), mark + after).encode()
    return fixed_bytes(file, diff_of(file.path, decode(before), after))
