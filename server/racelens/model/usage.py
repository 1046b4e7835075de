"""What becomes of values: of the results of calls, and of what locals hold. Syntax alone."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from racelens.model.location import AccessPath
    from racelens.model.summary import Type
    from racelens.source.span import Span


# Classes of which no awaitable is an instance, as `annotation_type` names them.
PLAIN_TYPES = frozenset({"int", "str", "bool", "list", "dict", "set", "tuple"})


class Form(enum.Enum):
    """How an expression uses the value of a part of it."""

    DROPPED = "dropped"
    BOUND = "bound"  # to a local that no nested function knows
    STORED = "stored"  # where others may find it
    ARGUMENT = "argument"
    RETURNED = "returned"
    YIELDED = "yielded"
    AWAITED = "awaited"
    TESTED = "tested"
    COMPARED = "compared"
    FORMATTED = "formatted"
    ATTRIBUTE = "attribute"
    OPERATED = "operated"  # `+`, `[0]` and the like
    ITERATED = "iterated"
    ITERATED_ASYNC = "iterated async"  # delegated to (`yield from`), too
    ENTERED = "entered"
    ENTERED_ASYNC = "entered async"
    LAMBDA = "lambda"  # made by a lambda that is dropped
    OTHER = "other"


class Use(NamedTuple):
    """How a value is used.

    `name` is the local that it, or what entering it gives, is bound to, or the attribute that is
    taken of it; `names` are the
    locals that it is unpacked to; `into` is what is called with it as an argument, the last part of
    its name in `called`. `collected`: it is an entry of what is used so. `awaited`: what is used so
    is what awaiting it gave.
    """

    form: Form
    name: str = ""
    into: AccessPath | None = None
    called: str = ""
    collected: bool = False
    names: tuple[str, ...] = ()
    awaited: bool = False


class CallUse(NamedTuple):
    """A call, and how its result is used; so is an attribute that is dropped (`self.ready`).

    `target` is what is called, None where it is no path: in `factory().send(1)` then `maker` is
    the factory and `method` is "send". `label` is its name for reports, `place` the range of the
    whole, `name` that of the callee's last name, where a resolver is asked: both are relative to
    the line of the function's `def`. `positional` is the number of positional arguments,
    `keywords` are the names of the others. `arguments` and `given` are their texts: of constants,
    names and f-strings, "" for all else.
    """

    target: AccessPath | None
    label: str
    use: Use
    place: Span
    name: Span
    is_call: bool = True
    maker: AccessPath | None = None
    method: str = ""
    positional: int = 0
    keywords: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    given: tuple[tuple[str, str], ...] = ()

    def argument(self, number: int, keyword: str = "") -> str:
        """Return the text of an argument, by position or by name; "" where there is none."""
        if number < len(self.arguments):
            return self.arguments[number]
        return next((text for name, text in self.given if name == keyword), "")


class Change(NamedTuple):
    """An attribute or entry of what a local holds is assigned (`row.count = row.count + 1`).

    `attribute` is ".count", or "['count']" for an entry. `uses` are the locals in the value, and
    the attributes and entries that are read of them, each as text. `constant` is what is assigned
    if it is one, as text.
    """

    name: str
    attribute: str
    place: Span
    uses: frozenset[str]
    constant: str


class Condition(NamedTuple):
    """What a condition uses, as `Change` has it, and the range in which it decides what runs."""

    uses: frozenset[str]
    place: Span


class NameUse(NamedTuple):
    """A use of what a local holds, and where it is; see `CallUse`."""

    use: Use
    place: Span


class Handler(NamedTuple):
    """An exception handler: what it catches, () for all, and where; see `CallUse` for places.

    `before` is what the handlers before it catch. `suspends`: the `try` block awaits something,
    `of_tasks`: but calls nothing for that (`await self.task`). `raises`: the handler raises
    something on some way; `uses_error`: it does something with the exception; `ends`: it leaves the
    function or the loop around it; `is_last`: nothing of the function comes behind it.
    """

    catches: tuple[AccessPath | None, ...]
    before: tuple[AccessPath | None, ...]
    place: Span
    suspends: bool
    of_tasks: bool
    raises: bool
    uses_error: bool
    ends: bool
    in_loop: bool
    is_last: bool


class Cleanup(NamedTuple):
    """A suspension that must be got through for something to be put in order; see `CallUse`.

    `called` is the function whose call is awaited, None where that is none; `behind` is the place
    of what is skipped if it is interrupted. `state` is what was changed before, and is changed back
    there; "" where `place` is in a `finally`. `only_calls` has what the rest of that one calls, if
    it does nothing else.
    """

    place: Span
    called: AccessPath | None
    behind: Span
    state: str = ""
    only_calls: tuple[AccessPath | None, ...] | None = None


class Usage(NamedTuple):
    """What becomes of values in one function: its calls in source order, the uses of its locals.

    Locals that nested functions share are not listed. `returns` is the class that the annotation of
    its result names, None where there is none or a name for several.
    """

    calls: tuple[CallUse, ...]
    locals: Mapping[str, tuple[NameUse, ...]]
    returns: Type | None
    handlers: tuple[Handler, ...] = ()
    changes: tuple[Change, ...] = ()
    cleanups: tuple[Cleanup, ...] = ()
    conditions: tuple[Condition, ...] = ()
