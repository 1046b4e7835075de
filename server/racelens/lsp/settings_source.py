"""Asks the client for its settings, and remembers what it sent unasked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, cast

from lsprotocol import types

from racelens.lsp.configuration import SECTION, EditorSettings, is_trusted, merged
from racelens.lsp.convert import path_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from racelens.lsp.configuration import Values

    Asking = Callable[[types.ConfigurationParams], Awaitable[object]]

_ANSWER_SECONDS = 5.0
_log = logging.getLogger(__name__)


class SettingsSource:
    """The settings of one client. `ask` is None where it cannot be asked."""

    def __init__(self, options: object, ask: Asking | None) -> None:
        self._options = options
        self._pushed: object = None
        self._ask = ask
        self._turn = 0

    def push(self, values: object) -> None:
        """Remember what came with `workspace/didChangeConfiguration`; nothing forgets nothing."""
        if values:
            self._pushed = values

    async def settings(self, folder_uris: Sequence[str]) -> EditorSettings | None:
        """Return the settings of the folders; None where a later call has overtaken this one."""
        self._turn += 1
        turn = self._turn
        answers = await self._answers(folder_uris)
        if turn != self._turn:
            return None
        *by_folder, elsewhere = (self._values(answer) for answer in answers)
        folders = tuple(zip((path_of(uri) for uri in folder_uris), by_folder, strict=True))
        return EditorSettings(folders, elsewhere, is_trusted(self._options))

    def _values(self, answer: object) -> Values:
        """Return what holds for one scope; an answer outdoes what was pushed for all of them."""
        return merged((self._options, self._pushed if answer is None else answer))

    async def _answers(self, folder_uris: Sequence[str]) -> tuple[object, ...]:
        """Return the client's answer for each folder, then for the rest; None where it has none."""
        scopes = (*folder_uris, None)
        answer: object = ()
        if self._ask:
            items = [types.ConfigurationItem(scope, SECTION) for scope in scopes]
            try:
                answer = await asyncio.wait_for(
                    self._ask(types.ConfigurationParams(items)), _ANSWER_SECONDS
                )
            except Exception as error:  # noqa: BLE001 - whatever it is, there are defaults
                _log.warning("The client did not say its settings: %r", error)
        values = cast("Sequence[object]", answer) if isinstance(answer, Sequence) else ()
        return tuple(value for _, value in zip_longest(scopes, values[: len(scopes)]))
