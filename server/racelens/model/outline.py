"""What a glance at a function shows: enough to see that most functions cannot race."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.location import NAMED_ROOTS, OWN_ROOTS
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Container

    from racelens.model.location import AccessPath


OWN = "."  # before the name of an attribute of `self`


class Outline(NamedTuple):
    """The names and calls of one function. It may list too much, never too little.

    `mentions` are all names that it uses, of attributes and of variables that are not its own;
    `touched` those of places that others may know (see `name_of`), `repeated` those touched more
    than once, in a loop or under another name, `written` those assigned or deleted. `cells` are
    those of variables that no function knows but those around it and nested in it.
    `parameters` are those of its parameters that it uses more than once, `written_parameters`
    those of which it assigns or deletes a part, called `given`.
    `calls` are the paths that it calls, `repeated_calls` those called more than once, `awaited`
    those awaited; `passes` are calls by their path with those arguments that are places of others.
    `entered` are the paths of context managers, `managed` the calls that do nothing but make one.
    `iterates`: it goes through a shared container. `suspends`: it awaits or yields. `unawaited`
    are the callees of calls that it uses as plain values. `catches_all`: it has a bare `except`.
    `chained` are the names of methods that it calls on what is no place: `make().run()`.
    `ahead` are those of the `mentions` that it uses before its first suspension only, `behind`
    those behind its last one only.
    """

    mentions: frozenset[str]
    touched: frozenset[str]
    cells: frozenset[str]
    repeated: frozenset[str]
    written: frozenset[str]
    parameters: frozenset[str]
    given: frozenset[str]
    written_parameters: frozenset[str]
    calls: tuple[AccessPath, ...]
    repeated_calls: frozenset[AccessPath]
    awaited: frozenset[AccessPath]
    passes: tuple[tuple[AccessPath, tuple[AccessPath, ...]], ...]
    entered: tuple[AccessPath, ...]
    managed: frozenset[AccessPath]
    iterates: bool
    suspends: bool
    unawaited: tuple[AccessPath | None, ...]
    catches_all: bool
    chained: frozenset[str]
    ahead: frozenset[str]
    behind: frozenset[str]

    def may_write(self, mutators: Container[str]) -> frozenset[str]:
        """Return the shared names that it writes by itself if methods called `mutators` do."""
        changed = [
            name_of(path.parent)
            for path in self.calls
            if path.shared_root and path.steps and path.last_name in mutators
        ]
        return self.written.union(changed) if changed else self.written


def name_of(path: AccessPath) -> str:
    """Return the name by which others know a place: its last attribute, else a shared variable.

    An attribute of `self` has the mark `OWN` before it. An entry goes by its container's name. ""
    where others know the place by no name.
    """
    group = path.attribute()
    if group.steps:
        own = len(group.steps) == 1 and path.root in OWN_ROOTS
        return group.steps[-1] if own else group.steps[-1][1:]
    shared = path.root in NAMED_ROOTS
    return path.name.rpartition(":")[2].rpartition("/")[2] if shared else ""
