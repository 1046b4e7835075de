"""What has come between two versions of a module's names: names that others may mention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racelens.model.location import AccessPath
    from racelens.model.summary import FunctionSummary
    from racelens.program.module_names import ModuleNames


class NewNames(NamedTuple):
    """What a module binds besides, its functions besides, and the attributes of other types."""

    bound: frozenset[str]
    attributes: frozenset[str]
    functions: frozenset[str]


def new_names(before: ModuleNames, after: ModuleNames) -> NewNames | None:
    """Return what is new; None where something is another thing now, or gone."""
    if not before.functions.keys() <= after.functions.keys():
        return None
    pairs = ((known, after.functions[name]) for name, known in before.functions.items())
    if any(known is not one and _signature(known) != _signature(one) for known, one in pairs):
        return None
    bound: set[str] = set()
    for known, now in ((before.imports, after.imports), (before.variables, after.variables)):
        if any(now.get(name) != what for name, what in known.items()):
            return None
        bound |= now.keys() - known.keys()
    if before.classes.keys() != after.classes.keys():
        return None
    attributes: set[str] = set()
    for name, summary in before.classes.items():
        other = after.classes[name]
        if summary == other:
            continue
        types, now_types = dict(summary.attributes), dict(other.attributes)
        if summary != other._replace(attributes=summary.attributes, line=summary.line):
            return None
        both = types.keys() | now_types.keys()
        attributes.update(each for each in both if types.get(each) != now_types.get(each))
    functions = frozenset(after.functions.keys() - before.functions.keys())
    return NewNames(frozenset(bound), frozenset(attributes), functions)


def named_by_types(modules: Iterable[ModuleNames]) -> frozenset[str]:
    """Return the names by which types, bases and decorators are found."""
    paths: list[AccessPath | None] = []
    for module in modules:
        types = [known for own in module.variables.values() for known in own]
        for summary in module.classes.values():
            types += (known for _, own in summary.attributes for known in own)
            paths += (*summary.bases, *summary.decorators)
        paths += (path for known in types for path in (known.path, known.factory))
    found: set[str] = set()
    for path in paths:
        if path is not None:
            found.update((path.name, *(step[1:] for step in path.steps)))
    return frozenset(found)


def _signature(function: FunctionSummary) -> tuple[object, ...]:
    return (
        function.is_async,
        function.is_generator,
        function.owner,
        function.enclosing,
        function.parameters,
        function.parameter_types,
        function.decorators,
    )
