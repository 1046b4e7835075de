"""Whether a finding is the bug of a case: before its fix, and after it.

Before. A race finding counts only if it is well formed: it names a state, and its witness of at
most 10 steps has, of task A, one suspension or spawn, one or two reads or checks and at most one
write, and a write of another task. It is a race of the family if it lies in the same file, and
either agrees in function, state and one line, or agrees in two lines (in all where there are
fewer). A line of a case agrees where a step of task A in the role of that line is within two
lines of it. A bug of another kind is found by a finding of the rules that the kind accepts which
agrees in function and one line, or in two lines.

After. A finding is still there if it lies in the same file and function and names the same state
(where it names none: if its rule had found the bug), or if it agrees in two of the lines as the
fix has moved them.
"""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.noise.checker import LIKELY, RACE_RULES
from bench.real_bugs.case import last

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bench.real_bugs.case import Case

# Codes, by their beginnings, that find a bug of a kind outside the race family.
_ACCEPTED = {
    "missing-await": ("RL201",),
    "dropped-task": ("RL202", "RL204", "RL205"),
    "lock-misuse": ("RL3", "RL1"),
    "future-twice": ("RL5", "RL1"),
    "thread-rmw": ("RL4",),
    "external-rmw": ("RL6", "RL1"),
    "blocking-call": ("RL701", "RL304"),
    "cancel-cleanup": ("RL702", "RL703", "RL305", "RL109"),
    "other": ("RL",),
}
_MOST_STEPS = 10
_SLACK = 2  # lines
_CHECKS = frozenset({"read", "check"})
_SUSPENSIONS = frozenset({"suspend", "spawn"})
_WRITES = frozenset({"write"})
_ROLES = {"read_line": _CHECKS, "await_line": _SUSPENSIONS, "write_line": _WRITES}


class Step(NamedTuple):
    """One step of a witness. A task of None stands for A."""

    task: str | None
    role: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Reported:
    """A finding of a report, as far as it matters here. `function` and `state` may be ""."""

    rule: str
    path: str
    function: str
    state: str
    is_likely: bool
    line: int
    steps: tuple[Step, ...]

    def own_steps(self) -> list[Step]:
        """Return the steps of task A in the finding's file.

        A finding without any is taken to read, suspend and write where it is shown.
        """
        own = [step for step in self.steps if step.path == self.path and step.task in {None, "A"}]
        shown = [Step("A", role, self.path, self.line) for role in ("read", "suspend", "write")]
        return own or shown


def read_finding(finding: dict[str, Any]) -> Reported:
    """Return what a JSON report says in one finding."""
    witness = finding.get("witness") or ()
    return Reported(
        rule=finding["rule"],
        path=finding["path"],
        function=last(finding.get("function")),
        state=last(finding.get("state")),
        is_likely=finding.get("confidence") in LIKELY,
        line=finding["range"]["start"]["line"],
        steps=tuple(
            Step(step.get("task"), step.get("role", ""), step["path"], step["line"])
            for step in witness
        ),
    )


def finds(finding: Reported, case: Case) -> bool:
    """Say whether a finding made before the fix is the bug of `case`."""
    if finding.path != case.file:
        return False
    near = agreeing(case.lines, finding)
    by_lines = bool(case.lines) and near >= min(2, len(case.lines))
    in_function = finding.function == case.function
    if case.is_in_family:
        by_name = in_function and finding.state in case.states and near >= 1
        return is_well_formed(finding) and (by_name or by_lines)
    accepted = finding.rule.startswith(_ACCEPTED[case.kind])
    return accepted and (by_lines or (in_function and (near >= 1 or not case.lines)))


def is_still_there(
    finding: Reported, case: Case, rules_before: Collection[str], lines: Mapping[str, int]
) -> bool:
    """Say whether a finding made after the fix is still the bug of `case`.

    `rules_before` have found it before the fix, and `lines` are those of the case that are left.
    """
    if finding.path != case.file:
        return False
    if finding.function == case.function:
        if finding.state and finding.state in case.states:
            return True
        if not finding.state and finding.rule in rules_before:
            return True
    accepted = RACE_RULES if case.is_in_family else _ACCEPTED[case.kind]
    return finding.rule.startswith(accepted) and agreeing(lines, finding) >= 2


def is_well_formed(finding: Reported) -> bool:
    """Say whether a race finding names its state and shows an interleaving, briefly."""
    own = Counter(step.role for step in finding.steps if step.task == "A")
    suspensions = sum(own[role] for role in _SUSPENSIONS)
    checks = sum(own[role] for role in _CHECKS)
    if suspensions != 1 or own["write"] > 1 or checks > 2:
        return False
    has_check = any(step.role in _CHECKS for step in finding.steps)
    has_rival = any(step.task not in {None, "A"} and step.role == "write" for step in finding.steps)
    return bool(finding.state) and len(finding.steps) <= _MOST_STEPS and has_check and has_rival


def agreeing(lines: Mapping[str, int], finding: Reported) -> int:
    """Return how many of `lines`, by field of a case, lie near a fitting step of task A."""
    own = finding.own_steps()
    return sum(
        any(step.role in _ROLES[field] and abs(line - step.line) <= _SLACK for step in own)
        for field, line in lines.items()
    )


def carried_over(
    lines: Mapping[str, int], before: Sequence[str], after: Sequence[str]
) -> dict[str, int]:
    """Return `lines` as they are numbered after the fix; one that was changed is left out."""
    old, new = ([line.strip() for line in text] for text in (before, after))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    numbers = {
        start + offset + 1: moved + offset + 1
        for start, moved, size in matcher.get_matching_blocks()
        for offset in range(size)
    }
    return {field: numbers[line] for field, line in lines.items() if line in numbers}
