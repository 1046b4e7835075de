"""The gate: whether a finding is gone after a change, and no new one has come.

The program before and after go in, with the files that were changed; a verdict comes out. A race
is a window that another task gets into: who runs beside whom, which takes the whole program to say,
is asked only where a window is new, or where one may be a race by now. Other rules look again at
what the change has touched, and at who mentions that.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from racelens.engine.analysis import WINDOW_CODES, Scope, find
from racelens.engine.selection import selected_rules
from racelens.engine.shown import allowed
from racelens.engine.suppression import unsuppressed
from racelens.model.names import ClassId, FunctionId
from racelens.program.related import group_of
from racelens.program.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from racelens.engine.settings import Settings
    from racelens.findings.finding import Finding
    from racelens.program.program import Program
    from racelens.source.text import SourceFile

    ReadSource = Callable[[str], SourceFile | None]
    Identity = tuple[str, str, str]


_RACE = "race"


class Look:
    """What there is in the files of a program, suppressed findings apart; answers are kept.

    `settings` choose the rules, and should have the lowest level. `read` returns a file's text.
    """

    def __init__(self, program: Program, settings: Settings, read: ReadSource) -> None:
        """Look at `program`."""
        self.program = program
        self._settings = settings
        self._read = read
        codes = {rule.code for rule in selected_rules(settings)}
        self._by_use = Shape.STALE_REFERENCE.value in codes
        self._windows: dict[str, Counter[Identity]] = {}
        self._unraced: dict[str, frozenset[str]] = {}
        self._found: dict[str, tuple[Finding, ...]] = {}
        self._left: dict[str, tuple[Finding, ...]] = {}

    def windows(self, path: str) -> Counter[Identity]:
        """Count the windows of a file, as the findings that they may be."""
        if path not in self._windows:
            found = self._windows[path] = Counter()
            for function in self.program.functions(path):
                name = function.name.partition("#")[0]
                for window in self.program.windows(function):
                    found[_RACE, name, window.state] += 1
                for window in self.program.references(function) if self._by_use else ():
                    found[_RACE, name, window.state] += 1
        return self._windows[path]

    def unraced(self, path: str) -> frozenset[str]:
        """Return the functions of a file with a window that no other task gets into, by name."""
        if path not in self._unraced:
            found = Counter(identity(finding) for finding in self.findings(path))
            left = {name for _, name, _ in self.windows(path) - found}
            self._unraced[path] = frozenset(left)
        return self._unraced[path]

    def found(self, path: str) -> tuple[Finding, ...]:
        """Return what is found in a file, comments or not."""
        if path not in self._found:
            self._found[path] = self._find(path, None)
        return self._found[path]

    def findings(self, path: str) -> tuple[Finding, ...]:
        """Return what is found in a file."""
        if path not in self._left:
            self._left[path] = self._unsuppressed(path, self.found(path))
        return self._left[path]

    def within(self, path: str, scope: Scope) -> tuple[Finding, ...]:
        """Return what is found in a file in the functions of `scope`."""
        if path not in self._found:
            return self._unsuppressed(path, self._find(path, scope))
        known = self.findings(path)
        return tuple(found for found in known if scope.has(found.code, found.function))

    def _find(self, path: str, scope: Scope | None) -> tuple[Finding, ...]:
        found = find(self.program, path, self._settings, scope)
        return tuple(allowed(found, self._settings))

    def _unsuppressed(self, path: str, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
        source = self._read(path) if found else None
        return found if source is None else unsuppressed(source, found)


def identity(finding: Finding) -> Identity:
    """Return what stays the same of a finding when lines move and steps change.

    A race may go by another rule's name when a lock is held elsewhere: it is the same one.
    """
    if finding.state is not None:
        return (_RACE, finding.function, finding.state)
    span = finding.span
    return (finding.code, finding.function, f"{span.end.column - span.start.column}")


def is_repaired(before: Look, after: Look, paths: Collection[str], finding: Finding) -> bool:
    """Say whether `finding` is gone after the files `paths` have changed, and none is new."""
    known, now = _windows(before, paths), _windows(after, paths)
    own = identity(finding)
    is_race = finding.code in WINDOW_CODES
    is_closed = is_race and now[own] < known[own] and not _has_twins(before.program, finding)
    raced = {name for _, name, _ in now - known}
    if after.program.names.meaning is not before.program.names.meaning:
        # A lock in a class says that tasks share its objects: what nobody got into may be a race.
        changed = _changed_classes(before.program, after.program, paths)
        raced |= {
            name
            for path in paths
            for name in before.unraced(path)
            if _is_of(before.program, path, name, changed)
        }
    if is_race and not is_closed:
        raced.add(finding.function)
    touched = {finding.function, *_touched(before.program, after.program, paths)}
    scope = Scope(frozenset(raced), frozenset(touched))
    was, left = (_found(look, paths, scope) for look in (before, after))
    return left <= was and (is_closed or left[own] < was[own])


def _touched(before: Program, after: Program, paths: Collection[str]) -> Iterator[str]:
    """Yield the functions of `paths` that a change has touched, and those that mention them."""
    known, names = before.names, after.names
    changed: set[FunctionId] = set()
    for path in paths:
        old = known.module(path).functions
        for name, function in names.module(path).functions.items():
            still = names.still_means(known.meaning, path, function.mentions)
            if not still or old.get(name) != function:
                changed.add(FunctionId(path, name))
    called = {after.function(each).last_name for each in changed}
    for each in (*changed, *after.mentioning(frozenset(called))):
        yield each.name.partition("#")[0]


def _changed_classes(before: Program, after: Program, paths: Collection[str]) -> frozenset[ClassId]:
    """Return the classes whose objects have other attributes now."""
    found: set[ClassId] = set()
    for path in paths:
        known = before.names.module(path).classes
        for name, summary in after.names.module(path).classes.items():
            if name not in known or known[name].attributes != summary.attributes:
                found.add(ClassId(path, name))
    return frozenset(found)


def _is_of(program: Program, path: str, name: str, classes: frozenset[ClassId]) -> bool:
    """Say whether a function is a method of one of `classes`, or of what derives from one."""
    function = program.names.module(path).functions.get(name)
    if function is None or not function.owner:
        return True
    return not classes.isdisjoint(program.names.mro(ClassId(path, function.owner)))


def _windows(look: Look, paths: Collection[str]) -> Counter[Identity]:
    found: Counter[Identity] = Counter()
    for path in paths:
        found += look.windows(path)
    return found


def _found(look: Look, paths: Collection[str], scope: Scope) -> Counter[Identity]:
    return Counter(identity(found) for path in paths for found in look.within(path, scope))


def _has_twins(program: Program, finding: Finding) -> bool:
    """Say whether another window of the state is open at the same suspension.

    It was not reported, since one is enough; it is when the one is gone.
    """
    states: list[tuple[FunctionId, str]] = []
    for function in program.functions(finding.path):
        if function.name.partition("#")[0] == finding.function:
            states += (
                (function, group_of(window.read.place).display())
                for window in program.windows(function)
                if program.span(function, window.suspend_node) == finding.span
            )
    return len(states) > len(set(states))
