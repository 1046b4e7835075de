"""What a class's definition says: how its objects are made, kept, copied and shown.

Syntax goes in. Nothing here looks at other classes.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.fixes.expressions import bound_names, within
from racelens.fixes.syntax import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

MADE_BY_ATTRS = frozenset({"define", "mutable", "frozen", "attrs", "attr", "s", "dataclass_json"})
STATE_METHODS = frozenset({
    "__getstate__", "__reduce__", "__reduce_ex__", "__deepcopy__", "__copy__", "__getnewargs__",
    "__setattr__",
})  # fmt: skip
_COPIES = frozenset({"deepcopy", "copy", "dumps", "dump", "asdict", "astuple", "replace", "vars"})


def shows_its_state(node: ast.ClassDef) -> bool:
    """Say whether a method copies, pickles or lists all attributes, or makes objects by hand."""
    makers = [part for part in node.body if isinstance(part, FUNCTIONS) and part.name == "__new__"]
    in_makers = {id(part) for maker in makers for part in ast.walk(maker)}
    for part in ast.walk(node):
        match part:
            case ast.Call(func=func, args=[ast.Name(id="self"), *_]) if last_name(func) in _COPIES:
                return True
            case ast.Call(func=ast.Name(id="setattr")):
                return True
            case ast.Attribute(attr="__dict__"):
                return True
            case ast.Attribute(attr="__new__") if id(part) not in in_makers:
                return True
            case _:
                pass
    return False


def constructor_of(node: ast.ClassDef) -> ast.FunctionDef | None:
    """Return the one `__init__` of a class; None where it has none, or several, or another kind."""
    found = [
        part
        for part in node.body
        if isinstance(part, ast.FunctionDef)
        and part.name == "__init__"
        and not any(last_name(each) == "overload" for each in part.decorator_list)
    ]
    rest = [part for part in node.body if not isinstance(part, FUNCTIONS)]
    is_only = len(found) == 1 and "__init__" not in bound_names(rest)
    return found[0] if is_only and not found[0].decorator_list else None


def binds(node: ast.ClassDef, name: str) -> bool:
    """Say whether a class gives a method its own meaning, in whatever way."""
    return name in bound_names(node.body)


def last_name(node: ast.expr) -> str:
    """Return the last name of a path, a call or a subscript; "" for other expressions."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def fields_decorator(node: ast.ClassDef) -> ast.expr | None:
    """Return the decorator that makes a class's fields; None where it has none."""
    return next((each for each in node.decorator_list if last_name(each) == "dataclass"), None)


def is_frozen(decorator: ast.expr) -> bool:
    """Say whether the objects of a dataclass cannot be changed."""
    value = keyword_of(decorator, "frozen")
    return value is not None and not _is_false(value)


def keyword_of(decorator: ast.expr, name: str) -> ast.expr | None:
    """Return the value of a decorator's keyword; None where it has none."""
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    return next((keyword.value for keyword in keywords if keyword.arg == name), None)


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def targets_of(statement: ast.stmt) -> set[str]:
    """Return the names that an assignment binds."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def assignment_of(constructor: ast.FunctionDef, receiver: str, name: str) -> ast.stmt | None:
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
                and (target.value.id, target.attr) == (receiver, name)
            ):
                return statement
    return None


def leading(constructor: ast.FunctionDef) -> ast.stmt | None:
    """Return the docstring or the call of `super().__init__` that the body begins with."""
    found: ast.stmt | None = None
    for statement in constructor.body:
        if not isinstance(statement, ast.Expr):
            break
        value = statement.value
        is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
        if not is_text and not (isinstance(value, ast.Call) and _calls_super(value.func)):
            break
        found = statement
    return found


def _calls_super(callee: ast.expr) -> bool:
    return any(isinstance(part, ast.Name) and part.id == "super" for part in ast.walk(callee))


def returns_before(constructor: ast.FunctionDef, statement: ast.stmt) -> bool:
    """Say whether a constructor may return above one of its statements."""
    above = constructor.body[: constructor.body.index(statement)]
    return any(isinstance(node, ast.Return) for node in within(above))


def above_methods(node: ast.ClassDef) -> Iterator[ast.stmt]:
    """Yield the statements of a class above its first method or class."""
    for statement in node.body:
        if isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
            return
        yield statement


def documentation_of(node: ast.ClassDef) -> ast.stmt | None:
    """Return the statement that documents a class; None where it has none."""
    first = node.body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return first if is_text else None


def has_slots_argument(node: ast.ClassDef) -> bool:
    """Say whether a dataclass is given slots by its decorator."""
    decorator = fields_decorator(node)
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    return any(keyword.arg == "slots" for keyword in keywords)
