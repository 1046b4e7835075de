"""The fixes for what lies at a range, and all safe ones of a document, as code actions.

An analysis and the client's question go in, code actions come out. A client that can ask again
gets them without edits first, and has the one that was chosen resolved. Runs in the analysis
thread, since each fix is analysed again before it is offered; what does not says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, cast

from lsprotocol import types

from racelens.findings.fix import Repair, Safety
from racelens.lsp.diagnostics import SOURCE
from racelens.lsp.workspace_edits import workspace_edit
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from racelens.findings.finding import Finding
    from racelens.findings.fix import Fix
    from racelens.lsp.analyst import Analysis
    from racelens.lsp.client import ClientSupport
    from racelens.lsp.workspace_edits import Request
    from racelens.source.span import Span

    Found = tuple[Finding, types.Diagnostic]

FIX_ALL = "source.fixAll.racelens"
FIX_ALL_TITLE = "Apply all safe fixes of RaceLens"
_QUICK_FIX = types.CodeActionKind.QuickFix
_REWRITE = types.CodeActionKind.RefactorRewrite
_KINDS: tuple[str, ...] = (_QUICK_FIX, _REWRITE, FIX_ALL)


class _Offer(NamedTuple):
    """A fix, its number among those of its finding, and the finding's diagnostic."""

    finding: Finding
    number: int
    fix: Fix
    item: types.Diagnostic


def options(support: ClientSupport) -> types.CodeActionOptions:
    """Return what the client is told that it can ask for."""
    return types.CodeActionOptions(_KINDS, resolve_provider=support.resolves_edits or None)


def wanted_kinds(context: types.CodeActionContext) -> frozenset[str]:
    """Return those of our kinds that the client asks for; those of `source` by name only.

    A kind stands for those below it, "refactor" for "refactor.rewrite", and "" for all.
    """
    only = context.only or ()
    if not only:
        return frozenset(kind for kind in _KINDS if not kind.startswith("source."))
    return frozenset(
        kind
        for kind in _KINDS
        if any(each in {"", kind} or kind.startswith(f"{each}.") for each in map(_text, only))
    )


def may_offer(analysis: Analysis, params: types.CodeActionParams) -> bool:
    """Say whether the thread need be asked at all: editors ask at every move of the caret.

    Runs in any thread.
    """
    snapshot = analysis.snapshot
    if FIX_ALL in wanted_kinds(params.context) and snapshot.findings:
        return True
    if any(item.source == SOURCE for item in params.context.diagnostics):
        return True
    area = analysis.places.encoding.span(snapshot.source, params.range)
    return any(_touches(finding.span, area) for finding in snapshot.findings)


