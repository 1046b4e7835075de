"""Whether statements look at a state through what they call: a site and statements in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.fixes.lock_conditions import reachable
from racelens.fixes.syntax import first_line, last_line
from racelens.program.related import group_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

    from racelens.fixes.site import Site


def touches_state(site: Site, statements: Sequence[ast.stmt]) -> bool:
    """Say whether what `statements` call reads or writes the state of the site's window."""
    program = site.program
    line = program.line(site.identity)
    lines = range(first_line(statements[0]) - line, last_line(statements[-1]) - line + 1)
    own = program.function(site.identity).graph.places
    steps = program.steps(site.identity)
    called = {
        callee
        for number, place in enumerate(own)
        if place[0] in lines and (callee := steps[number].callee) is not None
    }
    group = group_of(site.window.read.place)
    last = group.steps[-1] if group.steps else group.name
    for function in reachable(program, called):
        for step in program.steps(function):
            places_of = [*(read.place for read in step.reads), *(w.place for w in step.early)]
            for place in places_of:
                other = group_of(place)
                if (other.steps[-1] if other.steps else other.name) == last:
                    return True
    return False
