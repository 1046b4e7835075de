"""From a window to a finding: rival, interleaving, confidence and words.

A window of the program goes in; a draft of a finding comes out, or None where no other task can
write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from racelens.findings.finding import Draft, Evidence
from racelens.findings.levels import Confidence
from racelens.findings.witness import Scene, harms, interleaving, rival_node
from racelens.model.effect import Kind, Mode
from racelens.model.location import Root
from racelens.program.related import Outcome, gives_back, group_of
from racelens.program.shapes import Shape, shapes
from racelens.program.tasks import Level
from racelens.program.window import Cause
from racelens.source.span import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.tasks import Meeting
    from racelens.program.window import Window
    from racelens.program.writers import Site


_BY_OTHERS = frozenset({Cause.ITERATED, Cause.REFERENCE})


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


class _Clash(NamedTuple):
    """How tasks meet in a window: the rival is another function's write, or else `own_write`."""

    meeting: Meeting
    rival: Site | None
    own_write: int


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
    windows = program.references(function) if by_use else program.windows(function)
    at: dict[int, list[Window]] = {}
    for window in windows:
        at.setdefault(window.suspend_node, []).append(window)
    for window in windows:
        if shapes(window)[0] is shape:
            clash = _clash(program, window)
            twins = [window] if by_use else _twins(program, window, at[window.suspend_node])
            if clash is not None and twins[0] is window:
                codes = {other.value for twin in twins for other in shapes(twin)} - {shape.value}
                yield _race(program, window, wording(window), clash, tuple(sorted(codes)))


def _twins(program: Program, window: Window, beside: list[Window]) -> list[Window]:
    """Return those of `beside`, the windows at its suspension, that are races of its state.

    They are in the order of their shapes.
    """
    ranks = {shape: rank for rank, shape in enumerate(Shape)}
    group = group_of(window.read.place)
    found = [
        other
        for other in beside
        if other is window
        or (group_of(other.read.place) == group and _clash(program, other) is not None)
    ]
    return sorted(found, key=lambda other: ranks[shapes(other)[0]])


def _clash(program: Program, window: Window) -> _Clash | None:
    """Say how tasks meet in a window.

    None where they cannot, where every caller holds a lock, and where the rival is to blame alone:
    it has a window of its own, and no lock, while this one has.
    """
    meeting = program.tasks.meeting(window.function, window.read.place)
    if window.rival is not None:
        meeting = program.tasks.together(meeting, window.function, window.rival[0])
    if meeting.level is Level.NEVER or _is_covered(program, window):
        return None
    own_write = rival_node(program, window)
    rival = _rival(program, window, meeting, own_write)
    if window.covering and (rival is None or _has_window(program, rival[0], window)):
        return None
    if rival is None and own_write is None:
        return None
    return _Clash(meeting, rival, window.write_node if own_write is None else own_write)


def _has_window(program: Program, rival: FunctionId, window: Window) -> bool:
    """Say whether the rival has a window of the same state that no lock covers."""
    group = group_of(window.read.place)
    return any(
        not other.covering and group_of(other.read.place) == group
        for other in program.windows(rival)
    )


def _race(
    program: Program, window: Window, wording: Wording, clash: _Clash, also: tuple[str, ...]
) -> Draft:
    """Return the finding that `window` is; `also` are the codes of other rules that fit it."""
    phrases = _phrases(program, window)
    does = _does(program, window, wording, phrases, clash.rival)
    suspension = phrases.suspension.strip("`").removeprefix("await ")
    return Draft(
        confidence=_confidence(window, clash.meeting),
        harm=wording.harm,
        message=wording.message.format(rival=does, **phrases._asdict()),
        path=window.function.path,
        function=_qualified(window.function),
        span=program.span(window.function, window.suspend_node),
        state=window.state,
        interleaving=interleaving(Scene(program, window, suspension, clash.rival, clash.own_write)),
        covers=_covers(program, window),
        evidence=_evidence(program, clash.meeting),
        also=also,
    )


def _is_covered(program: Program, window: Window) -> bool:
    """Say whether every caller holds a lock, so that no rival gets in; a flag sticks though."""
    return window.cause is not Cause.STUCK and program.tasks.called_under_lock(window.function)


def _rival(
    program: Program, window: Window, meeting: Meeting, own_write: int | None
) -> Site | None:
    """Return the rival's write; None where it is another task in the same function.

    Whoever goes through a collection does not change it, and two tasks that hold one lock, though
    not the usual one, exclude each other: there the rival is another function, if any writes.
    """
    known = window.rival or meeting.rival
    others = window.cause in _BY_OTHERS or window.usual_lock is not None or own_write is None
    if known is None and others:
        return min(_other_writes(program, window), default=None)
    return known


def _other_writes(program: Program, window: Window) -> Iterator[Site]:
    """Yield the harmful writes of other functions; what a module does while it loads is none."""
    group = group_of(window.read.place)
    for function, node in program.tasks.writers.of(window.function, window.read.place):
        loads = program.function(function).last_name == "<module>"
        if function != window.function and not loads:
            written = program.steps(function)[node].early
            if any(group_of(write.place) == group and harms(window, write) for write in written):
                yield (function, node)


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


def _confidence(window: Window, meeting: Meeting) -> Confidence:
    level = Confidence(int(meeting.level))
    if window.read.place.root is Root.PARAMETER:
        return Confidence.POSSIBLE
    # Who sets a flag before an await, or takes a lock, expects several tasks.
    lock = window.gap or window.instance_lock or window.usual_lock
    expected = lock is not None and not window.covering
    if window.cause is Cause.STUCK:
        return max(level, Confidence.LIKELY)
    if window.cause is Cause.STALE and gives_back(window.write):
        return Confidence.POSSIBLE
    return max(level, Confidence.LIKELY) if expected else level


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
