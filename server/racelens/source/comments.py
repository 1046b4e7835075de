r"""Suppression comments: a file's text goes in, what its comments suppress comes out.

    # racelens: ignore[lost-update, RL102] one writer only     these rules, by name or code
    # racelens: ignore                                         every rule
    # racelens: ignore-file[stale-check]                       in the whole file

Behind code, a comment applies to the whole statement that it stands in, on whichever of its lines
(formatters move comments when they break or join lines); for a compound statement that is its
header, not its body. On a line of its own it applies to the next statement. `ignore-file` counts
only on a line of its own. Another comment may stand before or behind, as in
`# noqa  # racelens: ignore`. An empty or unclosed list of rules suppresses nothing, as does text
in strings.

The text need not be Python: where a bracket is left open, as while typing, a comment applies to
its own line, or to the next if it stands alone. Whether a rule exists is not known here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from racelens.source.named_tuple import NamedTuple
from racelens.source.span import Span, span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.source.text import SourceFile

_MARK = "racelens:"
_SUPPRESSION = re.compile(
    r"#\s*racelens:\s*ignore(?P<file>-file)?(?![\w-])"
    r"(?:\s*\[(?P<rules>[^\[\]#]*)\]|(?!\s*\[))"
    r"(?P<reason>.*?)(?=\s+#(?:\s|racelens:)|$)"
)
# Every character of a text belongs to one of these. Strings are found without their prefix; one
# that is not closed ends with its line, or is no string if its quotes are triple.
_TOKEN = re.compile(
    r"""
      (?P<comment> \#[^\r\n]* )
    | (?P<newline> \r\n | \n | \r )
    | (?P<space> [^\S\r\n]+ )
    | (?P<joined> \\ (?: \r\n | \n | \r ) )
    | (?P<string> \"\"\" (?: [^\\"] | \\(?s:.) | "(?!"") )* \"\"\"
                | ''' (?: [^\\'] | \\(?s:.) | '(?!'') )* '''
                | " (?: [^\\"\r\n] | \\\r\n | \\(?s:.) )* "?
                | ' (?: [^\\'\r\n] | \\\r\n | \\(?s:.) )* '? )
    | (?P<open> [(\[{] )
    | (?P<close> [)\]}] )
    | (?P<code> [^\s\#'"()\[\]{}\\]+ | . )
    """,
    re.VERBOSE,
)
_LINE_END = re.compile(r"\r\n|\n|\r")


class Suppression(NamedTuple):
    """One comment and what it suppresses: findings that touch the lines `line` to `last_line`.

    Lines are 0-based. `rules` holds names or codes as they are written; empty: every rule.
    `reason` may be empty. `span` is the comment's own place, from its `#` to the reason's end.
    """

    line: int
    rules: tuple[str, ...]
    reason: str
    span: Span
    last_line: int


class _Comment(NamedTuple):
    line: int
    column: int
    text: str
    stands_alone: bool


class _Statement(NamedTuple):
    """The comments of one statement, those on their own lines above included, and its lines.

    `first` and `last` are None for comments that no complete statement follows.
    """

    comments: tuple[_Comment, ...]
    first: int | None
    last: int | None


def may_suppress(source: SourceFile) -> bool:
    """Say whether `source` may have suppression comments: a first, cheap answer."""
    return _MARK in source.text


def suppressions(source: SourceFile) -> tuple[Suppression, ...]:
    """Return the suppression comments of `source` in order of their places. Raises nothing."""
    if not may_suppress(source):
        return ()
    last_line = len(source.lines) - 1
    found = [
        _suppression(comment, match, statement, last_line)
        for statement in _statements(source.text)
        for comment in statement.comments
        for match in _SUPPRESSION.finditer(comment.text)
        if not _is_void(comment, match)
    ]
    return tuple(found)


def _is_void(comment: _Comment, match: re.Match[str]) -> bool:
    names_nothing = match["rules"] is not None and not _rules(match)
    return names_nothing or (match["file"] is not None and not comment.stands_alone)


def _rules(match: re.Match[str]) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\s,]+", match["rules"] or ""))


def _suppression(
    comment: _Comment, match: re.Match[str], statement: _Statement, last_line: int
) -> Suppression:
    end = match.start() + len(match[0].rstrip())
    place = span(comment.line, comment.column + match.start(), comment.line, comment.column + end)
    reason = match["reason"].strip(" \t:-\N{EN DASH}\N{EM DASH}")
    if match["file"]:
        return Suppression(0, _rules(match), reason, place, last_line)
    first, last = statement.first, statement.last
    if first is None or last is None:
        first = last = min(comment.line + comment.stands_alone, last_line)
    return Suppression(first, _rules(match), reason, place, last)


def _statements(text: str) -> Iterator[_Statement]:
    """Yield the statements of `text` that have comments; a header counts as one of its own."""
    comments: list[_Comment] = []
    first: int | None = None
    line = line_start = depth = 0
    is_code_before = False  # on the same line
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "comment":
            column = match.start() - line_start
            comments.append(_Comment(line, column, match[0], not is_code_before))
        elif kind == "newline":
            if depth == 0 and first is not None:
                yield _Statement(tuple(comments), first, line)
                comments, first = [], None
            line, line_start, is_code_before = line + 1, match.end(), False
        elif kind != "space":
            first = line if first is None else first
            is_code_before = True
            depth = max(0, depth + (kind == "open") - (kind == "close"))
            if kind in {"joined", "string"}:
                for end in _LINE_END.finditer(match[0]):
                    line, line_start = line + 1, match.start() + end.end()
    is_complete = depth == 0 and first is not None
    yield _Statement(tuple(comments), first if is_complete else None, line if is_complete else None)
