"""Which lock keeps others out of a window: the one that guards the state already, or a new one.

A site goes in, locks come out, the best first. A new lock lives where the state lives: with the
object, the class, the module, or the function whose variables are shared; for each key where only
the entry of a key is at stake.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.fixes.class_syntax import targets_of
from racelens.fixes.expressions import bound_names, used_names
from racelens.fixes.names import free_name, module_name
from racelens.fixes.new_attribute import Wanted, attribute_home, class_attribute
from racelens.fixes.plan import Import, Lines
from racelens.fixes.syntax import FUNCTIONS, last_line
from racelens.libraries.rows import LockKind
from racelens.model.location import Root
from racelens.model.names import ClassId
from racelens.program.answers import LibraryType
from racelens.program.related import group_of
from racelens.program.writers import name_of
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.fixes.plan import Change
    from racelens.fixes.site import Place, Site
    from racelens.fixes.syntax import FileSyntax
    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId
    from racelens.program.program import Program

SEVERAL_LOOPS = "a lock of a module or class fails where several event loops use it"
_ALL_KEYS = "what is done for one key waits for all others"
_ASYNC_LOCKS = frozenset({"asyncio.Lock", "anyio.Lock", "trio.Lock"})
_LOCK = Wanted("_lock", "{}.Lock()", "{}.Lock", "{}.Lock")
_LOCKS = Wanted(
    "_locks",
    "defaultdict({}.Lock)",
    "lambda: defaultdict({}.Lock)",
    "defaultdict",
    (("collections", "defaultdict"),),
)


class Lock(NamedTuple):
    """A lock: its place as the functions of the site's object see it, and how to make it.

    `place` is None for a new one. `name` is what follows the receiver (`._lock`) where it belongs
    to an object, else the whole expression. `key` is the key's text where each has its own.
    `note` says why it is unsafe.
    """

    name: str
    on_object: bool
    place: AccessPath | None = None
    changes: tuple[Change, ...] = ()
    note: str = ""
    key: str = ""

    def expression(self, place: Place) -> str:
        """Return the lock as a function names it."""
        text = f"{place.receiver}{self.name}" if self.on_object else self.name
        return f"{text}[{self.key}]" if self.key else text


def locks(site: Site) -> Iterator[Lock]:
    """Yield the locks that could be held in a window, the best first."""
    usual = _existing_lock(site)
    if usual is not None:
        yield usual
        return
    key = _key(site)
    if key:
        yield from new_lock(site, key)
    for lock in new_lock(site, ""):
        yield lock._replace(note=lock.note or _ALL_KEYS) if key else lock


def _existing_lock(site: Site) -> Lock | None:
    """Return the one asyncio lock under which other accesses of the state are made."""
    window = site.window
    known = window.usual_lock or _usual_lock(site)
    if known is None or not _is_async_lock(site.program, window.function, known):
        return None
    if known.root is Root.SELF and not _is_always_there(site, known):
        return None
    if known.root is Root.SELF:
        return Lock("".join(known.steps), on_object=True, place=known)
    name = known.name.rpartition(":")[2].rpartition("/")[2]
    return Lock(name + "".join(known.steps), on_object=False, place=known)


def _is_always_there(site: Site, lock: AccessPath) -> bool:
    """Say whether each object has a lock, under a name that the function can use for it."""
    owner = site.program.view(site.identity).owner
    if owner is None or len(lock.steps) != 1:
        return owner is not None
    name = lock.steps[0][1:]
    known = site.program.names.attribute(owner, name)
    if known is None or _may_be_none(site, known[0], name):
        return False
    return known[0] == owner or not name.startswith("__")


def _may_be_none(site: Site, owner: ClassId, name: str) -> bool:
    """Say whether None is stored somewhere in a class instead of a lock."""
    file = site.syntax_of(owner.path)
    node = file.class_named(owner.name) if file is not None else None
    for part in ast.walk(node) if node is not None else ():
        targets = part.targets if isinstance(part, ast.Assign) else []
        if isinstance(part, ast.AnnAssign):
            targets = [part.target]
        named = {getattr(target, "attr", getattr(target, "id", "")) for target in targets}
        value = getattr(part, "value", None)
        if name in named and isinstance(value, ast.Name | ast.Constant):
            return True  # None, or what somebody else has made, or has not
    return node is None


def _usual_lock(site: Site) -> AccessPath | None:
    program, function = site.program, site.identity
    group = group_of(site.window.read.place)
    owner = program.view(function).owner
    found: set[AccessPath] = set()
    for other in program.functions(function.path):
        if group.root is Root.SELF and program.view(other).owner != owner:
            continue
        if name_of(group) not in program.function(other).mentions:
            continue
        steps = program.steps(other)
        held = program.held(other)
        for node, step in enumerate(steps):
            touches = any(group_of(access.place) == group for access in step.reads)
            if touches or any(group_of(write.place) == group for write in step.early):
                taken = (steps[each].acquires for each in held.get(node, ()))
                found |= {lock for lock in taken if lock is not None}
    found = {lock for lock in found if _is_async_lock(program, function, lock)}
    return found.pop() if len(found) == 1 else None


def _is_async_lock(program: Program, function: FunctionId, lock: AccessPath) -> bool:
    view = program.view(function)
    if lock.is_entry:
        return False
    if lock.root is Root.NAME:
        path, _, name = lock.name.rpartition(":")
        if path != function.path or lock.steps:
            return False
        known = view.global_type(path, name)
    else:
        known = view.type_of(lock) if lock.root is Root.SELF else None
    if not isinstance(known, LibraryType) or known.name not in _ASYNC_LOCKS:
        return False
    return view.names.libraries.lock_kind(known.name) is LockKind.EXCLUSIVE


def _key(site: Site) -> str:
    """Return the text of the key whose entry is at stake; "" where it is more than one entry.

    The key must mean the same before the window and in it.
    """
    read, write = site.window.read.place, site.window.write.place
    if not (read.is_entry and read == write) or read.attribute().steps != read.steps[:-1]:
        return ""
    key = _key_node(site.read)
    if key is None or site.block is None:
        return ""
    is_bound = used_names([key]) & bound_names(site.block.statements)
    is_plain = all(
        isinstance(part, ast.Name | ast.Attribute | ast.Constant | ast.Tuple | ast.expr_context)
        for part in ast.walk(key)
    )
    return site.file.text(key) if is_plain and not is_bound else ""


def _key_node(node: ast.AST | None) -> ast.expr | None:
    match node:
        case ast.Compare(left=left):
            return left
        case ast.Subscript(slice=key):
            return key
        case ast.Call(args=[key, *_]):
            return key
        case _:
            return None


def new_lock(site: Site, key: str) -> Iterator[Lock]:
    """Yield the locks that could be made where the state lives, for the `key` if there is one."""
    program, view = site.program, site.program.view(site.identity)
    group = group_of(site.window.read.place)
    wanted = _LOCKS if key else _LOCK
    if group.root is Root.SELF and view.owner is not None and group.steps:
        beside = group.steps[0][1:]
        wanted = wanted._replace(name=_attribute_name(site, beside, wanted))
        home = attribute_home(program, view.owner, beside, wanted, site.syntax_of)
        if home is not None:
            note = SEVERAL_LOOPS if home.is_shared else ""
            yield Lock(f".{home.name}", on_object=True, changes=home.changes, note=note, key=key)
    elif group.root is Root.CLASS and view.owner is not None:
        home = class_attribute(program, view.owner, wanted, site.syntax_of)
        if home is not None:
            name = f".{home.name}"
            yield Lock(name, on_object=True, changes=home.changes, note=SEVERAL_LOOPS, key=key)
    elif group.root is Root.NAME and group.steps:
        yield from _lock_of_class(site, wanted, key)
    elif group.root is Root.NAME:
        yield from _module_lock(site, group.name.rpartition(":")[2], wanted, key)
    elif group.root is Root.CELL:
        yield from _local_lock(site, group.last_name, wanted, key)


def _lock_of_class(site: Site, wanted: Wanted, key: str) -> Iterator[Lock]:
    """Yield a lock of the class that the code names (`Worker.done`)."""
    group = group_of(site.window.read.place)
    name = group.name.rpartition(":")[2]
    owner = site.program.names.find(site.file.path, name)
    if not isinstance(owner, ClassId):
        return
    wanted = wanted._replace(name=f"_{group.steps[0][1:].strip('_')}{wanted.name}")
    home = class_attribute(site.program, owner, wanted, site.syntax_of)
    if home is not None:
        text = f"{name}.{home.name}"
        yield Lock(text, on_object=False, changes=home.changes, note=SEVERAL_LOOPS, key=key)


def _attribute_name(site: Site, beside: str, wanted: Wanted) -> str:
    """Return a name that says what is locked where another lock has the plain one."""
    view = site.program.view(site.identity)
    assert view.owner is not None, "the state is an attribute"
    names = site.program.names
    taken = {n for c in names.mro(view.owner) for n, _ in names.summary(c).attributes}
    has_library_base = len(names.bases(view.owner)) != len(names.summary(view.owner).bases) or any(
        isinstance(base, LibraryType) for base in names.bases(view.owner)
    )
    if wanted.name in taken or has_library_base:
        return f"_{beside.strip('_')}{wanted.name}"
    return wanted.name


def _module_lock(site: Site, variable: str, wanted: Wanted, key: str) -> Iterator[Lock]:
    """Yield a lock that is made behind the first assignment of a module's variable."""
    file = site.file
    name = free_name(f"_{variable.strip('_').lower()}{wanted.name}", site.taken_names())
    made = behind_variable(file, file.body, variable, name, wanted)
    if made is not None:
        yield Lock(name, on_object=False, changes=made, note=SEVERAL_LOOPS, key=key)


