"""Syntax that a rule may want, with the names that must be resolved to confirm it."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from racelens.model.location import AccessPath
    from racelens.source.span import Span


class Form(enum.Enum):
    """How the result of a call is used although nobody awaits it; the value completes a message."""

    DROPPED = "its result is dropped"
    CONDITION = "a coroutine is always true"
    COMPARISON = "a coroutine equals nothing but itself"
    FORMATTED = "the coroutine itself is printed"
    ATTRIBUTE = "a coroutine has no such attribute"


class UnawaitedCall(NamedTuple):
    """A call that nobody awaits, in a place where an awaitable is of no use.

    `function` is the qualified name of the function that makes the call; `target` what is called,
    None where the callee is no path (`factory().send(1)`); `name` is the relative place
    of the callee's last name, where a resolver is asked.
    """

    function: str
    form: Form
    target: AccessPath | None
    label: str
    call: Span
    name: Span
