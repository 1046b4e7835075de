"""Places: access paths made comparable across functions and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.location import MAX_STEPS, AccessPath, Root, keys_may_match
from racelens.model.names import ClassId, FunctionId

if TYPE_CHECKING:
    from racelens.program.names import Names
    from racelens.program.views import FunctionView

_MAX_HOPS = 5


_SELF, _NAME = Root.SELF, Root.NAME  # a member of an enumeration takes long to look up
SELF = AccessPath(_SELF, "self")


def receiver_of(view: FunctionView, path: AccessPath | None) -> AccessPath | None:
    """Return the place of the object whose method `path` is."""
    if path is None or not path.steps:
        return None
    if path.root is _SELF and len(path.steps) == 1:
        return SELF
    return place_of(view, path.parent)


def place_of(view: FunctionView, path: AccessPath) -> AccessPath | None:
    """Return `path` as a place, or None where it names no state that tasks can share.

    `self` is always called so; a module's variable carries the file that defines it.
    """
    known = view.places
    if path not in known:
        known[path] = _place_of(view, path)
    return known[path]


def _place_of(view: FunctionView, path: AccessPath) -> AccessPath | None:
    root = path.root
    if root is _SELF:
        return AccessPath(root, "self", path.steps) if path.steps else None
    if root is Root.CLASS:
        return AccessPath(_NAME, f"{view.path}:{view.function.owner}", path.steps)
    if root is _NAME:
        return _global_place(view.names, view.path, path, 0)
    if root is Root.CELL:
        return AccessPath(root, f"{view.path}:{path.name}", path.steps)
    return path if root is Root.PARAMETER else None


def _global_place(names: Names, file: str, path: AccessPath, hops: int) -> AccessPath | None:
    module = names.module(file)
    if path.name in module.variables:
        return AccessPath(_NAME, f"{file}:{path.name}", path.steps)
    found = names.find(file, path.name)
    if isinstance(found, ClassId):
        return AccessPath(_NAME, f"{found.path}:{found.name}", path.steps)
    bound = module.imports.get(path.name)
    if isinstance(found, FunctionId) or bound is None or hops > _MAX_HOPS:
        return None
    if bound.member:
        target = names.find_module(file, bound.module)
        if target is not None and target != file:
            inner = AccessPath(_NAME, bound.member, path.steps)
            if (place := _global_place(names, target, inner, hops + 1)) is not None:
                return place
    return _module_attribute(names, file, path, hops)


def _module_attribute(names: Names, file: str, path: AccessPath, hops: int) -> AccessPath | None:
    """Return `state.counter` as the variable `counter` of the module that `state` means."""
    bound = names.module(file).imports[path.name]
    dotted = f"{bound.module}.{bound.member}" if bound.member else bound.module
    steps = path.steps
    while steps and steps[0][0] == ".":
        target = names.find_module(file, dotted.replace("..", "."))
        if target is not None and steps[0][1:] in names.module(target).variables:
            inner = AccessPath(_NAME, steps[0][1:], steps[1:])
            return _global_place(names, target, inner, hops + 1)
        dotted, steps = dotted + steps[0], steps[1:]
    return None


def substituted(place: AccessPath, receiver: AccessPath | None) -> AccessPath | None:
    """Return the callee's `place` in the caller's terms, where `receiver` is the callee's self.

    None where it cannot be said, or would be too long to be compared.
    """
    if place.root is not _SELF:
        return place if place.root is _NAME else None
    if receiver is None or len(receiver.steps) + len(place.steps) > MAX_STEPS:
        return None
    return AccessPath(receiver.root, receiver.name, (*receiver.steps, *place.steps))


def same_place(left: AccessPath, right: AccessPath) -> bool:
    """Say whether two places may be one: equal steps, where an unknown key equals each key."""
    return (
        left.root == right.root
        and left.name == right.name
        and len(left.steps) == len(right.steps)
        and all(map(keys_may_match, left.steps, right.steps))
    )


def entry_of(container: AccessPath, entry: AccessPath) -> bool:
    """Say whether `entry` is one key step below `container`."""
    return entry.is_entry and same_place(container, entry.parent)
