"""Where a new attribute of a class's objects is made: `__init__`, a field, a slot, the class.

A program, a class and what is wanted go in; the attribute's name and the changes come out. None
where it would break something: frozen and named tuples, enumerations, classes that write down
their own state to be copied or pickled, and those made by `attrs`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.fixes.class_syntax import (
    MADE_BY_ATTRS,
    STATE_METHODS,
    above_methods,
    assignment_of,
    binds,
    constructor_of,
    documentation_of,
    fields_decorator,
    has_slots_argument,
    is_frozen,
    keyword_of,
    last_name,
    leading,
    returns_before,
    shows_its_state,
    targets_of,
)
from racelens.fixes.expressions import bound_names, own_names
from racelens.fixes.names import free_name, module_name
from racelens.fixes.plan import Import, Lines, Replace
from racelens.fixes.syntax import FUNCTIONS, first_line, last_line, parameters_of
from racelens.program.answers import LibraryType
from racelens.source.named_tuple import NamedTuple
from racelens.source.span import Span

if TYPE_CHECKING:
    from racelens.fixes.plan import Change
    from racelens.fixes.site import Syntaxes
    from racelens.fixes.syntax import FileSyntax
    from racelens.model.names import ClassId
    from racelens.program.program import Program

# Classes whose objects have no place for what is no field of theirs.
_CLOSED = frozenset({
    "typing.NamedTuple", "typing.TypedDict", "typing.Protocol", "typing_extensions.NamedTuple",
    "typing_extensions.TypedDict", "typing_extensions.Protocol", "enum.Enum", "enum.IntEnum",
    "enum.StrEnum", "enum.Flag", "enum.IntFlag", "tuple", "msgspec.Struct",
})  # fmt: skip
_MOST_CONSTRUCTORS = 3  # of subclasses that make their objects by themselves
_COPYING = frozenset({"asdict", "astuple", "deepcopy", "pickle"})
_MODELS = frozenset({"BaseModel", "BaseSettings"})


class Wanted(NamedTuple):
    """An attribute to make: its name, or another if that is taken, and how its value is made.

    `factory` is what makes the value when it is called without arguments, in a field. In all
    three texts `{}` stands for the name of the file for asyncio; `imports` has what else they
    need, as modules and names.
    """

    name: str
    value: str
    factory: str
    annotation: str
    imports: tuple[tuple[str, str], ...] = ()

    def known_to(self, file: FileSyntax) -> Wanted:
        """Return the same in the names of `file`."""
        known = module_name(file, "asyncio")
        imports = self.imports
        if known == "asyncio" and "{}" in f"{self.value}{self.factory}{self.annotation}":
            imports = (("asyncio", ""), *imports)
        value, factory, annotation = (
            text.replace("{}", known) for text in (self.value, self.factory, self.annotation)
        )
        return Wanted(self.name, value, factory, annotation, imports)


class Home(NamedTuple):
    """The name of what is made, the changes that make it, and whether all objects share it."""

    name: str
    changes: tuple[Change, ...]
    is_shared: bool = False


class _Class(NamedTuple):
    identity: ClassId
    file: FileSyntax
    node: ast.ClassDef


def attribute_home(
    program: Program, owner: ClassId, beside: str, wanted: Wanted, syntax_of: Syntaxes
) -> Home | None:
    """Return a new attribute of `owner`'s objects, made where `beside` is if possible."""
    known = _class(owner, syntax_of)
    if known is None or _is_closed(program, known):
        return None
    wanted = wanted._replace(name=free_name(wanted.name, _taken(program, owner)))
    for identity in program.names.mro(owner):
        one = _class(identity, syntax_of)
        if one is None or _is_closed(program, one):
            return None
        constructor = constructor_of(one.node)
        decorator = fields_decorator(one.node)
        if constructor is not None:
            others = _other_constructors(program, identity, syntax_of)
            every = None if others is None else [(one, constructor), *others]
            return _in_constructors(every, beside, wanted) if every is not None else None
        if binds(one.node, "__init__"):
            return None
        if decorator is not None:
            is_odd = keyword_of(decorator, "init") is not None or is_copied_somewhere(program)
            return None if is_odd else _as_field(one, wanted.known_to(one.file))
        if any(last_name(base) in _MODELS for base in one.node.bases):
            return _as_private_attribute(one, wanted.known_to(one.file))
    if not known.node.bases and not known.node.keywords:
        is_alone = next(iter(program.subclasses.below(owner)), None) is None
        makes = binds(known.node, "__new__") or not is_alone
        return None if makes else _new_constructor(known, wanted.known_to(known.file))
    # A library's constructor: nobody knows what it takes.
    return _in_class(known, wanted.known_to(known.file))


def is_copied_somewhere(program: Program) -> bool:
    """Say whether the program has what copies objects with all their fields."""
    return any(
        not _COPYING.isdisjoint(module.mentions) for module in program.names.modules.values()
    )


