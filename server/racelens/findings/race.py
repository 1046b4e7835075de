"""From a window to a finding: rival, interleaving, confidence and words.

A window of the program goes in; a draft of a finding
comes out, or None where no other task can write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from racelens.findings.finding import Draft, Evidence
from racelens.findings.interleaving import Interleaving, Role, Step
from racelens.findings.rule import Confidence
from racelens.model.effect import Kind, Mode, Predicate, Value
from racelens.model.location import Root
from racelens.program.related import Outcome, gives_back
from racelens.program.shapes import Shape, shapes
from racelens.program.tasks import Level
from racelens.source.span import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.tasks import Meeting
    from racelens.program.windows import Window


class Wording(NamedTuple):
    """What a rule says of a window: harm, what a rival in the same function does, and a message.

    Both are formats of the fields of `Phrases`; the message may name the `rival`.
    """

    harm: str
    same_function: str
    message: str


class Phrases(NamedTuple):
    """The parts of a message: state, suspension, function, and 1-based lines of read and write."""

    state: str
    suspension: str
    function: str
    read: int
    write: int


def races(
    program: Program,
    function: FunctionId,
    shape: Shape,
    wording: Callable[[Window], Wording],
) -> Iterator[Draft]:
    """Yield the findings of `function` whose windows have `shape` before any other."""
    for window in program.windows(function):
        first, *others = shapes(window)
        if first is shape:
            draft = _race(program, window, wording(window), tuple(s.value for s in others))
            if draft is not None:
                yield draft


def _race(
    program: Program, window: Window, wording: Wording, also: tuple[str, ...]
) -> Draft | None:
    """Return the finding that `window` is; `also` are the codes of other rules that fit it.

    None where tasks cannot meet there, or every caller holds a lock.
    """
    meeting = program.tasks.meeting(window.function, window.read.place)
    if meeting.level is Level.NEVER or program.tasks.called_under_lock(window.function):
        return None
    path = window.function.path
    phrases = _phrases(program, window)
    said = phrases._asdict()
    if meeting.rival is None:
        rival = wording.same_function.format(**said)
    else:
        name = program.function(meeting.rival[0]).last_name
        rival = f"`{name}()` may change it"
    return Draft(
        confidence=_confidence(window, meeting),
        harm=wording.harm,
        message=wording.message.format(rival=rival, **said),
        path=path,
        function=_qualified(window.function),
        span=program.span(window.function, window.suspend_node),
        state=window.state,
        interleaving=_interleaving(program, window, phrases, meeting),
        covers=_covers(program, window),
        evidence=_evidence(program, meeting),
        also=also,
    )


def _qualified(function: FunctionId) -> str:
    return function.name.partition("#")[0]


def _confidence(window: Window, meeting: Meeting) -> Confidence:
    level = Confidence(int(meeting.level))
    if window.read.place.root is Root.PARAMETER or gives_back(window.write):
        return Confidence.POSSIBLE
    return level


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
    return Phrases(
        state=f"`{window.state}`",
        suspension=_suspension(program, window),
        function=f"`{function.last_name}()`",
        read=program.span(window.function, window.read_node).start.line + 1,
        write=program.span(window.function, window.write_node).start.line + 1,
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


_FOUND = {
    Predicate.TRUE: "is true",
    Predicate.FALSE: "is not set",
    Predicate.NONE: "is None",
    Predicate.SOME: "is not None",
    Predicate.IN: "is there",
    Predicate.OUT: "is missing",
}


def _read_text(window: Window, task: str) -> str:
    state = window.read.place.display()
    if window.predicate is None:
        return f"{task} reads {state}"
    found = _FOUND.get(window.predicate)
    if window.predicate is Predicate.VISITED:
        return f"{task} goes through {state}"
    return f"{task} checks {state}: it {found}" if found else f"{task} checks {state}"


def _write_text(window: Window, task: str) -> str:
    state, write = window.state, window.write
    if write.mode in {Mode.DELETE, Mode.CLEAR} or gives_back(write):
        return f"{task} takes {state} away"
    if write.mode in {Mode.ADD, Mode.UPDATE}:
        return f"{task} changes {state}"
    if write.value is Value.TRUE:
        return f"{task} sets {state} to True"
    return f"{task} writes {state}"


def _interleaving(
    program: Program, window: Window, phrases: Phrases, meeting: Meeting
) -> Interleaving:
    function, path = window.function, window.function.path

    def step(task: str, role: Role, node: int, text: str) -> Step:
        return Step(task, role, path, program.span(function, node), text)

    role = Role.READ if window.predicate is None else Role.CHECK
    pause = Role.SPAWN if window.spawned else Role.SUSPEND
    waits = "starts" if window.spawned else "is suspended in"
    suspension = phrases.suspension.strip("`").removeprefix("await ")
    last = "over what B stored" if window.result is Outcome.FILLS or window.carried else "too"
    steps = [
        step("A", role, window.read_node, _read_text(window, "A")),
        step("A", pause, window.suspend_node, f"A {waits} {suspension}"),
    ]
    if meeting.rival is None:
        steps += (
            step("B", role, window.read_node, f"{_read_text(window, 'B')}, as A did"),
            step("B", Role.WRITE, window.write_node, _write_text(window, "B")),
        )
    else:
        other, node = meeting.rival
        text = f"B, in {program.function(other).last_name}(), writes {window.state}"
        steps.append(Step("B", Role.WRITE, other.path, program.span(other, node), text))
    if not window.spawned:
        own = f"{_write_text(window, 'A')} {last}".strip()
        steps.append(step("A", Role.WRITE, window.write_node, own))
    if window.write.inner is not None:
        inner, node = window.write.inner
        text = f"the write, inside {program.function(inner).last_name}()"
        steps.append(Step("A", Role.INSIDE, inner.path, program.span(inner, node), text))
    return Interleaving(tuple(steps))
