"""Which functions concern a rule: cheap answers, so that most functions are not looked at.

Several rules share one: it is asked once for each function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.program.cancellation import CANCELLATION
from racelens.program.future_uses import RESOLVERS

if TYPE_CHECKING:
    from racelens.model.names import FunctionId
    from racelens.program.program import Program

_SLEEP = "sleep"
_WAIT = "wait"  # what is called is a condition, perhaps


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
    return program.may_miss_await(function)


def starts_tasks(program: Program, function: FunctionId) -> bool:
    """Say whether a function may start tasks, itself or by a function that returns one."""
    return program.may_start_tasks(function)


def holds_coroutines(program: Program, function: FunctionId) -> bool:
    """Say whether a function makes coroutines that it does not await at once."""
    return program.may_hold_coroutines(function)


def uses_locks(program: Program, function: FunctionId) -> bool:
    """Say whether a function takes, gives back or asks locks."""
    return program.may_use_locks(function)


def makes_locks(program: Program, function: FunctionId) -> bool:
    """Say whether a function makes a lock."""
    return program.may_make_locks(function)


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


def may_block(program: Program, function: FunctionId) -> bool:
    """Say whether a coroutine function may call what blocks the thread."""
    return program.function(function).is_async and program.blockers.may_block(function)


def runs_in_thread(program: Program, function: FunctionId) -> bool:
    """Say whether a function runs in another thread than the event loop's."""
    return not program.function(function).is_async and function in program.threads.run
