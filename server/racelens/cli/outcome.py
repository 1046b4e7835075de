"""What a check comes to: the report, what is written instead of it, and what is told beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from racelens.engine.report import Report


class Outcome(NamedTuple):
    """The report, and `content` that is written instead of it, unless that is None.

    `errors` has a line for each file that could not be written, `remarks` lines that --quiet
    leaves out. `is_clean` says whether nothing is left to be done, `fixable` how many findings
    --fix would fix.
    """

    report: Report
    is_clean: bool
    content: bytes | None = None
    errors: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    fixable: int = 0
