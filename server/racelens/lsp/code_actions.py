"""The quick fixes for what lies at a range.

An analysis and the client's question go in, code actions with all their edits come out. Runs in
the analysis thread, since each fix is analysed again before it is offered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from lsprotocol import types

from racelens.lsp.diagnostics import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from racelens.findings.finding import Finding
    from racelens.findings.fix import Fix
    from racelens.lsp.analyst import Analysis, Analyst
    from racelens.lsp.client import ClientSupport
    from racelens.source.edit import TextEdit
    from racelens.source.span import Span

    Found = tuple[Finding, types.Diagnostic]


def code_actions(
    analyst: Analyst,
    analysis: Analysis,
    params: types.CodeActionParams,
    support: ClientSupport,
) -> list[types.CodeAction]:
    """Return the fixes of every finding that the range touches or the client names, best first."""
    if not wants_quick_fixes(params.context):
        return []
    return [
        _code_action(
            fix,
            _linked(item, params.context.diagnostics),
            _workspace_edit(fix.edits, analysis, analyst, support),
            support,
        )
        for finding, item in _asked_for(analysis, params)
        for fix in analyst.fixes(analysis, finding)
    ]


def wants_quick_fixes(context: types.CodeActionContext) -> bool:
    """Say whether the client asks for the kind "quickfix", by its name or with all others."""
    wanted = {types.CodeActionKind.QuickFix, types.CodeActionKind.Empty}
    return not context.only or not wanted.isdisjoint(context.only)


def touches(span: Span, area: Span) -> bool:
    """Say whether `area`, or the caret where it is empty, overlaps `span` or stands at its edge."""
    return span.start <= area.end and area.start <= span.end


def _asked_for(analysis: Analysis, params: types.CodeActionParams) -> Iterator[Found]:
    """Yield the findings at the range, and those whose diagnostics the client sends along.

    Some clients give the caret as the range and the diagnostics of its whole line.
    """
    area = analysis.places.encoding.span(analysis.snapshot.source, params.range)
    named = {_fingerprint(item) for item in params.context.diagnostics} - {None}
    for finding, item in zip(analysis.snapshot.findings, analysis.diagnostics, strict=False):
        if touches(finding.span, area) or finding.fingerprint in named:
            yield finding, item


def _linked(item: types.Diagnostic, sent: Iterable[types.Diagnostic]) -> types.Diagnostic:
    """Return the diagnostic as the client sent it along, so that it knows it again; else ours."""
    for other in sent:
        is_same = (other.code, other.range) == (item.code, item.range)
        if other.source == SOURCE and is_same and other.message == item.message:
            return other
    return item


def _fingerprint(item: types.Diagnostic) -> str | None:
    data: object = item.data
    if item.source != SOURCE or not isinstance(data, Mapping):
        return None
    value = cast("Mapping[str, object]", data).get("fingerprint")
    return value if isinstance(value, str) else None


def _code_action(
    fix: Fix, item: types.Diagnostic, edit: types.WorkspaceEdit, support: ClientSupport
) -> types.CodeAction:
    return types.CodeAction(
        title=fix.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[item],
        is_preferred=(fix.preferred or None) if support.preferred_actions else None,
        edit=edit,
    )


def _workspace_edit(
    edits: Sequence[TextEdit], analysis: Analysis, analyst: Analyst, support: ClientSupport
) -> types.WorkspaceEdit:
    """Return `edits` by file, tied to the versions that they fit where the client knows those."""
    by_path: defaultdict[str, list[types.TextEdit]] = defaultdict(list)
    for edit in edits:
        area = analysis.places.range(edit.path, edit.span)
        by_path[edit.path].append(types.TextEdit(area, edit.new_text))
    uri_of = analysis.places.uri_of
    if not support.versioned_edits:
        return types.WorkspaceEdit(changes={uri_of(path): own for path, own in by_path.items()})
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(
                    uri_of(path), analyst.version_of(uri_of(path))
                ),
                list(own),
            )
            for path, own in by_path.items()
        ]
    )
