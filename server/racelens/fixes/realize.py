"""From a plan to edits of text: what is data becomes replacements of characters.

Plans and the files that they name go in. Line endings are the file's own; an import that is there
already is not made again, and a new one goes where its kind stands.
"""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, TypeAlias

from racelens.fixes.plan import Import, Lines, Replace
from racelens.fixes.syntax import first_line, last_line
from racelens.source.edit import TextEdit
from racelens.source.span import Position, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from racelens.fixes.plan import Change
    from racelens.fixes.syntax import FileSyntax

_Import: TypeAlias = "ast.Import | ast.ImportFrom"


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


def _import_name(file: FileSyntax, wanted: Import, imports: list[_Import]) -> list[TextEdit]:
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
    imports: list[_Import],
) -> TextEdit:
    """Return the edit that imports what is not imported yet: in the section of its kind, sorted."""
    from_future = [n for n in imports if isinstance(n, ast.ImportFrom) and n.module == "__future__"]
    others = [node for node in imports if node not in from_future]
    if not others:
        return _first_import(file, text, from_future)
    sections = list(_sections(file, others))
    if not sections:  # all others are relative ones
        line = first_line(others[0])
        return _placed(file, line, line, [text, ""])
    wanted = _is_standard(module)
    home = next((each for each in sections if _is_standard(_module(each[0])) is wanted), None)
    if home is None:
        return _new_section(file, text, sections, is_standard=wanted)
    group = [node for node in home if node in alike]
    for node in group:
        if _module(node) > module:
            return _placed(file, node.lineno - 1, node.lineno - 1, [text])
    if not group and text.startswith("import "):
        return _placed(file, home[0].lineno - 1, home[0].lineno - 1, [text])
    line = last_line(group[-1] if group else home[-1]) + 1
    return _placed(file, line, line, [text])


def _sections(file: FileSyntax, imports: Sequence[_Import]) -> Iterator[list[_Import]]:
    """Yield the runs of absolute imports that no empty line divides."""
    section: list[_Import] = []
    for node in imports:
        if section and _has_gap(file, section[-1], node):
            yield section
            section = []
        if isinstance(node, ast.Import) or not node.level:
            section.append(node)
    if section:
        yield section


def _new_section(
    file: FileSyntax, text: str, sections: Sequence[list[_Import]], *, is_standard: bool
) -> TextEdit:
    """Return the edit that puts an import into a section of its own: the standard library first."""
    if is_standard:
        line = first_line(sections[0][0])
        return _placed(file, line, line, [text, ""])
    standard = [section for section in sections if _is_standard(_module(section[0]))]
    line = last_line(standard[-1][-1]) + 1
    return _placed(file, line, line, ["", text])


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


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names


def _has_gap(file: FileSyntax, before: ast.stmt, node: ast.stmt) -> bool:
    between = range(before.end_lineno or before.lineno, node.lineno - 1)
    return any(not file.source.line(number).strip() for number in between)


def _module(node: _Import) -> str:
    return node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
