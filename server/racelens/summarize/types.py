"""What the syntax tells of a value's type: an expression or annotation in, a `Type` out."""

from __future__ import annotations

import ast
import functools
import keyword

from racelens.model.location import AccessPath, module_name
from racelens.model.summary import Type
from racelens.source.syntax_tree import read
from racelens.summarize.expressions import first_number

_LITERALS: dict[type[ast.expr], str] = {
    ast.List: "list",
    ast.ListComp: "list",
    ast.Dict: "dict",
    ast.DictComp: "dict",
    ast.Set: "set",
    ast.SetComp: "set",
    ast.Tuple: "tuple",
    ast.JoinedStr: "str",
}
# Values that show no type.
_UNTOLD: frozenset[type[ast.expr]] = frozenset({ast.Name, ast.Attribute, ast.Subscript})
_MOST_NAMES = 4096  # of classes, whose types are kept
_MAKERS = ("dict", "list", "set", "tuple")
_WRAPPERS = frozenset({"Optional", "Final", "ClassVar", "Annotated", "Required", "NotRequired"})


def dotted_path(node: ast.expr | None) -> AccessPath | None:
    """Return the path of a dotted name, read as names of the module; None for anything else."""
    steps: list[str] = []
    while isinstance(node, ast.Attribute):
        steps.append("." + node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    root = module_name(node.id)
    return root.below(steps) if steps else root


def value_type(node: ast.expr | None) -> Type | None:
    """Return the type that the syntax of a value shows: a call's class, a display, a constant."""
    if node is None or type(node) in _UNTOLD:
        return None
    while isinstance(node, (ast.Await, ast.BoolOp)):  # `given or Default()`
        node = node.value if isinstance(node, ast.Await) else node.values[-1]
    if isinstance(node, ast.Call):
        path = dotted_path(node.func)
        if path is None:
            return None
        factory = dotted_path(node.args[0]) if node.args else _field_factory(node)
        return Type(path, first_number(node), factory)
    if isinstance(node, ast.IfExp):
        types = {value_type(node.body), value_type(node.orelse)} - {Type(literal="None")}
        containers = {Type(module_name(name)): Type(literal=name) for name in _MAKERS}
        plain = {_unargued(known, containers) for known in types}
        return plain.pop() if len(plain) == 1 else None
    if isinstance(node, ast.Constant):
        return Type(literal=type(node.value).__name__.replace("NoneType", "None"))
    literal = _LITERALS.get(type(node))
    return Type(literal=literal) if literal else None


def _unargued(known: Type | None, containers: dict[Type, Type]) -> Type | None:
    """Return `list(x)` as what `[]` is."""
    return containers.get(Type(known.path), known) if known is not None else None


def aliased_type(node: ast.expr | None) -> Type | None:
    """Return the class of which a value is another name: `Annotated[C, ...]`."""
    path = dotted_path(node.value) if isinstance(node, ast.Subscript) else None
    known = annotation_type(node) if path is not None and path.last_name == "Annotated" else None
    return known._replace(alias=True) if known is not None else None


def _field_factory(node: ast.Call) -> AccessPath | None:
    """Return the class that `field(default_factory=C)` names."""
    for given in node.keywords:
        if given.arg == "default_factory":
            return dotted_path(given.value)
    return None


def annotation_type(node: ast.expr | None) -> Type | None:
    """Return the class that an annotation names, `Optional` and `| None` looked through."""
    if isinstance(node, ast.Name):
        return _named_plainly(node.id)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _quoted(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        alternatives: list[ast.expr] = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            alternatives.append(node.right)
            node = node.left
        sides = [annotation_type(side) for side in (node, *reversed(alternatives))]
        known = [side for side in sides if side and side.literal != "None"]
        return known[0] if len(known) == 1 else None
    if isinstance(node, ast.Constant) and node.value is None:
        return Type(literal="None")
    if isinstance(node, ast.Subscript):
        path = dotted_path(node.value)
        name = (path.steps or ("." + path.name,))[-1][1:] if path else ""
        if name in _WRAPPERS:
            inner = node.slice.elts[:1] if isinstance(node.slice, ast.Tuple) else [node.slice]
            return annotation_type(inner[0]) if inner else None
        return _named(path)
    return _named(dotted_path(node))


@functools.lru_cache(_MOST_NAMES)
def _quoted(text: str) -> Type | None:
    """Return the class that an annotation in quotes names."""
    if text.isidentifier() and not keyword.iskeyword(text):
        return _named_plainly(text)
    tree = read(f"({text}\n)").tree if "\\" not in text else None
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return None
    return annotation_type(tree.body[0].value)


@functools.lru_cache(_MOST_NAMES)
def _named_plainly(name: str) -> Type | None:
    return _named(module_name(name))


def _named(path: AccessPath | None) -> Type | None:
    if path is None:
        return None
    builtin = path.name.lower()
    if not path.steps and builtin in {"list", "dict", "set", "str", "int", "bool", "tuple"}:
        return Type(literal=builtin)
    return Type(path)
