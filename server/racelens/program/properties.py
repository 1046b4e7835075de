"""Which properties a function may read, told by its outline: a view in, properties out.

A read runs a property where the class of its object is known (`FunctionView.property_read`). An
outline has no paths, but whatever a path leads to is of a class that is met on the way from `self`
and the variables, by attributes that the function mentions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.names import ClassId

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.names import FunctionId
    from racelens.program.views import FunctionView


def properties_read(view: FunctionView) -> Iterator[tuple[str, FunctionId, bool]]:
    """Yield what reads in a function may run: the name, the property, and whether of `self`."""
    wanted = view.function.mentions & view.names.properties.keys()
    if not wanted:
        return
    owner = view.owner
    for known in _classes(view):
        for name in wanted:
            found = view.names.property_of(known, name)
            if found is not None:
                yield name, found, False
                if known == owner:
                    yield name, found, True


def _classes(view: FunctionView) -> Iterator[ClassId]:
    """Yield the classes of what paths of a function may lead to, that of `self` first."""
    names, mentions = view.names, view.function.mentions
    starts = (known for known in (view.owner, *view.variable_types()) if isinstance(known, ClassId))
    found = dict.fromkeys(starts)
    stack = [*found]
    while stack:
        known = stack.pop()
        yield known
        for attribute in names.attributes(known).keys() & mentions:
            held = names.attribute_type(known, attribute)
            if isinstance(held, ClassId) and held not in found:
                found[held] = None
                stack.append(held)
