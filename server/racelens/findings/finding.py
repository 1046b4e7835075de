"""One finding: what is wrong, where, how sure it is, and the interleaving that shows it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from racelens.findings.interleaving import Interleaving
    from racelens.findings.levels import Confidence, Severity
    from racelens.source.span import Span

_LINE_NUMBER = re.compile(r"\bline \d+")


class Evidence(NamedTuple):
    """A place that shows that tasks run at the same time, and what it shows."""

    path: str
    span: Span
    text: str


class Draft(NamedTuple):
    """What a rule says of one place; `Finding` has the rule's code, name and severity first."""

    confidence: Confidence
    harm: str
    message: str
    path: str
    function: str
    span: Span
    state: str | None = None
    interleaving: Interleaving | None = None
    covers: Span | None = None
    evidence: tuple[Evidence, ...] = ()
    also: tuple[str, ...] = ()
    subject: str = ""
    if_asked: bool = False  # it is only said where the settings name the rule


class Finding(NamedTuple):
    """What a rule reports at `span` of the file `path` (0-based, code points).

    `function` is the qualified name; `state` and `interleaving` are None for rules that name
    no shared state. `covers` is the smallest range that holds read and write of task A, for fixes.
    `also` lists the codes of other rules that fit the same window. `subject` is the full name of
    what is called or shared, for lists of what is allowed; "" where nothing has one.
    """

    code: str
    name: str
    severity: Severity
    confidence: Confidence
    harm: str
    message: str
    path: str
    function: str
    span: Span
    state: str | None = None
    interleaving: Interleaving | None = None
    covers: Span | None = None
    evidence: tuple[Evidence, ...] = ()
    also: tuple[str, ...] = ()
    subject: str = ""

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that stay the same when lines move.

        They tell rule, path, function, state and message apart, but not two findings that differ
        in their lines alone. The path is the one that reports show.
        """
        parts = (self.code, self.path, self.function, self.state or "", self.lasting_message)
        import hashlib  # noqa: PLC0415 - it loads OpenSSL, and few reports need it

        return hashlib.sha256("\x00".join(parts).encode(errors="surrogatepass")).hexdigest()[:16]

    @property
    def lasting_message(self) -> str:
        """The message without its line numbers, which change when lines move."""
        return _LINE_NUMBER.sub("line …", self.message)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files in which it, its steps and its evidence lie."""
        steps = self.interleaving.steps if self.interleaving else ()
        others = (*(step.path for step in steps), *(place.path for place in self.evidence))
        return tuple(dict.fromkeys((self.path, *others)))

    @property
    def order(self) -> tuple[str, Span, str]:
        """The key by which reports are sorted: path, line, column, rule."""
        return (self.path, self.span, self.code)


class Problem(NamedTuple):
    """Something that could not be analysed: the file, the 0-based line if known, and why."""

    path: str
    line: int | None
    message: str
