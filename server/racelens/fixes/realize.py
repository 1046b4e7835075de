"""From a plan to edits of text: what is data becomes replacements of characters.

Plans and the files that they name go in. Line endings are the file's own; an import that is there
already is not made again, and a new one goes where its kind stands.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.fixes.plan import Import, Lines, Replace
from racelens.source.edit import TextEdit
from racelens.source.span import Position, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from racelens.fixes.plan import Change
    from racelens.fixes.syntax import FileSyntax


def realize(
    changes: Iterable[Change], syntax_of: Callable[[str], FileSyntax | None]
) -> tuple[TextEdit, ...]:
    """Return the edits that make `changes`; those that are made already are left out."""
    edits: list[TextEdit] = []
    for change in dict.fromkeys(changes):
        file = syntax_of(change.path)
        if file is None:
            continue
        match change:
            case Replace():
                text = change.text.replace("\n", file.source.newline)
                edits.append(TextEdit(change.path, change.span, text))
            case Import():
                edits += _import(file, change)
            case Lines():
                edits += _lines(file, change)
    return tuple(edits)


def _lines(file: FileSyntax, change: Lines) -> list[TextEdit]:
    """Return the edit for `change`, without the lines at both ends that stay as they are."""
    old = [file.source.line(number) for number in range(change.first, change.end)]
    new = list(change.new)
    first = change.first
    while old and new and old[0] == new[0]:
        del old[0], new[0]
        first += 1
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    if not old and not new:
        return []
    return [_placed(file, first, first + len(old), new)]


def _placed(file: FileSyntax, first: int, end: int, new: list[str]) -> TextEdit:
    source = file.source
    newline = source.newline
    last = len(source.lines) - 1
    if end <= last:
        text = "".join(line + newline for line in new)
        return TextEdit(file.path, Span(Position(first, 0), Position(end, 0)), text)
    behind = Position(last, len(source.line(last)))  # the last line has no ending
    if not new and 0 < first <= last:
        above = Position(first - 1, len(source.line(first - 1)))
        return TextEdit(file.path, Span(above, behind), "")
    if first <= last:
        return TextEdit(file.path, Span(Position(first, 0), behind), newline.join(new))
    begins = newline if source.line(last) else ""
    return TextEdit(file.path, Span(behind, behind), begins + newline.join(new))


def _import(file: FileSyntax, wanted: Import) -> list[TextEdit]:
    imports = [node for node in file.body if isinstance(node, ast.Import | ast.ImportFrom)]
    if wanted.name:
        return _import_name(file, wanted, imports)
    if any(
        isinstance(node, ast.Import)
        and any(alias.name == wanted.module and alias.asname is None for alias in node.names)
        for node in imports
    ):
        return []
    if any(_imports_it(node, wanted.module) for node in file.body):
        return []  # below a `try`
    plain = [node for node in imports if isinstance(node, ast.Import)]
    return [_new_import(file, f"import {wanted.module}", wanted.module, plain, imports)]


def _imports_it(node: ast.stmt, module: str) -> bool:
    """Say whether a `try` imports a module."""
    return isinstance(node, ast.Try) and any(
        isinstance(part, ast.Import) and any(alias.name == module for alias in part.names)
        for part in node.body
    )


def _import_name(
    file: FileSyntax, wanted: Import, imports: list[ast.Import | ast.ImportFrom]
) -> list[TextEdit]:
    named = [node for node in imports if isinstance(node, ast.ImportFrom) and not node.level]
    for node in named:
        if node.module == wanted.module:
            if any(alias.name == wanted.name and alias.asname is None for alias in node.names):
                return []
            last = node.names[-1]
            if last.name != "*":
                line, column = last.end_lineno or node.lineno, last.end_col_offset or 0
                place = file.position(line, column)
                return [TextEdit(file.path, Span(place, place), f", {wanted.name}")]
    text = f"from {wanted.module} import {wanted.name}"
    return [_new_import(file, text, wanted.module, named, imports)]


def _new_import(
    file: FileSyntax,
    text: str,
    module: str,
    alike: list[ast.Import] | list[ast.ImportFrom],
    imports: list[ast.Import | ast.ImportFrom],
) -> TextEdit:
    """Return the edit that imports what is not imported yet, in the order of its kind."""
    from_future = [n for n in imports if isinstance(n, ast.ImportFrom) and n.module == "__future__"]
    alike_names = [node for node in alike if node not in from_future]
    group: list[ast.Import | ast.ImportFrom] = []
    for node in alike_names:  # the first run of them, which is the standard library's
        if group and _has_gap(file, group[-1], node):
            break
        group.append(node)
    for node in group:
        if _module(node) > module:
            return _placed(file, node.lineno - 1, node.lineno - 1, [text])
    if group:
        line = group[-1].end_lineno or group[-1].lineno
        return _placed(file, line, line, [text])
    others = [node for node in imports if node not in from_future]
    if others and isinstance(others[0], ast.Import):
        return _behind_first_group(file, text, others)
    if others:
        return _placed(file, others[0].lineno - 1, others[0].lineno - 1, [text])
    return _first_import(file, text, from_future)


def _behind_first_group(
    file: FileSyntax, text: str, imports: Sequence[ast.Import | ast.ImportFrom]
) -> TextEdit:
    """Return the edit that puts the first `from` import behind the imports that come first."""
    last = imports[0]
    for node in imports[1:]:
        if _has_gap(file, last, node):
            break
        last = node
    line = last.end_lineno or last.lineno
    return _placed(file, line, line, [text])


def _first_import(file: FileSyntax, text: str, from_future: Sequence[ast.stmt]) -> TextEdit:
    """Return the edit that puts an import below the documentation and what must come first."""
    above: list[ast.stmt] = [*from_future]
    first = file.body[0] if file.body else None
    if not above and isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        above = [first] if isinstance(first.value.value, str) else []
    if above:
        line = above[-1].end_lineno or above[-1].lineno
        return _placed(file, line, line, ["", text])
    line = 0
    while file.source.line(line).startswith("#"):  # a licence, an encoding, a shebang
        line += 1
    behind = [] if not file.source.line(line).strip() else [""]
    return _placed(file, line, line, [text, *behind])


def _has_gap(file: FileSyntax, before: ast.stmt, node: ast.stmt) -> bool:
    between = range(before.end_lineno or before.lineno, node.lineno - 1)
    return any(not file.source.line(number).strip() for number in between)


def _module(node: ast.Import | ast.ImportFrom) -> str:
    return node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
