"""How sure a finding is: how tasks meet in its window, and how clear the harm is.

A window and its clash go in, a level comes out. Many windows are open and few do harm: what is
shown by default needs both, somebody who gets in and something that he spoils.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from racelens.findings.levels import Confidence
from racelens.model.effect import Kind, Mode, Predicate, Value
from racelens.model.location import Root
from racelens.program.related import REMOVES, Outcome, gives_back, group_of
from racelens.program.tasks import Level
from racelens.program.window import Cause

if TYPE_CHECKING:
    from racelens.findings.clash import Clash
    from racelens.model.graph import Graph
    from racelens.program.program import Program
    from racelens.program.tasks import Meeting
    from racelens.program.window import Window

_CONFIDENCE = (
    # never, open, named, meant, seen, proven
    (0, 1, 1, 1, 1, 2),  # slight harm
    (0, 1, 2, 2, 2, 3),  # clear harm
)
_PLAIN_VALUES = (Value.MADE, Value.COPY, Value.OTHER)
_LONGEST_RAISE = 12  # nodes of `raise Error(f"... {self.name}")`


class Harm(enum.IntEnum):
    """How clear it is that a rival in the window spoils something."""

    SLIGHT = 0
    CLEAR = 1


def confidence(program: Program, window: Window, found: Clash) -> Confidence:
    """Return how sure the finding of a window is.

    A state that others use under a lock counts one level more: somebody has expected several tasks.
    """
    if window.read.place.root is Root.PARAMETER:
        return Confidence.POSSIBLE
    level = found.meeting.level
    if level in {Level.OPEN, Level.NAMED} and _is_expected(program, window):
        level = Level.MEANT
    if level is Level.OPEN:
        return Confidence.POSSIBLE  # however clear the harm is
    clear = harm(program, window, found.meeting._replace(level=level))
    return Confidence(_CONFIDENCE[clear][level])


def _is_expected(program: Program, window: Window) -> bool:
    """Say whether the code shows that its author has expected several tasks."""
    lock = window.gap or window.instance_lock or window.usual_lock
    uses_lock = lock is not None and not window.covering
    return window.spawned or uses_lock or _waits_for_lock(program, window)


def _waits_for_lock(program: Program, window: Window) -> bool:
    """Say whether the task waits for a lock after its check: it checks too early."""
    return program.steps(window.function)[window.suspend_node].acquires is not None


def harm(program: Program, window: Window, meeting: Meeting) -> Harm:
    """Return how clear the harm is; the less is known of the tasks, the clearer it must be."""
    level, lazy = meeting.level, meeting.many_methods and _is_made_lazily(window)
    if window.cause is Cause.STUCK:
        return Harm.SLIGHT  # an exception is needed, too
    if level <= Level.NAMED and not _is_plain(window):
        return Harm.SLIGHT
    if meeting.many_methods and not lazy:
        return Harm.SLIGHT
    expected = lazy or _is_expected(program, window)
    if level <= Level.MEANT and _is_memo(program, window) and not expected:
        return Harm.SLIGHT
    if window.cause is not Cause.STALE:
        return Harm.CLEAR
    if _is_of_earlier_round(window) or _is_pause_of_generator(program, window):
        return Harm.SLIGHT
    if _is_unclear(window) or (level < Level.SEEN and _is_assertion(program, window)):
        return Harm.SLIGHT
    if level < Level.PROVEN and _is_far(program, window):
        return Harm.SLIGHT
    return Harm.CLEAR


def _is_made_lazily(window: Window) -> bool:
    """Say whether what is missing is made, or an action that is not done yet is done."""
    return window.result is Outcome.FILLS and window.write.value in {Value.MADE, Value.TRUE}


def _is_plain(window: Window) -> bool:
    """Say whether what a window does is plain enough where a class only has a telling name.

    A resource is made twice, an action is done twice, a sum loses a part.
    """
    write = window.write
    if window.cause is Cause.ITERATED or gives_back(write):
        return False
    if window.cause is Cause.STALE and window.predicate is None:
        return write.mode is Mode.AUGMENT or write.value is Value.MADE
    return True


def _is_far(program: Program, window: Window) -> bool:
    """Say whether read and write are both in other functions, or one is in another object's."""
    effect = program.function(window.function).graph.effects[window.read_node]
    asks = program.steps(window.function)[window.read_node].callee is not None
    reads_far = asks and effect.kind is Kind.CALL
    writes_far = window.write.inner is not None
    if reads_far and (writes_far or effect.mode is Mode.AWAITED):
        return True
    if reads_far and window.result is Outcome.CHANGES:
        return True
    if writes_far and window.result is Outcome.CHANGES and window.write.mode in REMOVES:
        return True
    deep = len(group_of(window.read.place).steps) > 1
    loose = window.predicate is None or gives_back(window.write)
    if gives_back(window.write) and not _uses_again(program, window):
        return True
    return (deep and (reads_far or writes_far)) or (writes_far and loose)


