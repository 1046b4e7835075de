"""When a lock must not be held: the same task would wait for itself, or two for each other.

Regions, each a block of a function, and the lock that all are to hold go in; a verdict comes out.
asyncio's locks are not re-entrant (https://docs.python.org/3/library/asyncio-sync.html).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.fixes.syntax import DEFINITIONS
from racelens.model.effect import Kind, Mode
from racelens.model.location import OWN_VARIABLES, Root
from racelens.program.answers import LibraryType
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from racelens.fixes.site import Place
    from racelens.fixes.syntax import Block
    from racelens.model.effect import Effect
    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId
    from racelens.program.program import Program

# What returns when another task has brought something.
_BRINGS = {
    "asyncio.Event": frozenset({"wait"}),
    "asyncio.Condition": frozenset({"wait", "wait_for"}),
    "asyncio.Queue": frozenset({"get", "join", "put"}),
    "asyncio.Barrier": frozenset({"wait"}),
    "asyncio.Semaphore": frozenset({"acquire"}),
    "asyncio.Lock": frozenset({"acquire"}),
}
_MOST_CALLERS = 4  # calls up, that may hold the lock


class Region(NamedTuple):
    """A block of a function that is to be done under the lock."""

    place: Place
    block: Block


def may_hold(
    program: Program,
    regions: Sequence[Region],
    lock: AccessPath | None,
    apart: frozenset[int] = frozenset(),
) -> bool:
    """Say whether all `regions` can be done under one lock; None stands for a new one.

    What the nodes `apart` of the regions take is going to be taken no more.
    """
    own = {region.place.identity for region in regions}
    inner: set[AccessPath] = set()
    outer: set[AccessPath] = set()
    for region in regions:
        if (
            _has_yield(region.block)
            or not region.place.program.function(region.place.identity).is_async
        ):
            return False
        reached = set(run_by(program, region))
        taken = set(_taken_inside(program, region, reached, apart))
        if reached & own or (lock is not None and lock in taken):
            return False
        if lock is not None and any(_is_condition(program, region, other) for other in taken):
            return False  # it may be made of the lock
        if _waits_for(program, region, own):
            return False
        inner |= taken
        outer |= _held_around(program, region)
    if lock is not None:
        if lock in outer or any(_caller_holds(program, each, lock, 0) for each in own):
            return False
        return not any(_takes_under(program, other, lock) for other in inner)
    return not inner & outer


def _is_condition(program: Program, region: Region, lock: AccessPath) -> bool:
    known = program.view(region.place.identity).type_of(lock)
    return isinstance(known, LibraryType) and known.name.endswith(".Condition")


def is_held(program: Program, region: Region, lock: AccessPath | None) -> bool:
    """Say whether a region is done under the lock already; a new one is held nowhere."""
    return lock is not None and lock in _held_around(program, region)


def runs_callbacks(program: Program, region: Region) -> bool:
    """Say whether a region runs what was given to it, or hands its own object to others.

    Nobody knows what that runs: it may need the lock.
    """
    identity = region.place.identity
    effects, steps = program.function(identity).graph.effects, program.steps(identity)
    for node in region.place.inside(region.block):
        effect = effects[node]
        if effect.kind is not Kind.CALL or steps[node].callee is not None:
            continue
        given = [path for path in effect.arguments if path is not None]
        if any(argument.root is Root.SELF and not argument.steps for argument in given):
            return True
        if _is_data(program, identity, effect):
            return True
    return False


def _is_data(program: Program, function: FunctionId, effect: Effect) -> bool:
    """Say whether what is called is a value: a parameter, a local, an entry, an attribute."""
    path, is_awaited = effect.path, effect.mode is Mode.AWAITED
    if path is None:
        return is_awaited and not effect.name
    if path.root in OWN_VARIABLES:
        return not path.steps
    is_attribute = path.root is Root.SELF and len(path.steps) == 1
    unknown = is_attribute and program.view(function).callee(path) is None
    return is_awaited and (path.is_entry or unknown)


def waits_for_others(program: Program, region: Region) -> bool:
    """Say whether a region waits for what another task brings: an event, an item, a future."""
    identity = region.place.identity
    effects = program.function(identity).graph.effects
    view = program.view(identity)
    for node in region.place.inside(region.block):
        effect = effects[node]
        if effect.kind is Kind.AWAIT and effect.path is not None and effect.path.shared_root:
            return True
        if effect.kind is Kind.CALL and effect.mode is Mode.AWAITED and effect.path is not None:
            known = view.type_of(effect.path.parent) if effect.path.steps else None
            name = known.name if isinstance(known, LibraryType) else ""
            if effect.name in _BRINGS.get(name, ()):
                return True
    return False


def is_endless(block: Block) -> bool:
    """Say whether a block goes through a loop that ends when somebody else says so."""
    for node in _within(block):
        if isinstance(node, ast.AsyncFor):
            return True
        if isinstance(node, ast.While) and any(isinstance(p, ast.Await) for p in ast.walk(node)):
            return True
    return False


def _within(block: Block) -> Iterator[ast.AST]:
    """Yield the nodes of a block, not those of what it defines."""
    stack: list[ast.AST] = list(block.statements)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (*DEFINITIONS, ast.Lambda)):
            stack.extend(ast.iter_child_nodes(node))


def _has_yield(block: Block) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in _within(block))


def run_by(program: Program, region: Region) -> Iterator[FunctionId]:
    """Yield the functions that a region runs, directly or through calls."""
    inside = region.place.inside(region.block)
    yield from reachable(program, _called(program, region.place.identity, inside))


def _called(program: Program, function: FunctionId, nodes: Iterable[int]) -> dict[FunctionId, None]:
    """Return what nodes of a function run: what they call, and what overrides that."""
    effects, steps = program.function(function).graph.effects, program.steps(function)
    view = program.view(function)
    found: dict[FunctionId, None] = {}
    for node in nodes:
        effect, callee = effects[node], steps[node].callee
        runs = effect.kind is not Kind.CALL or effect.mode in {Mode.AWAITED, Mode.PLAIN}
        if callee is not None and runs:
            found[callee] = None
            found.update(dict.fromkeys(view.overriding(effect.path)))
    return found


def reachable(program: Program, called: Iterable[FunctionId]) -> Iterator[FunctionId]:
    """Yield functions and what they run, directly or through calls, each once."""
    seen = set(called)
    stack = list(seen)
    while stack:
        current = stack.pop()
        yield current
        nodes = range(len(program.function(current).graph.effects))
        for callee in _called(program, current, nodes):
            if callee not in seen:
                seen.add(callee)
                stack.append(callee)


def _taken_inside(
    program: Program, region: Region, reached: Iterable[FunctionId], apart: frozenset[int]
) -> Iterator[AccessPath]:
    steps = program.steps(region.place.identity)
    inside = [steps[n] for n in region.place.inside(region.block) if n not in apart]
    below = [step for function in reached for step in program.steps(function)]
    yield from (step.acquires for step in (*inside, *below) if step.acquires is not None)


def _held_around(program: Program, region: Region) -> set[AccessPath]:
    """Return the locks that are held when a region begins."""
    steps = program.steps(region.place.identity)
    held = program.held(region.place.identity)
    inside = region.place.inside(region.block)
    outside = (n for node in inside[:1] for n in held.get(node, ()) if n not in inside)
    return {lock for node in outside if (lock := steps[node].acquires) is not None}


def _caller_holds(program: Program, function: FunctionId, lock: AccessPath, hops: int) -> bool:
    """Say whether some caller of a function holds the lock when it calls."""
    callers = program.tasks.callers
    for call in callers.of(function):
        steps, held = program.steps(call.caller), program.held(call.caller)
        for node in callers.nodes(call):
            if any(steps[taken].acquires == lock for taken in held.get(node, ())):
                return True
        if hops < _MOST_CALLERS and _caller_holds(program, call.caller, lock, hops + 1):
            return True
    return False


def _takes_under(program: Program, other: AccessPath, lock: AccessPath) -> bool:
    """Say whether `lock` is taken somewhere while `other` is held: the order would be a cycle."""
    for path in {other.name.rpartition(":")[0] or None, None}:
        for module in program.modules if path is None else (path,):
            for function in program.functions(module):
                if lock.last_name not in program.function(function).mentions:
                    continue
                steps, held = program.steps(function), program.held(function)
                for node, step in enumerate(steps):
                    if step.acquires == lock and any(
                        steps[taken].acquires == other for taken in held.get(node, ())
                    ):
                        return True
    return False


def _waits_for(program: Program, region: Region, own: set[FunctionId]) -> bool:
    """Say whether a region waits for a task that itself would need the lock."""
    effects = program.function(region.place.identity).graph.effects
    awaited: set[AccessPath] = set()
    for node in region.place.inside(region.block):
        effect = effects[node]
        if effect.kind is Kind.AWAIT and effect.path is not None:
            awaited.add(effect.path)
        elif effect.kind is Kind.CALL and effect.mode is Mode.AWAITED:
            awaited.update(path for path in effect.arguments if path is not None)
    if not awaited:
        return False
    for function, roots in program.tasks.roots.tasks.items():
        is_awaited = any(root.kept in awaited for root in roots if root.kept is not None)
        if is_awaited and not own.isdisjoint(reachable(program, {function})):
            return True
    return False
