"""Which functions concern a rule: cheap answers, so that most functions are not looked at.

Several rules share one: it is asked once for each function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.program.blocking import Blockers
from racelens.program.cancellation import CANCELLATION
from racelens.program.coroutines import is_coroutine_function, may_make_awaitable
from racelens.program.future_uses import RESOLVERS
from racelens.program.lock_orders import may_use_locks
from racelens.program.lock_types import made_lock
from racelens.program.media import Media
from racelens.program.task_values import TaskMakers
from racelens.program.threads import Threads

if TYPE_CHECKING:
    from racelens.model.names import FunctionId
    from racelens.program.program import Program

_ROWS = frozenset({"row", "sql"})
_SLEEP = "sleep"
_WAIT = "wait"  # what is called is a condition, perhaps


def nobody(program: Program, function: FunctionId) -> bool:
    """Say that no function concerns the rule: it looks at something else."""
    del program, function
    return False


def has_windows(program: Program, function: FunctionId) -> bool:
    """Say whether other tasks may get in between a read and a write."""
    return bool(program.windows(function))


def waits(program: Program, function: FunctionId) -> bool:
    """Say whether a function has a window, or may wait for a condition."""
    return _WAIT in program.function(function).mentions or has_windows(program, function)


def is_coroutine(program: Program, function: FunctionId) -> bool:
    """Say whether a function is asynchronous."""
    return program.function(function).is_async


def may_miss_await(program: Program, function: FunctionId) -> bool:
    """Say whether a call may make a coroutine that is used as a plain value."""
    callees = program.function(function).outline.unawaited
    if program.answers:
        return bool(callees)
    view = program.view(function)
    return any(may_make_awaitable(view, callee) for callee in callees)


def starts_tasks(program: Program, function: FunctionId) -> bool:
    """Say whether a function may start tasks, itself or by a function that returns one."""
    return program.facet(TaskMakers).may_start(function)


def holds_coroutines(program: Program, function: FunctionId) -> bool:
    """Say whether a coroutine function calls another one without awaiting it at once."""
    known = program.function(function)
    outline = known.outline
    if not known.is_async or len(outline.awaited) == len(outline.calls):
        return False
    view = program.view(function)
    return any(
        path not in outline.awaited and is_coroutine_function(view, view.callee(path))
        for path in outline.calls
    )


def uses_locks(program: Program, function: FunctionId) -> bool:
    """Say whether a function takes, gives back or asks locks of known types."""
    return may_use_locks(program, function)


def makes_locks(program: Program, function: FunctionId) -> bool:
    """Say whether a function makes a lock of a known type."""
    known = program.function(function)
    if program.renamed(program.names.libraries.locks).isdisjoint(known.mentions):
        return False
    view = program.view(function)
    return any(made_lock(view, view.callee(path)) is not None for path in known.outline.calls)


def resolves_futures(program: Program, function: FunctionId) -> bool:
    """Say whether a function may set the result of a future, or its exception."""
    return not RESOLVERS.isdisjoint(program.function(function).mentions)


def loops_asleep(program: Program, function: FunctionId) -> bool:
    """Say whether a coroutine function may sleep, in a loop perhaps."""
    known = program.function(function)
    return known.is_async and _SLEEP in known.mentions


def catches_cancellation(program: Program, function: FunctionId) -> bool:
    """Say whether a coroutine function may catch its own cancellation."""
    known = program.function(function)
    named = known.outline.catches_all or not CANCELLATION.isdisjoint(known.mentions)
    return known.is_async and named


def cleans_up(program: Program, function: FunctionId) -> bool:
    """Say whether a function is asynchronous and awaits something, in a `finally` perhaps."""
    known = program.function(function)
    return known.is_async and known.outline.suspends


def may_block(program: Program, function: FunctionId) -> bool:
    """Say whether a coroutine function may call what blocks the thread."""
    return program.function(function).is_async and program.facet(Blockers).may_block(function)


def meets_threads(program: Program, function: FunctionId) -> bool:
    """Say whether a function changes what a thread of the program knows, or others beside it."""
    return program.facet(Threads).may_meet(function)


def runs_in_thread(program: Program, function: FunctionId) -> bool:
    """Say whether a function runs in another thread than the event loop's."""
    return not program.function(function).is_async and function in program.facet(Threads).functions


def uses_redis(program: Program, function: FunctionId) -> bool:
    """Say whether a function may read an entry of Redis and write one."""
    return program.facet(Media).of(function) >= {("redis", "get"), ("redis", "set")}


def uses_records(program: Program, function: FunctionId) -> bool:
    """Say whether a function may fetch and put records of a shared store."""
    return program.facet(Media).of(function) >= {("record", "get"), ("record", "set")}


def uses_rows(program: Program, function: FunctionId) -> bool:
    """Say whether a function may read and write rows of a database."""
    return any(medium in _ROWS for medium, _ in program.facet(Media).of(function))


def claims_work(program: Program, function: FunctionId) -> bool:
    """Say whether a function may take work out of a table or a list."""
    takes = program.facet(Media).of(function) >= {("redis", "peek"), ("redis", "take")}
    return takes or uses_rows(program, function)


def uses_files(program: Program, function: FunctionId) -> bool:
    """Say whether a function may open files."""
    return any(medium == "file" for medium, _ in program.facet(Media).of(function))


def is_decorated(program: Program, function: FunctionId) -> bool:
    """Say whether a function has decorators."""
    return bool(program.function(function).decorators)
