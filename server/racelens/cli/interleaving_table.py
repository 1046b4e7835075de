"""The interleaving as a table with a column for each task: a finding goes in, rows come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.cli.terminal import padded, printable, text_width, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racelens.cli.terminal import Appearance
    from racelens.findings.finding import Finding
    from racelens.findings.interleaving import Step

_STEP = "step"
_LINE = "line"
_GAP = "  "


def interleaving_table(finding: Finding, appearance: Appearance, width: int) -> list[str]:
    """Return the rows of the table, at most `width` columns wide, headed by the tasks.

    A step shows its line, and its file too where that is not the finding's. A step of no task
    stands with those of task A. No rows for a finding without an interleaving.
    """
    if finding.interleaving is None:
        return []
    steps = finding.interleaving.steps
    tasks = sorted({step.task or "A" for step in steps})
    columns = [_Column(task, steps, finding.path) for task in tasks]
    room = width - len(_STEP) - sum(len(_GAP) * 2 + column.place_width for column in columns)
    share = max(room // len(columns), 8)
    cells = {column.task: min(column.text_width, share) for column in columns}
    spare = room - sum(cells.values())
    for column in columns:  # what one column does not need, another may take
        more = min(max(spare, 0), column.text_width - cells[column.task])
        cells[column.task] += more
        spare -= more
    header = [f"{_LINE:>{column.place_width}}{_GAP}task {column.task}" for column in columns]
    widths = [column.place_width + len(_GAP) + cells[column.task] for column in columns]
    rows = [appearance.paint(_row(_STEP, header, widths), "dim")]
    for number, step in enumerate(steps, 1):
        rows += _step_rows(number, step, columns, cells)
    return rows


class _Column:
    """The steps of one task, and the room that they want."""

    def __init__(self, task: str, steps: Sequence[Step], path: str) -> None:
        own = [step for step in steps if (step.task or "A") == task]
        self.task = task
        self._path = path
        self.place_width = max([len(_LINE), *(text_width(self.place(step)) for step in own)])
        self.text_width = max([6, *(text_width(self.text(step)) for step in own)])

    def place(self, step: Step) -> str:
        line = str(step.span.start.line + 1)
        if step.path == self._path:
            return line
        return f"{printable(step.path.rpartition('/')[2])}:{line}"

    def text(self, step: Step) -> str:
        return printable(step.text.removeprefix(f"{self.task} "))


def _step_rows(
    number: int, step: Step, columns: Sequence[_Column], cells: dict[str, int]
) -> list[str]:
    widths = [column.place_width + len(_GAP) + cells[column.task] for column in columns]
    own = next(column for column in columns if column.task == (step.task or "A"))
    rows: list[str] = []
    for index, text in enumerate(wrapped(own.text(step), cells[own.task])):
        place = own.place(step) if index == 0 else ""
        place = " " * (own.place_width - text_width(place)) + place
        contents = [f"{place}{_GAP}{text}" if column is own else "" for column in columns]
        rows.append(_row(str(number) if index == 0 else "", contents, widths))
    return rows


def _row(number: str, contents: Sequence[str], widths: Sequence[int]) -> str:
    parts = [padded(content, width) for content, width in zip(contents, widths, strict=True)]
    return _GAP.join((f"{number:>{len(_STEP)}}", *parts)).rstrip()