def class_attribute(
    program: Program, owner: ClassId, wanted: Wanted, syntax_of: Syntaxes
) -> Home | None:
    """Return a new attribute of the class itself, which all its objects share."""
    known = _class(owner, syntax_of)
    if known is None or _is_closed(program, known):
        return None
    name = free_name(wanted.name, _taken(program, owner))
    return _in_class(known, wanted._replace(name=name).known_to(known.file))


def _class(identity: ClassId, syntax_of: Syntaxes) -> _Class | None:
    file = syntax_of(identity.path)
    node = file.class_named(identity.name) if file is not None else None
    if file is None or node is None or not file.is_whole(node):
        return None
    return _Class(identity, file, node)


def _taken(program: Program, owner: ClassId) -> frozenset[str]:
    """Return the names that objects of a class, and of those around it, have in use."""
    names, subclasses = program.names, program.subclasses
    related = {*names.mro(owner)}
    for below in subclasses.below(owner):
        related.update(names.mro(below))
    taken = {name for known in related for name, _ in names.summary(known).attributes}
    for known in related:
        prefix = f"{known.name}."
        functions = names.module(known.path).functions
        taken |= {f.removeprefix(prefix) for f in functions if f.startswith(prefix)}
    return frozenset(taken)


def _is_closed(program: Program, known: _Class) -> bool:
    node = known.node
    bases = program.names.bases(known.identity)
    if any(isinstance(base, LibraryType) and base.name in _CLOSED for base in bases):
        return True
    decorator = fields_decorator(node)
    if decorator is not None and is_frozen(decorator):
        return True
    if any(last_name(each) in MADE_BY_ATTRS for each in node.decorator_list):
        return True
    methods = {part.name for part in node.body if isinstance(part, FUNCTIONS)}
    return bool(methods & STATE_METHODS) or shows_its_state(node)


def _other_constructors(
    program: Program, owner: ClassId, syntax_of: Syntaxes
) -> list[tuple[_Class, ast.FunctionDef]] | None:
    """Return the constructors of subclasses that do not run that of `owner`.

    None where it cannot be told, or where there are many.
    """
    found: list[tuple[_Class, ast.FunctionDef]] = []
    for below in program.subclasses.below(owner):
        known = _class(below, syntax_of)
        if known is None:
            return None
        if not binds(known.node, "__init__"):
            continue
        constructor = constructor_of(known.node)
        if constructor is None:
            return None
        if not any(
            isinstance(part, ast.Attribute) and part.attr == "__init__"
            for part in ast.walk(constructor)
        ):
            found.append((known, constructor))
    return found if len(found) <= _MOST_CONSTRUCTORS else None


def _in_constructors(
    known: list[tuple[_Class, ast.FunctionDef]], beside: str, wanted: Wanted
) -> Home | None:
    """Return an attribute that each of the constructors makes."""
    changes: list[Change] = []
    for one, constructor in known:
        home = _in_constructor(one, constructor, beside, wanted.known_to(one.file))
        if home is None:
            return None
        changes += home.changes
    return Home(wanted.name, tuple(changes))


def _imports(file: FileSyntax, wanted: Wanted) -> tuple[Import, ...]:
    return tuple(Import(file.path, module, name) for module, name in wanted.imports)


def _in_constructor(
    known: _Class, constructor: ast.FunctionDef, beside: str, wanted: Wanted
) -> Home | None:
    file = known.file
    given = parameters_of(constructor)
    if not given or constructor.body[0].lineno == constructor.lineno:
        return None
    if {"asyncio", module_name(file, "asyncio")} & own_names(constructor):
        return None
    slot = _slot(known, wanted.name)
    if slot is None:
        return None
    receiver = given[0].arg
    after = assignment_of(constructor, receiver, beside) or leading(constructor)
    if after is not None and returns_before(constructor, after):
        after = leading(constructor)
    line = last_line(after) + 1 if after is not None else first_line(constructor.body[0])
    indent = file.indentation(first_line(after or constructor.body[0]))
    made = Lines(file.path, line, line, (f"{indent}{receiver}.{wanted.name} = {wanted.value}",))
    return Home(wanted.name, (*_imports(file, wanted), *slot, made))


def _slot(known: _Class, name: str) -> tuple[Change, ...] | None:
    """Return the change that lists the attribute among `__slots__`; None where that cannot be."""
    file = known.file
    for statement in known.node.body:
        targets = targets_of(statement)
        if "__slots__" not in targets:
            continue
        value = getattr(statement, "value", None)
        if not isinstance(value, ast.Tuple | ast.List | ast.Set) or not value.elts:
            return None
        last = value.elts[-1]
        is_text = isinstance(last, ast.Constant) and isinstance(last.value, str)
        following = file.source.line(file.span(last).end.line)[file.span(last).end.column :]
        if not is_text or following.lstrip()[:1] not in {",", "]", "}", ")", ""}:
            return None
        if following.lstrip()[:2] in {"))", ")]", ")}"}:
            return None  # it has parentheses of its own
        return (_listed(file, value.elts[-1], name),)
    return ()


