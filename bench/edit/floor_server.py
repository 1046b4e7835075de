"""The least that a Python language server does at a keystroke: pygls, parse, walk, publish."""

from __future__ import annotations

import ast
import logging
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.lsp.server import LanguageServer

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIAGNOSTICS = 50

server = LanguageServer("floor", "1")


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def _changed(
    ls: LanguageServer,
    params: types.DidOpenTextDocumentParams | types.DidChangeTextDocumentParams,
) -> None:
    document = ls.workspace.get_text_document(params.text_document.uri)
    lines = list(_awaits(document.source)) or list(range(_DIAGNOSTICS))
    items = [
        types.Diagnostic(
            types.Range(types.Position(line, 0), types.Position(line, 10)),
            "something is wrong in this line, and here is a sentence that says so",
            types.DiagnosticSeverity.Warning,
            "F001",
            source="floor",
        )
        for line in (lines * _DIAGNOSTICS)[:_DIAGNOSTICS]
    ]
    ls.text_document_publish_diagnostics(
        types.PublishDiagnosticsParams(document.uri, items, document.version)
    )


def _awaits(text: str) -> Iterator[int]:
    """Yield the lines of all awaits of a text; nothing for one that is broken."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Await):
            yield node.lineno - 1
        waiting.extend(ast.iter_child_nodes(node))


if __name__ == "__main__":
    logging.getLogger("pygls").setLevel(logging.WARNING)
    server.start_io()
