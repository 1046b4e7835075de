"""Findings that name no state and no interleaving: a place and a message, out of one function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.finding import Draft, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racelens.findings.levels import Confidence
    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.source.span import Span


def at(  # noqa: PLR0913 - by keyword, but for the place and what is said of it
    program: Program,
    function: FunctionId,
    place: Span | int,
    message: str,
    *,
    harm: str,
    confidence: Confidence,
    evidence: Iterable[Evidence] = (),
    subject: str = "",
    if_asked: bool = False,
) -> Draft:
    """Return what a rule says of a place in `function`.

    The place is a node of its graph, or a range relative to the line of its `def`. `if_asked`: it
    is said only where the settings name the rule.
    """
    if isinstance(place, int):
        span = program.span(function, place)
    else:
        span = place.shifted(program.line(function))
    return Draft(
        confidence=confidence,
        harm=harm,
        message=message,
        path=function.path,
        function=function.name.partition("#")[0],
        span=span,
        evidence=tuple(evidence),
        subject=subject,
        if_asked=if_asked,
    )
