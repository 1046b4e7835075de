r"""The texts that the client has open: its changes go in, lines come out.

pygls cuts lines also at form feeds, U+2028 and the like, which the protocol does not; a change
below such a character would then spoil the server's copy. It also fails on a change to a document
that was never opened. These documents do neither, and they never read a file.
"""

from __future__ import annotations

import itertools
import logging
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lsprotocol import types
from pygls.workspace import TextDocument, Workspace

from racelens.lsp.convert import PositionEncoding, path_of, without_surrogates
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from collections.abc import Sequence

_log = logging.getLogger(__name__)
_PYTHON_SUFFIXES = (".py", ".pyi", ".pyw")
_CELL_SCHEME = "vscode-notebook-cell:"


class OpenDocument(TextDocument):
    """One open document, as a list of lines, so that a change costs the lines that it touches.

    `opening` tells this document from an earlier one that was closed under the same URI.
    """

    _openings = itertools.count(1)

    def __init__(
        self,
        uri: str,
        text: str,
        version: int | None,
        language_id: str | None,
        encoding: PositionEncoding,
    ) -> None:
        super().__init__(uri, version=version, language_id=language_id)
        self.path: str = path_of(uri)
        self.opening = next(OpenDocument._openings)
        self._encoding = encoding
        self._lines = _lines_of(text)

    @property
    def lines(self) -> Sequence[str]:
        """The lines with their endings."""
        return tuple(self._lines)

    @property
    def source(self) -> str:
        """The whole text."""
        return "".join(self._lines)

    @property
    def is_python(self) -> bool:
        """Whether this is a Python file or buffer; a notebook's cell alone is neither."""
        if self.uri.startswith(_CELL_SCHEME):
            return False
        return self.language_id == "python" or self.path.endswith(_PYTHON_SUFFIXES)

    def apply_change(self, change: types.TextDocumentContentChangeEvent) -> None:
        """Change the text as the client did."""
        if isinstance(change, types.TextDocumentContentChangePartial):
            self._replace(change.range, without_surrogates(change.text))
        else:
            self._lines = _lines_of(change.text)

    def _replace(self, area: types.Range, text: str) -> None:
        r"""Replace `area`, splitting anew from the line before it to the line after it.

        These belong to it since a change may join a \r before it with a \n behind it.
        """
        lines = self._lines
        first, before = self._place(area.start)
        last, after = self._place(area.end)
        start, stop = max(first - 1, 0), min(last + 2, len(lines))
        changed = "".join((
            *lines[start:first], lines[first][:before], text,
            lines[last][after:], *lines[last + 1 : stop],
        ))  # fmt: skip
        fresh = _lines_of(changed)
        if stop < len(lines) and not fresh[-1]:
            fresh.pop()  # the empty line behind an ending is the next one, which stays
        lines[start:stop] = fresh

    def _place(self, place: types.Position) -> tuple[int, int]:
        """Return line and column of the client's `place`, pulled into the text."""
        if place.line >= len(self._lines):
            return len(self._lines) - 1, len(self._lines[-1])
        line = self._lines[place.line].rstrip("\r\n")
        return place.line, self._encoding.column(line, place.character)


class OpenDocuments(Workspace):
    """The open documents, by URI, and the folders of the workspace."""

    def __init__(
        self, workspace: Workspace, folders: Sequence[types.WorkspaceFolder] | None
    ) -> None:
        super().__init__(
            workspace.root_uri,
            types.TextDocumentSyncKind.Incremental,
            folders,
            workspace.position_encoding,
        )
        self.encoding = PositionEncoding(workspace.position_encoding)

    def document(self, uri: str) -> OpenDocument | None:
        """Return the open document `uri`, however the client quotes it; None if it is not open."""
        document = self.text_documents.get(unquote(uri))
        return document if isinstance(document, OpenDocument) else None

    def python_documents(self) -> tuple[OpenDocument, ...]:
        """Return the open documents that are Python, in the order in which they were opened."""
        documents = self.text_documents.values()
        return tuple(d for d in documents if isinstance(d, OpenDocument) and d.is_python)

    def update_text_document(
        self,
        text_doc: types.VersionedTextDocumentIdentifier,
        change: types.TextDocumentContentChangeEvent,
    ) -> None:
        """Change an open document; a change to one that is not open is logged and left."""
        if self.document(text_doc.uri) is None:
            _log.warning("Ignored a change to %s, which is not open.", text_doc.uri)
            return
        super().update_text_document(text_doc, change)

    def _create_text_document(
        self,
        doc_uri: str,
        source: str | None = None,
        version: int | None = None,
        language_id: str | None = None,
    ) -> TextDocument:
        return OpenDocument(doc_uri, source or "", version, language_id, self.encoding)


def _lines_of(text: str) -> list[str]:
    return list(SourceFile("", without_surrogates(text)).lines)
