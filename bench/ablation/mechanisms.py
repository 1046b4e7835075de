"""The mechanisms that can be taken out of the analysis, each by what stands in its place."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

from racelens.findings import clash, confidence
from racelens.program import (
    entries,
    reach,
    root_search,
    roots,
    sharing,
    stale_reads,
    tasks,
    windows,
)
from racelens.program.flow_state import FRESH, Fact, Guard
from racelens.program.held_calls import HeldCalls
from racelens.program.rivals import Rivals
from racelens.program.roots import Roots, TaskRoot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Patch(NamedTuple):
    """An attribute of a module or class, and what takes its place."""

    owner: Any
    name: str
    replacement: Any


class Mechanism(NamedTuple):
    """A mechanism, and how it is taken out. `in_flow`: then there are other windows."""

    name: str
    patches: tuple[Patch, ...]
    in_flow: bool = False

    @contextlib.contextmanager
    def left_out(self) -> Iterator[None]:
        """Do without the mechanism for a while."""
        with contextlib.ExitStack() as stack:
            for patch in self.patches:
                patched = mock.patch.object(patch.owner, patch.name, patch.replacement)
                stack.enter_context(patched)
            yield


def _always(value: object) -> Callable[..., Any]:
    return lambda *_args, **_named: value


def _unheld(_flow: object, index: int, access: Any) -> Fact:
    return Fact(index, access, FRESH, frozenset())


_NO = _always(value=False)
_YES = _always(value=True)

MECHANISMS = (
    Mechanism("all", ()),
    Mechanism("task roots", (Patch(tasks, "find_roots", _always(Roots({}, set(), set()))),)),
    Mechanism(
        "entry points of libraries",
        (
            Patch(entries.EntryPoints, "all", _always(())),
            Patch(entries.EntryPoints, "of", _always(())),
        ),
    ),
    Mechanism("helpers that start tasks", (Patch(root_search, "_MAX_HELPERS", 0),)),
    Mechanism("phases", (Patch(TaskRoot, "is_normal", property(_YES)),)),
    Mechanism(
        "ownership",
        (
            Patch(roots, "is_confined", _NO),
            Patch(reach.Reaching, "_is_loose", _NO),
            Patch(reach.Reaching, "_makes", _NO),
        ),
    ),
    Mechanism("classes apart", (Patch(clash, "_is_elsewhere", _NO),)),
    Mechanism("cancelled tasks", (Patch(tasks.Concurrency, "_is_cancelled", _NO),)),
    Mechanism("several holders", (Patch(reach.Reaching, "_holder", _always(())),)),
    Mechanism("telling names", (Patch(sharing, "_SHARED_WORDS", frozenset[str]()),)),
    Mechanism("locks of the class", (Patch(sharing.Sharing, "lock", _always("")),)),
    Mechanism("belief", (Patch(confidence, "_is_expected", _NO),)),
    Mechanism("harm", (Patch(confidence, "harm", _always(confidence.Harm.CLEAR)),)),
    Mechanism(
        "closing: lock",
        (
            Patch(stale_reads.GroupFlow, "_fact", _unheld),
            Patch(HeldCalls, "called_under_lock", _NO),
        ),
        in_flow=True,
    ),
    Mechanism(
        "closing: re-check", (Patch(stale_reads, "still_holding", _always(())),), in_flow=True
    ),
    Mechanism("closing: reserve", (Patch(Guard, "as_claimed", lambda guard: guard),), in_flow=True),
    Mechanism(
        "closing: busy flag", (Patch(windows, "exclusive_regions", _always({})),), in_flow=True
    ),
    Mechanism("closing: release", (Patch(windows, "_is_release", _NO),), in_flow=True),
    Mechanism(
        "closing: check inside",
        (Patch(Rivals, "_is_checked_inside", _NO),),
        in_flow=True,
    ),
)
