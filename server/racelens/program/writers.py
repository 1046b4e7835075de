"""Who writes a state, whatever it is called there: a function and its place in, writes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from racelens.model.location import AccessPath, Root
from racelens.model.names import MODULE, ClassId, FunctionId
from racelens.model.outline import OWN
from racelens.program.module_files import dotted_name
from racelens.program.related import group_of
from racelens.program.windows import UNSHARED
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racelens.program.index import Index
    from racelens.program.interest import Interest
    from racelens.program.propagate import Propagation
    from racelens.program.views import Views

Site: TypeAlias = "tuple[FunctionId, int]"  # a node of a function
Location: TypeAlias = "tuple[ClassId | None, AccessPath]"  # a class and its attribute

# Functions beside which nothing runs: constructors, and a module while it is imported.
_NOT_BESIDE = UNSHARED | {MODULE}


class _Candidates(NamedTuple):
    """Functions that may write what goes by one name, numbered in `order`.

    Those that only write it as an attribute of `self` are by the class that declares it there, and
    by the name of their class, as places have it.
    """

    order: dict[FunctionId, int]
    others: list[FunctionId]
    by_class: dict[ClassId | None, list[FunctionId]]
    by_class_name: dict[str, list[FunctionId]]


class Writers:
    """The writes of a program. A function is looked through once, and a name asked for once."""

    def __init__(
        self, views: Views, propagation: Propagation, index: Index, interest: Interest
    ) -> None:
        """Look into the functions that `index` finds and that may write, as `interest` says."""
        self._views = views
        self._propagation = propagation
        self._index = index
        self._interest = interest
        self._made: dict[FunctionId, dict[str, list[tuple[Location, Site]]]] = {}
        self._by_name: dict[str, _Candidates] = {}
        self._perhaps: dict[Location, list[FunctionId]] = {}
        self._sites: dict[Location, list[Site]] = {}
        self._seeing: dict[AccessPath, dict[ClassId | None, list[FunctionId]]] = {}

    def of(self, function: FunctionId, place: AccessPath) -> Sequence[Site]:
        """Return the writes of a place, as `function` sees it, by whatever function."""
        location = self.location(function, place)
        if location not in self._sites:
            name = name_of(location[1])
            self._sites[location] = [
                site
                for other in self._functions_at(location)
                for written, site in self._writes_in(other).get(name, ())
                if written == location
            ]
        return self._sites[location]

    def functions(self, function: FunctionId, place: AccessPath) -> Sequence[FunctionId]:
        """Return who may write a place, as `function` sees it: they are not read for that."""
        return self._functions_at(self.location(function, place))

    def _functions_at(self, location: Location) -> Sequence[FunctionId]:
        """Return the functions whose outlines do not rule out that they write at `location`.

        Who only writes an attribute of `self` writes that of the class that declares it, or, in a
        method of the class, a variable of the class.
        """
        if location not in self._perhaps:
            owner, group = location
            name = name_of(group)
            known = self._by_name.get(name) or self._look_for(name)
            own = known.by_class.get(owner, ()) if group.root is Root.SELF else ()
            of_class = known.by_class_name.get(group.name, ()) if group.root is Root.NAME else ()
            found = dict.fromkeys((*known.others, *own, *of_class))
            self._perhaps[location] = sorted(found, key=known.order.__getitem__)
        return self._perhaps[location]

    def _look_for(self, name: str) -> _Candidates:
        """Sort the functions that may write what is called `name`, by themselves or by callees."""
        known = self._by_name[name] = _Candidates({}, [], {}, {})
        for other in self._index.mentioning(frozenset({name})):
            written = self._interest.written(other)
            if name in written:
                known.others.append(other)
            elif OWN + name in written:
                view = self._views[other]
                declaring = self._declaring(view.owner, name) if view.owner else None
                known.by_class.setdefault(declaring, []).append(other)
                class_name = f"{view.path}:{view.function.owner}"
                known.by_class_name.setdefault(class_name, []).append(other)
            else:
                continue
            known.order[other] = len(known.order)
        return known

    def _writes_in(self, function: FunctionId) -> dict[str, list[tuple[Location, Site]]]:
        """Return the writes that `function` does itself, by the name of what is written."""
        if function not in self._made:
            made = self._made[function] = {}
            if self._views[function].function.last_name in _NOT_BESIDE:
                return made
            for node, step in enumerate(self._propagation.steps(function)):
                own = (write.place for write in step.early if write.inner is None)
                for location in dict.fromkeys(self.location(function, place) for place in own):
                    told = (location, (function, node))
                    made.setdefault(name_of(location[1]), []).append(told)
        return self._made[function]

    def location(self, function: FunctionId, place: AccessPath) -> Location:
        """Return a place of `function` as other functions can name it: class and attribute.

        `self.client.state`, where the class of `self.client` is known, is that class's `state`.
        """
        group = group_of(place)
        view = self._views[function]
        if group.root is not Root.SELF:
            return (None, group)
        owner = view.owner
        if len(group.steps) > 1:
            known = view.type_of(group.parent)
            if isinstance(known, ClassId):
                owner, group = known, AccessPath(Root.SELF, "self", group.steps[-1:])
        return (self._declaring(owner, name_of(group)) if owner else None, group)

    def full_name(self, function: FunctionId, place: AccessPath) -> str:
        """Return the dotted name of a state, as `function` sees it: module, class, attribute."""
        owner, group = self.location(function, place)
        if owner is not None:
            return f"{dotted_name(owner.path)}.{owner.name}.{name_of(group)}"
        path, _, variable = group.name.rpartition(":")
        return f"{dotted_name(path)}.{variable}{''.join(group.steps)}" if path else ""

    def _declaring(self, owner: ClassId, name: str) -> ClassId:
        """Return the class that declares an attribute: subclasses of it mean the same one."""
        names = self._views.names
        declared = names.attribute(owner, name)
        return declared[0] if declared is not None else names.mro(owner)[-1]

    def seeing(self, function: FunctionId, place: AccessPath) -> Sequence[FunctionId]:
        """Return the functions that mention a place and mean by it what `function` means.

        Constructors and functions that are not asynchronous are left out.
        """
        group = group_of(place)
        if group not in self._seeing:
            found = self._seeing[group] = {}
            for other in self._index.mentioning(frozenset({name_of(group)})):
                known = self._views[other].function
                if known.is_async and known.last_name not in UNSHARED:
                    found.setdefault(self.location(other, group)[0], []).append(other)
        return self._seeing[group].get(self.location(function, group)[0], ())


def name_of(group: AccessPath) -> str:
    """Return the last name of a path without keys."""
    return group.steps[-1][1:] if group.steps else group.name.rpartition(":")[2]
