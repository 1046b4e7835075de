"""From a window on what is outside the process to a finding: interleaving and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.finding import Draft
from racelens.findings.interleaving import Interleaving, Role, Step
from racelens.findings.levels import Confidence
from racelens.source.named_tuple import NamedTuple
from racelens.source.span import Span

if TYPE_CHECKING:
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


class Sites(NamedTuple):
    """Where a state is read and where it is written: nodes, or ranges relative to the `def`.

    `decides`: what was read decides whether it is written. `reported` is where the finding
    stands, that of the write if it is None.
    """

    read: Span | int
    write: Span | int
    state: str
    decides: bool
    reported: Span | int | None = None


def store_race(  # noqa: PLR0913 - by keyword, but for the place and what is said of it
    program: Program, function: FunctionId, sites: Sites, message: str, harm: str, *, likely: bool
) -> Draft:
    """Return the finding of a state that another worker may change between read and write.

    `message` is a format of `state` and of the 1-based lines `read` and `write`.
    """
    read, write = (_span(program, function, place) for place in (sites.read, sites.write))
    place = write if sites.reported is None else _span(program, function, sites.reported)
    said = message.format(
        state=f"`{sites.state}`", read=read.start.line + 1, write=write.start.line + 1
    )
    return Draft(
        confidence=Confidence.LIKELY if likely else Confidence.POSSIBLE,
        harm=harm,
        message=said,
        path=function.path,
        function=function.name.partition("#")[0],
        span=place,
        state=sites.state,
        interleaving=_interleaving(function, read, write, sites),
        covers=Span(min(read.start, write.start), max(read.end, write.end)),
    )


def _span(program: Program, function: FunctionId, place: Span | int) -> Span:
    if isinstance(place, int):
        return program.span(function, place)
    return place.shifted(program.line(function))


def _interleaving(function: FunctionId, read: Span, write: Span, sites: Sites) -> Interleaving:
    path, state = function.path, sites.state
    role = Role.CHECK if sites.decides else Role.READ
    last = "acts on what it checked" if sites.decides else "writes over what B stored"
    return Interleaving(
        (
            Step("A", role, path, read, f"reads {state}"),
            Step("A", Role.SUSPEND, path, read, "goes on later: other workers run meanwhile"),
            Step("B", role, path, read, f"reads {state}, as A did"),
            Step("B", Role.WRITE, path, write, f"writes {state}"),
            Step("A", Role.WRITE, path, write, last),
        )
    )
