"""What the client can do, and how it is told things: capabilities go in, plain answers come out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lsprotocol import types
from pygls.capabilities import get_capability

if TYPE_CHECKING:
    from collections.abc import Callable, Collection


class Progress(Protocol):
    """How the client shows that work goes on."""

    def begin(self) -> None:
        """Show the beginning; a second time does nothing."""
        ...

    def report(self, done: int, total: int) -> None:
        """Show how much of it is done."""
        ...

    def end(self) -> None:
        """Show the end; may be called without a beginning."""
        ...


@dataclass(frozen=True, slots=True)
class Outgoing:
    """How the client is told things. All of it is called on the event loop.

    `publish` sends diagnostics to a client that does not pull; None where it pulls, and `refresh`
    asks it to pull again. `progress` is given what cancels some work, and shows it; `log` tells
    the user's log, and `report` is told of errors of ours.
    """

    publish: Callable[[types.PublishDiagnosticsParams], None] | None
    refresh: Callable[[], None]
    progress: Callable[[Callable[[], None]], Progress]
    log: Callable[[str], None]
    report: Callable[[Exception], None]


@dataclass(frozen=True, slots=True)
class ClientSupport:
    """What may be sent to the client, and what it may be asked."""

    pull_diagnostics: bool
    related_information: bool
    code_description: bool
    diagnostic_data: bool
    versioned_edits: bool
    change_annotations: bool
    code_actions: bool
    resolves_edits: bool
    preferred_actions: bool
    markdown_hover: bool
    configuration: bool
    register_configuration: bool
    register_watched_files: bool
    progress: bool


def client_support(capabilities: types.ClientCapabilities) -> ClientSupport:
    """Return what the client offers; what it does not mention it cannot do.

    Diagnostics are pulled only where the client can also be told to pull anew: else findings that
    arrive late would never be seen. Edits are annotated only for those who say that they ask the
    user, also about the edits of code actions.
    """

    def offers(*names: str) -> bool:
        return all(bool(get_capability(capabilities, name, default=False)) for name in names)

    pull = capabilities.text_document is not None and (
        capabilities.text_document.diagnostic is not None
    )
    hover_formats: Collection[types.MarkupKind] = get_capability(
        capabilities, "text_document.hover.content_format", default=()
    )
    lazy: Collection[str] = get_capability(
        capabilities, "text_document.code_action.resolve_support.properties", default=()
    )
    diagnostics, actions = "text_document.publish_diagnostics", "text_document.code_action"
    edits = "workspace.workspace_edit"
    return ClientSupport(
        pull_diagnostics=pull and offers("workspace.diagnostics.refresh_support"),
        related_information=offers(f"{diagnostics}.related_information"),
        code_description=offers(f"{diagnostics}.code_description_support"),
        diagnostic_data=offers(f"{diagnostics}.data_support"),
        versioned_edits=offers(f"{edits}.document_changes"),
        change_annotations=offers(
            f"{edits}.document_changes",
            f"{edits}.change_annotation_support",
            f"{actions}.honors_change_annotations",
        ),
        code_actions=offers(f"{actions}.code_action_literal_support"),
        resolves_edits="edit" in lazy and offers(f"{actions}.data_support"),
        preferred_actions=offers(f"{actions}.is_preferred_support"),
        markdown_hover=types.MarkupKind.Markdown in hover_formats,
        configuration=offers("workspace.configuration"),
        register_configuration=offers("workspace.did_change_configuration.dynamic_registration"),
        register_watched_files=offers("workspace.did_change_watched_files.dynamic_registration"),
        progress=offers("window.work_done_progress"),
    )
