"""Our edits as the client's: edits by path go in, one workspace edit comes out.

Nothing here decides what is edited.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from lsprotocol import types

from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racelens.lsp.analyst import Analysis, Analyst
    from racelens.lsp.client import ClientSupport
    from racelens.source.edit import TextEdit

_ANNOTATION = "racelens"  # a name within one workspace edit


class Request(NamedTuple):
    """What is asked about: a document as it was analysed, by whom, and what its client can do."""

    analyst: Analyst
    analysis: Analysis
    support: ClientSupport


def workspace_edit(
    request: Request, edits: Sequence[TextEdit], annotation: types.ChangeAnnotation | None = None
) -> types.WorkspaceEdit:
    """Return `edits` by file, tied to the versions that they fit where the client knows those.

    `annotation` is said of all of them. It is None for a client that knows no annotations.
    """
    by_path: defaultdict[str, list[types.TextEdit]] = defaultdict(list)
    for edit in edits:
        area = request.analysis.places.range(edit.path, edit.span)
        by_path[edit.path].append(types.TextEdit(area, edit.new_text))
    uri_of = request.analysis.places.uri_of
    if not request.support.versioned_edits:
        return types.WorkspaceEdit(changes={uri_of(path): own for path, own in by_path.items()})
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(
                    uri_of(path), request.analyst.version_of(uri_of(path))
                ),
                list(own) if annotation is None else [_annotated(edit) for edit in own],
            )
            for path, own in by_path.items()
        ],
        change_annotations=None if annotation is None else {_ANNOTATION: annotation},
    )


def _annotated(edit: types.TextEdit) -> types.AnnotatedTextEdit:
    return types.AnnotatedTextEdit(_ANNOTATION, edit.range, edit.new_text)
