"""From text to findings: the pipeline that the command line and the editor share.

Sources go in; summaries, a linked program and findings come out. No I/O.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.engine.selection import is_asked_for, selected_rules
from racelens.findings.finding import Problem
from racelens.program.shapes import Shape
from racelens.source.named_tuple import NamedTuple
from racelens.source.parse import parse
from racelens.summarize.module import KnownFunctions, summarize_chunks, summarize_module

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racelens.engine.settings import Settings
    from racelens.findings.finding import Finding
    from racelens.findings.rule import Concern, Rule
    from racelens.model.names import FunctionId
    from racelens.model.summary import ChunkSummary, ModuleSummary
    from racelens.program.program import Program
    from racelens.source.text import SourceFile
    from racelens.summarize.detail import TreeBudget

# Of one file and its earlier texts; then they are forgotten and collected anew.
_MOST_FUNCTIONS = 5000

WINDOW_CODES = frozenset(shape.value for shape in Shape)


class Summarized(NamedTuple):
    """One file's summary, and what of it could not be read."""

    module: ModuleSummary
    problems: tuple[Problem, ...]


class Known:
    """What earlier texts of a file have told: chunks by text, functions by name and text."""

    def __init__(
        self,
        chunks: dict[str, ChunkSummary] | None = None,
        functions: KnownFunctions | None = None,
    ) -> None:
        """Begin with nothing known, or with what is given."""
        self.chunks = chunks or {}
        self.functions = functions or {}

    def copy(self) -> Known:
        """Return a copy that can be added to without effect on this one."""
        return Known(dict(self.chunks), dict(self.functions))


def summarize(source: SourceFile, known: Known, budget: TreeBudget | None = None) -> Summarized:
    """Return the summary of `source`.

    What has not changed is taken from `known`, which afterwards holds what this text tells.
    Syntax trees are kept as far as the `budget` allows; without one, none.
    """
    chunks, problems = parse(source, known.chunks)
    read = summarize_chunks([c for c in chunks if c.tree is not None], known.functions, budget)
    new = iter(read)
    summaries = [
        (chunk.start, known.chunks[chunk.text] if chunk.tree is None else next(new))
        for chunk in chunks
    ]
    kept = {
        chunk.text: summary
        for chunk, (_, summary) in zip(chunks, summaries, strict=True)
        if not chunk.broken
    }
    known.chunks.clear()
    known.chunks.update(kept)
    if len(known.functions) > _MOST_FUNCTIONS:
        known.functions.clear()
    return Summarized(
        summarize_module(source.path, summaries),
        tuple(Problem(source.path, problem.line, problem.message) for problem in problems),
    )


class Scope(NamedTuple):
    """The functions to look at, by their names: for races, and for all else."""

    raced: frozenset[str]
    touched: frozenset[str]

    def has(self, code: str, function: str) -> bool:
        """Say whether the rule `code` looks at the function of that name."""
        return function in (self.raced if code in WINDOW_CODES else self.touched)


def find(
    program: Program,
    path: str,
    settings: Settings,
    scope: Scope | None = None,
    problems: list[Problem] | None = None,
) -> tuple[Finding, ...]:
    """Return the findings in the file `path` at the level of `settings`, unsuppressed, in order.

    With a `scope`, those in its functions alone. A rule that fails costs its findings in the
    function at hand, is named in the log, and is added to the `problems`.
    """
    concerned: dict[tuple[Concern, bool], tuple[FunctionId, ...]] = {}
    failures: list[Problem] = []
    found: list[Finding] = []
    for rule in selected_rules(settings):
        concerns = (rule.concerns, rule.code in WINDOW_CODES)  # a scope is not the same for both
        if concerns not in concerned:
            functions = _within(program.functions(path), rule.code, scope)
            concerned[concerns] = tuple(
                each for each in functions if _concerns(rule, program, each, failures)
            )
        looked_at = concerned[concerns]
        found += _run(rule, program, looked_at, failures, asked=is_asked_for(rule, settings))
    if problems is not None:
        problems += failures
    shown = (finding for finding in found if finding.confidence >= settings.confidence)
    return tuple(sorted(shown, key=lambda finding: finding.order))


def _within(
    functions: tuple[FunctionId, ...], code: str, scope: Scope | None
) -> tuple[FunctionId, ...]:
    if scope is None:
        return functions
    return tuple(each for each in functions if scope.has(code, each.name.partition("#")[0]))


def too_large(program: Program, path: str) -> tuple[Problem, ...]:
    """Return what was left out of the functions of `path` in which `find` has looked."""
    return tuple(
        Problem(
            path,
            program.line(function),
            f"{program.function(function).last_name}() is too large:"
            f" {count} of its states are not analysed",
        )
        for function, count in program.left_out(path)
    )


def _concerns(rule: Rule, program: Program, function: FunctionId, failures: list[Problem]) -> bool:
    try:
        return rule.concerns(program, function)
    except Exception as error:  # noqa: BLE001 - a bug in a rule costs its findings only
        failures.append(_failed(rule, program, function, error))
        return False


def _run(
    rule: Rule,
    program: Program,
    functions: Iterable[FunctionId],
    failures: list[Problem],
    *,
    asked: bool,
) -> list[Finding]:
    found: list[Finding] = []
    for function in functions:
        try:
            found.extend(rule.findings(program, function, asked=asked))
        except Exception as error:  # noqa: BLE001, PERF203 - it costs these findings only
            failures.append(_failed(rule, program, function, error))
    return found


def _failed(rule: Rule, program: Program, function: FunctionId, error: Exception) -> Problem:
    """Write to the log that a rule has failed in a function, and return what to tell the user."""
    # Imported late: it takes long, and rules hardly ever fail.
    from logging import getLogger  # noqa: PLC0415

    path, name = function.path, function.name.partition("#")[0]
    log = getLogger(__name__)
    log.error("%s failed in %s of %s", rule.code, name, path, exc_info=error)
    text = f"{rule.code} {rule.name} failed in {name}(): what it would find there is missing"
    return Problem(path, program.line(function), text)
