"""One finding: what is wrong, where, how sure it is, and the interleaving that shows it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from racelens.findings.interleaving import Interleaving
    from racelens.findings.rule import Confidence, Severity
    from racelens.source.span import Span


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place that shows that tasks run at the same time, and what it shows."""

    path: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a rule says of one place; its fields are those of `Finding`, which adds the rule's."""

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


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule reports at `span` of the file `path` (0-based, code points).

    `function` is the qualified name; `state` and `interleaving` are None for rules that name
    no shared state. `covers` is the smallest range that holds read and write of task A, for fixes.
    `also` lists the codes of other rules that fit the same window.
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

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that stay the same when lines move."""
        parts = (self.code, self.path, self.function, self.state or "", self.message)
        return hashlib.sha256("\x00".join(parts).encode(errors="surrogatepass")).hexdigest()[:16]

    @property
    def order(self) -> tuple[str, Span, str]:
        """The key by which reports are sorted: path, line, column, rule."""
        return (self.path, self.span, self.code)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be analysed: the file, the 0-based line if known, and why."""

    path: str
    line: int | None
    message: str
