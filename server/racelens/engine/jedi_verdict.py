"""Whether calling what jedi found gives a coroutine: jedi's values go in, a verdict comes out.

True means that every value surely does, False that none does, None everything else. A wrong True is
a false alarm, so whatever jedi guesses is not believed: it takes a function whose decorator it
cannot resolve for the bare function, and leaves out returns that it cannot infer.
jedi's values are untyped; what is used of them is `jedi.inference.base_value.Value`'s interface
(jedi 0.20). Nothing here imports jedi.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

# Decorators that leave a coroutine function one, whatever jedi makes of them.
_TRANSPARENT = frozenset({
    "abc.abstractmethod",
    "builtins.classmethod",
    "builtins.staticmethod",
    "functools.cache",
    "functools.lru_cache",
    "functools.wraps",
    "typing.final",
    "typing.no_type_check",
    "typing.overload",
    "typing.override",
    "typing_extensions.deprecated",
    "typing_extensions.final",
    "typing_extensions.overload",
    "typing_extensions.override",
    "warnings.deprecated",
})  # fmt: skip
_COROUTINES = frozenset({"types.CoroutineType", "typing.Coroutine"})
# Already scheduled by somebody, or no affair of the loop: nothing is lost if nobody awaits them.
_FUTURES = frozenset({
    "_asyncio.Future", "asyncio.futures.Future", "concurrent.futures._base.Future",
})  # fmt: skip
_AWAITABLE = "typing.Awaitable"
_MAX_DEPTH = 5


def returns_coroutine(values: Iterable[Any]) -> bool | None:
    """Say whether a call of each of `values` must be awaited; None for no values."""
    return _agreed(_of_callable(value, 0) for value in values)


def named(value: Any) -> Any:
    """Return the value that users know `value` by: what is decorated, not the decorator's."""
    original = _decorated(value)
    if original is None:
        return value
    inner = named(value._wrapped_value)  # noqa: SLF001
    if original.is_function() and _is_transparent(original):
        return original
    return inner if inner.is_function() and full_name(inner) else original


def full_name(value: Any) -> str | None:
    """Return the dotted name of `value`, its module's included; None for local ones."""
    names = value.name.get_qualified_names(include_module_names=True) if value.name else None
    return ".".join(names) if names else None


def _agreed(verdicts: Iterable[bool | None]) -> bool | None:
    distinct = set(verdicts)
    return distinct.pop() if len(distinct) == 1 else None


def _of_callable(value: Any, depth: int) -> bool | None:
    if depth > _MAX_DEPTH:
        return None
    original = _decorated(value)
    if original is not None:
        if original.is_function() and _is_transparent(original):
            return _of_function(original, depth)
        return _of_callable(value._wrapped_value, depth)  # noqa: SLF001
    if value.is_function():
        return _of_function(value, depth)
    if value.is_instance():
        return _of_instance(value, depth)
    return None


def _decorated(value: Any) -> Any:
    """Return what was decorated where jedi followed a decorator to `value`, else None."""
    return value._original_value if "_original_value" in vars(value) else None  # noqa: SLF001


def _of_instance(value: Any, depth: int) -> bool | None:
    if "_arguments" in vars(value) and hasattr(value, "_get_functions"):  # functools.partial
        functions = value._get_functions(value._arguments.unpack())  # noqa: SLF001
        return _agreed(_of_callable(function, depth + 1) for function in functions or ())
    if value.is_stub() or value.is_compiled():
        return _of_results(value.execute_with_values(), declared=True)
    calls = value.py__getattribute__("__call__")
    return _agreed(_of_callable(call, depth + 1) for call in calls)


def _of_function(value: Any, depth: int) -> bool | None:
    node = value.tree_node
    if node is None:
        return _of_results(value.execute_with_values(), declared=True)
    if node.type == "lambdef":
        return _of_expression(value.as_context(), node.children[-1], depth)
    signatures = value.get_signature_functions()
    own = _of_one_function(value, depth)
    if all(one.tree_node is node for one in signatures):
        return own
    overloads = _agreed(_of_one_function(one, depth) for one in signatures)
    return overloads if own in {None, overloads} else None


def _of_one_function(value: Any, depth: int) -> bool | None:
    node = value.tree_node
    if not _is_transparent(value):
        return None
    if node.is_generator():  # an asynchronous generator is iterated, not awaited
        return False
    if _is_async(node):
        return True if _overloads_are_async(node) else None
    if node.annotation is None:
        return _of_returns(value, depth)
    return _of_annotation(value, depth)


