"""The cases: facts about real bugs, from `cases.json`. `README.md` says what the fields mean."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Kinds of bugs that have an interleaving of two tasks, with a state, a suspension and a write.
FAMILY = frozenset({
    "rmw", "check-then-act", "lazy-init", "stale-snapshot", "iterate-while-mutated",
})  # fmt: skip

_SOURCE_FOLDERS = frozenset({
    "src", "lib", "libs", "python", "packages", "server", "backend",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One bug, as it stood at the commit before its fix.

    `lines` holds those of the fields `read_line`, `await_line` and `write_line` that are known,
    1-based. `function` and `states` are last components of dotted names. `root` is the folder of
    the tree that is checked, "." for all of it. `is_quiet_after_fix` says that the fix leaves no
    window. `shape` names how the maintainers fixed it.
    """

    name: str
    repository: str
    parent: str
    fix: str
    file: str
    root: str
    function: str
    states: frozenset[str]
    kind: str
    reach: str
    is_in_callees: bool
    is_doubtful: bool
    is_quiet_after_fix: bool
    lines: Mapping[str, int]
    shape: str = ""

    @property
    def is_in_family(self) -> bool:
        """Say whether this is a race between two tasks."""
        return self.kind in FAMILY


def read_cases(path: Path) -> list[Case]:
    """Return the cases of a file in its order."""
    return [_case(fields) for fields in json.loads(path.read_text(encoding="utf-8"))]


def last(name: str | None) -> str:
    """Return the last component of a dotted name, without subscripts and calls."""
    return re.sub(r"[\[(].*", "", (name or "").strip()).split(".")[-1]


def _case(fields: dict[str, Any]) -> Case:
    lines = {key: fields[key] for key in ("read_line", "await_line", "write_line")}
    return Case(
        name=fields["id"],
        repository=fields["repo"],
        parent=fields["parent"],
        fix=fields["fix"],
        file=fields["file"],
        root=fields.get("root") or _package(fields["file"]),
        function=last(fields["function"]),
        states=_states(fields["state"]),
        kind=fields["kind"],
        reach=fields.get("reach", "-"),
        is_in_callees=fields["interprocedural"],
        is_doubtful=fields.get("review") == "doubtful",
        is_quiet_after_fix=fields.get("quiet_after_fix", True),
        lines={key: line for key, line in lines.items() if line},
        shape=fields.get("fix_shape", ""),
    )


def _states(text: str) -> frozenset[str]:
    """Return the names in "self.a / self.b and c (a remark), d"."""
    parts = re.split(r"\s*/\s*|\s+and\s+|,\s*", re.sub(r"\([^)]*\)", "", text))
    return frozenset(last(part) for part in parts if part.strip())


def _package(file: str) -> str:
    """Return the folder of the top-level package of `file`; "." where it lies in none."""
    folders = file.split("/")[:-1]
    if not folders:
        return "."
    depth = 2 if folders[0] in _SOURCE_FOLDERS and len(folders) > 1 else 1
    return "/".join(folders[:depth])
