"""The result of checking files: what every report format is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from racelens.findings.finding import Finding, Problem
    from racelens.findings.fix import Fix
    from racelens.program.program import Program
    from racelens.source.text import SourceFile


class Fixed(NamedTuple):
    """How many findings were fixed, and in how many files."""

    findings: int
    files: int


class Report(NamedTuple):
    """What one run found.

    `findings` and `problems` are sorted; `sources` holds by path the files that findings and
    their steps lie in. Paths are relative to the scanned folder, with "/". `program` is what was
    linked, if that was done. `fixes` holds the fixes of each finding, best first and without
    suppressions, where they were asked for; `sources` then holds the files that they edit, too.
    `fixed` tells what was fixed before, and `known` how many findings a baseline hides. `outside`
    are the absolute paths of other files and folders that decide what it says, None where nobody
    knows them. `shard` is the part of the files in which findings were looked for (from 1), and how
    many parts there are. `cached` tells how many files were taken from the run before.
    """

    files: int
    lines: int
    functions: int
    seconds: float
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    sources: Mapping[str, SourceFile]
    program: Program | None = None
    fixes: Mapping[Finding, tuple[Fix, ...]] | None = None
    fixed: Fixed | None = None
    known: int | None = None
    outside: tuple[str, ...] | None = ()
    cached: int = 0
    shard: tuple[int, int] | None = None
