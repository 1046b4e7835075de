"""Every cell below `tests/rules`: exactly the annotated findings, steps, fixes and outcomes.

The files of `tests/rules` belong to the rules of their names. Its folders hold what all rules
share: what closes a window, what is silent, what users of other tools complained of.
"""

from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cell_format import Cell, read_cells, strip_annotations
from racelens.engine.analysis import WINDOW_CODES, Known, summarize
from racelens.engine.registry import all_rules
from racelens.engine.session import Session
from racelens.engine.settings import DEFAULT_RULES, Settings
from racelens.engine.shown import reported_in
from racelens.explore.replay import replay, run
from racelens.findings.fix import Repair, Safety
from racelens.findings.levels import Confidence
from racelens.program.program import link
from racelens.source.edit import apply_edits
from racelens.source.text import SourceFile
from schedules import outcomes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from racelens.findings.finding import Finding

RULES = Path(__file__).parent.parent / "rules"
CELLS = [cell for path in sorted(RULES.rglob("*.py")) for cell in read_cells(path)]
EVERYTHING = Settings(confidence=Confidence.POSSIBLE, resolve="own")
PATH = "cell.py"


def names(cell: Cell) -> str:
    return str(cell.name)


def of_kind(*kinds: str) -> list[Cell]:
    return [cell for cell in CELLS if cell.kind in kinds]


def settings_of(cell: Cell) -> Settings:
    """Return the settings of a cell: its rules run in any case, and the one of its file's name."""
    named = (wanted.rule for wanted in cell.expected())
    return EVERYTHING._replace(
        select=(DEFAULT_RULES, cell.origin.stem.replace("_", "-"), *dict.fromkeys(named))
    )


def findings(
    cell: Cell, variation: str | None = None, *, whole: bool = False
) -> tuple[Finding, ...]:
    """Return what is found in a cell, or in a variation of its text.

    As an editor asks, or as one who asks for all that a `whole` program has.
    """
    text = cell.text if variation is None else variation
    sources = [SourceFile(PATH, text), *(SourceFile(name, more) for name, more in cell.files)]
    program = link([summarize(source, Known()).module for source in sources], whole=whole)
    return reported_in(program, sources[0], settings_of(cell), [])


def places(found: tuple[Finding, ...]) -> list[tuple[int, str]]:
    return sorted((finding.span.start.line, finding.name) for finding in found)


def expected_places(cell: Cell, shift: int = 0) -> list[tuple[int, str]]:
    return sorted((wanted.line + shift, wanted.rule) for wanted in cell.expected())


@pytest.mark.parametrize("cell", of_kind("reported", "clean"), ids=names)
def test_exactly_the_annotated_findings(cell: Cell) -> None:
    found = findings(cell)
    assert places(found) == expected_places(cell)
    for wanted in cell.expected():
        messages = [f.message for f in found if f.span.start.line == wanted.line]
        assert any(wanted.text in message for message in messages), messages
    if cell.level:
        assert {finding.confidence.label for finding in found} == {cell.level}
    assert (cell.kind == "reported") is bool(cell.expected())


@pytest.mark.parametrize("cell", of_kind("known false alarm", "known missed alarm"), ids=names)
def test_known_wrong_verdicts_are_still_wrong(cell: Cell) -> None:
    """A false alarm names what is wrongly found; a missed one what is not, though it should be.

    Where a cell names a level, a false alarm has it, and a missed one is not found at it.
    """
    assert cell.expected(), "name the finding that is wrong or missing"
    found = findings(cell)
    levels = {finding.confidence.label for finding in found}
    if cell.kind == "known false alarm":
        assert places(found) == expected_places(cell)
        assert not cell.level or levels == {cell.level}
    else:
        at_level = tuple(f for f in found if cell.level in {"", f.confidence.label})
        assert not set(places(at_level)) & set(expected_places(cell))


@pytest.mark.parametrize("cell", CELLS, ids=names)
def test_a_whole_program_tells_the_same(cell: Cell) -> None:
    """What is not read, since it matters to no window, changes nothing."""
    assert findings(cell, whole=True) == findings(cell)