def code_actions(request: Request, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Return the fixes of every finding that the range touches or the client names.

    Best first, suppressions behind the fixes of all of them, and what fixes the document last.
    """
    kinds = wanted_kinds(params.context)
    attempts: list[Callable[[], types.CodeAction | None]] = [
        partial(_code_action, request, offer)
        for offer in sorted(_offers(request, params), key=lambda offer: _is_suppression(offer.fix))
        if _kind(offer.fix) in kinds
    ]
    if FIX_ALL in kinds:
        attempts.append(partial(_fix_all_action, request))
    actions = (request.analyst.attempt(attempt, None) for attempt in attempts)
    return [action for action in actions if action is not None]


def document_of(action: types.CodeAction) -> str | None:
    """Return the URI of the document that an action of ours is to be resolved for, if it has one.

    Runs in any thread.
    """
    data: object = action.data
    return _string(data, "uri")


def resolved(request: Request, action: types.CodeAction) -> types.CodeAction:
    """Return `action` with its edit; as it is where the text or its fixes are others by now."""
    action.edit = request.analyst.attempt(partial(_edit_of, request, action.data), None)
    return action


def _offers(request: Request, params: types.CodeActionParams) -> Iterator[_Offer]:
    if not wanted_kinds(params.context) - {FIX_ALL}:
        return
    for finding, item in _asked_for(request.analysis, params):
        linked = _linked(item, params.context.diagnostics)
        for number, fix in enumerate(request.analyst.fixes(request.analysis, finding)):
            yield _Offer(finding, number, fix, linked)


def _asked_for(analysis: Analysis, params: types.CodeActionParams) -> Iterator[Found]:
    """Yield the findings at the range, and those whose diagnostics the client sends along.

    Some clients give the caret as the range and the diagnostics of its whole line.
    """
    area = analysis.places.encoding.span(analysis.snapshot.source, params.range)
    named = {_fingerprint(item) for item in params.context.diagnostics} - {None}
    for finding, item in zip(analysis.snapshot.findings, analysis.diagnostics, strict=False):
        if _touches(finding.span, area) or finding.fingerprint in named:
            yield finding, item


def _touches(span: Span, area: Span) -> bool:
    """Say whether `area`, or the caret where it is empty, overlaps `span` or stands at its edge."""
    return span.start <= area.end and area.start <= span.end


def _linked(item: types.Diagnostic, sent: Iterable[types.Diagnostic]) -> types.Diagnostic:
    """Return the diagnostic as the client sent it along, so that it knows it again; else ours."""
    for other in sent:
        is_same = (other.code, other.range) == (item.code, item.range)
        if other.source == SOURCE and is_same and other.message == item.message:
            return other
    return item


def _fingerprint(item: types.Diagnostic) -> str | None:
    data: object = item.data
    return _string(data, "fingerprint") if item.source == SOURCE else None


def _code_action(request: Request, offer: _Offer) -> types.CodeAction:
    fix, support = offer.fix, request.support
    is_lazy = support.resolves_edits
    return types.CodeAction(
        title=_title(fix, support),
        kind=_kind(fix),
        diagnostics=[offer.item],
        is_preferred=(fix.preferred or None) if support.preferred_actions else None,
        edit=None if is_lazy else _edit_of_fix(request, fix),
        data=_data(request.analysis, offer.finding, offer.number, fix) if is_lazy else None,
    )


def _fix_all_action(request: Request) -> types.CodeAction | None:
    """Return what fixes the document; its edit costs a lot, and only who must has it at once."""
    if not request.analysis.snapshot.findings:
        return None
    if request.support.resolves_edits:
        data = _data_of_all(request.analysis)
        return types.CodeAction(FIX_ALL_TITLE, FIX_ALL, data=data)
    edit = _edit_of_all(request)
    return types.CodeAction(FIX_ALL_TITLE, FIX_ALL, edit=edit) if edit else None


def _data(analysis: Analysis, finding: Finding, number: int, fix: Fix) -> dict[str, object]:
    """Return what an action is known again by: findings that look alike have one fingerprint."""
    start, end = finding.span
    return {
        "uri": analysis.capture.uri,
        "version": analysis.capture.version,
        "fingerprint": finding.fingerprint,
        "place": [*start, *end],
        "number": number,
        "title": fix.title,
    }


def _data_of_all(analysis: Analysis) -> dict[str, object]:
    return {"uri": analysis.capture.uri, "version": analysis.capture.version, "all": True}


def _edit_of(request: Request, data: object) -> types.WorkspaceEdit | None:
    """Return the edit of the action that was offered with `data`; None if it would not be now."""
    analysis = request.analysis
    if data == _data_of_all(analysis):
        return _edit_of_all(request)
    fingerprint = _string(data, "fingerprint")
    for finding in analysis.snapshot.findings:
        if finding.fingerprint == fingerprint:
            for number, fix in enumerate(request.analyst.fixes(analysis, finding)):
                if data == _data(analysis, finding, number, fix):
                    return _edit_of_fix(request, fix)
    return None


def _edit_of_fix(request: Request, fix: Fix) -> types.WorkspaceEdit:
    annotation = None
    if fix.safety is Safety.UNSAFE and request.support.change_annotations:
        annotation = types.ChangeAnnotation(
            fix.title, needs_confirmation=True, description=fix.note or None
        )
    return workspace_edit(request, fix.edits, annotation)


def _edit_of_all(request: Request) -> types.WorkspaceEdit | None:
    edits = request.analyst.fix_all(request.analysis)
    return workspace_edit(request, edits) if edits else None


def _kind(fix: Fix) -> types.CodeActionKind:
    return _REWRITE if fix.rewrites else _QUICK_FIX


def _title(fix: Fix, support: ClientSupport) -> str:
    """Return the title with what there is to know before one chooses the fix."""
    if fix.safety is Safety.SAFE:
        return f"{fix.title} ({fix.note})" if fix.note else fix.title
    if support.change_annotations:
        return fix.title
    return f"{fix.title} (unsafe: {fix.note})" if fix.note else f"{fix.title} (unsafe)"


def _is_suppression(fix: Fix) -> bool:
    return fix.repair is Repair.SUPPRESS


def _string(data: object, name: str) -> str | None:
    """Return what the data that a client has kept for us says under `name`, if it is a text."""
    value = cast("Mapping[str, object]", data).get(name) if isinstance(data, Mapping) else None
    return value if isinstance(value, str) else None


def _text(kind: types.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind
