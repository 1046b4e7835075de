"""Which findings a file's comments suppress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.engine.registry import find_rule
from racelens.engine.selection import selected
from racelens.engine.settings import DEFAULT_RULES
from racelens.source.comments import suppressions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from racelens.engine.settings import Settings
    from racelens.findings.finding import Finding
    from racelens.source.comments import Suppression
    from racelens.source.text import SourceFile


def unsuppressed(source: SourceFile, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return those of `findings` that no comment of `source` suppresses."""
    comments = suppressions(source)
    if not comments:
        return tuple(findings)
    return tuple(f for f in findings if not any(covers(comment, f) for comment in comments))


def covers(comment: Suppression, finding: Finding) -> bool:
    """Say whether a comment suppresses a finding."""
    start, end = finding.span
    touches = start.line <= comment.last_line and comment.line <= end.line
    return touches and _names(comment, finding)


def _names(comment: Suppression, finding: Finding) -> bool:
    """Say whether the comment names the finding's rule, by code or name; no list names them all."""
    wanted = {finding.code.casefold(), finding.name.casefold()}
    return not comment.rules or any(rule.casefold() in wanted for rule in comment.rules)


def unused_parts(
    comment: Suppression, covered: Iterable[Finding], settings: Settings
) -> Iterator[tuple[str, str]]:
    """Yield what is useless in a comment that covers these findings: a name, and a sentence.

    The name is that of a rule as the comment has it, "" where it names none.

    Rules that do not run with the `settings` may find something elsewhere: they are passed over.
    """
    covered = tuple(covered)
    if not comment.rules:
        if not covered and DEFAULT_RULES in settings.select:
            yield "", "nothing is found here: the comment suppresses nothing"
        return
    for name in comment.rules:
        rule = find_rule(name)
        if rule is None:
            yield name, f"there is no rule `{name}`: the comment suppresses nothing"
        elif selected(rule, settings) and not any(f.code == rule.code for f in covered):
            yield name, f"`{rule.name}` finds nothing here: the comment suppresses nothing"
