"""What the client can do: its capabilities go in, plain answers come out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.capabilities import get_capability

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, slots=True)
class ClientSupport:
    """What may be sent to the client, and what it may be asked."""

    pull_diagnostics: bool
    related_information: bool
    code_description: bool
    diagnostic_data: bool
    versioned_edits: bool
    code_actions: bool
    preferred_actions: bool
    markdown_hover: bool
    configuration: bool
    register_configuration: bool
    register_watched_files: bool


def client_support(capabilities: types.ClientCapabilities) -> ClientSupport:
    """Return what the client offers; what it does not mention it cannot do.

    Diagnostics are pulled only where the client can also be told to pull anew: else findings that
    arrive late would never be seen.
    """

    def offers(*names: str) -> bool:
        return all(bool(get_capability(capabilities, name, default=False)) for name in names)

    pull = capabilities.text_document is not None and (
        capabilities.text_document.diagnostic is not None
    )
    hover_formats: Collection[types.MarkupKind] = get_capability(
        capabilities, "text_document.hover.content_format", default=()
    )
    diagnostics = "text_document.publish_diagnostics"
    return ClientSupport(
        pull_diagnostics=pull and offers("workspace.diagnostics.refresh_support"),
        related_information=offers(f"{diagnostics}.related_information"),
        code_description=offers(f"{diagnostics}.code_description_support"),
        diagnostic_data=offers(f"{diagnostics}.data_support"),
        versioned_edits=offers("workspace.workspace_edit.document_changes"),
        code_actions=offers("text_document.code_action.code_action_literal_support"),
        preferred_actions=offers("text_document.code_action.is_preferred_support"),
        markdown_hover=types.MarkupKind.Markdown in hover_formats,
        configuration=offers("workspace.configuration"),
        register_configuration=offers("workspace.did_change_configuration.dynamic_registration"),
        register_watched_files=offers("workspace.did_change_watched_files.dynamic_registration"),
    )
