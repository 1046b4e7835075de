"""From a window to the interleaving that shows it: the steps of task A and task B, in order.

A window, what task A waits for and the rival's write go in. Nothing here decides whether there is
a race.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.interleaving import Interleaving, Role, Step
from racelens.model.effect import Kind, Mode, Predicate, Value
from racelens.program.related import REMOVES, Outcome, gives_back, group_of
from racelens.program.window import Cause
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from racelens.program.program import Program
    from racelens.program.steps import Write
    from racelens.program.window import Window
    from racelens.program.writers import Site

_FOUND = {
    Predicate.TRUE: "is true",
    Predicate.FALSE: "is not set",
    Predicate.NONE: "is None",
    Predicate.SOME: "is not None",
    Predicate.IN: "is there",
    Predicate.OUT: "is missing",
}


class Scene(NamedTuple):
    """A window with what its interleaving needs besides: the rival writes at a node.

    `suspension` is code without backticks; `rival` is None where another task in the same
    function is the rival, which then writes at `own_write`.
    """

    program: Program
    window: Window
    suspension: str
    rival: Site | None
    own_write: int

    def step(self, task: str, role: Role, node: int, text: str) -> Step:
        """Return a step in the window's function."""
        function = self.window.function
        return Step(task, role, function.path, self.program.span(function, node), text)


def rival_node(program: Program, window: Window) -> int | None:
    """Return where another task in the same function writes the state; None if nowhere.

    That is the write of the window itself, but where this task's own write comes before the
    suspension; and two tasks that put back what they found do each other no harm.
    """
    if window.cause in {Cause.STALE, Cause.WAITED, Cause.STUCK}:
        return window.write_node
    group = group_of(window.write.place)
    nodes = [
        node
        for node, step in enumerate(program.steps(window.function))
        if any(
            group_of(write.place) == group and harms(window, write)
            for write in (*step.early, *step.late)
        )
    ]
    if window.cause in {Cause.ITERATED, Cause.REFERENCE}:
        return nodes[0] if nodes else None
    before = [node for node in nodes if window.read_node <= node < window.suspend_node]
    if before:
        return before[0]
    puts_back = window.cause is Cause.OVERWROTE and not removes(window)
    return None if puts_back else window.write_node


def interleaving(scene: Scene) -> Interleaving:
    """Return the order of steps of tasks A and B that breaks the code."""
    window = scene.window
    if window.cause is Cause.STUCK:
        steps = _stuck(scene)
    elif window.cause is Cause.TORN and window.write_node < window.suspend_node:
        steps = _too_early(scene)
    else:
        steps = [*_opening(scene), *_rival(scene), *_end(scene)]
    inner = window.write.inner
    if inner is not None:
        function, node = inner
        text = f"the write, inside {scene.program.function(function).last_name}()"
        span = scene.program.span(function, node)
        steps.append(Step("A", Role.INSIDE, function.path, span, text))
    return Interleaving(tuple(steps))


def _opening(scene: Scene) -> list[Step]:
    """Return what task A does up to its suspension."""
    window = scene.window
    role = Role.READ if window.predicate is None else Role.CHECK
    waits = "starts" if window.spawned else "is suspended in"
    pause = Role.SPAWN if window.spawned else Role.SUSPEND
    return [
        scene.step("A", role, window.read_node, _first_text(scene)),
        scene.step("A", pause, window.suspend_node, f"A {waits} {scene.suspension}"),
    ]


def _first_text(scene: Scene) -> str:
    window = scene.window
    state = window.state
    match window.cause:
        case Cause.ITERATED:
            return f"A goes through {state}"
        case Cause.OVERWROTE if _is_write(scene, window.read_node):
            return f"A stores {state}"
        case Cause.OVERWROTE:
            return f"A keeps what {state} is"
        case Cause.TORN:
            return f"A begins to change {state}"
        case _:
            under = ""
            if window.gap is not None:
                under = f" under {window.gap.display()}, which it then gives back"
            return f"{_read_text(window, 'A')}{under}"


def _is_write(scene: Scene, node: int) -> bool:
    effect = scene.program.function(scene.window.function).graph.effects[node]
    return effect.kind is Kind.WRITE