def _listed(file: FileSyntax, last: ast.expr, name: str) -> Replace:
    """Return the change that puts a name behind the last one of a list, as that is written."""
    end = file.span(last).end
    quote = file.text(last)[-1]
    following = file.source.line(end.line)[end.column :]
    if not following.startswith(","):
        return Replace(file.path, Span(end, end), f", {quote}{name}{quote}")
    behind = end._replace(column=end.column + 1)
    if following[1:].strip():
        return Replace(file.path, Span(behind, behind), f" {quote}{name}{quote}")
    indent = file.indentation(end.line)
    text = f"\n{indent}{quote}{name}{quote},"
    return Replace(file.path, Span(behind, behind), text)


def _as_field(known: _Class, wanted: Wanted) -> Home | None:
    """Return a field that takes no part in construction, comparison and representation."""
    file, node = known.file, known.node
    if has_slots_argument(node) and any(targets_of(part) & {"__slots__"} for part in node.body):
        return None
    fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
    after = fields[-1] if fields else documentation_of(node)
    line = last_line(after) + 1 if after is not None else first_line(node.body[0])
    indent = file.indentation(first_line(after or node.body[0]))
    field = _field_name(file, node)
    options = f"default_factory={wanted.factory}, init=False, repr=False, compare=False"
    text = f"{indent}{wanted.name}: {wanted.annotation} = {field}({options})"
    changes: tuple[Change, ...] = _imports(file, wanted)
    module, _, _name = field.rpartition(".")
    imported = (
        Import(file.path, "dataclasses") if module else Import(file.path, "dataclasses", field)
    )
    if field in {"field", "dataclasses.field"}:
        changes = (*changes, imported)
    return Home(wanted.name, (*changes, Lines(file.path, line, line, (text,))))


def _field_name(file: FileSyntax, owner: ast.ClassDef) -> str:
    """Return how the file calls `dataclasses.field`, also where `field` is something else."""
    others = [node for node in file.body if not isinstance(node, ast.ImportFrom)]
    if "field" in bound_names(owner.body) | bound_names(others):
        return "dataclasses.field"
    for node in file.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == "dataclasses":
                    return f"{alias.asname or alias.name}.field"
        if isinstance(node, ast.ImportFrom) and node.module == "dataclasses":
            for alias in node.names:
                if alias.name == "field" and alias.asname:
                    return alias.asname
    return "field"


def _as_private_attribute(known: _Class, wanted: Wanted) -> Home | None:
    """Return a private attribute of a pydantic model.

    https://docs.pydantic.dev/latest/concepts/models/#private-model-attributes
    """
    file, node = known.file, known.node
    fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
    after = fields[-1] if fields else documentation_of(node)
    line = last_line(after) + 1 if after is not None else first_line(node.body[0])
    indent = file.indentation(first_line(after or node.body[0]))
    private = f"PrivateAttr(default_factory={wanted.factory})"
    text = f"{indent}{wanted.name}: {wanted.annotation} = {private}"
    imports = (*_imports(file, wanted), Import(file.path, "pydantic", "PrivateAttr"))
    return Home(wanted.name, (*imports, Lines(file.path, line, line, (text,))))


def _new_constructor(known: _Class, wanted: Wanted) -> Home | None:
    file, node = known.file, known.node
    first = node.body[0]
    if first.lineno == node.lineno:
        return None
    slot = _slot(known, wanted.name)
    if slot is None:
        return None
    above = list(above_methods(node))
    line = last_line(above[-1]) + 1 if above else first_line(first)
    indent = file.indentation(first_line(first))
    head = (f"{indent}def __init__(self) -> None:",)
    body = (f"{indent}{file.unit}self.{wanted.name} = {wanted.value}",)
    has_more = len(above) < len(node.body)
    text = ("", *head, *body) if above else (*head, *body, *(("",) if has_more else ()))
    return Home(wanted.name, (*_imports(file, wanted), *slot, Lines(file.path, line, line, text)))


def _in_class(known: _Class, wanted: Wanted) -> Home | None:
    """Return an attribute of the class, which all its objects share."""
    file, node = known.file, known.node
    first = node.body[0]
    if first.lineno == node.lineno or any(targets_of(part) & {"__slots__"} for part in node.body):
        return None
    above = list(above_methods(node))
    documentation = documentation_of(node)
    line = last_line(above[-1]) + 1 if above else first_line(first)
    indent = file.indentation(first_line(first))
    made = f"{indent}{wanted.name} = {wanted.value}"
    blank = above and above[-1] is documentation
    text = ("", made) if blank else (made, *(("",) if not above else ()))
    made_here = Lines(file.path, line, line, text)
    return Home(wanted.name, (*_imports(file, wanted), made_here), is_shared=True)
