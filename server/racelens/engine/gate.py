"""The gate: whether a finding is gone after a change, and no new one has come.

The program before and after go in, with the files that were changed; a verdict comes out. A race
is a window that another task gets into. So where no window is new, no race is; who runs beside
whom, which takes the whole program to say, is asked only where one is.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from racelens.engine.analysis import WINDOW_CODES, find
from racelens.engine.selection import selected_rules
from racelens.engine.suppression import unsuppressed
from racelens.program.shapes import Shape, shapes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from racelens.engine.settings import Settings
    from racelens.findings.finding import Finding
    from racelens.program.program import Program
    from racelens.source.text import SourceFile

    Identity = tuple[str, str, str | None, str]  # code, function, state, width


class Texts(NamedTuple):
    """A program and those of its texts that are looked at."""

    program: Program
    sources: Mapping[str, SourceFile]


def identity(finding: Finding) -> Identity:
    """Return what stays the same of a finding when lines move and steps change."""
    span = finding.span
    width = span.end.column - span.start.column
    return (finding.code, finding.function, finding.state, f"{width}" if not finding.state else "")


def is_repaired(before: Texts, after: Texts, finding: Finding, settings: Settings) -> bool:
    """Say whether `finding` is gone after a change, and there is none at any level that is new.

    `settings` choose the rules, and should have the lowest level.
    """
    known, now = windows(before, settings), windows(after, settings)
    is_race = finding.code in WINDOW_CODES
    is_closed = is_race and now[identity(finding)] < known[identity(finding)]
    if now <= known and (is_closed or not is_race):
        was, left = _found(before, settings, windows=False), _found(after, settings, windows=False)
        return left <= was and (is_race or left[identity(finding)] < was[identity(finding)])
    was, left = _found(before, settings), _found(after, settings)
    return left <= was and left[identity(finding)] < was[identity(finding)]


def windows(texts: Texts, settings: Settings) -> Counter[Identity]:
    """Count the windows of the files, as the findings that they may be."""
    program = texts.program
    by_use = any(rule.code == Shape.STALE_REFERENCE.value for rule in selected_rules(settings))
    found: Counter[Identity] = Counter()
    for path in texts.sources:
        for function in program.functions(path):
            name = function.name.partition("#")[0]
            for window in program.windows(function):
                found[shapes(window)[0].value, name, window.state, ""] += 1
            for window in program.references(function) if by_use else ():
                found[Shape.STALE_REFERENCE.value, name, window.state, ""] += 1
    return found


def _found(texts: Texts, settings: Settings, *, windows: bool = True) -> Counter[Identity]:
    return Counter(
        identity(found)
        for path, source in texts.sources.items()
        for found in unsuppressed(source, find(texts.program, path, settings, windows=windows))
    )
