"""The order of steps of two tasks that breaks the code: the witness of a finding."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from racelens.source.span import Span

MAX_STEPS = 10


class Role(enum.Enum):
    """What a step does; the values are those of the report."""

    READ = "read"
    CHECK = "check"
    SUSPEND = "suspend"
    SPAWN = "spawn"
    WRITE = "write"
    ACQUIRE = "acquire"
    RELEASE = "release"
    INSIDE = "inside"


class Step(NamedTuple):
    """One step of task "A" or "B" at a place, with a sentence that says what happens there."""

    task: str
    role: Role
    path: str
    span: Span
    text: str


class InvalidInterleavingError(ValueError):
    """The steps do not show a race: no witness, no finding."""


class _Steps(NamedTuple):
    steps: tuple[Step, ...]


class Interleaving(_Steps):
    """Steps in the order in which they break the code.

    Task A reads or checks once or twice, suspends or spawns once and writes at most once;
    another task writes. Raises InvalidInterleavingError otherwise.
    """

    __slots__ = ()

    def __new__(  # noqa: PYI034 - `typing.Self` is newer than Python 3.10
        cls, steps: tuple[Step, ...]
    ) -> Interleaving:
        """Refuse steps that are no witness."""
        first = [step.role for step in steps if step.task == "A"]
        reads = sum(role in {Role.READ, Role.CHECK} for role in first)
        suspensions = sum(role in {Role.SUSPEND, Role.SPAWN} for role in first)
        rival = any(step.task != "A" and step.role is Role.WRITE for step in steps)
        if not (
            1 <= reads <= 2
            and suspensions == 1
            and first.count(Role.WRITE) <= 1
            and rival
            and len(steps) <= MAX_STEPS
        ):
            raise InvalidInterleavingError(", ".join(role.value for role in first))
        return super().__new__(cls, steps)
