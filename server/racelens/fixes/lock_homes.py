"""Where a new lock is made: in the class's `__init__`, or beside a module's variable.

A program, a source and the name of a state go in; the lock's name and the edits come out.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from racelens.fixes.syntax import at, indent_unit, indentation
from racelens.source.edit import TextEdit
from racelens.source.parse import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.names import ClassId
    from racelens.program.program import Program
    from racelens.source.text import SourceFile


class Home(NamedTuple):
    """The name of the new lock, and the edits that make it."""

    name: str
    edits: tuple[TextEdit, ...]


def class_home(program: Program, source: SourceFile, owner: ClassId, attribute: str) -> Home | None:
    """Return a lock made in `__init__` of the class that has `attribute`.

    None for classes with `__slots__`, for dataclasses and their like, and for classes whose
    constructor is inherited: there is no place in this file to make it.
    """
    found = _class_node(source, owner.name)
    summary = program.names.summary(owner)
    if found is None or summary.slots or summary.decorators:
        return None
    node, start = found
    taken = {
        name
        for known in program.names.mro(owner)
        for name, _ in program.names.summary(known).attributes
    }
    name = "_lock" if "_lock" not in taken else _free_name(f"_{attribute.strip('_')}_lock", taken)
    imported = _asyncio(source)
    made = _in_constructor(source, node, start, attribute, f"{name} = {imported.name}.Lock()")
    if made is None:
        return None
    return Home(name, (*imported.edits, made))


def _class_node(source: SourceFile, name: str) -> tuple[ast.ClassDef, int] | None:
    """Return the definition of the class `name`, and the line from which its lines are counted."""
    chunks, _ = parse(source)
    for chunk in chunks:
        if chunk.tree is None:
            continue
        for prefix, node in _classes(chunk.tree.body, ""):
            if prefix == name:
                return node, chunk.base
    return None


def _classes(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.ClassDef]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield prefix + node.name, node
            yield from _classes(node.body, f"{prefix}{node.name}.")


def _in_constructor(
    source: SourceFile, node: ast.ClassDef, start: int, attribute: str, assignment: str
) -> TextEdit | None:
    constructor = next(
        (p for p in node.body if isinstance(p, ast.FunctionDef) and p.name == "__init__"), None
    )
    if constructor is None:
        return None if node.bases else _new_constructor(source, node, start, assignment)
    if not constructor.args.args or constructor.body[0].lineno == constructor.lineno:
        return None
    receiver = constructor.args.args[0].arg
    after = _assignment_of(constructor, receiver, attribute)
    anchor = after or _last_leading(constructor)
    if anchor is None:
        line = constructor.body[0].lineno - 1 + start
        indent = indentation(source, line)
    else:
        line = (anchor.end_lineno or anchor.lineno) + start
        indent = indentation(source, anchor.lineno - 1 + start)
    return _insert(source, line, f"{indent}{receiver}.{assignment}")


def _assignment_of(constructor: ast.FunctionDef, receiver: str, attribute: str) -> ast.stmt | None:
    """Return the statement of the constructor's own block that assigns the attribute."""
    for statement in constructor.body:
        targets: list[ast.expr] = []
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        for target in targets:
            if (
                isinstance(target, ast.Attribute)
                and isinstance(target.value, ast.Name)
                and (target.value.id, target.attr) == (receiver, attribute)
            ):
                return statement
    return None


def _last_leading(constructor: ast.FunctionDef) -> ast.stmt | None:
    """Return the docstring or the call of `super().__init__` that the body begins with."""
    found: ast.stmt | None = None
    for statement in constructor.body:
        if not isinstance(statement, ast.Expr):
            break
        value = statement.value
        is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
        is_super = isinstance(value, ast.Call) and "super" in ast.dump(value.func)
        if not (is_text or is_super):
            break
        found = statement
    return found


def _new_constructor(
    source: SourceFile, node: ast.ClassDef, start: int, assignment: str
) -> TextEdit | None:
    first = node.body[0]
    if first.lineno == node.lineno:
        return None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    line = ((first.end_lineno or first.lineno) if is_text else _top(first) - 1) + start
    indent, unit = indentation(source, first.lineno - 1 + start), indent_unit(source)
    newline = source.newline
    head = (
        f"{newline}{indent}def __init__(self) -> None:"
        if is_text
        else (f"{indent}def __init__(self) -> None:")
    )
    tail = "" if is_text else newline
    return _insert(source, line, f"{head}{newline}{indent}{unit}self.{assignment}{tail}")


def _top(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def module_home(program: Program, source: SourceFile, variable: str) -> Home | None:
    """Return a lock made behind the first assignment of a module's variable.

    None where the variable is not assigned at the top level of the file.
    """
    names = program.names.module(source.path)
    taken = {*names.variables, *names.functions, *names.classes, *names.imports}
    name = _free_name(f"_{variable.strip('_')}_lock", taken)
    chunks, _ = parse(source)
    for chunk in chunks:
        for statement in chunk.tree.body if chunk.tree is not None else []:
            if variable in _targets(statement):
                line = (statement.end_lineno or statement.lineno) + chunk.base
                imported = _asyncio(source)
                made = _insert(source, line, f"{name} = {imported.name}.Lock()")
                return Home(name, (*imported.edits, made))
    return None


def _targets(statement: ast.stmt) -> set[str]:
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _free_name(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


def _asyncio(source: SourceFile) -> Home:
    """Return the name under which the file knows asyncio, and the import where it has none."""
    chunks, _ = parse(source)
    last_import: int | None = None
    first_line = 0
    for chunk in chunks:
        for number, statement in enumerate(chunk.tree.body if chunk.tree is not None else []):
            end = (statement.end_lineno or statement.lineno) + chunk.base
            if isinstance(statement, ast.Import):
                for alias in statement.names:
                    if alias.name == "asyncio":
                        return Home(alias.asname or "asyncio", ())
            is_future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
            if is_future or (isinstance(statement, ast.Import) and last_import is None):
                last_import = end if is_future else statement.lineno - 1 + chunk.base
            is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            if chunk.start == 0 and number == 0 and is_text:
                first_line = end
    line = last_import if last_import is not None else first_line
    return Home("asyncio", (_insert(source, line, "import asyncio"),))


def _insert(source: SourceFile, line: int, text: str) -> TextEdit:
    """Return the edit that puts `text` as lines of its own before the 0-based `line`."""
    newline = source.newline
    if line >= len(source.lines):
        last = len(source.lines) - 1
        return TextEdit(source.path, at(last, len(source.line(last))), newline + text)
    return TextEdit(source.path, at(line), text + newline)
