"""All fixes of a finding: a program, a source and a finding in, plans out, best first.

Plans are not tried here: `engine` re-analyses each one before anybody sees it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.fixes.add_await import add_await
from racelens.fixes.hold_lock import hold_lock
from racelens.fixes.suppress import suppress

if TYPE_CHECKING:
    from racelens.findings.finding import Finding
    from racelens.findings.fix import Fix
    from racelens.program.program import Program
    from racelens.source.text import SourceFile


def plan_fixes(program: Program, source: SourceFile, finding: Finding) -> tuple[Fix, ...]:
    """Return the fixes that may be offered for `finding`, a suppression last."""
    plans = (
        hold_lock(program, source, finding),
        add_await(program, source, finding),
        suppress(source, finding),
    )
    return tuple(plan for plan in plans if plan is not None)
