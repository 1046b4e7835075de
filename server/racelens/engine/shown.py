"""What of a file's findings is reported: settings and comments have their say here.

Findings of all levels go in; those that are shown come out, with the severity that the settings
give their rule, and with the comments that suppress nothing.
"""

from __future__ import annotations

import functools
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from racelens.engine.analysis import find
from racelens.engine.ignored import PatternList, is_left_out
from racelens.engine.registry import find_rule
from racelens.engine.selection import fits, selected
from racelens.engine.suppression import covers, unsuppressed, unused_parts
from racelens.findings.finding import Draft
from racelens.findings.levels import Confidence, Severity
from racelens.program.module_files import dotted_name
from racelens.rules.unused_suppression import unused_suppression
from racelens.source.comments import suppressions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from racelens.engine.settings import Settings
    from racelens.findings.finding import Finding, Problem
    from racelens.findings.rule import Rule
    from racelens.program.program import Program
    from racelens.source.comments import Suppression
    from racelens.source.text import SourceFile

_MOST_PATTERNS = 256  # of `per-path-ignores`, of all folders of one editor


def found_in(
    program: Program, path: str, settings: Settings, problems: list[Problem]
) -> tuple[Finding, ...]:
    """Return the findings of a file at all levels, but for those that the settings let pass."""
    every = find(program, path, settings._replace(confidence=Confidence.POSSIBLE), None, problems)
    return tuple(allowed(every, settings))


def reported_in(
    program: Program, source: SourceFile, settings: Settings, problems: list[Problem]
) -> tuple[Finding, ...]:
    """Return what is reported of the file `source`, in order."""
    return shown(source, found_in(program, source.path, settings, problems), settings)


def shown(
    source: SourceFile, findings: Iterable[Finding], settings: Settings
) -> tuple[Finding, ...]:
    """Return those of a file's `findings` that are reported, and its useless comments, in order."""
    findings = tuple(findings)
    high = (finding for finding in findings if finding.confidence >= settings.confidence)
    reported = list(unsuppressed(source, high))
    if selected(unused_suppression, settings):
        reported += _judged(_useless(source, findings, settings), settings)
    return tuple(sorted(reported, key=lambda finding: finding.order))


def allowed(findings: Iterable[Finding], settings: Settings) -> Iterator[Finding]:
    """Yield the findings that the settings neither ignore where they are nor allow by name."""
    if not (settings.severity or settings.per_path_ignores or settings.allow):
        yield from findings
        return
    yield from _judged(findings, settings)


def _judged(findings: Iterable[Finding], settings: Settings) -> Iterator[Finding]:
    """Yield what is not ignored at its path or allowed by its name, with its rule's severity."""
    for finding in findings:
        rule = find_rule(finding.code)
        assert rule is not None, "each finding is a rule's"
        if _is_ignored_at(rule, finding.path, settings) or _is_allowed(rule, finding, settings):
            continue
        severity = _severity(rule, settings)
        yield finding if severity is None else finding._replace(severity=severity)


def _severity(rule: Rule, settings: Settings) -> Severity | None:
    """Return the severity that the settings give a rule: that of the longest entry that fits."""
    given = [(fits(rule, entry), level) for entry, level in settings.severity]
    longest = max(given, default=(0, ""), key=lambda pair: pair[0])
    return Severity[longest[1].upper()] if longest[0] else None


def _is_ignored_at(rule: Rule, path: str, settings: Settings) -> bool:
    return any(
        any(fits(rule, entry) for entry in rules) and _fits_path(pattern, path)
        for pattern, rules in settings.per_path_ignores
    )


def _fits_path(pattern: str, path: str) -> bool:
    """Say whether a pattern fits a path, or a folder above it."""
    lists = (_patterns(pattern),)
    parts = path.split("/")
    return any(
        is_left_out(
            lists, f"/{'/'.join(parts[:count])}", parts[count - 1], is_folder=count < len(parts)
        )
        for count in range(1, len(parts) + 1)
    )


@functools.lru_cache(maxsize=_MOST_PATTERNS)
def _patterns(pattern: str) -> PatternList:
    return PatternList("/", [pattern])


def _is_allowed(rule: Rule, finding: Finding, settings: Settings) -> bool:
    """Say whether the settings allow a rule what a finding is about, or where it stands."""
    names = (finding.subject, f"{dotted_name(finding.path)}.{finding.function}")
    return any(
        fits(rule, entry) and any(_named(name, pattern) for name in names for pattern in patterns)
        for entry, patterns in settings.allow
    )


def _named(name: str, pattern: str) -> bool:
    """Say whether a pattern fits a dotted name, or what stands around it."""
    return bool(name) and (fnmatchcase(name, pattern) or name.startswith(f"{pattern}."))


def _useless(
    source: SourceFile, findings: tuple[Finding, ...], settings: Settings
) -> Iterator[Finding]:
    """Yield what comments suppress that is not there, or that no rule is called."""
    for comment in suppressions(source):
        covered = [finding for finding in findings if covers(comment, finding)]
        for name, text in unused_parts(comment, covered, settings):
            yield _unused(source, comment, name, text)


def _unused(source: SourceFile, comment: Suppression, name: str, text: str) -> Finding:
    draft = Draft(
        confidence=Confidence.PROVEN,
        harm="hides the next one",
        message=text,
        path=source.path,
        function="<module>",
        span=comment.span,
        subject=name,
    )
    return unused_suppression.finding(draft)
