"""The open documents on the event loop: what changed, what is known, what the client is told.

Texts are captured here and analysed in a thread of their own; a result is used only while the
text is still the one that was captured. The folders are read and jedi is asked in other threads,
so that neither a keystroke nor a request ever waits for it. Everything here runs on the event loop.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote

from lsprotocol import types

from racelens.lsp.analyst import Circumstances
from racelens.lsp.indexing import Indexer
from racelens.lsp.schedule import Lane, Worker
from racelens.lsp.texts import Capture
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from racelens.engine.session import Answered, Questions
    from racelens.lsp.analyst import Analysis, Analyst
    from racelens.lsp.client import Outgoing
    from racelens.lsp.configuration import EditorSettings
    from racelens.lsp.documents import OpenDocument

T = TypeVar("T")
_log = logging.getLogger(__name__)
_STOP_SECONDS = 2.0


class Pauses(NamedTuple):
    """For how many seconds nobody types before other files are looked at, and jedi is asked."""

    others_seconds: float = 0.1
    jedi_seconds: float = 0.4


@dataclass(slots=True, eq=False)
class _Tracked:
    """An open document and what is known of it.

    `revision` counts its texts, since clients' versions may be missing or begin anew, and
    `submissions` its analyses: only the newest one counts. `is_outdated` says that another file
    has changed since and nothing has been asked for, `is_behind` that the last answer does not know
    it yet, `is_put_off` that whoever waits waits for that, too. `answered` is the id of
    the result that the client has, and `handed_out` that of the one that it is getting, None where
    it is going to pull. `waiters` say whether they pull.
    """

    document: OpenDocument
    revision: int = 0
    submissions: int = 0
    analysis: Analysis | None = None
    analysed_revision: int = -1
    is_submitted: bool = False
    is_outdated: bool = False
    is_behind: bool = False
    is_put_off: bool = False
    is_resolved: bool = False
    answered: str | None = None
    handed_out: str | None = None
    published: tuple[int | None, tuple[types.Diagnostic, ...]] | None = None
    waiters: list[tuple[asyncio.Future[Analysis | None], bool]] = field(
        default_factory=list["tuple[asyncio.Future[Analysis | None], bool]"]
    )

    @property
    def current(self) -> Analysis | None:
        """The analysis of the text as it is now; None where there is none yet."""
        return self.analysis if self.analysed_revision == self.revision else None


class Coordinator:
    """Keeps what is known of the open documents in step with their texts."""

    def __init__(self, analyst: Analyst, outgoing: Outgoing, pauses: Pauses) -> None:
        self._analyst = analyst
        self._publish = outgoing.publish
        self._refresh = outgoing.refresh
        self._report = outgoing.report
        self._pauses = pauses
        self._loop = asyncio.get_running_loop()
        self._analysing = Worker("analysis")
        self._resolving = Worker("resolve")
        self._indexer = Indexer(analyst, self._analysing, outgoing, self._has_read)
        self._tracked: dict[str, _Tracked] = {}
        self._circumstances: Circumstances | None = None
        self._settling: tuple[asyncio.TimerHandle, ...] = ()

    def opened(self, document: OpenDocument) -> None:
        """Begin to track `document`."""
        self._forget(document.uri)
        self._tracked[_key(document.uri)] = _Tracked(document)
        self.changed(document)

    def changed(self, document: OpenDocument) -> None:
        """Analyse the new text of `document`, at once or as soon as the thread is free."""
        tracked = self._tracked.get(_key(document.uri))
        if tracked is None:
            return
        tracked.revision += 1
        for other in self._tracked.values():
            if other is not tracked:
                other.is_behind = True
                # One that is analysed behind it sees the new text.
                if not self._analysing.lets_pass(other.document.uri):
                    other.is_outdated = True
        self._submit(tracked, Lane.PROMPT)
        self._settle_later()

    def closed(self, uri: str) -> None:
        """Forget the document; other files may have depended on its unsaved text."""
        document = self._forget(uri)
        if document is None:
            return
        closing = partial(self._analyst.close, document.path)
        self._unattended(self._analysing.submit(document.uri, closing))
        if self._publish:
            self._publish(types.PublishDiagnosticsParams(document.uri, []))
        for other in self._tracked.values():
            other.is_outdated = True
        self._settle_later()

    def configure(self, editor: EditorSettings) -> Future[tuple[str, ...]]:
        """Analyse everything with new settings; the result is what is wrong with them."""
        before = self._circumstances
        self._circumstances = Circumstances(editor, before.disk_changes if before else 0)
        self._submit_all(Lane.PROMPT)
        self._indexer.read_all(self._circumstances)
        return self.run(editor.messages)

    def read_workspace(self) -> None:
        """Look at all files of the folders."""
        if self._circumstances:
            self._indexer.read_all(self._circumstances)

    def files_changed(self, paths: Iterable[str]) -> None:
        """Read the files at `paths`, which may be gone."""
        if self._circumstances:
            self._indexer.read(self._circumstances, paths)

    def look_around(self) -> None:
        """Do so without haste, since nobody says whether anything has changed on the disk."""
        if self._circumstances:
            editor, disk_changes = self._circumstances
            self._circumstances = Circumstances(editor, disk_changes + 1)
            for tracked in self._tracked.values():
                tracked.is_outdated = tracked.is_outdated or not tracked.is_submitted
            self._settle_later()
            self._indexer.read_all(self._circumstances)

    def settings_changed(self) -> None:
        """Read the settings' files anew, and look at all files of the folders."""
        if self._circumstances:
            editor, disk_changes = self._circumstances
            self._circumstances = Circumstances(editor, disk_changes + 1)
            self._submit_all(Lane.IDLE)
            self._indexer.read_all(self._circumstances)

    async def current(self, uri: str, *, pulls: bool = False) -> Analysis | None:
        """Return what is known of the newest text of `uri`; None where it is not open.

        `pulls` says that the client shows the diagnostics.
        """
        tracked = self._tracked.get(_key(uri))
        if tracked is None:
            return None
        if tracked.current and not (tracked.is_outdated or tracked.is_behind):
            if pulls:
                tracked.handed_out = tracked.current.result_id
            return tracked.current
        waiter: asyncio.Future[Analysis | None] = self._loop.create_future()
        tracked.waiters.append((waiter, pulls))
        if not tracked.is_submitted:
            self._submit(tracked, Lane.PROMPT)
        return await waiter

    def is_unchanged(self, analysis: Analysis, previous: str | None) -> bool:
        """Say whether the client has this very answer since it opened the document."""
        tracked = self._tracked.get(_key(analysis.capture.uri))
        if tracked is None:
            return False
        before, tracked.answered = tracked.answered, analysis.result_id
        return previous == before == analysis.result_id

    def run(self, work: Callable[[], T]) -> Future[T]:
        """Run `work` in the analysis thread after all that was asked of it before."""
        return self._analysing.submit(object(), work)

    def stop(self) -> None:
        """End the threads and the sessions; nothing is sent any more."""
        for timer in self._settling:
            timer.cancel()
        self._tracked.clear()
        self._indexer.stop()
        self._analysing.stop(_STOP_SECONDS)
        self._analyst.stop()
        self._resolving.stop(_STOP_SECONDS)

    def _forget(self, uri: str) -> OpenDocument | None:
        tracked = self._tracked.pop(_key(uri), None)
        if tracked is None:
            return None
        self._release(tracked, None)
        return tracked.document

    def _submit_all(self, lane: Lane) -> None:
        for tracked in self._tracked.values():
            self._submit(tracked, lane)

    def _has_read(self, is_changed: bool) -> None:  # noqa: FBT001 - a callback
        """Look at the open documents again, now that more is known; jedi may know more as well."""
        for tracked in self._tracked.values():
            tracked.is_resolved = False
            if is_changed and not tracked.is_submitted:
                self._submit(tracked, Lane.IDLE)
        self._settle_later()

    def _outdate(self, *, but: _Tracked) -> None:
        """Note that others may depend on a text that has now become known.

        What is to be analysed, or just begins to be, comes after that text.
        """
        for other in self._tracked.values():
            if other is not but:
                other.is_behind = True
                other.is_outdated = other.is_outdated or not other.is_submitted

    def _submit(self, tracked: _Tracked, lane: Lane) -> None:
        if not self._circumstances:
            return  # `configure` will, and findings that the user does not want never flash up
        document = tracked.document
        capture = Capture(document.uri, document.path, document.source, document.version)
        tracked.submissions += 1
        tracked.is_submitted = True
        tracked.is_outdated = False
        work = partial(self._analyst.analyse, capture, self._circumstances)
        future = self._analysing.submit(document.uri, work, lane)
        self._when_done(future, partial(self._deliver, tracked, tracked.submissions))

    def _when_done(self, future: Future[T], callback: Callable[[Future[T]], None]) -> None:
        """Call `callback` on the event loop; a future that was cancelled calls nothing."""

        def hand_over(done: Future[T]) -> None:
            if done.cancelled():
                return
            try:
                self._loop.call_soon_threadsafe(callback, done)
            except RuntimeError:
                _log.debug("A result came after the event loop had ended.")

        future.add_done_callback(hand_over)

    def _unattended(self, future: Future[T]) -> None:
        self._when_done(future, self._report_failure)

    def _report_failure(self, future: Future[T]) -> None:
        error = future.exception()
        if isinstance(error, Exception):
            self._report(error)

    def _is_tracked(self, tracked: _Tracked) -> bool:
        return self._tracked.get(_key(tracked.document.uri)) is tracked

    def _deliver(self, tracked: _Tracked, submission: int, future: Future[Analysis]) -> None:
        """Use an analysis that has come back, unless another one has been asked for since."""
        if not self._is_tracked(tracked) or tracked.submissions != submission:
            return
        tracked.is_submitted = False
        if tracked.is_outdated and tracked.waiters and not tracked.is_put_off:
            tracked.is_put_off = True  # once: somebody may go on typing elsewhere
            self._submit(tracked, Lane.PROMPT)
            return
        tracked.is_put_off = tracked.is_behind = False
        if future.exception():
            self._report_failure(future)
            self._release(tracked, None)
            return
        tracked.is_resolved = False
        if not tracked.current:
            self._outdate(but=tracked)
        self._adopt(tracked, future.result())
        self._settle_later()

    def _adopt(self, tracked: _Tracked, analysis: Analysis) -> None:
        is_new_text = tracked.current is None
        tracked.analysis = analysis
        tracked.analysed_revision = tracked.revision
        if is_new_text:
            tracked.handed_out = None  # a client pulls for its own changes
        self._release(tracked, analysis)
        if self._publish is None:
            if tracked.handed_out not in {None, analysis.result_id}:
                self._refresh()
            return
        shown = (analysis.capture.version, analysis.diagnostics)
        if shown != tracked.published:
            tracked.published = shown
            version, items = shown
            uri = tracked.document.uri
            self._publish(types.PublishDiagnosticsParams(uri, list(items), version))

    def _release(self, tracked: _Tracked, analysis: Analysis | None) -> None:
        for waiter, pulls in tracked.waiters:
            if pulls and analysis is not None:
                tracked.handed_out = analysis.result_id
            if not waiter.done():
                waiter.set_result(analysis)
        tracked.waiters.clear()

    def _settle_later(self) -> None:
        for timer in self._settling:
            timer.cancel()
        others, jedi = self._pauses
        self._settling = (
            self._loop.call_later(others, self._look_at_others),
            self._loop.call_later(jedi, self._resolve_all),
        )

    def _look_at_others(self) -> None:
        """Analyse the files that depend on a changed one: typing must not wait for that."""
        for tracked in self._tracked.values():
            if tracked.is_outdated and not tracked.is_submitted:
                self._submit(tracked, Lane.IDLE)

    def _resolve_all(self) -> None:
        for tracked in self._tracked.values():
            if tracked.current and tracked.current.snapshot.unresolved:
                self._resolve(tracked, tracked.current)

    def _resolve(self, tracked: _Tracked, analysis: Analysis) -> None:
        """Find out what jedi is to be asked, once all that can be known without it is known."""
        if tracked.is_resolved or tracked.is_outdated or self._indexer.is_running:
            return
        tracked.is_resolved = True
        asking = partial(self._analyst.questions, analysis)
        key = (tracked.document.uri, "questions")
        future = self._analysing.submit(key, asking, Lane.IDLE)
        self._when_done(future, partial(self._ask, tracked, analysis))

    def _ask(self, tracked: _Tracked, analysis: Analysis, future: Future[Questions | None]) -> None:
        if future.exception():
            self._report_failure(future)
            return
        questions, session = future.result(), analysis.session
        if questions is None or session is None or not self._is_current(tracked, analysis):
            return
        asked = self._resolving.submit(tracked.document.uri, partial(session.ask, questions))
        self._when_done(asked, partial(self._learn, tracked, analysis))

    def _learn(self, tracked: _Tracked, analysis: Analysis, future: Future[Answered]) -> None:
        if future.exception():
            self._report_failure(future)
        elif self._is_tracked(tracked):
            learning = partial(self._analyst.learn, analysis, future.result())
            learned = self._analysing.submit(object(), learning, Lane.IDLE)
            self._when_done(learned, partial(self._look_again, tracked))

    def _look_again(self, tracked: _Tracked, future: Future[bool]) -> None:
        """Have jedi's answers made into diagnostics, unless a newer text waits for that anyway."""
        if future.exception():
            self._report_failure(future)
        elif future.result() and self._is_tracked(tracked) and not tracked.is_submitted:
            self._submit(tracked, Lane.IDLE)

    def _is_current(self, tracked: _Tracked, analysis: Analysis) -> bool:
        return self._is_tracked(tracked) and tracked.current is analysis


def _key(uri: str) -> str:
    """Return what two ways of quoting one URI have in common."""
    return unquote(uri)
