"""A plan: what is to be changed, as data. `fixes.realize` turns it into edits of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from racelens.findings.fix import Repair, Safety
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from racelens.source.span import Span


class Lines(NamedTuple):
    """Put `new` where the 0-based lines from `first` up to, and without, `end` are.

    The new lines have their indentation and no endings. `first == end` inserts before that line.
    """

    path: str
    first: int
    end: int
    new: tuple[str, ...]


class Replace(NamedTuple):
    """Put `text` where the characters of `span` are."""

    path: str
    span: Span
    text: str


class Import(NamedTuple):
    """Have the module, or the `name` of it, imported at the top of the file, once."""

    path: str
    module: str
    name: str = ""


Change: TypeAlias = "Lines | Replace | Import"


class Plan(NamedTuple):
    """One way to remove a finding. Fields are as in `findings.fix.Fix`.

    What is `partial` leaves some of the harm: it is never the preferred one.
    """

    title: str
    repair: Repair
    changes: tuple[Change, ...]
    safety: Safety = Safety.SAFE
    note: str = ""
    rewrites: bool = False
    partial: bool = False
