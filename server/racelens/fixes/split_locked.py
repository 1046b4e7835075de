"""What is done under a lock, apart from the taking of it: a method is split in two.

    async def add(self, item):                 async def add(self, item):
        async with self.lock:                      async with self.lock:
            self.items.append(item)      ->            await self._add_locked(item)

                                               async def _add_locked(self, item):
                                                   self.items.append(item)

Who holds the lock calls the second part.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair
from racelens.fixes.expressions import within
from racelens.fixes.names import free_name
from racelens.fixes.plan import Lines, Plan, Replace
from racelens.fixes.site import place_of
from racelens.fixes.syntax import first_line, last_line, parameters_of
from racelens.program.lock_orders import LockOrders
from racelens.source.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.fixes.plan import Change
    from racelens.fixes.site import Place
    from racelens.fixes.spot import Spot
    from racelens.model.names import FunctionId

TITLE = "Call `{name}()`, which leaves the lock to its caller"


def split_locked(spot: Spot) -> Plan | None:
    """Return the plan, where what is called is a method that works under the lock alone."""
    callee = _callee(spot)
    place = place_of(spot.program, callee, spot.syntax_of) if callee is not None else None
    if place is None or place.function.decorator_list or not _is_alone(spot, place):
        return None
    args = place.function.args
    defaults = [*args.defaults, *(each for each in args.kw_defaults if each is not None)]
    if not all(isinstance(each, ast.Constant | ast.Name | ast.Attribute) for each in defaults):
        return None  # a list, say, that all calls of the first part share
    region = _region(place)
    called = _name(spot, place)
    if region is None or called is None:
        return None
    name = _split_before(place, region)
    changes: tuple[Change, ...] = ()
    if not name:
        name = _new_name(place)
        changes = _split(place, region, name)
    change = Replace(spot.file.path, called, name)
    return Plan(TITLE.format(name=name), Repair.LOCK, (change, *changes))


def _callee(spot: Spot) -> FunctionId | None:
    """Return the function that takes the lock again, where it is the one that is called."""
    program = spot.program
    for nested in program.facet(LockOrders).again(spot.identity):
        node, by = nested.taken.node, nested.taken.by[0]
        if program.span(spot.identity, node) == spot.finding.span and by != spot.identity:
            is_called = program.steps(spot.identity)[node].callee == by
            return by if is_called else None
    return None


def _is_alone(spot: Spot, place: Place) -> bool:
    """Say whether nothing else may run in the place of the function that is called."""
    owner = spot.program.view(place.identity).owner
    if owner is None:
        return place.file.path == spot.file.path and place.function in place.file.body
    program, name = spot.program, place.function.name
    if program.subclasses.overriding(owner, name) or program.names.attribute(owner, name):
        return False
    return isinstance(place.file.parents.get(place.function), ast.ClassDef)


def _name(spot: Spot, place: Place) -> Span | None:
    """Return where the name of what is called stands."""
    func = spot.call.func if spot.call is not None else None
    if not isinstance(func, ast.Name | ast.Attribute):
        return None
    end, name = spot.file.span(func).end, place.function.name
    start = end._replace(column=end.column - len(name))
    is_it = (func.id if isinstance(func, ast.Name) else func.attr) == name
    return Span(start, end) if is_it else None


def _region(place: Place) -> ast.With | ast.AsyncWith | None:
    """Return the region of the lock, where it is all that the function does."""
    body = place.function.body
    if ast.get_docstring(place.function, clean=False) is not None:
        body = body[1:]
    if len(body) != 1 or not isinstance(body[0], ast.With | ast.AsyncWith):
        return None
    region = body[0]
    item = region.items[0]
    if len(region.items) > 1 or item.optional_vars is not None:
        return None
    if first_line(region.body[0]) <= place.file.span(item.context_expr).end.line:
        return None
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in within(region.body)):
        return None
    return region


def _split_before(place: Place, region: ast.With | ast.AsyncWith) -> str:
    """Return the name of the second part, where a function has been split already."""
    if len(region.body) > 1 or not isinstance(region.body[0], ast.Expr | ast.Return):
        return ""
    value = region.body[0].value
    call = value.value if isinstance(value, ast.Await) else value
    if not isinstance(call, ast.Call) or place.file.text(call) != _call(place, _ending(place)):
        return ""
    return _ending(place)


def _ending(place: Place) -> str:
    return f"_{place.function.name.strip('_')}_locked"


def _new_name(place: Place) -> str:
    owner = place.program.view(place.identity).owner
    taken = place.taken_names()
    if owner is not None:
        names = place.program.names
        line = (*names.mro(owner), *place.program.subclasses.below(owner))
        taken = {name for each in line for name, _ in names.summary(each).attributes}
        taken |= {
            name.rpartition(".")[2]
            for each in line
            for name in names.module(each.path).functions
            if name.startswith(f"{each.name}.")
        }
    return free_name(_ending(place), taken)


def _call(place: Place, name: str) -> str:
    """Return the call of the second part, which is given what the first one was."""
    function, own = place.function, place.receiver
    given = [each.arg for each in parameters_of(function)]
    if own is not None:
        del given[0]
    args = function.args
    if args.vararg is not None:
        given.append(f"*{args.vararg.arg}")
    given += [f"{each.arg}={each.arg}" for each in args.kwonlyargs]
    if args.kwarg is not None:
        given.append(f"**{args.kwarg.arg}")
    head = name if own is None else f"{own}.{name}"
    return f"{head}({', '.join(given)})"


def _split(place: Place, region: ast.With | ast.AsyncWith, name: str) -> tuple[Change, ...]:
    """Return the changes that split a function: the call of the second part, and that below."""
    file, function = place.file, place.function
    first = file.span(region.items[0].context_expr).end.line + 1
    last = last_line(region)
    is_async = isinstance(function, ast.AsyncFunctionDef)
    gives = any(isinstance(n, ast.Return) and n.value is not None for n in within(region.body))
    words = f"{'return ' if gives else ''}{'await ' if is_async else ''}"
    indent = file.indentation(first_line(region.body[0]))
    called = f"{indent}{words}{_call(place, name)}"
    inner = file.indentation(first_line(region))
    body = tuple(_dedented(place, first, last, len(indent) - len(inner)))
    gap = ("",) if place.program.view(place.identity).owner is not None else ("", "")
    return (Lines(file.path, first, last + 1, (called, *gap, *_header(place, name), *body)),)


def _header(place: Place, name: str) -> Iterator[str]:
    """Yield the lines from `def` to the colon, with another name."""
    file, function = place.file, place.function
    end = first_line(function.body[0])
    while file.source.line(end - 1).lstrip()[:1] in {"", "#"}:
        end -= 1  # what is said of the body stays with the first part
    for number in range(function.lineno - 1, end):
        text = file.source.line(number)
        if number == function.lineno - 1:
            text = re.sub(rf"\bdef(\s+){re.escape(function.name)}\b", rf"def\g<1>{name}", text)
        yield text


def _dedented(place: Place, first: int, last: int, columns: int) -> Iterator[str]:
    file = place.file
    for number, text in enumerate(file.lines(first, last), first):
        inside = number in file.inside_strings or not text[:columns].isspace()
        yield text if inside else text[columns:]