def _rival(scene: Scene) -> list[Step]:
    """Return what task B does while A is suspended."""
    window = scene.window
    if scene.rival is not None:
        other, node = scene.rival
        name = scene.program.function(other).last_name
        without = ""
        if window.usual_lock is not None:
            who = "it" if window.usual_lock in window.covering else "A"
            without = f"; {who} does not hold {window.usual_lock.display()}"
        text = f"B, in {name}(), writes {window.state}{without}"
        return [Step("B", Role.WRITE, other.path, scene.program.span(other, node), text)]
    if window.cause in {Cause.STALE, Cause.WAITED}:
        role = Role.READ if window.predicate is None else Role.CHECK
        holding = ", under another object's lock" if window.instance_lock is not None else ""
        first = f"{_read_text(window, 'B')}, as A did{holding}"
        return [
            scene.step("B", role, window.read_node, first),
            scene.step("B", Role.WRITE, scene.own_write, _write_text(window, "B")),
        ]
    text = f"B writes {window.state}"
    return [scene.step("B", Role.WRITE, scene.own_write, text)]


def _end(scene: Scene) -> list[Step]:
    """Return what task A does when it goes on."""
    window = scene.window
    state, node = window.state, window.write_node
    if window.spawned:
        return []
    match window.cause:
        case Cause.ITERATED:
            text = f"A goes on with {state}, which has changed since the loop began"
            return [scene.step("A", Role.READ, node, text)]
        case Cause.REFERENCE:
            return [scene.step("A", Role.READ, node, f"A uses {state}, which may be gone")]
        case Cause.OVERWROTE if removes(window):
            text = f"A takes {state} away, although B has stored it"
        case Cause.OVERWROTE:
            text = f"A puts back what {state} was, over what B stored"
        case Cause.TORN:
            text = f"A completes its change of {state}, of which B has seen a part"
        case _:
            adds = window.write.place.is_entry and not window.read.place.is_entry
            over = (window.result is Outcome.FILLS and not adds) or window.carried
            text = f"{_write_text(window, 'A')} {'over what B stored' if over else 'too'}"
            if window.gap is not None:
                text += f", under {window.gap.display()} again"
    return [scene.step("A", Role.WRITE, node, text)]


def _stuck(scene: Scene) -> list[Step]:
    """Return how a flag stays set: A is thrown out, and B never gets to the write."""
    window = scene.window
    state = window.state
    sets = window.write_node < window.suspend_node
    steps = [
        scene.step("A", Role.CHECK, window.read_node, _read_text(window, "A")),
        scene.step(
            "A",
            Role.SUSPEND,
            window.suspend_node,
            f"A is thrown out of {scene.suspension} by an exception or a cancellation",
        ),
        scene.step("B", Role.CHECK, window.read_node, f"B finds {state} set, and gives up"),
        scene.step(
            "B", Role.WRITE, window.write_node, f"B never gets to this write: {state} stays set"
        ),
    ]
    if sets:
        steps.insert(1, scene.step("A", Role.WRITE, window.write_node, f"A sets {state}"))
    return steps


def _too_early(scene: Scene) -> list[Step]:
    """Return how B goes ahead because A changes the state before it has done the work."""
    window = scene.window
    state, node = window.state, window.write_node
    suspended = f"A is suspended in {scene.suspension}, its work not done"
    steps = [
        scene.step("A", Role.READ, window.read_node, f"A is about to change {state}"),
        scene.step("A", Role.WRITE, node, _write_text(window, "A")),
        scene.step("A", Role.SUSPEND, window.suspend_node, suspended),
    ]
    if scene.rival is None:
        text = f"B finds {state} as if this had been done, and goes ahead"
        return [*steps, scene.step("B", Role.WRITE, scene.own_write, text)]
    return [*steps, *_rival(scene)]


def harms(window: Window, write: Write) -> bool:
    """Say whether another task's write does harm: what is only used must be taken away for that."""
    return window.cause is not Cause.REFERENCE or _takes_away(write)


def removes(window: Window) -> bool:
    """Say whether the write of a window takes the state away instead of storing another one."""
    return _takes_away(window.write)


def _takes_away(write: Write) -> bool:
    return write.mode in REMOVES or gives_back(write)


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
