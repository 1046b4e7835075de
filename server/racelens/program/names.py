"""What names mean across the files of a program: paths in, functions, classes and types out.

Own inference only: imports, constructor assignments, annotations, the order of base classes.
What it leaves open is None; jedi's answers are another input (`program.resolve`).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from racelens.model.location import AccessPath, Root
from racelens.model.names import ClassId, FunctionId
from racelens.program.answers import Answers, LibraryType
from racelens.program.components import components
from racelens.program.module_files import ModuleFiles, joined
from racelens.program.new_names import named_by_types, new_names
from racelens.program.subclasses import Subclasses

if TYPE_CHECKING:
    from collections.abc import Mapping

    from racelens.libraries.table import Libraries
    from racelens.model.summary import ClassSummary, Import, Type
    from racelens.program.module_names import ModuleNames

_NAME = Root.NAME  # a member of an enumeration takes long to look up
_MOST_BASES = 48  # of one class, theirs included
_MAKES = frozenset({"__init__", "__new__", "__post_init__"})  # run where the class is called
_MAX_HOPS = 6  # imports that lead to imports, attributes of attributes


class Names:
    """All names of a program. Answers only; nothing is changed after construction."""

    def __init__(
        self,
        modules: Mapping[str, ModuleNames],
        libraries: Libraries,
        before: Names | None = None,
    ) -> None:
        """Index `modules` by path; `libraries` tells what is outside.

        `meaning` stands for what all names mean: it is that of `before` while that is the same.
        Where there are but some new attributes and variables, see `still_means`.
        """
        self._modules = modules
        self.libraries = libraries
        self.meaning = object()
        self.subclasses = Subclasses(self)
        self._before: object = self.meaning
        self._new_bound: dict[str, frozenset[str]] = {}
        self._new_attributes = frozenset[str]()
        same_files = before is not None and before.modules.keys() == modules.keys()
        self.files: ModuleFiles = (
            before.files if before is not None and same_files else ModuleFiles(modules)
        )
        if before is not None and self._only_adds_to(before):
            self._before = before.meaning
            if self._modules_have_functions_of(before):
                self.subclasses = before.subclasses  # classes derive from each other as before
            if not (self._new_bound or self._new_attributes):
                self.meaning = before.meaning
        same = before is not None and before.meaning is self.meaning
        self.answers: Answers = before.answers if before is not None and same else Answers()
        self._asked: set[str] = set()

    def still_means(self, meaning: object, path: str, mentions: frozenset[str]) -> bool:
        """Say whether what the file `path` `mentions` means what it did when all had `meaning`."""
        if meaning is self.meaning:
            return True
        if meaning is not self._before or not self._new_attributes.isdisjoint(mentions):
            return False
        bound = self._new_bound.get(path)
        return bound is None or bound.isdisjoint(mentions)

    def _only_adds_to(self, other: Names) -> bool:
        """Say whether all names of `other` mean the same here; note which ones are new.

        Bodies may differ. What types are made of is not new: others may depend on it.
        """
        if self.libraries is not other.libraries or self._modules.keys() != other._modules.keys():
            return False
        for path, module in self._modules.items():
            if module is other._modules[path]:
                continue
            before = other._modules[path]
            new = new_names(before, module)
            if new is None or not new.bound.isdisjoint(named_by_types([before])):
                return False
            if new.attributes and not new.attributes.isdisjoint(other._named_by_types):
                return False
            if new.bound and not new.bound.isdisjoint(other._imported_members):
                return False
            self._new_attributes |= new.attributes | self._mentioning_new(
                other, path, new.functions
            )
            if new.bound:
                self._new_bound[path] = new.bound
        return True

    def _modules_have_functions_of(self, other: Names) -> bool:
        return all(
            module is other._modules[path]
            or module.functions.keys() == other._modules[path].functions.keys()
            for path, module in self._modules.items()
        )

    def _mentioning_new(self, other: Names, path: str, functions: frozenset[str]) -> set[str]:
        """Return the names by which functions that are new in a file may be called."""
        named: set[str] = set()
        for function in functions:
            owner, _, name = function.partition("#")[0].rpartition(".")
            named.add(name)
            if owner and name in _MAKES:
                known = ClassId(path, owner)
                below = (known, *other.subclasses.below(known))
                named.update(each.name.rpartition(".")[2] for each in below)
        return named

    @cached_property
    def _named_by_types(self) -> frozenset[str]:
        return named_by_types(self._modules.values())

    @cached_property
    def _imported_members(self) -> frozenset[str]:
        """The names that some module imports from another one."""
        return frozenset(
            bound.member for module in self._modules.values() for bound in module.imports.values()
        )

    @property
    def modules(self) -> Mapping[str, ModuleNames]:
        """All modules by path."""
        return self._modules

    @property
    def properties(self) -> Mapping[str, tuple[FunctionId, ...]]:
        """The properties of all classes by their last names."""
        known = self.answers.properties
        if known is None:
            found: dict[str, list[FunctionId]] = {}
            for path, module in self._modules.items():
                for last_name, names in module.properties.items():
                    found.setdefault(last_name, []).extend(FunctionId(path, name) for name in names)
            known = {last_name: tuple(functions) for last_name, functions in found.items()}
            self.answers.properties = known
        return known

    def module(self, path: str) -> ModuleNames:
        """Return the names of the file `path`."""
        return self._modules[path]

    def find_module(self, importer: str, name: str) -> str | None:
        """Return the path of module `name`, imported by the file `importer`; None if outside."""
        return self.files.find(importer, name)

    def qualified(self, path: str, place: AccessPath) -> str | None:
        """Return the dotted name that a module-level path of the file `path` means outside it.

        `aio.sleep` after `import asyncio as aio` is "asyncio.sleep"; a builtin is its own name;
        None for what the file binds itself.
        """
        if place.root is not _NAME:
            return None
        module = self._modules[path]
        bound = module.imports.get(place.name)
        if bound is not None:
            base = f"{bound.module}.{bound.member}" if bound.member else bound.module
            return base + "".join(place.steps)
        if place.name in module.functions or place.name in module.classes:
            return None
        return None if place.name in module.variables else place.name + "".join(place.steps)

    def find(self, path: str, name: str, hops: int = 0) -> FunctionId | ClassId | None:
        """Return the function or class that `name`, dotted, means in the file `path`."""
        key = (path, name)
        if key not in self.answers.found:
            self.answers.found[key] = None  # an import that leads back here finds nothing
            self.answers.found[key] = self._search(path, name, hops)
        return self.answers.found[key]

    def _search(self, path: str, name: str, hops: int) -> FunctionId | ClassId | None:
        module = self._modules[path]
        if name in module.functions:
            return FunctionId(path, name)
        if name in module.classes:
            return ClassId(path, name)
        head, _, rest = name.partition(".")
        bound = module.imports.get(head)
        if bound is None or hops > _MAX_HOPS:
            return None
        return self._find_imported(path, bound, rest, hops)

    def _find_imported(
        self, path: str, bound: Import, rest: str, hops: int
    ) -> FunctionId | ClassId | None:
        dotted = [bound.module, *([bound.member] if bound.member else []), *rest.split(".")]
        dotted = [part for part in dotted if part]
        for cut in range(len(dotted) - 1, 0, -1):
            prefix = dotted[0] if cut == 1 else joined(dotted[:cut])
            target = self.find_module(path, prefix)
            if target is not None and target != path:
                return self.find(target, ".".join(dotted[cut:]), hops + 1)
        return None

    def class_of(self, path: str, place: AccessPath, hops: int = 0) -> ClassId | LibraryType | None:
        """Return the class that a dotted name of the file `path` means."""
        found = self.find(path, place.name + "".join(place.steps))
        if isinstance(found, ClassId):
            return found
        if isinstance(found, FunctionId):
            return None
        alias = self._aliased(path, place.name, hops) if not place.steps else None
        if alias is not None:
            return alias
        name = self.qualified(path, place)
        return LibraryType(name) if name else None

    def _aliased(self, path: str, name: str, hops: int) -> ClassId | LibraryType | None:
        """Return the class of which a variable of the program is another name."""
        if hops > _MAX_HOPS:
            return None
        module = self._modules[path]
        for known in module.variables.get(name, ()):
            if known.alias and known.path is not None:
                return self.class_of(path, known.path, hops + 1)
        bound = module.imports.get(name)
        if bound is None or not bound.member:
            return None
        target = self.find_module(path, bound.module)
        return self._aliased(target, bound.member, hops + 1) if target is not None else None

    def summary(self, known: ClassId) -> ClassSummary:
        """Return the summary of a class of the program."""
        return self._modules[known.path].classes[known.name]

    def mro(self, known: ClassId) -> tuple[ClassId, ...]:
        """Return the class and the program's classes that it derives from, nearest first.

        A class that derives from itself is there once; of very many bases the nearest are.
        """
        if known not in self.answers.orders:
            for component in components(known, self._own_bases, self.answers.orders):
                self.answers.orders.update([(member, self._order(member)) for member in component])
        return self.answers.orders[known]

    def _order(self, known: ClassId) -> tuple[ClassId, ...]:
        order: dict[ClassId, None] = {}
        stack = [known]
        while stack and len(order) < _MOST_BASES:
            current = stack.pop()
            if current in self.answers.orders:
                order.update(dict.fromkeys(self.answers.orders[current]))
            elif current not in order:
                order[current] = None
                stack += reversed(self._own_bases(current))
        return tuple(order)[:_MOST_BASES]

    def _own_bases(self, known: ClassId) -> list[ClassId]:
        return [base for base in self.bases(known) if isinstance(base, ClassId)]

    def bases(self, known: ClassId) -> tuple[ClassId | LibraryType, ...]:
        """Return the classes that a class names as its bases, as far as they are known."""
        found = (self.class_of(known.path, base) for base in self.summary(known).bases)
        return tuple(base for base in found if base is not None)

    def method(self, known: ClassId, name: str) -> FunctionId | None:
        """Return the method that `name` means on instances of the class."""
        key = (known, name)
        if key not in self.answers.methods:
            self.answers.methods[key] = self._search_method(known, name)
        return self.answers.methods[key]

    def _search_method(self, known: ClassId, name: str) -> FunctionId | None:
        for owner in self.mro(known):
            qualified = f"{owner.name}.{name}"
            if qualified in self._modules[owner.path].functions:
                return FunctionId(owner.path, qualified)
        return None

    def property_of(self, known: ClassId, name: str) -> FunctionId | None:
        """Return the property that `name` means on instances of the class; None for plain state."""
        method = self.method(known, name)
        if method is None:
            return None
        return method if self._modules[method.path].functions[method.name].is_property else None

    def attribute(self, known: ClassId, name: str) -> tuple[ClassId, tuple[Type, ...]] | None:
        """Return the class that declares an attribute, and the types assigned to it there.

        That is the farthest base that has it.
        """
        return self.attributes(known).get(name)

    def attributes(self, known: ClassId) -> Mapping[str, tuple[ClassId, tuple[Type, ...]]]:
        """Return all attributes of a class by name; see `attribute`."""
        if known not in self.answers.attributes:
            declared: dict[str, tuple[ClassId, tuple[Type, ...]]] = {}
            for owner in reversed(self.mro(known)):
                for attribute, types in self.summary(owner).attributes:
                    declared.setdefault(attribute, (owner, types))
            self.answers.attributes[known] = declared
        return self.answers.attributes[known]

    def attribute_type(self, known: ClassId, name: str) -> ClassId | LibraryType | None:
        """Return the type of an attribute of a class; None where it is not known."""
        key = (known, name)
        if key not in self.answers.held:
            declared = self.attribute(known, name)
            self.answers.held[key] = (
                self.value_type(declared[0].path, declared[1]) if declared else None
            )
        return self.answers.held[key]

    def value_type(self, path: str, types: tuple[Type, ...]) -> ClassId | LibraryType | None:
        """Return the one class that values of `types`, named in the file `path`, have.

        None and unknown types are passed over; None where two classes remain.
        """
        found = {self._one_type(path, known) for known in types if known.literal != "None"}
        found.discard(None)
        if len(found) > 1:
            return self._telling([t for t in found if isinstance(t, LibraryType)], len(found))
        return found.pop() if len(found) == 1 else None

    def _telling(self, found: list[LibraryType], count: int) -> LibraryType | None:
        """Return the one of `count` types that says most; None where they are different classes.

        `funcs: dict[str, list] = defaultdict(list)`: one of them says what the entries are.
        """
        if len(found) < count:
            return None
        if len({known.name for known in found}) == 1:  # `limit: Semaphore = Semaphore(2)`
            return max(found, key=lambda known: (known.constant is not None, known.entries))
        telling = [known for known in found if known.entries]
        containers = all(map(self._is_container, found))
        return telling[0] if containers and len(telling) == 1 else None

    def _is_container(self, known: LibraryType) -> bool:
        return self.libraries.is_container(known.name)

    def _one_type(self, path: str, known: Type) -> ClassId | LibraryType | None:
        if known.literal:
            return LibraryType(known.literal)
        if known.path is None or known.alias:
            return None
        found = self.class_of(path, known.path) or self._made_by_variable(path, known.path)
        if not isinstance(found, LibraryType):
            return found if not known.entered else None
        if known.entered and found.name not in self.libraries.types:
            return None
        if found.name in {"dataclasses.field", "field"} and known.factory is not None:
            return self.class_of(path, known.factory)
        entries = self.class_of(path, known.factory) if known.factory else None
        entry_name = entries.name if isinstance(entries, LibraryType) else ""
        return LibraryType(found.name, known.constant, entry_name)

    def _made_by_variable(self, path: str, place: AccessPath) -> LibraryType | None:
        """Return what calling a module's variable makes, whose class is a library's."""
        module = self._modules[path]
        if place.name not in module.variables or path in self._asked:
            return None
        self._asked.add(path)  # a variable may be made by itself
        known = self.value_type(path, module.variables[place.name])
        self._asked.discard(path)
        if not isinstance(known, LibraryType):
            return None
        steps = "".join(place.steps) or ".__call__"
        made = self.libraries.result(f"{known.name}{steps}")
        return LibraryType(made) if made else None
