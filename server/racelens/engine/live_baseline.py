"""The baselines that the settings of open documents name: findings go in, the new ones come out.

A file is read once, and again when it has changed; each look at it costs a stat. Nothing here
writes: what makes a finding known is an edit, as of any other fix.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from racelens.engine.baseline import (
    Baseline,
    BaselineError,
    baseline_text,
    parse_baseline,
    read_text,
    unusable,
)
from racelens.engine.files import Discovered
from racelens.findings.fix import Fix, Repair, Safety
from racelens.source.edit import TextEdit, apply_edits
from racelens.source.span import Position, Span
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racelens.engine.baseline import Entry
    from racelens.engine.files import InputFile
    from racelens.findings.finding import Finding

    _Key = tuple[Finding, tuple[Finding, ...]]
    Stamp = tuple[int, int] | None

TITLE = "Add to the baseline"
_MOST_OFFERS = 64


class LiveBaselines:
    """The baseline files of one session; relative paths are taken from `folder`."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._read: dict[str, tuple[Stamp, _Read]] = {}

    def known(self, baseline: str | None, file: InputFile) -> KnownFindings:
        """Return what the file `baseline` knows now of the findings in `file`.

        Nothing where it is None or cannot be used. Never raises.
        """
        if baseline is None:
            return KnownFindings(_NONE, file)
        path = os.path.normpath(os.path.join(self._folder, baseline))  # noqa: PTH118 - quick
        stamp = _stamp(path)
        before = self._read.get(path)
        if before is None or before[0] != stamp:
            before = self._read[path] = (stamp, _read(path))
        return KnownFindings(before[1], file)


class KnownFindings:
    """What a baseline knows of the findings in one file. `complaint` says why it cannot be used."""

    def __init__(self, read: _Read, file: InputFile) -> None:
        self._source = read.source
        self._offers = read.offers
        self._file = file
        self._baseline = read.baseline.of(file) if read.baseline is not None else None
        self.complaint = read.complaint

    def new(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return those of all `findings` in the file that are not known, in order."""
        return tuple(findings) if self._baseline is None else self._baseline.new(findings)

    def fixes(self, findings: Iterable[Finding], finding: Finding) -> tuple[Fix, ...]:
        """Return the fix that makes `finding` known, if it is new among all `findings`."""
        findings = tuple(findings)
        key = (finding, findings)
        if key not in self._offers:
            # An editor asks at every move of the caret, and the whole file is written anew.
            if len(self._offers) >= _MOST_OFFERS:
                self._offers.clear()
            self._offers[key] = self._planned(findings, finding)
        return self._offers[key]

    def _planned(self, findings: tuple[Finding, ...], finding: Finding) -> tuple[Fix, ...]:
        if self._baseline is None or self._source is None:
            return ()
        new = self._baseline.new(findings)
        if finding not in new:
            return ()
        edits = _rewriting(self._source, baseline_text(self._baseline.with_known(finding)))
        # Of findings that look alike, the first ones are known.
        left = Counter(each.fingerprint for each in new) - Counter((finding.fingerprint,))
        if Counter(each.fingerprint for each in self._new_after(edits, findings)) != left:
            return ()
        return (Fix(TITLE, edits, Safety.SAFE, preferred=False, repair=Repair.SUPPRESS),)

    def _new_after(
        self, edits: tuple[TextEdit, ...], findings: tuple[Finding, ...]
    ) -> tuple[Finding, ...]:
        """Return those of `findings` that are not known after `edits`."""
        if self._source is None:
            return findings
        try:
            entries = parse_baseline(apply_edits(self._source, edits))
        except BaselineError:
            return findings
        return _baseline(self._source.path, entries).of(self._file).new(findings)


@dataclass(frozen=True, slots=True)
class _Read:
    """A baseline's text and what it says, None for both where it cannot be used; what was offered.

    An offer is known by its finding and all findings of the file.
    """

    source: SourceFile | None = None
    baseline: Baseline | None = None
    complaint: str = ""
    offers: dict[_Key, tuple[Fix, ...]] = field(default_factory=dict["_Key", "tuple[Fix, ...]"])


_NONE = _Read()


def _read(path: str) -> _Read:
    try:
        text = read_text(path)
        entries = parse_baseline(text)
    except BaselineError as error:
        return _Read(complaint=unusable(path, error))
    return _Read(SourceFile(path, text), _baseline(path, entries))


def _baseline(path: str, entries: tuple[Entry, ...]) -> Baseline:
    return Baseline(path, entries, Discovered((), (), (), ""))


def _stamp(path: str) -> Stamp:
    """Return what is another when the file has changed; None where there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - at each keystroke
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size


def _rewriting(before: SourceFile, text: str) -> tuple[TextEdit, ...]:
    """Return the edit that replaces the lines that differ; line endings stay as they are.

    A comparison of all lines with all would take too long for thousands of findings.
    """
    # As the command line writes what UTF-8 cannot say.
    text = text.encode(errors="backslashreplace").decode()
    old = before.lines
    new = SourceFile(before.path, text.replace("\n", before.newline)).lines
    most = min(len(old), len(new))
    first = next((n for n in range(most) if old[n] != new[n]), most)
    same = next((n for n in range(most - first) if old[-1 - n] != new[-1 - n]), most - first)
    end, last = len(old) - same, len(old) - 1
    behind = Position(end, 0) if end <= last else Position(last, len(before.line(last)))
    span = Span(Position(first, 0), behind)
    return (TextEdit(before.path, span, "".join(new[first : len(new) - same])),)
