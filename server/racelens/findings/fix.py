"""What a fix is: a title, the edits, and how safe they are."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from racelens.source.edit import TextEdit


class Safety(enum.Enum):
    """Whether a fix keeps the meaning of code that has no race."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class Fix(NamedTuple):
    """A change that removes a finding. `title` is a verb phrase; `edits` do not overlap."""

    title: str
    edits: tuple[TextEdit, ...]
    safety: Safety
    preferred: bool
