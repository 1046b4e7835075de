"""pygls' protocol with documents of our own in place of its."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pygls.protocol import LanguageServerProtocol

from racelens.lsp.documents import OpenDocuments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lsprotocol import types


class RaceLensProtocol(LanguageServerProtocol):
    """The protocol; `use_own_documents` belongs into the handler of `initialize`."""

    def use_own_documents(self, folders: Sequence[types.WorkspaceFolder] | None) -> OpenDocuments:
        """Keep the client's texts in documents of ours; pygls has just made an empty workspace."""
        documents = OpenDocuments(self.workspace, folders)
        self._workspace = documents
        return documents

    @property
    def is_shut_down(self) -> bool:
        """Whether the client has asked for `shutdown`, so that ending is no failure."""
        return self._shutdown
