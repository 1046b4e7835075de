"""One fix tried on its own: a program and a fix in, what is wrong with it out."""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

from racelens.engine.gate import identity
from racelens.source.edit import apply_edits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from racelens.engine.repair import Repairs
    from racelens.findings.finding import Finding
    from racelens.findings.fix import Fix
    from racelens.source.text import SourceFile


def failure(repairs: Repairs, finding: Finding, fix: Fix, paths: Sequence[str]) -> str:
    """Return what is wrong after `fix`; "" where all is well.

    `paths` are the files of the package that have findings. In the edited ones, all that is found
    is compared; in the others, what may be found: their windows.
    """
    edited_paths = list(dict.fromkeys(edit.path for edit in fix.edits))
    for path in edited_paths:
        source = repairs.source(path)
        assert source is not None, "a fix edits what can be read"
        changed = apply_edits(source, fix.edits)
        try:
            tree = ast.parse(changed)
        except SyntaxError as error:
            return f"does not parse: {error}"
        edited = _edited_lines(source, fix)
        if not _is_kept(ast.parse(source.text), tree, edited):
            return "changes more than the edited statements"
    after = repairs.after(fix.edits)
    others = [path for path in paths if path not in edited_paths]
    looked = edited_paths
    if any(after.look.windows(path) - repairs.look.windows(path) for path in others):
        looked = [*edited_paths, *others]
    before = Counter(identity(found) for path in looked for found in repairs.findings(path))
    left = Counter(identity(found) for path in looked for found in after.findings(path))
    if left[identity(finding)] >= before[identity(finding)]:
        return "the finding is still there"
    new = left - before
    return f"new: {min(map(str, new))}" if new else ""


def _edited_lines(source: SourceFile, fix: Fix) -> frozenset[int]:
    """Return the 1-based lines that the edits replace or touch inside."""
    touched: set[int] = set()
    for edit in fix.edits:
        if edit.path == source.path:
            start, end = edit.span
            last = end.line if end.column or (start == end and start.column) else end.line - 1
            touched.update(range(start.line + 1, last + 2))
    return frozenset(touched)


def _is_kept(before: ast.Module, after: ast.Module, edited: frozenset[int]) -> bool:
    """Say whether what stands on no edited line is there, unchanged and in the same order."""
    following = _parts(after)
    for node, text in _parts(before):
        lines = range(node.lineno, _last_own_line(node) + 1)
        if edited.isdisjoint(lines) and all(text != other for _, other in following):
            return False
    return True


def _parts(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Yield the statements of a tree in order, compound ones by their heads."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.stmt):
            yield child, _head(child)
        yield from _parts(child)


def _head(node: ast.stmt) -> str:
    fields = [
        f"{name}={ast.dump(value) if isinstance(value, ast.AST) else _dumped(value)}"
        for name, value in ast.iter_fields(node)
        if name not in {"body", "orelse", "finalbody", "handlers", "cases"}
    ]
    return f"{type(node).__name__}({', '.join(fields)})"


def _dumped(value: object) -> str:
    if isinstance(value, list):
        return str([ast.dump(part) if isinstance(part, ast.AST) else part for part in value])
    return repr(value)


def _last_own_line(node: ast.stmt) -> int:
    body: object = getattr(node, "body", None)
    if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
        return max(node.lineno, body[0].lineno - 1)
    return node.end_lineno or node.lineno