@pytest.mark.parametrize("cell", [c for c in of_kind("reported") if c.steps()], ids=names)
def test_steps_are_the_interleaving(cell: Cell) -> None:
    shown = [
        [
            (step.task, step.span.start.line)
            for step in finding.interleaving.steps
            if step.path == PATH and step.role.value != "inside"
        ]
        for finding in findings(cell)
        if finding.interleaving is not None
    ]
    assert list(cell.steps()) in shown


def variations(text: str) -> Iterator[tuple[str, str, int]]:
    indented = "".join(
        f"    {line}" if line.strip() else line for line in text.splitlines(keepends=True)
    )
    yield "indented", f"if True:\n{indented}", 1
    yield "crlf", text.replace("\n", "\r\n"), 0
    yield "astral", "𐌰𐌱𐌲 = '😀' ; '\x0c\u2028'\n" + re.sub(r"#(?! racelens:)", "# 😀", text), 1


@pytest.mark.parametrize("cell", of_kind("reported", "clean"), ids=names)
def test_layout_changes_nothing(cell: Cell) -> None:
    if '"""' in cell.text:
        pytest.skip("a string over several lines cannot be indented")
    before = findings(cell)
    for name, text, shift in variations(cell.text):
        after = findings(cell, text)
        assert places(after) == expected_places(cell, shift), name
        if name == "astral":
            columns = [(f.span.start.column, f.span.end.column) for f in before]
            assert [(f.span.start.column, f.span.end.column) for f in after] == columns


FIXED = [
    (reported, fixed)
    for reported, fixed in itertools.pairwise(CELLS)
    if fixed.kind == "fixed" and reported.kind in {"reported", "fixed"}
]


@pytest.mark.parametrize("pair", FIXED, ids=lambda pair: names(pair[1]))
def test_fix_gives_exactly_the_fixed_cell(pair: tuple[Cell, Cell]) -> None:
    reported, fixed = pair
    while reported.kind == "fixed":
        reported = CELLS[CELLS.index(reported) - 1]
    session = Session(settings_of(reported))
    snapshot = session.analyse(PATH, reported.plain(), 1)
    fixes = [
        fix
        for finding in snapshot.findings
        for fix in session.fixes(PATH, finding)
        if fix.title == fixed.title
    ]
    assert fixes, [fix.title for f in snapshot.findings for fix in session.fixes(PATH, f)]
    text = apply_edits(snapshot.source, fixes[0].edits)
    assert text == strip_annotations(fixed.text)
    ast.parse(text)
    assert places(findings(fixed, text)) == expected_places(fixed)


