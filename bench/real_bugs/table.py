"""The verdicts as tables: how many bugs are found, of which kinds, and which are not."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from bench.noise.checker import Density

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bench.real_bugs.case import Case
    from bench.real_bugs.verdict import Verdict

    Judged = Sequence[tuple[Case, Verdict]]

_COLUMNS = ("cases", "found", "recall", "quiet", "likely", "recall", "quiet")


def table(judged: Judged) -> str:
    """Return a row for each group of cases: the totals, then by kind and by reach.

    Quiet is the share of the bugs found before the fix, and judged after it, of which nothing is
    left then; the last three columns are those at the level `likely`. A case without a verdict
    counts as missed and as not quiet.
    """
    tallies: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for case, verdict in judged:
        for row in _rows(case):
            tallies[row].update(_counts(verdict))
    lines = [f"{'':28}{''.join(f'{column:>8}' for column in _COLUMNS)}"]
    lines += (
        f"{row:28}{''.join(f'{cell:>8}' for cell in _cells(tallies[row]))}"
        for row in sorted(tallies, key=lambda row: (":" in row, -tallies[row]["cases"], row))
    )
    return "\n".join(lines)


def noise(judged: Judged) -> str:
    """Return the density of race findings on the trees before the fixes, one for each case."""
    whole = Density()
    for _, verdict in judged:
        whole = whole.plus(verdict.density)
    shares = [whole.per_thousand(count) for count in (whole.possible, whole.likely)]
    return (
        f"noise on the trees before the fix: {whole.lines} lines of async files, race findings "
        f"per 1,000: possible {shares[0]:.2f}, likely {shares[1]:.2f}"
    )


def not_found(judged: Judged, level: str) -> str:
    """Return the cases that are not found at `level` or above, and those that stay after a fix."""
    return "\n".join(line for case, verdict in judged for line in _remark(case, verdict, level))


def _remark(case: Case, verdict: Verdict, level: str) -> Iterator[str]:
    levels = {"likely"} if level == "likely" else {"likely", "possible"}
    if verdict.error:
        remark = f"error: {verdict.error}"
    elif verdict.level not in levels:
        remark = "missed"
    elif verdict.is_judged and verdict.level_after in levels:
        remark = "found, but still there after the fix"
    else:
        return
    place = f"{case.file}:{min(case.lines.values(), default=1)}"
    doubtful = " (doubtful)" if case.is_doubtful else ""
    yield f"{case.name}{doubtful}: {case.kind}, {case.reach}, {case.repository} {place}: {remark}"


def _rows(case: Case) -> list[str]:
    """Return the rows that a case counts in; a doubtful one in its own alone."""
    if case.is_doubtful:
        return ["doubtful"]
    rows = ["all", f"kind: {case.kind}"]
    if case.is_in_family:
        where = "family, in callees" if case.is_in_callees else "family, one function"
        return [*rows, "family", where, f"reach: {case.reach}"]
    return [*rows, "outside family"] if case.kind != "other" else rows


def _counts(verdict: Verdict) -> Counter[str]:
    counts = Counter(cases=1)
    if verdict.error:
        return counts + Counter(judged=1, judged_likely=1)
    if verdict.level:
        judged = int(verdict.is_judged)
        counts.update(found=1, judged=judged, quiet=judged * (verdict.level_after == ""))
        if verdict.level == "likely":
            quiet = judged * (verdict.level_after != "likely")
            counts.update(likely=1, judged_likely=judged, quiet_likely=quiet)
    return counts


def _cells(tally: Counter[str]) -> Iterable[str]:
    yield str(tally["cases"])
    for found, quiet, of in (
        ("found", "quiet", "judged"),
        ("likely", "quiet_likely", "judged_likely"),
    ):
        yield str(tally[found])
        yield _share(tally[found], tally["cases"])
        yield _share(tally[quiet], tally[of])


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "-"