def _is_async(node: Any) -> bool:
    return node.parent.type in {"async_stmt", "async_funcdef"}


def _overloads_are_async(node: Any) -> bool:
    """Say whether overloads beside `node` are asynchronous too: jedi finds the last one."""
    if not _is_overload(node):
        return True
    scope = node.search_ancestor("classdef", "funcdef", "file_input")
    return all(
        _is_async(other)
        for other in scope.iter_funcdefs()
        if other.name.value == node.name.value and _is_overload(other)
    )


def _is_overload(node: Any) -> bool:
    names = (one.children[1].get_code().strip() for one in node.get_decorators())
    return any(name.rpartition(".")[2] == "overload" for name in names)


def _is_transparent(value: Any) -> bool:
    """Say whether the decorators of the function `value` surely give back what they are given."""
    context = value.get_default_param_context()
    return all(_gives_back(context, one, value) for one in value.tree_node.get_decorators())


def _gives_back(context: Any, decorator: Any, value: Any) -> bool:
    expression = decorator.children[1]
    decorators = context.infer_node(_callee(expression) or expression)
    if decorators and all(full_name(one) in _TRANSPARENT for one in decorators):
        return True
    results = context.infer_node(expression).execute_with_values(value)
    node = value.tree_node
    return bool(results) and all(getattr(one, "tree_node", None) is node for one in results)


def _callee(expression: Any) -> Any:
    """Return the node of what is called in `expression`; None where that is no call."""
    if expression.type not in {"atom_expr", "power"} or expression.children[0] == "await":
        return None
    *inner, last = expression.children
    if last.type != "trailer" or last.children[0] != "(":
        return None
    if len(inner) == 1:
        return inner[0]
    callee = copy.copy(expression)
    callee.children = inner
    return callee


def _of_annotation(value: Any, depth: int) -> bool | None:
    verdict = _of_results(value.execute_with_values(), declared=True)
    # Annotated with Awaitable, the body may still give a future that is already scheduled.
    has_body = any(True for _ in value.tree_node.iter_return_stmts())
    if verdict and has_body and not _of_results(value.execute_with_values(), declared=False):
        return _of_returns(value, depth)
    return verdict


def _of_returns(value: Any, depth: int) -> bool | None:
    node = value.tree_node
    statements = tuple(node.iter_return_stmts())
    if not statements:
        return None if any(True for _ in node.iter_raise_stmts()) else False
    context = value.as_context()
    verdicts = [_of_return(context, statement, depth) for statement in statements]
    if not _ends_by_leaving(node):
        verdicts.append(False)
    return _agreed(verdicts)


def _of_return(context: Any, statement: Any, depth: int) -> bool | None:
    if statement.type != "return_stmt":  # a bare `return`
        return False
    return _of_expression(context, statement.children[1], depth)


def _ends_by_leaving(node: Any) -> bool:
    """Say whether the function's last statement is a return or raise, so that none is implied."""
    body = node.children[-1]
    last = body.children[-1] if body.type == "suite" else body
    leaving = last.children[0] if last.type == "simple_stmt" else last
    return leaving.type in {"return_stmt", "raise_stmt"}


def _of_expression(context: Any, expression: Any, depth: int) -> bool | None:
    callee = _callee(expression)
    called = context.infer_node(callee) if callee else ()
    if called and not any(one.is_class() for one in called):
        return _agreed(_of_callable(one, depth + 1) for one in called)
    verdict = _of_results(context.infer_node(expression), declared=False)
    return False if verdict is False else None  # jedi may have passed over a decorator


def _of_results(results: Iterable[Any], *, declared: bool) -> bool | None:
    """Say whether each of `results` is a coroutine; `declared` says that annotations say so."""
    return _agreed(_of_result(result, declared=declared) for result in results)


def _of_result(result: Any, *, declared: bool) -> bool | None:
    if result.is_compiled() or not result.is_instance():
        return False
    bases = [full_name(base) for base in result.py__class__().py__mro__()]
    if not _FUTURES.isdisjoint(bases):
        return False
    if not _COROUTINES.isdisjoint(bases):
        return True
    if bases[0] == _AWAITABLE:
        return True if declared else None
    return None if result.py__getattribute__("__await__") else False