def _uses_again(program: Program, window: Window) -> bool:
    """Say whether a task goes on to use, after its pause, what a rival has given up meanwhile."""
    effects = program.function(window.function).graph.effects
    group = group_of(window.read.place)
    depth = len(group.steps)
    between = effects[window.suspend_node + 1 : window.write_node]
    return any(
        effect.path is not None
        and effect.path.root is group.root
        and len(effect.path.steps) > depth
        and effect.path.steps[:depth] == group.steps
        for effect in between
    )


def _is_assertion(program: Program, window: Window) -> bool:
    """Say whether the check only refuses wrong use: its other branch raises at once.

    A name that is taken or a shop that is sold out is no wrong use.
    """
    if window.write.mode is not Mode.REBIND or window.write.place.is_entry:
        return False
    refuses = {Mode.ASSERTED, Mode.RAISED} if window.result is Outcome.FILLS else {Mode.ASSERTED}
    graph = program.function(window.function).graph
    for node, effect in enumerate(graph.effects):
        for checked in effect.checked if effect.kind is Kind.TEST else ():
            if checked.source == window.read_node:
                passes = checked.when_true is window.predicate
                other = graph.false_edges[node] if passes else graph.true_edges[node]
                return bool(other) and all(_end(graph, target) in refuses for target in other)
    return False


def _end(graph: Graph, node: int) -> Mode:
    """Return how a way of single steps ends: where an exception is raised, or NONE."""
    for _ in range(_LONGEST_RAISE):
        effect = graph.effects[node]
        if effect.mode in {Mode.RAISED, Mode.ASSERTED}:
            return effect.mode
        following = {*graph.true_edges[node], *graph.false_edges[node]}
        if len(following) != 1 or effect.mode is Mode.AWAITED or effect.kind is Kind.WRITE:
            break
        node = following.pop()
    return Mode.NONE


def _is_of_earlier_round(window: Window) -> bool:
    """Say whether what was found in one round of a loop decides what the next one writes."""
    return not window.spawned and window.write_node < window.read_node


def _is_pause_of_generator(program: Program, window: Window) -> bool:
    """Say whether the task stops at a `yield` only: who goes through a generator is one task."""
    effect = program.function(window.function).graph.effects[window.suspend_node]
    return effect.kind is Kind.AWAIT and effect.mode is Mode.YIELD


def _is_unclear(window: Window) -> bool:
    """Say whether a check only had a part in what is written, and that is some value."""
    part = window.predicate is Predicate.OTHER and not window.carried
    written = window.write
    plain = written.value in _PLAIN_VALUES and written.mode not in {Mode.CLEAR, Mode.DELETE}
    return part and plain


def _is_memo(program: Program, window: Window) -> bool:
    """Say whether a value is made once and never given up: made twice, it is work done twice."""
    write = window.write
    made = window.result is Outcome.FILLS and write.value in _PLAIN_VALUES
    if not made or write.mode is not Mode.REBIND or window.spawned:
        return False
    if write.place.is_entry and not _is_own_note(program, window):
        return False
    writers = program.tasks.writers
    for function, node in writers.of(window.function, window.read.place):
        for other in program.steps(function)[node].early:
            if gives_back(other) or other.mode in REMOVES:
                return False
    return True


def _is_own_note(program: Program, window: Window) -> bool:
    """Say whether an entry only notes what the function goes on with by itself.

    Nobody else looks at the entries, and nothing was awaited of the local: it is no connection.
    """
    writers = program.tasks.writers
    seeing = {*writers.seeing(window.function, window.read.place)}
    seeing.update(site[0] for site in writers.of(window.function, window.read.place))
    if window.write.value is Value.OTHER or seeing - {window.function}:
        return False
    effects = program.function(window.function).graph.effects
    noted = {source for source in effects[window.write_node].same if isinstance(source, str)}
    awaited = (e.path for e in effects if e.kind is Kind.CALL and e.mode is Mode.AWAITED)
    return not any(path is not None and path.steps and path.name in noted for path in awaited)