def _local_lock(site: Site, variable: str, wanted: Wanted, key: str) -> Iterator[Lock]:
    """Yield a lock that is made in the function whose variable is shared."""
    enclosing = next(
        (
            node
            for node in site.file.above(site.function)
            if isinstance(node, FUNCTIONS)
            and any(variable in targets_of(part) for part in node.body)
        ),
        None,
    )
    if enclosing is None:
        return
    taken = used_names([enclosing])
    name = free_name(f"{variable.strip('_')}{wanted.name}", taken)
    made = behind_variable(site.file, enclosing.body, variable, name, wanted)
    if made is not None:
        yield Lock(name, on_object=False, changes=made, key=key)


def behind_variable(
    file: FileSyntax, body: list[ast.stmt], variable: str, name: str, wanted: Wanted
) -> tuple[Change, ...] | None:
    """Return the changes that make `name` behind the first statement that binds `variable`."""
    own = wanted.known_to(file)
    for statement in body:
        if variable in targets_of(statement):
            if _is_imported_below(file, statement):
                return None
            line = last_line(statement) + 1
            indent = file.indentation(statement.lineno - 1)
            made = Lines(file.path, line, line, (f"{indent}{name} = {own.value}",))
            return (*(Import(file.path, module, part) for module, part in own.imports), made)
    return None


def _is_imported_below(file: FileSyntax, statement: ast.stmt) -> bool:
    """Say whether asyncio is imported, but below a statement."""
    return any(
        isinstance(node, ast.Import)
        and node.lineno > statement.lineno
        and any(alias.name == "asyncio" for alias in node.names)
        for node in file.body
    )


def asyncio_import(file: FileSyntax) -> tuple[str, tuple[Import, ...]]:
    """Return the name of asyncio in a file, and the import where it has none."""
    name = module_name(file, "asyncio")
    return name, (Import(file.path, "asyncio"),) if name == "asyncio" else ()
