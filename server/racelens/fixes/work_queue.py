"""A list or deque from which tasks take work becomes an `asyncio.Queue`, in all its uses.

    self.jobs = deque()                ->  self.jobs = asyncio.Queue()
    self.jobs.append(job)                  self.jobs.put_nowait(job)
    while self.jobs:                       while not self.jobs.empty():
        await self.ready()                     job = self.jobs.get_nowait()
        job = self.jobs.popleft()              await self.ready()

What is taken is taken at once when the queue was found not to be empty
(https://docs.python.org/3/library/asyncio-queue.html). It is offered only where every use in the
workspace has its counterpart.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair
from racelens.fixes.expressions import bound_names, may_leave, used_names
from racelens.fixes.lock_choice import asyncio_import
from racelens.fixes.plan import Lines, Plan, Replace
from racelens.fixes.stretch import stretch_of
from racelens.fixes.syntax import FUNCTIONS, first_line, last_line
from racelens.model.location import Root
from racelens.program.related import group_of
from racelens.program.writers import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.fixes.plan import Change
    from racelens.fixes.site import Site
    from racelens.fixes.stretch import Stretch
    from racelens.fixes.syntax import FileSyntax

TITLE = "Make it an `asyncio.Queue`"
_PUTS = frozenset({"append"})


def work_queue(site: Site) -> Plan | None:
    """Return the plan, or None where a use has no counterpart."""
    group = group_of(site.window.read.place)
    if group.root is not Root.SELF or len(group.steps) != 1:
        return None
    stretch = stretch_of(site)
    if stretch is None or not _takes_first(stretch):
        return None
    changes: list[Change] = []
    does: set[str] = set()
    for file, node in _uses(site, name_of(group)):
        found = _counterpart(file, node)
        if found is None:
            return None
        kind, made = found
        does.add(kind)
        is_moved = kind == "get" and file.statement_of(node) is stretch.write
        changes += _moved(stretch, made) if is_moved else made
        if kind == "made":
            changes += _unused_import(file, made)
    if not {"made", "put", "get"} <= does:
        return None
    return Plan(TITLE, Repair.QUEUE, tuple(changes), rewrites=True)


def _takes_first(stretch: Stretch) -> bool:
    """Say whether what is taken can be taken before the suspension: nobody needs it later."""
    between = stretch.before_write
    if not between or stretch.write.lineno != stretch.write.end_lineno or may_leave(between):
        return False
    needs = bound_names(between) & used_names([stretch.write])
    return not needs and not bound_names([stretch.write]) & used_names(between)


def _moved(stretch: Stretch, made: tuple[Change, ...]) -> tuple[Lines, ...]:
    """Return the changes that move the statement which takes, changed, before the suspension."""
    file = stretch.file
    line = first_line(stretch.write)
    text = file.source.line(line)
    for change in made:
        if isinstance(change, Replace):
            text = text[: change.span.start.column] + change.text + text[change.span.end.column :]
    first, last = stretch.lines_before_write()
    above = file.lines(last + 1, line - 1)
    return (
        Lines(file.path, first, first, (*above, text)),
        Lines(file.path, last + 1, line + 1, ()),
    )


def _unused_import(file: FileSyntax, made: tuple[Change, ...]) -> tuple[Lines, ...]:
    """Return the change that imports `deque` no more, where nothing else uses it."""
    replaced = [change.span for change in made if isinstance(change, Replace)]
    left = [
        node
        for top in file.body
        for node in ast.walk(top)
        if isinstance(node, ast.Name) and node.id == "deque"
    ]
    for name in left:
        place = file.span(name)
        if not any(span.start <= place.start and place.end <= span.end for span in replaced):
            return ()
    for node in file.body:
        match node:
            case ast.ImportFrom(module="collections", names=[ast.alias(name="deque", asname=None)]):
                return (Lines(file.path, first_line(node), last_line(node) + 1, ()),)
            case _:
                pass
    return ()


def _uses(site: Site, name: str) -> Iterator[tuple[FileSyntax, ast.Attribute]]:
    """Yield all attributes of that name in the files that mention it."""
    for path, module in site.program.names.modules.items():
        if name not in module.mentions:
            continue
        file = site.syntax_of(path)
        for top in file.body if file is not None else ():
            for node in ast.walk(top):
                if isinstance(node, ast.Attribute) and node.attr == name and file is not None:
                    yield file, node


def _counterpart(file: FileSyntax, node: ast.Attribute) -> tuple[str, tuple[Change, ...]] | None:
    """Return what a use does, and what it becomes; None where a queue cannot do it."""
    if not isinstance(node.value, ast.Name) or node.value.id != "self":
        return None
    parent = file.parents.get(node)
    match parent:
        case ast.Assign(targets=[target], value=value) if target is node:
            return _made(file, value, None)
        case ast.AnnAssign(target=target, annotation=annotation, value=ast.expr() as value) if (
            target is node
        ):
            return _made(file, value, annotation)
        case ast.Attribute(attr=method):
            return _method(file, parent, method)
        case ast.Call(func=ast.Name(id="len"), args=[_]):
            text = f"{file.text(node)}.qsize()"
            return "size", (Replace(file.path, file.span(parent), text),)
        case ast.UnaryOp(op=ast.Not()):
            text = f"{file.text(node)}.empty()"
            return "test", (Replace(file.path, file.span(parent), text),)
        case ast.If() | ast.While() | ast.BoolOp() if _is_tested(file, node):
            text = f"not {file.text(node)}.empty()"
            return "test", (Replace(file.path, file.span(node), text),)
        case _:
            return None


def _is_tested(file: FileSyntax, node: ast.expr) -> bool:
    """Say whether nothing but the truth of a use matters."""
    below: ast.AST = node
    for above in file.above(node):
        if isinstance(above, ast.If | ast.While):
            return above.test is below
        if not isinstance(above, ast.BoolOp):
            return False
        below = above
    return False


def _made(
    file: FileSyntax, value: ast.expr, annotation: ast.expr | None
) -> tuple[str, tuple[Change, ...]] | None:
    match value:
        case ast.List(elts=[]):
            pass
        case ast.Call(func=ast.Name(id="deque" | "list"), args=[], keywords=[]):
            pass
        case ast.Call(func=ast.Attribute(attr="deque"), args=[], keywords=[]):
            pass
        case _:
            return None
    name, imported = asyncio_import(file)
    changes: list[Change] = [*imported, Replace(file.path, file.span(value), f"{name}.Queue()")]
    if isinstance(annotation, ast.Subscript):
        kept = file.span(annotation.value)
        changes.append(Replace(file.path, kept, f"{name}.Queue"))
    elif annotation is not None:
        changes.append(Replace(file.path, file.span(annotation), f"{name}.Queue"))
    return "made", tuple(changes)


def _method(
    file: FileSyntax, method: ast.Attribute, name: str
) -> tuple[str, tuple[Change, ...]] | None:
    call = file.parents.get(method)
    if not isinstance(call, ast.Call) or call.func is not method:
        return None
    queue = file.text(method.value)
    if name in _PUTS and len(call.args) == 1:
        return "put", (Replace(file.path, file.span(method), f"{queue}.put_nowait"),)
    match name, call.args:
        case ("popleft", []) | ("pop", [ast.Constant(value=0)]):
            pass
        case _:
            return None
    function = next((above for above in file.above(call) if isinstance(above, FUNCTIONS)), None)
    if function is None or "IndexError" in used_names([function]):
        return None  # an empty queue raises another exception
    return "get", (Replace(file.path, file.span(call), f"{queue}.get_nowait()"),)
