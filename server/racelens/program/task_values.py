"""Tasks as values: which calls return one, and whether anybody keeps it.

The event loop holds tasks by weak references only: one that nobody else holds may be collected
before it is done. https://docs.python.org/3/library/asyncio-task.html#asyncio.create_task
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.effect import Mode
from racelens.model.location import Root
from racelens.model.names import FunctionId
from racelens.model.usage import Form, Use
from racelens.program.answers import LibraryType
from racelens.program.coroutines import meaning_of, own_verdict, shows
from racelens.program.library_calls import calls_named
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.usage import CallUse, Usage
    from racelens.program.program import Program
    from racelens.program.views import FunctionView

_MOST_HOPS = 3  # functions that return what another one has started
# What is asked of a task without keeping it.
_ASKED = frozenset(
    {"add_done_callback", "cancelled", "done", "get_coro", "get_name", "remove_done_callback"}
    | {"set_name"}
)
_OF_LOOPS = frozenset({"create_task", "ensure_future"})
_FILLS = frozenset({"append", "add", "insert", "extend"})
_WEAK = frozenset({"weakref.WeakSet", "weakref.WeakValueDictionary", "weakref.WeakKeyDictionary"})
_SHOWN = frozenset({Form.TESTED, Form.COMPARED, Form.FORMATTED, Form.DROPPED})


class Lost(NamedTuple):
    """A call that starts a task, and why nobody keeps it; `is_sure`: what is called is known."""

    call: CallUse
    why: str
    is_sure: bool = True


class Left(NamedTuple):
    """A call that leaves tasks alone, with what goes wrong; `is_minor`: not for the tasks."""

    call: CallUse
    why: str
    is_sure: bool = True
    is_minor: bool = False


class TaskMakers:
    """The names of calls that start tasks, and of the functions that call them at once."""

    def __init__(self, program: Program) -> None:
        """Look at `program`."""
        self._program = program
        known = names = program.starters
        for _ in range(_MOST_HOPS):
            found = program.mentioning(names)
            makers = (maker for maker in found if makes_task(program.view(maker), maker))
            names = frozenset(program.function(maker).last_name for maker in makers) - known
            if not names:
                break
            known |= names
        self._names = known

    def may_start(self, function: FunctionId) -> bool:
        """Say whether a function may start tasks, itself or by a function that returns one."""
        view = self._program.view(function)
        return any(_may_start(view, meaning) for _, meaning in calls_named(view, self._names))


def _may_start(view: FunctionView, meaning: object) -> bool:
    """Say whether a call of `meaning`, which is named like what starts tasks, may be such."""
    if meaning is None or isinstance(meaning, FunctionId):
        return True
    row = view.names.libraries.row(meaning)
    return row is not None and row.spawns


def lost_tasks(program: Program, function: FunctionId) -> Iterator[Lost]:
    """Yield the calls of a function whose task nobody keeps, in source order."""
    summary = program.function(function)
    if summary.broken:
        return
    view, usage = program.view(function), summary.usage
    for call in usage.calls:
        returns = returns_task(view, call)
        why = _loss(view, usage, call) if returns is not False else ""
        if why and not _is_done_at_once(program, view, usage, call):
            is_sure = returns is True and not _is_waited_for_by_callback(view, usage, call)
            yield Lost(call, why, is_sure=is_sure)


def returns_task(view: FunctionView, call: CallUse) -> bool | None:
    """Say whether a call returns a task that it has started and that nobody holds yet.

    None where it is a method of an object of unknown type that is named like one that does.
    """
    if not call.is_call:
        return False
    meaning = meaning_of(view, call)
    if meaning is None:
        return None if call.method in _OF_LOOPS and _may_be_loop(call) else False
    return makes_task(view, meaning)


def _may_be_loop(call: CallUse) -> bool:
    """Say whether a method is called on what is named as a loop: others keep their tasks."""
    owner = call.target.parent if call.target is not None else call.maker
    return owner is not None and "loop" in owner.last_name


def makes_task(view: FunctionView, meaning: object, hops: int = 0) -> bool:
    """Say whether calling `meaning`, as `view` names it, returns a task that nobody holds yet."""
    libraries = view.names.libraries
    if isinstance(meaning, str):
        row = libraries.row(meaning)
        made = libraries.classes(libraries.result(meaning))
        return row is not None and row.spawns and not row.keeps and "asyncio.Future" in made
    if not isinstance(meaning, FunctionId) or hops > _MOST_HOPS:
        return False
    function = view.names.module(meaning.path).functions[meaning.name]
    if function.is_async or function.is_generator or function.broken:
        return False
    inner, usage = view.other(meaning), function.usage
    return any(_is_returned(inner, usage, call, hops) for call in usage.calls)


def _is_returned(view: FunctionView, usage: Usage, call: CallUse, hops: int) -> bool:
    """Say whether a function returns the task that a call starts, and keeps it nowhere."""
    use = call.use
    if use.form is Form.BOUND and use.name:
        uses = [known.use for known in usage.locals.get(use.name, ())]
        returned = [one for one in uses if one.form is Form.RETURNED and not one.collected]
        others = [one for one in uses if one.form is not Form.RETURNED]
        kept = any(one.form is not Form.ATTRIBUTE or one.name not in _ASKED for one in others)
        if not returned or kept:
            return False
    elif use.form is not Form.RETURNED or use.collected or use.awaited:
        return False
    return makes_task(view, meaning_of(view, call), hops + 1)


def _loss(view: FunctionView, usage: Usage, call: CallUse) -> str:
    """Return why nobody keeps the result of a call; "" if somebody does."""
    use = call.use
    if use.awaited:
        return ""
    if use.form is Form.DROPPED:
        return "its result is dropped"
    if use.form is Form.ATTRIBUTE and use.name in _ASKED:
        return f"only `{use.name}` is called on it"
    if use.form is Form.BOUND and use.name:
        return _local_loss(view, usage, use.name)
    if use.form is Form.ARGUMENT and use.called in _FILLS and use.into is not None:
        return _container_loss(view, usage, use)
    return ""


def _given_to(usage: Usage, call: CallUse) -> Iterator[CallUse]:
    """Yield the calls whose results are arguments of a call."""
    for other in usage.calls:
        inside = call.place.start <= other.place.start and other.place.end <= call.place.end
        if inside and other.use.form is Form.ARGUMENT and other.use.into == call.target:
            yield other


def _is_done_at_once(program: Program, view: FunctionView, usage: Usage, call: CallUse) -> bool:
    """Say whether what a call starts never suspends: it is done before anybody can collect it."""
    for other in _given_to(usage, call):
        made = meaning_of(view, other)
        if isinstance(made, FunctionId) and not view.overriding(other.target):
            known = program.function(made)
            return known.is_async and not known.outline.suspends
    return False


def _is_waited_for_by_callback(view: FunctionView, usage: Usage, call: CallUse) -> bool:
    """Say whether a local holds a task while its function awaits what a callback of it may tell."""
    if call.use.form is not Form.BOUND or not view.function.is_async:
        return False
    uses = usage.locals.get(call.use.name, ())
    end = call.place.end
    later = (
        effect.mode
        for place, effect in zip(
            view.function.graph.places, view.function.graph.effects, strict=True
        )
        if place[:2] > (end.line, end.column)
    )
    has_callback = any(known.use.name == "add_done_callback" for known in uses)
    return has_callback and any(mode in {Mode.AWAITED, Mode.FUTURE} for mode in later)


def _local_loss(view: FunctionView, usage: Usage, name: str) -> str:
    """Return why what a local holds is kept by nobody else; "" if somebody keeps or awaits it."""
    uses = [known.use for known in usage.locals.get(name, ())]
    for use in uses:
        asked = use.form is Form.ATTRIBUTE and use.name in _ASKED
        shown = use.form in _SHOWN and not use.awaited
        weak = use.form is Form.ARGUMENT and _is_weak(view, use)
        if not (asked or shown or weak or shows(view, use)):
            return ""
    return f"nobody but the local `{name}` holds it"


def _is_weak(view: FunctionView, use: Use) -> bool:
    """Say whether a call puts its argument where only weak references are kept."""
    known = view.type_of(use.into.parent) if use.into is not None else None
    return use.called in _FILLS and isinstance(known, LibraryType) and known.name in _WEAK


def _container_loss(view: FunctionView, usage: Usage, use: Use) -> str:
    """Return why what is put into a container is kept by nobody: the container is a local's."""
    into = use.into
    if into is None:
        return ""
    if _is_weak(view, use):
        return f"`{into.parent.display()}` keeps weak references alone"
    if into.root is not Root.LOCAL or len(into.steps) != 1:
        return ""
    uses = [known.use for known in usage.locals.get(into.name, ())]
    fills = (Form.ATTRIBUTE, Form.TESTED, Form.FORMATTED)
    if all(
        (one.form in fills and (one.form is not Form.ATTRIBUTE or one.name in _FILLS))
        or shows(view, one)
        for one in uses
    ):
        return f"nobody awaits what is in `{into.name}`"
    return ""


