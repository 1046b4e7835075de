"""Locks that a function makes: which of them nobody else can ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.names import MODULE
from racelens.model.usage import Form
from racelens.program.coroutines import meaning_of
from racelens.program.lock_types import made_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.model.names import FunctionId
    from racelens.model.usage import CallUse, Usage, Use
    from racelens.program.program import Program

_ENTERED = frozenset({Form.ENTERED, Form.ENTERED_ASYNC})
_ASKED = frozenset({"acquire", "release", "locked"})


def locks_per_call(program: Program, function: FunctionId) -> Iterator[CallUse]:
    """Yield the calls that make a lock for one call of a function, which takes it alone."""
    summary = program.function(function)
    if summary.broken or summary.last_name == MODULE:
        return
    view, usage = program.view(function), summary.usage
    for call in usage.calls:
        row = made_lock(view, meaning_of(view, call))
        if row is not None and not row.named and _is_own(usage, call.use):
            yield call


def _is_own(usage: Usage, use: Use) -> bool:
    """Say whether a lock that is made is taken here, and goes nowhere else."""
    if use.form in _ENTERED:
        return not use.collected
    if use.form is not Form.BOUND or not use.name or use.collected:
        return False
    uses = [known.use for known in usage.locals.get(use.name, ())]
    return bool(uses) and all(
        one.form in _ENTERED or (one.form is Form.ATTRIBUTE and one.name in _ASKED) for one in uses
    )
