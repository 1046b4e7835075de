"""What the editor sets: the values that a client sends go in, settings by folder come out.

Values reach us in three ways: with `initialize`, with `workspace/didChangeConfiguration`, and as
the answer to `workspace/configuration`; the last one said wins, key by key.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from racelens.engine.configuration import parse_settings
from racelens.engine.settings import Settings
from racelens.lsp.convert import path_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    Values = Mapping[str, object]

SECTION = "racelens"

# What the editor's extension keeps for itself in the same section.
_EXTENSION_KEYS = frozenset({"importStrategy", "interpreter", "trace"})


@dataclass(frozen=True, slots=True)
class EditorSettings:
    """The values for each folder's path, and for what lies in no folder.

    `trusted` is False while the user has not said that the workspace may start programs.
    """

    folders: tuple[tuple[str, Values], ...] = ()
    elsewhere: Values = dataclasses.field(default_factory=dict[str, object])
    trusted: bool = True

    def folder_of(self, path: str) -> str | None:
        """Return the innermost folder that holds `path`; None where none does."""
        within = (folder for folder, _ in self.folders if _lies_in(path, folder))
        return max(within, key=len, default=None)

    def applied(self, folder: str | None, base: Settings) -> Settings:
        """Return `base` with what the editor sets in `folder`, which is one of ours or None."""
        settings, _ = parse_settings(dict(self.folders).get(folder or "", self.elsewhere), base)
        if not self.trusted:
            # A project must not choose a program to be run before it is trusted.
            settings = settings._replace(resolve="own", python=None)
        return settings

    def messages(self) -> tuple[str, ...]:
        """Return what is wrong with the values, each said once."""
        said: dict[str, None] = {}
        for values in (self.elsewhere, *(values for _, values in self.folders)):
            said.update(dict.fromkeys(parse_settings(values, Settings())[1]))
        return tuple(said)


def section(options: object) -> Values:
    """Return our settings in what a client sent: as they are, or below our name or "settings"."""
    if not isinstance(options, Mapping):
        return {}
    values = cast("Values", options)
    for key in (SECTION, "settings"):
        if isinstance(values.get(key), Mapping):
            return section(values[key])
    return {
        key: value
        for key, value in values.items()
        if key not in _EXTENSION_KEYS and value is not None
    }


def is_trusted(options: object) -> bool:
    """Say whether the workspace may start programs: unless the client denies it, it may."""
    return not (isinstance(options, Mapping) and cast("Values", options).get("trusted") is False)


def merged(layers: Iterable[object]) -> Values:
    """Return the settings in all of `layers`, the later one winning key by key."""
    values: dict[str, object] = {}
    for layer in layers:
        values.update(section(layer))
    return values


def _lies_in(path: str, folder: str) -> bool:
    inner, outer = path_key(path), path_key(folder)
    return inner == outer or inner.startswith(
        outer.rstrip("/\\") + ("\\" if "\\" in outer else "/")
    )
