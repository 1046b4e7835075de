"""What the mouse shows: a finding's interleaving, or the rule that a comment suppresses.

A snapshot and a position go in, Markdown or plain text comes out. Nothing here analyses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from racelens.engine.registry import find_rule
from racelens.findings.rule import page_url
from racelens.source.comments import suppressions
from racelens.source.named_tuple import NamedTuple
from racelens.source.span import Position, Span

if TYPE_CHECKING:
    from racelens.engine.document import Snapshot
    from racelens.findings.finding import Finding
    from racelens.findings.interleaving import Interleaving, Step
    from racelens.source.comments import Suppression
    from racelens.source.text import SourceFile

_LONGEST_TEXT = 120
_NAME = re.compile(r"[^\s,\[\]]+")
_CODE_SPAN = re.compile(r"(`[^`]*`)")
_SEPARATOR = re.compile(r"[/\\]")
_MARKUP = re.compile(r"[\\*_\[\]<>]")
_RULE_LINE = "\n\n---\n\n"


class HoverText(NamedTuple):
    """What is shown, and the range that it is about."""

    text: str
    span: Span


def hover(snapshot: Snapshot, place: Position, *, markdown: bool) -> HoverText | None:
    """Return what there is to say about `place`; None where nothing is."""
    found = [finding for finding in snapshot.findings if finding.span.contains(place)]
    if found:
        write = _finding_in_markdown if markdown else _finding_in_plain_text
        separator = _RULE_LINE if markdown else "\n\n"
        return HoverText(separator.join(write(finding) for finding in found), found[0].span)
    return _explained_comment(snapshot.source, place, markdown=markdown)


def _finding_in_markdown(finding: Finding) -> str:
    rule = find_rule(finding.code)
    summary = f": {rule.summary}" if rule else ""
    parts = [
        f"**[{finding.code}]({page_url(finding.name)}) {finding.name}**{summary}",
        _escaped(finding.message),
    ]
    if finding.interleaving:
        parts.append(_table(finding.interleaving, finding.path))
    return "\n\n".join(parts)


def _table(interleaving: Interleaving, path: str) -> str:
    """Return the steps in their order, each in the column of its task."""
    tasks = sorted({_task(step) for step in interleaving.steps})
    rows = [
        f"| {' | '.join(f'Task {task}' for task in tasks)} |",
        f"|{' --- |' * len(tasks)}",
    ]
    for number, step in enumerate(interleaving.steps, start=1):
        cell = f"{number}. {_cell(step, path)}"
        rows.append(f"| {' | '.join(cell if task == _task(step) else ' ' for task in tasks)} |")
    return "\n".join(rows)


def _cell(step: Step, path: str) -> str:
    text = _escaped(_clipped(step.text.removeprefix(f"{step.task} "))).replace("|", "\\|")
    return f"{text} ({_where(step, path)})"


def _task(step: Step) -> str:
    """Return the column of `step`; one of no task stands with those of the first."""
    return step.task or "A"


def _where(step: Step, path: str) -> str:
    line = step.span.start.line + 1
    if step.path == path:
        return f"line {line}"
    name = _SEPARATOR.split(step.path)[-1]
    return f"{name}:{line}"


def _finding_in_plain_text(finding: Finding) -> str:
    lines = [f"{finding.code} {finding.name}", finding.message]
    steps = finding.interleaving.steps if finding.interleaving else ()
    lines += (
        f"{number}. {_clipped(step.text)} ({_where(step, finding.path)})"
        for number, step in enumerate(steps, start=1)
    )
    return "\n".join(lines)


def _explained_comment(source: SourceFile, place: Position, *, markdown: bool) -> HoverText | None:
    """Explain the rule that a suppression comment names under the caret, or all that it names."""
    for comment in suppressions(source):
        if comment.span.contains(place):
            name = _name_at(source, comment, place)
            rules, shown = (
                ((name[0],), _span(place, name)) if name else (comment.rules, comment.span)
            )
            pages = [_page(rule, markdown=markdown) for rule in rules]
            text = (_RULE_LINE if markdown else "\n\n").join(pages)
            return HoverText(text or _extent(comment), shown)
    return None


def _name_at(source: SourceFile, comment: Suppression, place: Position) -> re.Match[str] | None:
    start, end = comment.span
    for match in _NAME.finditer(source.line(place.line), start.column, end.column):
        if match[0] in comment.rules and match.start() <= place.column <= match.end():
            return match
    return None


def _span(place: Position, match: re.Match[str]) -> Span:
    return Span(Position(place.line, match.start()), Position(place.line, match.end()))


def _extent(comment: Suppression) -> str:
    first, last = comment.line + 1, comment.last_line + 1
    lines = f"line {first}" if first == last else f"lines {first} to {last}"
    return f"Suppresses every finding of RaceLens on {lines}."


def _page(name: str, *, markdown: bool) -> str:
    rule = find_rule(name)
    if rule is None:
        return f"`{name}` is no rule of RaceLens." if markdown else f"{name}: no rule of RaceLens"
    if not markdown:
        return f"{rule.code} {rule.name}: {rule.summary}"
    return f"**[{rule.code}]({page_url(rule.name)}) {rule.name}**\n\n{rule.page}"


def _clipped(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST_TEXT else f"{flat[: _LONGEST_TEXT - 1]}…"


def _escaped(text: str) -> str:
    """Return `text` so that Markdown shows it as it is; code between backticks stays code."""
    return "".join(
        part if part.startswith("`") and part.endswith("`") and len(part) > 1
        else _MARKUP.sub(r"\\\g<0>", part)
        for part in _CODE_SPAN.split(text)
    )  # fmt: skip
