"""From a window between threads to a finding: confidence, interleaving and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.finding import Draft, Evidence
from racelens.findings.interleaving import Interleaving, Role, Step
from racelens.findings.levels import Confidence
from racelens.program.tasks import Level
from racelens.program.thread_windows import Beside, ThreadWindows
from racelens.source.span import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.thread_windows import ThreadWindow


def thread_races(
    program: Program,
    function: FunctionId,
    wanted: Callable[[ThreadWindow], bool],
    message: str,
    harm: str,
) -> Iterator[Draft]:
    """Yield the findings of a function whose windows between threads are `wanted`.

    `message` is a format of `state`, the 1-based lines `read` and `write`, and `rival`.
    """
    for window in program.facet(ThreadWindows).of(function):
        if wanted(window):
            yield _draft(program, function, window, message, harm)


def _draft(
    program: Program, function: FunctionId, window: ThreadWindow, message: str, harm: str
) -> Draft:
    start = window.started
    read, write = program.span(function, window.read), program.span(function, window.write)
    said = message.format(
        state=f"`{window.place.display()}`",
        read=read.start.line + 1,
        write=write.start.line + 1,
        rival=_rival(program, window),
    )
    shown = program.span(*start.site)
    starts_here = start.site[0].path == function.path and not start.by_library
    return Draft(
        confidence=Confidence.LIKELY if window.level >= Level.SEEN else Confidence.POSSIBLE,
        harm=harm,
        message=said,
        path=function.path,
        function=function.name.partition("#")[0],
        span=write,
        state=window.place.display(),
        interleaving=_interleaving(program, function, window),
        covers=Span(min(read.start, write.start), max(read.end, write.end)),
        evidence=(Evidence(start.site[0].path, shown, start.said),),
        subject=program.tasks.writers.full_name(function, window.place),
        if_asked=window.beside is not Beside.LOOP and not starts_here,
    )


def _rival(program: Program, window: ThreadWindow) -> str:
    name = program.function(window.rival[0]).last_name
    return {
        Beside.TWIN: f"another thread in `{name}()`",
        Beside.THREAD: f"a thread in `{name}()`",
        Beside.LOOP: f"`{name}()` on the event loop",
        Beside.CALLER: f"whoever calls `{name}()`",
    }[window.beside]


def _interleaving(program: Program, function: FunctionId, window: ThreadWindow) -> Interleaving:
    state, path = window.place.display(), function.path
    read, write = program.span(function, window.read), program.span(function, window.write)
    role = Role.CHECK if window.is_check else Role.READ
    steps = [
        Step("A", role, path, read, f"{'checks' if window.is_check else 'reads'} {state}"),
        Step("A", Role.SUSPEND, path, read, "is interrupted: another thread runs"),
    ]
    other, node = window.rival
    if window.beside is Beside.TWIN:
        steps.append(Step("B", role, path, read, f"reads {state}, as A did"))
    steps.append(Step("B", Role.WRITE, other.path, program.span(other, node), f"writes {state}"))
    does = "acts on what it checked" if window.is_check else "writes over what B stored"
    steps.append(Step("A", Role.WRITE, path, write, does))
    return Interleaving(tuple(steps))
