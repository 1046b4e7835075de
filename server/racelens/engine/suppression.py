"""Which findings a file's comments suppress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.source.comments import suppressions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racelens.findings.finding import Finding
    from racelens.source.comments import Suppression
    from racelens.source.text import SourceFile


def unsuppressed(source: SourceFile, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return those of `findings` that no comment of `source` suppresses."""
    comments = suppressions(source)
    if not comments:
        return tuple(findings)
    return tuple(f for f in findings if not any(_covers(comment, f) for comment in comments))


def _covers(comment: Suppression, finding: Finding) -> bool:
    start, end = finding.span
    touches = start.line <= comment.last_line and comment.line <= end.line
    return touches and _names(comment, finding)


def _names(comment: Suppression, finding: Finding) -> bool:
    """Say whether the comment names the finding's rule, by code or name; no list names them all."""
    wanted = {finding.code.casefold(), finding.name.casefold()}
    return not comment.rules or any(rule.casefold() in wanted for rule in comment.rules)
