"""Fixing checked files in memory: files and their report go in, fixed texts and reports come out.

Nothing is written here; `engine.fixed_files` does that.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from racelens.engine.library_tables import read_tables
from racelens.engine.repair import Repairs, fix_all, is_automatic
from racelens.findings.fix import Repair
from racelens.program.awaiting import asked_calls
from racelens.program.awaiting import query as query_of
from racelens.program.program import link
from racelens.source.named_tuple import NamedTuple
from racelens.source.text import SourceFile, UndecodableError, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from racelens.engine.files import InputFile
    from racelens.engine.repair import Reported
    from racelens.engine.report import Report
    from racelens.engine.settings import Settings
    from racelens.findings.finding import Finding
    from racelens.findings.fix import Fix
    from racelens.libraries.table import Libraries
    from racelens.model.summary import ModuleSummary
    from racelens.program.program import Program
    from racelens.program.resolve import Answer, Query

    Check = Callable[[Sequence[InputFile]], Report]

_MOST_ROUNDS = 10  # two are enough as a rule: the second finds nothing


class Checked(NamedTuple):
    """The report on files, and the settings with which they were checked."""

    files: tuple[InputFile, ...]
    settings: Settings
    report: Report


class Fixing(NamedTuple):
    """What came of fixing: the report on what is left, the new texts by path, what was applied."""

    report: Report
    texts: Mapping[str, SourceFile]
    applied: tuple[tuple[Finding, Fix], ...]


def hold(files: Iterable[InputFile]) -> tuple[InputFile, ...]:
    """Return the files with what they hold now, so that check and fix see the same bytes.

    A file that cannot be read, or that a tool wrote, is left as it is.
    """
    return tuple(
        file._replace(buffer=content) if isinstance(content := file.read(), bytes) else file
        for file in files
    )


def with_fixes(checked: Checked) -> Report:
    """Return the report with the fixes of its findings."""
    report = checked.report
    return _listed(report, repairs_of(checked) if report.findings else None)


def fixed(
    checked: Checked, check: Check, *, unsafe: bool = False, reported: Reported = tuple
) -> Fixing:
    """Fix what was found in files, until a check of what comes of it finds nothing to fix.

    Of the findings of a file those are fixed that `reported` returns, with safe fixes only unless
    `unsafe` ones are wanted. `check` returns the report on files. The last one has fixes.
    """
    texts: dict[str, SourceFile] = {}
    applied: list[tuple[Finding, Fix]] = []
    for _ in range(_MOST_ROUNDS):
        if not checked.report.findings:
            break
        repairs = repairs_of(checked)
        paths = sorted({finding.path for finding in checked.report.findings})
        after, news = fix_all(repairs, paths, unsafe=unsafe, reported=reported)
        if not news:
            return Fixing(_listed(checked.report, repairs), texts, tuple(applied))
        applied += news
        texts |= after.changed
        files = with_texts(checked.files, after.changed)
        checked = checked._replace(files=files, report=check(files))
    return Fixing(with_fixes(checked), texts, tuple(applied))


def with_texts(
    files: Iterable[InputFile], texts: Mapping[str, SourceFile]
) -> tuple[InputFile, ...]:
    """Return the files with `texts` in the place of what those of these paths hold."""
    return tuple(
        # A BOM says UTF-8, whatever the file declares, which need not be able to say all of it.
        file._replace(buffer=codecs.BOM_UTF8 + text.text.encode(errors="surrogatepass"))
        if (text := texts.get(file.path)) is not None
        else file
        for file in files
    )


def fixable(report: Report, *, unsafe: bool) -> int:
    """Return how many findings of a report with fixes have one that `fixed` applies."""
    fixes = report.fixes or {}
    return sum(
        any(is_automatic(fix, unsafe=unsafe) for fix in fixes.get(finding, ()))
        for finding in report.findings
    )


def repairs_of(checked: Checked) -> Repairs:
    """Return what finds and tries the fixes of checked files."""
    settings, program = checked.settings, checked.report.program
    by_path = {file.path: file for file in checked.files}
    tables, _ = read_tables(settings.libraries)
    modules = _in_order(program.modules if program is not None else {})
    # What the check has linked read nothing of functions in which nothing was asked for.
    relinked = link(modules, program.answers if program is not None else None, tables=tables)
    return Repairs(relinked, settings, _reader(by_path), _relink(tables))


def _reader(by_path: Mapping[str, InputFile]) -> Callable[[str], SourceFile | None]:
    def read(path: str) -> SourceFile | None:
        content = by_path[path].read() if path in by_path else None
        try:
            return SourceFile(path, decode(content)) if isinstance(content, bytes) else None
        except UndecodableError:
            return None

    return read


def _relink(
    tables: tuple[Libraries, ...],
) -> Callable[[Program, Sequence[ModuleSummary]], Program]:
    def relink(before: Program, modules: Sequence[ModuleSummary]) -> Program:
        changed = {**before.modules, **{module.path: module for module in modules}}
        program = link(_in_order(changed), previous=before.on_trial(), tables=tables)
        if not before.answers:
            return program
        return program.answered(_moved(before, program, [module.path for module in modules]))

    return relink


def _in_order(modules: Mapping[str, ModuleSummary]) -> list[ModuleSummary]:
    return [modules[path] for path in sorted(modules)]


def _moved(before: Program, after: Program, changed: Iterable[str]) -> dict[Query, Answer]:
    """Return jedi's answers with those on `changed` files where their calls are now.

    The same callee in the same function has the same answer, though the function has changed: a
    later check asks jedi again.
    """
    moved = {query: each for query, each in before.answers.items() if query.path not in changed}
    for path in changed:
        known: dict[tuple[object, ...], Answer | None] = {}
        for query, callee in _queries(before, path):
            answer = before.answers.get(query)
            if answer is not None:
                known[callee] = answer if known.get(callee, answer) == answer else None
        for query, callee in _queries(after, path):
            answer = known.get(callee)
            if answer is not None:
                moved[query] = answer
    return moved


def _queries(program: Program, path: str) -> Iterator[tuple[Query, tuple[object, ...]]]:
    """Yield what may be asked about a file, and which callee of which function that is."""
    for function in program.functions(path):
        for call in asked_calls(program, function):
            yield query_of(program, function, call), (function, call.target, call.label)


def _listed(report: Report, repairs: Repairs | None) -> Report:
    """Return the report with fixes, and with the texts of the files that they edit."""
    if repairs is None:
        return report._replace(fixes={})
    fixes = {
        finding: tuple(fix for fix in repairs.fixes(finding) if fix.repair is not Repair.SUPPRESS)
        for finding in report.findings
    }
    sources = dict(report.sources)
    edited = (edit.path for found in fixes.values() for fix in found for edit in fix.edits)
    for path in dict.fromkeys(edited):
        source = repairs.source(path)
        if source is not None:
            sources.setdefault(path, source)
    return report._replace(fixes=fixes, sources=sources)