def layouts(text: str) -> Iterator[tuple[str, str]]:
    yield "crlf", text.replace("\n", "\r\n")
    yield "without a last line end", text.rstrip("\n")
    if '"""' not in text:
        yield "tabs", re.sub(r"(?m)^ +", lambda m: "\t" * (len(m[0]) // 4), text)


@pytest.mark.parametrize("pair", FIXED, ids=lambda pair: names(pair[1]))
def test_fix_keeps_the_layout(pair: tuple[Cell, Cell]) -> None:
    """The same fix of the same code, laid out otherwise, gives the same code, laid out so."""
    reported, fixed = pair
    while reported.kind == "fixed":
        reported = CELLS[CELLS.index(reported) - 1]
    wanted = dict(layouts(strip_annotations(fixed.text)))
    for name, text in layouts(reported.plain()):
        if name not in wanted:
            continue
        session = Session(settings_of(reported))
        snapshot = session.analyse(PATH, text, 1)
        found = [fix for f in snapshot.findings for fix in session.fixes(PATH, f)]
        changed = [
            apply_edits(snapshot.source, fix.edits) for fix in found if fix.title == fixed.title
        ]
        assert wanted[name] in changed, name


@pytest.mark.parametrize("cell", [c for c in CELLS if c.refused], ids=names)
def test_refused_fix_is_not_offered(cell: Cell) -> None:
    session = Session(settings_of(cell))
    found = session.analyse(PATH, cell.plain(), 1).findings
    assert found
    titles = [fix.title for finding in found for fix in session.fixes(PATH, finding)]
    assert cell.refused not in titles


@pytest.mark.parametrize("cell", [c for c in CELLS if c.unsafe is not None], ids=names)
def test_unsafe_fix_says_why(cell: Cell) -> None:
    session = Session(settings_of(cell))
    found = session.analyse(PATH, cell.plain(), 1).findings
    fixes = [fix for finding in found for fix in session.fixes(PATH, finding)]
    unsafe = [(fix.title, fix.note) for fix in fixes if fix.safety is Safety.UNSAFE]
    assert cell.unsafe in unsafe


def begun(cell: Cell, text: str) -> Callable[[], tuple[dict[str, object], Any, Any]]:
    """Return what runs a text of a cell and makes the two tasks of its outcome."""
    code = compile(text, PATH, "exec")
    wanted = cell.outcome
    assert wanted is not None

    def begin() -> tuple[dict[str, object], Any, Any]:
        names: dict[str, object] = {"__name__": "cell"}
        exec(code, names)  # noqa: S102 - the cells are our own
        exec(wanted.setup, names)  # noqa: S102
        return names, eval(wanted.first, names), eval(wanted.second, names)  # noqa: S307

    return begin


def serial_outcomes(cell: Cell) -> list[object]:
    """Return the outcome of one task after the other, in both orders."""
    wanted = cell.outcome
    assert wanted is not None
    found: list[object] = []
    for reverse in (False, True):
        names, first, second = begun(cell, cell.text)()
        try:
            for task in (second, first) if reverse else (first, second):
                run(task)
        except (KeyError, IndexError, ValueError, RuntimeError) as error:
            found.append(repr(error))
        else:
            found.append(eval(wanted.value, names))  # noqa: S307
        first.close()
        second.close()
    return found


@pytest.mark.parametrize("cell", [c for c in CELLS if c.outcome is not None], ids=names)
def test_replay_gives_another_outcome(cell: Cell) -> None:
    """The interleaving is run: a finding is proved, not believed."""
    wanted = cell.outcome
    assert wanted is not None
    names, first, second = begun(cell, cell.text)()
    try:
        replay(first, second, first_race(cell) + 1)
        together = eval(wanted.value, names)  # noqa: S307
    except (KeyError, IndexError, ValueError, RuntimeError) as error:
        together = repr(error)
    assert together not in serial_outcomes(cell)


def first_race(cell: Cell) -> int:
    """Return the line of the first finding that is a race."""
    races = {rule.name for rule in all_rules() if rule.code in WINDOW_CODES}
    return next(wanted.line for wanted in cell.expected() if wanted.rule in races)


@pytest.mark.parametrize(
    "cell", [c for c in of_kind("reported") if c.outcome is not None], ids=names
)
def test_applied_fixes_give_a_serial_outcome(cell: Cell) -> None:
    """The preferred fix and all safe ones are run, under the interleaving and all schedules."""
    wanted = cell.outcome
    assert wanted is not None
    session = Session(settings_of(cell))
    snapshot = session.analyse(PATH, cell.plain(), 1)
    fixes = [fix for f in snapshot.findings for fix in session.fixes(PATH, f)]
    fixes = [fix for fix in fixes if fix.repair is not Repair.SUPPRESS]
    fixes = [fix for fix in fixes if fix.preferred or fix.safety is Safety.SAFE]
    assert fixes or cell.refused, "a race whose harm can be shown has a fix"
    texts = {fix.title: apply_edits(snapshot.source, fix.edits) for fix in fixes}
    if len(snapshot.findings) > 1:  # each fix leaves the other races
        texts = {"all": apply_edits(snapshot.source, session.fix_all(PATH))}
    for title, text in texts.items():
        for seen in outcomes(lambda n: eval(wanted.value, n), begun(cell, text)):  # noqa: S307
            assert seen in serial_outcomes(cell), (title, text)


def test_every_rule_has_cells() -> None:
    from racelens.engine.registry import all_rules

    assert {path.stem for path in RULES.glob("*.py")} == {
        rule.name.replace("-", "_") for rule in all_rules()
    }
