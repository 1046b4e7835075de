"""Access paths: how code names a place that may be shared.

A path is a root and at most four steps below it. Equal paths below one root of one function are
taken for one place, different ones for different places (RacerD's choice: it misses some aliases
and keeps precision; https://fbinfer.com/docs/checker-racerd/).
"""

from __future__ import annotations

import enum
from functools import lru_cache

from racelens.source.named_tuple import NamedTuple

MAX_STEPS = 4
_MOST_NAMES = 4096  # kept, so that one that is used often is made once
UNKNOWN_KEY = "[?]"
SUPER = "super()"  # the name of a root SELF that stands for `super()`


class Root(enum.IntEnum):
    """What the first name of a path is, as far as its own chunk of the file tells."""

    SELF = 1  # the first parameter of a method
    CLASS = 2  # the first parameter of a class method
    NAME = 3  # a name of the module: variable, import, function, class or builtin
    CELL = 4  # a variable that nested functions share; its name is "function/variable"
    PARAMETER = 5
    LOCAL = 6
    VALUE = 7  # the result of an expression: nothing that another task can name


OWN_ROOTS = frozenset({Root.SELF, Root.CLASS})
NAMED_ROOTS = frozenset({Root.NAME, Root.CELL})
OWN_VARIABLES = frozenset({Root.LOCAL, Root.PARAMETER})  # of one call of a function
_NAME, _LAST_SHARED = Root.NAME, Root.CELL  # a member of an enumeration takes long to look up


class AccessPath(NamedTuple):
    """A root, its name, and steps: `.attribute`, `['constant']`, `[=symbol]` or `[?]`."""

    root: Root
    name: str
    steps: tuple[str, ...] = ()

    def child(self, step: str) -> AccessPath:
        """Return the path one step below; beyond the fourth step paths stay the same."""
        root, name, above = self
        if len(above) >= MAX_STEPS:
            return self
        return AccessPath(root, name, (*above, step))

    def below(self, steps: list[str]) -> AccessPath:
        """Return the path below by `steps`, of which the last comes first; see `child`."""
        steps.reverse()
        root, name, above = self
        below = (*above, *steps) if above else tuple(steps)
        return AccessPath(root, name, below[:MAX_STEPS])

    @property
    def parent(self) -> AccessPath:
        """The path one step above; a root has itself."""
        root, name, steps = self
        return AccessPath(root, name, steps[:-1])

    @property
    def last_name(self) -> str:
        """The name of the last attribute, or of the variable: the one by which it is called."""
        return self.steps[-1][1:] if self.steps else self.name.rpartition("/")[2]

    @property
    def is_entry(self) -> bool:
        """Whether the last step is a key."""
        return bool(self.steps) and self.steps[-1][0] == "["

    @property
    def is_own(self) -> bool:
        """Whether it is an attribute of the object whose method names it, or an entry of one."""
        return self.root is Root.SELF and len(self.attribute().steps) == 1

    @property
    def shared_root(self) -> bool:
        """Whether another task may reach the place: all but locals, parameters and values."""
        return self.root <= _LAST_SHARED

    def attribute(self) -> AccessPath:
        """Return the path up to its first key: the container of an entry, else itself."""
        for number, step in enumerate(self.steps):
            if step[0] == "[":
                return AccessPath(self.root, self.name, self.steps[:number])
        return self

    def display(self) -> str:
        """Return the path as Python would write it; symbols without their mark."""
        text = self.name.rpartition(":")[2].rpartition("/")[2]
        for step in self.steps:
            text += step.replace("[=", "[") if step[0] == "[" else step
        return text.replace(UNKNOWN_KEY, "[…]")


def cell(function: str, name: str) -> AccessPath:
    """Return the path of a variable of `function` that functions nested in it share."""
    return AccessPath(Root.CELL, f"{function}/{name}")


@lru_cache(_MOST_NAMES)
def variable(root: Root, name: str) -> AccessPath:
    """Return the path of a variable: most functions name theirs alike."""
    return AccessPath(root, name)


def module_name(name: str) -> AccessPath:
    """Return the path of a name of the module."""
    return variable(_NAME, name)


def keys_may_match(left: str, right: str) -> bool:
    """Say whether two steps may name one entry: equal ones do, an unknown key matches each."""
    if left == right:
        return True
    return left[0] == right[0] == "[" and UNKNOWN_KEY in {left, right}
