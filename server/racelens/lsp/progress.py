"""Long work as the client shows it: a bar with a button to cancel, where the client has one."""

from __future__ import annotations

import logging
import uuid
from typing import TYPE_CHECKING, Any

from lsprotocol import types

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from pygls.progress import Progress

_log = logging.getLogger(__name__)
_TITLE = "RaceLens: reading the workspace"


class WorkspaceProgress:
    """One pass over the workspace. Used on the event loop alone.

    `client` is None where the client shows nothing. `spawn` runs what waits for the client;
    `cancel` is called when the user has had enough.
    """

    def __init__(
        self,
        client: Progress | None,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
        cancel: Callable[[], None],
    ) -> None:
        self._client: Any = client  # pygls does not say what its tokens' futures hold
        self._spawn = spawn
        self._cancel = cancel
        self._token = f"racelens-{uuid.uuid4()}"
        self._is_asked = False
        self._is_shown = False
        self._is_ended = False

    def begin(self) -> None:
        """Show it as soon as the client agrees."""
        if self._client is not None and not self._is_asked:
            self._is_asked = True
            self._spawn(self._begin())

    def report(self, done: int, total: int) -> None:
        """Show how many files of how many have been read."""
        if self._is_shown:
            value = types.WorkDoneProgressReport(
                cancellable=True,
                message=f"{done} of {total} files",
                percentage=min(100, done * 100 // max(1, total)),
            )
            self._client.report(self._token, value)

    def end(self) -> None:
        """Show the end, at once or when the client agrees to the beginning."""
        self._is_ended = True
        if self._is_shown:
            self._is_shown = False
            self._client.end(self._token, types.WorkDoneProgressEnd())
            self._client.tokens.pop(self._token, None)

    async def _begin(self) -> None:
        try:
            await self._client.create_async(self._token)
        except Exception as error:  # noqa: BLE001 - whatever it is, the work goes on
            _log.warning("The client does not show progress: %r", error)
            return
        self._is_shown = True
        self._client.tokens[self._token].add_done_callback(self._has_ended)
        value = types.WorkDoneProgressBegin(_TITLE, cancellable=True, percentage=0)
        self._client.begin(self._token, value)
        if self._is_ended:
            self.end()

    def _has_ended(self, future: Any) -> None:
        if future.cancelled():
            self._cancel()