def left_alone(program: Program, function: FunctionId) -> Iterator[Left]:
    """Yield the calls that leave tasks running, or failing, where nobody looks after them."""
    summary = program.function(function)
    if summary.broken:
        return
    view, usage = program.view(function), summary.usage
    for call in usage.calls:
        meaning = meaning_of(view, call)
        if meaning == "asyncio.run_coroutine_threadsafe" and call.use.form is Form.DROPPED:
            why = "what it returns is dropped, and with it the exception of its task"
            yield Left(call, why, is_minor=True)
        elif meaning == "asyncio.wait" and _forgets_pending(view, usage, call):
            names = call.use.names
            yield Left(call, f"nobody cancels or awaits the tasks in `{names[1]}`")
        elif meaning == "asyncio.shield":
            yield from _unheld_shield(view, usage, call)


def _forgets_pending(view: FunctionView, usage: Usage, call: CallUse) -> bool:
    """Say whether a wait may end before its tasks, which nobody else holds or looks at again."""
    names = call.use.names
    ends_early = not {"timeout", "return_when"}.isdisjoint(call.keywords)
    if len(names) != 2 or not ends_early or usage.locals.get(names[1]):
        return False
    return any(_is_given_alone(view, usage, call, other) for other in usage.calls)


def _is_given_alone(view: FunctionView, usage: Usage, wait: CallUse, made: CallUse) -> bool:
    """Say whether a call makes a task that only `wait` is given, itself or in a local."""
    if returns_task(view, made) is False:
        return False
    use = made.use
    if use.form is Form.ARGUMENT and use.into == wait.target:
        return wait.place.start <= made.place.start and made.place.end <= wait.place.end
    if use.form is not Form.BOUND or not use.collected:
        return False
    uses = [known.use for known in usage.locals.get(use.name, ())]
    return len(uses) == 1 and uses[0].form is Form.ARGUMENT and uses[0].into == wait.target


def _unheld_shield(view: FunctionView, usage: Usage, call: CallUse) -> Iterator[Left]:
    """Yield a shield around a coroutine: who waits is cancelled, and nobody holds its task."""
    for made in _given_to(usage, call):
        if own_verdict(view, made) or returns_task(view, made):
            timed = call.use.form is Form.ARGUMENT and call.use.called == "wait_for"
            why = "nobody holds the task that goes on when the wait is over"
            yield Left(call, why, is_sure=timed)
            return
