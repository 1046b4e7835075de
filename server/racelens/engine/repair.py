"""Fixes that are proved in memory, and what is left after them: a program and its texts go in.

Every plan is turned into edits, the edited texts are analysed, and what does not remove its
finding, or brings a new one, is not offered. Nothing is written anywhere.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.engine.analysis import Known, summarize
from racelens.engine.gate import Look, identity, is_repaired
from racelens.engine.shown import shown
from racelens.engine.suppression import unsuppressed
from racelens.findings.fix import Fix, Repair, Safety
from racelens.findings.levels import Confidence
from racelens.fixes.planning import plan_fixes
from racelens.fixes.realize import realize
from racelens.fixes.syntax import FileSyntax
from racelens.rules.unused_suppression import unused_suppression
from racelens.source.edit import OverlappingEditsError, apply_edits
from racelens.source.span import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from racelens.engine.gate import Identity, ReadSource
    from racelens.engine.settings import Settings
    from racelens.findings.finding import Finding
    from racelens.fixes.plan import Plan
    from racelens.model.summary import ModuleSummary
    from racelens.program.program import Program
    from racelens.source.edit import TextEdit
    from racelens.source.text import SourceFile

    Relink = Callable[[Program, Sequence[ModuleSummary]], Program]
    Reported = Callable[[tuple[Finding, ...]], Iterable[Finding]]

_MOST_OFFERS = 5  # of one finding, suppressions aside


class Repairs:
    """A program and the texts that it was linked from. It never changes: `after` returns others.

    `read` returns the text of one of the program's files, None where there is none to be had;
    `relink` a program with some files' summaries in the place of those before. A path is named
    as the program names it.
    """

    def __init__(
        self,
        program: Program,
        settings: Settings,
        read: ReadSource,
        relink: Relink,
        known: Mapping[str, Known] | None = None,
    ) -> None:
        """Repair `program`, of whose files `known` tells what has been read of them, if it does."""
        self.program = program
        self.settings = settings
        self._everything = settings._replace(confidence=Confidence.POSSIBLE)
        self._read = read
        self._relink = relink
        self._known: dict[str, Known] = dict(known or {})
        self._changed: dict[str, SourceFile] = {}
        self._sources: dict[str, SourceFile | None] = {}
        self._syntax: dict[str, FileSyntax | None] = {}
        self.look = Look(program, self._everything, self.source)
        self._problems: dict[str, int] = {}
        self._offers: dict[Finding, tuple[Fix, ...]] = {}

    @property
    def changed(self) -> Mapping[str, SourceFile]:
        """The texts that edits have made, by path."""
        return self._changed

    def source(self, path: str) -> SourceFile | None:
        """Return the text of a file as it is now."""
        if path not in self._sources:
            self._sources[path] = self._changed.get(path) or self._read(path)
        return self._sources[path]

    def findings(self, path: str) -> tuple[Finding, ...]:
        """Return what is reported of a file: what the settings and its comments do not hide."""
        source = self.source(path)
        return () if source is None else shown(source, self.look.found(path), self.settings)

    def fixes(self, finding: Finding) -> tuple[Fix, ...]:
        """Return the fixes of a finding, best first, each analysed before it is offered."""
        if finding not in self._offers:
            self._offers[finding] = tuple(self._offered(finding))
        return self._offers[finding]

    def after(self, edits: Iterable[TextEdit]) -> Repairs:
        """Return what there is after `edits`."""
        edits = tuple(edits)
        changed = self._edited(edits) or {}
        known = {path: own for path, own in self._known.items() if path not in changed}
        modules: list[ModuleSummary] = []
        for path, source in changed.items():
            known[path] = self._known_of(path).copy()
            modules.append(summarize(source, known[path]).module)
        program = self._relink(self.program, modules)
        following = Repairs(program, self.settings, self._read, self._relink, known)
        following._changed = {**self._changed, **changed}
        return following

    def _offered(self, finding: Finding) -> Iterable[Fix]:
        source = self.source(finding.path)
        if source is None or not self._is_there(source, finding):
            return
        count, has_preferred = 0, False
        for plan in plan_fixes(self.program, self.syntax_of, source, finding):
            if plan.repair is not Repair.SUPPRESS and count >= _MOST_OFFERS:
                continue
            edits = realize(plan.changes, self.syntax_of)
            is_comment = plan.repair is Repair.SUPPRESS
            if not edits or not self._proof_of(plan)(edits, finding):
                continue
            count += 1
            is_whole = not is_comment and not plan.partial
            preferred = is_whole and not has_preferred and not plan.rewrites
            has_preferred = has_preferred or preferred
            yield _fix(plan, edits, preferred=preferred)

    def _is_there(self, source: SourceFile, finding: Finding) -> bool:
        if finding.code == unused_suppression.code:
            return finding in shown(source, self.look.found(finding.path), self._everything)
        return finding in self.look.findings(finding.path)

    def _proof_of(self, plan: Plan) -> Callable[[tuple[TextEdit, ...], Finding], bool]:
        """Return what proves the edits of a plan, given them and the finding."""
        if plan.repair is Repair.SUPPRESS:
            return self._suppresses
        return self._tidies if plan.repair is Repair.TIDY else self.removes

    def removes(self, edits: tuple[TextEdit, ...], finding: Finding) -> bool:
        """Say whether after `edits` the finding is gone and no new one has come."""
        changed = self._edited(edits)
        if changed is None:
            return False
        modules: list[ModuleSummary] = []
        for path, source in changed.items():
            before = self.source(path)
            if before is None:
                return False
            summarized = summarize(source, self._known_of(path).copy())
            if len(summarized.problems) != self._problems_of(path):
                return False
            modules.append(summarized.module)
        program = self._relink(self.program, modules)
        after = Look(program, self._everything, lambda path: changed.get(path) or self.source(path))
        return is_repaired(self.look, after, changed.keys(), finding)

    def _suppresses(self, edits: tuple[TextEdit, ...], finding: Finding) -> bool:
        """Say whether comments that `edits` add suppress the finding: code stays as it is."""
        source = (self._edited(edits) or {}).get(finding.path)
        before = self.source(finding.path)
        if source is None or before is None:
            return False
        more = len(source.lines) - len(before.lines)
        start, end = finding.span
        down = Span(start._replace(line=start.line + more), end._replace(line=end.line + more))
        return not unsuppressed(source, [finding._replace(span=down)])

    def _tidies(self, edits: tuple[TextEdit, ...], finding: Finding) -> bool:
        """Say whether `edits` change comments alone, so that what they hide is the same."""
        source = (self._edited(edits) or {}).get(finding.path)
        before = self.syntax_of(finding.path)
        if source is None or before is None:
            return False
        found = self.look.found(finding.path)
        hidden = len(found) - len(self.look.findings(finding.path))
        codes = [ast.dump(ast.Module(file.body, [])) for file in (before, FileSyntax(source))]
        return codes[0] == codes[1] and len(found) - len(unsuppressed(source, found)) == hidden

    def _edited(self, edits: tuple[TextEdit, ...]) -> dict[str, SourceFile] | None:
        """Return the texts that `edits` make; None where they cannot all be made."""
        changed: dict[str, SourceFile] = {}
        for path in dict.fromkeys(edit.path for edit in edits):
            source = self.source(path)
            if source is None:
                return None
            try:
                changed[path] = type(source)(path, apply_edits(source, edits))
            except OverlappingEditsError:
                return None
        return changed

    def _known_of(self, path: str) -> Known:
        """Return what the text of a file tells, so that a change costs the chunk it touches."""
        if path not in self._known:
            known = self._known[path] = Known()
            source = self.source(path)
            if source is not None:
                summarize(source, known)
        return self._known[path]

    def _problems_of(self, path: str) -> int:
        """Return how many parts of a file cannot be read."""
        if path not in self._problems:
            source = self.source(path)
            known = self._known_of(path).copy()
            self._problems[path] = len(summarize(source, known).problems) if source else 0
        return self._problems[path]

    def syntax_of(self, path: str) -> FileSyntax | None:
        """Return the syntax of a file as it is now."""
        if path not in self._syntax:
            source = self.source(path)
            self._syntax[path] = FileSyntax(source) if source is not None else None
        return self._syntax[path]


def fix_all(
    repairs: Repairs,
    paths: Iterable[str],
    *,
    unsafe: bool = False,
    reported: Reported = tuple,
) -> tuple[Repairs, tuple[tuple[Finding, Fix], ...]]:
    """Apply the best automatic fix of each finding in `paths`, until there is nothing to apply.

    See `is_automatic`. Of the findings of a file those are fixed that `reported` returns. It ends:
    each fix removes a finding and brings no other.
    """
    applied: list[tuple[Finding, Fix]] = []
    for path in paths:
        refused: set[Identity] = set()  # until something else has been fixed, and once more then
        begun_with = len(applied)
        while True:
            chosen = _next(repairs, reported(repairs.findings(path)), refused, unsafe=unsafe)
            if chosen is not None:
                repairs = repairs.after(chosen[1].edits)
                applied.append(chosen)
            elif refused and len(applied) > begun_with:
                refused.clear()
                begun_with = len(applied)
            else:
                break
    return repairs, tuple(applied)


def _next(
    repairs: Repairs, found: Iterable[Finding], refused: set[Identity], *, unsafe: bool
) -> tuple[Finding, Fix] | None:
    for finding in found:
        if identity(finding) in refused:
            continue
        for fix in repairs.fixes(finding):
            if is_automatic(fix, unsafe=unsafe):
                return finding, fix
        refused.add(identity(finding))
    return None


def is_automatic(fix: Fix, *, unsafe: bool) -> bool:
    """Say whether a fix may be applied without a look at it: it is whole, and no rewriting."""
    if fix.repair is Repair.SUPPRESS or fix.rewrites or fix.partial:
        return False
    return unsafe or fix.safety is Safety.SAFE


def _fix(plan: Plan, edits: tuple[TextEdit, ...], *, preferred: bool) -> Fix:
    return Fix(
        plan.title,
        edits,
        plan.safety,
        preferred,
        plan.repair,
        plan.rewrites,
        plan.note,
        plan.partial,
    )
