"""From a window to a finding: rival, interleaving, confidence and words.

A window of the program goes in; a draft of a finding comes out, or None where no other task can
write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.clash import clash
from racelens.findings.confidence import confidence
from racelens.findings.finding import Draft, Evidence
from racelens.findings.witness import Scene, interleaving
from racelens.model.effect import Kind, Mode
from racelens.program.related import Outcome, gives_back, group_of
from racelens.program.shapes import RANKS, Shape, shapes
from racelens.source.named_tuple import NamedTuple
from racelens.source.span import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from racelens.findings.clash import Clash
    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.tasks import Meeting
    from racelens.program.window import Window
    from racelens.program.writers import Site


class Wording(NamedTuple):
    """What a rule says of a window: harm, what a rival in the same function does, and a message.

    All but the harm are formats of the fields of `Phrases`; the message may name the `rival`.
    `other_function` is what a rival does in another function, whose name is `name`.
    """

    harm: str
    same_function: str
    message: str
    other_function: str = "`{name}()` may change it"


class Phrases(NamedTuple):
    """The parts of a message: state, suspension, function, and 1-based lines of read and write.

    `lock` is the one that the window lacks, and "" where it has nothing to do with locks.
    """

    state: str
    suspension: str
    function: str
    read: int
    write: int
    lock: str


def races(
    program: Program,
    function: FunctionId,
    shape: Shape,
    wording: Callable[[Window], Wording],
) -> Iterator[Draft]:
    """Yield the findings of `function` whose windows have `shape` before any other.

    Where windows of one state are open at one suspension, the first in the order of shapes is
    reported, and the others are among what fits it, too.
    """
    by_use = shape is Shape.STALE_REFERENCE  # found on demand: its rule is off by default
    windows = program.references(function) if by_use else program.shaped(function, shape)
    at: dict[int, list[Window]] = {}
    for window in program.windows(function) if windows and not by_use else ():
        at.setdefault(window.suspend_node, []).append(window)
    for window in windows:
        found = clash(program, window)
        twins = [window] if by_use else _twins(program, window, at[window.suspend_node])
        if found is not None and twins[0] is window:
            codes = {other.value for twin in twins for other in shapes(twin)} - {shape.value}
            yield _race(program, window, wording(window), found, tuple(sorted(codes)))


def _twins(program: Program, window: Window, beside: list[Window]) -> list[Window]:
    """Return those of `beside`, the windows at its suspension, that are races of its state.

    They are in the order of their shapes.
    """
    group = group_of(window.read.place)
    found = [
        other
        for other in beside
        if other is window
        or (group_of(other.read.place) == group and clash(program, other) is not None)
    ]
    return sorted(found, key=lambda other: RANKS[shapes(other)[0]])


def _race(
    program: Program, window: Window, wording: Wording, found: Clash, also: tuple[str, ...]
) -> Draft:
    """Return the finding that `window` is; `also` are the codes of other rules that fit it."""
    phrases = _phrases(program, window)
    does = _does(program, window, wording, phrases, found.rival)
    suspension = phrases.suspension.strip("`").removeprefix("await ")
    return Draft(
        confidence=confidence(program, window, found),
        harm=wording.harm,
        message=wording.message.format(rival=does, **phrases._asdict()),
        path=window.function.path,
        function=_qualified(window.function),
        span=program.span(window.function, window.suspend_node),
        state=window.state,
        interleaving=interleaving(Scene(program, window, suspension, found.rival, found.own_write)),
        covers=_covers(program, window),
        evidence=_evidence(program, found.meeting),
        also=also,
        subject=program.tasks.writers.full_name(window.function, window.read.place),
    )


def _does(
    program: Program, window: Window, wording: Wording, phrases: Phrases, rival: Site | None
) -> str:
    """Return what the rival does, in words."""
    if rival is None or rival[0] == window.function:
        return wording.same_function.format(**phrases._asdict())
    name = program.function(rival[0]).last_name
    return wording.other_function.format(name=name, **phrases._asdict())


def harm(window: Window) -> str:
    """Return what comes of acting on a stale read, by what the write does to what was read."""
    if window.spawned:
        return "duplicated effect"
    if window.write.mode in {Mode.DELETE, Mode.CLEAR}:
        return "crash"
    if gives_back(window.write) or window.result is Outcome.CONSUMES:
        return "a competitor's state lost"
    if window.predicate is None:
        return "lost update"
    if window.write.mode in {Mode.AUGMENT, Mode.ADD, Mode.UPDATE}:
        return "overspend or overflow"
    return "duplicated effect"


def _qualified(function: FunctionId) -> str:
    return function.name.partition("#")[0]


def _covers(program: Program, window: Window) -> Span:
    spans = [
        program.span(window.function, node)
        for node in (window.read_node, window.suspend_node, window.write_node)
    ]
    return Span(min(span.start for span in spans), max(span.end for span in spans))


def _evidence(program: Program, meeting: Meeting) -> tuple[Evidence, ...]:
    if meeting.site is None:
        return ()
    function, node = meeting.site
    return (Evidence(function.path, program.span(function, node), meeting.reason),)


def _phrases(program: Program, window: Window) -> Phrases:
    function = program.function(window.function)
    lock = window.gap or window.instance_lock or window.usual_lock
    return Phrases(
        state=f"`{window.state}`",
        suspension=_suspension(program, window),
        function=f"`{function.last_name}()`",
        read=program.span(window.function, window.read_node).start.line + 1,
        write=program.span(window.function, window.write_node).start.line + 1,
        lock=f"`{lock.display()}`" if lock is not None else "",
    )


def _suspension(program: Program, window: Window) -> str:
    """Return what the task waits for, as code in backticks."""
    effect = program.function(window.function).graph.effects[window.suspend_node]
    named = effect.path.display() if effect.path is not None else ""
    if window.spawned:
        return f"`{named}(…)`"
    match effect.kind, effect.mode:
        case Kind.ENTER | Kind.LEAVE, _:
            return f"`async with {named or '…'}`"
        case _, Mode.ITERATION:
            return "`async for`"
        case _, Mode.YIELD:
            return "`yield`"
        case Kind.CALL, _:
            return f"`await {named or '…'}(…)`"
        case _:
            return f"`await {named or '…'}`"
