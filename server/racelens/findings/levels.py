"""How loud a finding is, and how sure."""

from __future__ import annotations

import enum


class Severity(enum.IntEnum):
    """How loudly an editor shows a finding; the lower, the louder (as in LSP)."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    HINT = 4


class Confidence(enum.IntEnum):
    """How sure a finding is; the higher, the surer."""

    POSSIBLE = 1
    LIKELY = 2
    PROVEN = 3

    @property
    def label(self) -> str:
        """The word that reports and settings use."""
        return self.name.lower()
