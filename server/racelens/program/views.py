"""Types of places and meanings of calls inside one function."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from racelens.model.effect import Mode
from racelens.model.location import OWN_VARIABLES, SUPER, AccessPath, Root
from racelens.model.names import ClassId, FunctionId
from racelens.program.answers import LibraryType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from racelens.model.summary import FunctionSummary, Type
    from racelens.program.names import Names
    from racelens.program.subclasses import Subclasses

_SELF, _NAME = Root.SELF, Root.NAME  # a member of an enumeration takes long to look up
_MOST_HOPS = 3  # variables that one was made by
_VARIABLES = OWN_VARIABLES | {Root.CELL}
Known: TypeAlias = "ClassId | LibraryType | None"


class FunctionView:
    """One function with the names around it: says what its paths are and what its calls mean."""

    def __init__(
        self, names: Names, subclasses: Subclasses, path: str, function: FunctionSummary
    ) -> None:
        """Look at `function` of the file `path`."""
        self.names = names
        self._subclasses = subclasses
        self.path = path
        self.function = function
        self._owner = ClassId(path, function.owner) if function.owner else None
        self._types: dict[AccessPath, Known] = {}
        self._callees: dict[AccessPath, FunctionId | ClassId | str | None] = {}
        self.places: dict[AccessPath, AccessPath | None] = {}  # of paths, kept by `place_of`

    @cached_property
    def _locals(self) -> dict[str, Type]:
        return _variables(self.function)

    def other(self, function: FunctionId) -> FunctionView:
        """Return the view of another function of the program."""
        known = self.names.module(function.path).functions[function.name]
        return FunctionView(self.names, self._subclasses, function.path, known)

    @property
    def owner(self) -> ClassId | None:
        """The class whose instance `self` is here."""
        if self._owner is None or self._owner.name not in self.names.module(self.path).classes:
            return None
        return self._owner

    def root_type(self, place: AccessPath) -> Known:
        """Return the type of the root of `place`."""
        root = place.root
        if root is _SELF:
            return self.owner
        if root in OWN_VARIABLES:
            return self._variable_type(self._locals, place.name)
        if root is _NAME:
            return self.global_type(self.path, place.name)
        return self._cell_type(place.name) if root is Root.CELL else None

    def variable_types(self) -> Iterator[Known]:
        """Yield the types of all variables of the function and of those around it."""
        functions = self.names.module(self.path).functions
        around: FunctionSummary | None = self.function
        while around is not None:
            variables = _variables(around)
            yield from (self._variable_type(variables, name) for name in variables)
            around = functions.get(around.enclosing) if around.enclosing else None

    def _cell_type(self, name: str) -> Known:
        """Return the type of a variable of a function around, "function/variable"."""
        outer, _, variable = name.rpartition("/")
        function = self.names.module(self.path).functions.get(outer)
        if function is None:
            return None
        return self._variable_type(_variables(function), variable)

    def _variable_type(self, known: Mapping[str, Type], name: str, hops: int = 0) -> Known:
        """Return the type of one of a function's variables, of which the types are `known`.

        A variable may be what a method of another one has made: `loop.create_future()`.
        """
        own = known.get(name)
        if own is None:
            return None
        path = own.path
        if path is not None and path.steps and path.name in known and hops < _MOST_HOPS:
            owner = self._variable_type(known, path.name, hops + 1)
            if isinstance(owner, LibraryType):
                made = self.names.libraries.result(f"{owner.name}{''.join(path.steps)}")
                if made:
                    return LibraryType(made, own.constant)
        return self.names.value_type(self.path, (own,))

    def global_type(self, path: str, name: str, hops: int = 0) -> Known:
        """Return the type of a module's variable, imports followed."""
        module = self.names.module(path)
        if name in module.variables:
            return self.names.value_type(path, module.variables[name])
        bound = module.imports.get(name)
        if bound is not None and bound.member and hops < 4:
            target = self.names.find_module(path, bound.module)
            if target is not None:
                return self.global_type(target, bound.member, hops + 1)
        return None

    def type_of(self, place: AccessPath) -> Known:
        """Return the type of `place`; None where it is not known."""
        if place not in self._types:
            self._types[place] = self._type_of(place)
        return self._types[place]

    def _type_of(self, place: AccessPath) -> Known:
        known = self.root_type(place)
        for step in place.steps:
            if step[0] == "[":
                entries = known.entries if isinstance(known, LibraryType) else ""
                known = LibraryType(entries) if entries else None
            elif isinstance(known, ClassId):
                known = self.names.attribute_type(known, step[1:])
            else:
                known = self._library_attribute(known, step)
            if known is None:
                return None
        return known

    def _library_attribute(self, known: Known, step: str) -> Known:
        """Return the type of an attribute of a library's object, where a table has it."""
        if not isinstance(known, LibraryType):
            return None
        libraries = self.names.libraries
        names = (f"{name}{step}" for name in libraries.classes(known.name))
        found = next((name for name in names if name in libraries.objects), None)
        return LibraryType(found) if found else None

    def callee(self, place: AccessPath | None) -> FunctionId | ClassId | str | None:
        """Return what a call of `place` runs: a function, a class, or a qualified library name."""
        if place is None:
            return None
        if place not in self._callees:
            self._callees[place] = self._callee(place)
        return self._callees[place]

    def _callee(self, place: AccessPath) -> FunctionId | ClassId | str | None:
        if place.root is _NAME:
            return self._named_callee(place)
        if place.name == SUPER and place.steps:
            return self.super_method(place.steps[0][1:])
        if not place.steps and place.root in _VARIABLES:
            return self.nested(place.name.rpartition("/")[2])
        if not place.steps or place.is_entry:
            return None
        return self._method(self.type_of(place.parent), place)

    def property_read(self, place: AccessPath) -> FunctionId | None:
        """Return the property that a read of `place` runs; None where it is plain state."""
        if not place.steps or place.root is _NAME:
            return None
        if place.last_name not in self.names.properties:
            return None
        owner = self.owner if place.root is _SELF else None
        known = owner if len(place.steps) == 1 and owner else self.type_of(place.parent)
        if not isinstance(known, ClassId):
            return None
        return self.names.property_of(known, place.last_name)

    def entry(self, known: Known, mode: Mode) -> FunctionId | None:
        """Return the method that entering an object of the class `known` runs."""
        name = "__aenter__" if mode is Mode.AWAITED else "__enter__"
        return self.names.method(known, name) if isinstance(known, ClassId) else None

    def overriding(self, place: AccessPath | None) -> tuple[FunctionId, ...]:
        """Return the methods of subclasses that a call of a method of known type may run."""
        if place is None or not place.steps or place.name == SUPER or place.is_entry:
            return ()
        own = place.root is _SELF and len(place.steps) == 1
        known = self.owner if own else self.type_of(place.parent)
        if not isinstance(known, ClassId):
            return ()
        return self._subclasses.overriding(known, place.last_name)

    def nested(self, name: str) -> FunctionId | None:
        """Return the function that is defined in this one, or around it, under a local name."""
        functions = self.names.module(self.path).functions
        outer = self.function.name
        while outer:
            qualified = f"{outer}.{name}"
            if qualified in functions and outer in functions:  # names of a class are not seen
                return FunctionId(self.path, qualified)
            outer = outer.rpartition(".")[0]
        return None

    def _named_callee(self, place: AccessPath) -> FunctionId | ClassId | str | None:
        found = self.names.find(self.path, place.name + "".join(place.steps))
        if found is not None:
            return found
        if place.steps and place.steps[-1][0] == ".":
            method = self._method(self.type_of(place.parent), place)
            if method is not None:
                return method
        return self.names.qualified(self.path, place)

    def _method(self, receiver: Known, place: AccessPath) -> FunctionId | str | None:
        if isinstance(receiver, ClassId):
            return self.names.method(receiver, place.last_name)
        return f"{receiver.name}.{place.last_name}" if receiver else None

    def super_method(self, name: str) -> FunctionId | None:
        """Return the method that `super().name` means here."""
        if self.owner is None:
            return None
        for base in list(self.names.mro(self.owner))[1:]:
            found = self.names.method(base, name)
            if found is not None:
                return found
        return None


def _variables(function: FunctionSummary) -> dict[str, Type]:
    """Return what is known of the types of a function's parameters and local variables."""
    given = zip(function.parameters, function.parameter_types, strict=True)
    typed = {name: known for name, known in given if known is not None}
    return {**typed, **dict(function.local_types)}


class Views:
    """The views of all functions of a program, made when they are asked for."""

    def __init__(self, names: Names) -> None:
        """Look at functions with `names`."""
        self.names = names
        self.subclasses = names.subclasses
        self._made: dict[FunctionId, FunctionView] = {}

    def __getitem__(self, identity: FunctionId) -> FunctionView:
        """Return the view of a function; KeyError where the program has none of that name."""
        view = self._made.get(identity)
        if view is None:
            function = self.names.module(identity.path).functions[identity.name]
            view = self._made[identity] = FunctionView(
                self.names, self.subclasses, identity.path, function
            )
        return view
