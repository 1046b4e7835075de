"""The setting `baseline` in an editor: what it hides, what is said of it, and what adds to it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from racelens.cli.main import main
from racelens.engine import live_baseline
from racelens.engine.baseline import read_text
from racelens.engine.configuration import load_settings
from racelens.engine.session import Session
from racelens.engine.settings import Settings
from racelens.findings.fix import Repair
from racelens.source.edit import apply_edits
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from pathlib import Path

    from racelens.engine.document import Snapshot
    from racelens.findings.fix import Fix

UNAWAITED = """\
async def save(item):
    pass


async def main():
    save(1)
"""
TWICE = UNAWAITED.replace("(1)", "(1)\n    save(2)")
EMPTY = '{\n  "version": 1,\n  "findings": []\n}\n'
RACY = """\
import asyncio


class Counter:
    def __init__(self):
        self.value = 0

    async def increment(self):
        current = self.value
        await asyncio.sleep(0)
        self.value = current + 1


async def run():
    counter = Counter()
    await asyncio.gather(*[counter.increment() for _ in range(10)])
"""


class Project:
    """A folder whose settings name `known.json`, and an editor that has it open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "known.json"
        settings, messages = load_settings(folder / "racelens.toml", Settings(resolve="own"))
        assert messages == ()
        self.settings = settings
        self.session = Session(settings, str(folder))

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def look(self, name: str) -> Snapshot:
        text = (self.folder / name).read_text()
        return self.session.analyse(self.path(name), text, 1)

    def lines(self, name: str) -> list[int]:
        """Return the lines of the findings that are shown, from 1 on."""
        return [each.span.start.line + 1 for each in self.look(name).findings]

    def offered(self, name: str, number: int = 0) -> tuple[Fix, ...]:
        finding = self.look(name).findings[number]
        return self.session.baseline_fixes(self.path(name), finding)

    def add(self, name: str, number: int = 0) -> Fix:
        """Apply what adds a finding to the baseline."""
        (fix,) = self.offered(name, number)
        assert {edit.path for edit in fix.edits} == {str(self.file)}
        before = self.file.read_bytes().decode("utf-8-sig")
        after = apply_edits(SourceFile(str(self.file), before), fix.edits)
        self.file.write_bytes(after.encode())
        return fix

    def write(self, file: str = "known.json") -> bytes:
        """Have the command line write all findings; return what it writes."""
        assert main(["check", "--quiet", "--write-baseline", self.path(file), self.path("")]) == 0
        return (self.folder / file).read_bytes()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg/one.py").write_text(TWICE)
    (tmp_path / "pkg/two.py").write_text(RACY)
    (tmp_path / "racelens.toml").write_text('baseline = "known.json"\nresolve = "own"\n')
    (tmp_path / "known.json").write_text(EMPTY)
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)


def test_the_path_is_taken_from_the_settings_file(tmp_path: Path) -> None:
    file = tmp_path / "racelens.toml"
    file.write_text('baseline = "ci/known.json"\n')
    assert load_settings(file)[0].baseline == str(tmp_path / "ci/known.json")
    file.write_text('baseline = "/ci/known.json"\n')
    assert load_settings(file)[0].baseline == "/ci/known.json"
    file.write_text('baseline = "~nobody-at-all/known.json"\n')
    assert load_settings(file)[0].baseline == str(tmp_path / "~nobody-at-all/known.json")
    file.write_text("baseline = 1\n")
    settings, (message,) = load_settings(file)
    assert settings.baseline is None
    assert message.endswith("`baseline` is 1; it must be the path of a file. It stays unset.")


def test_what_is_known_is_not_shown(project: Project) -> None:
    assert (project.lines("pkg/one.py"), project.lines("pkg/two.py")) == ([6, 7], [10])
    project.write()
    assert (project.lines("pkg/one.py"), project.lines("pkg/two.py")) == ([], [])
    # As often as the file has it: of equal ones, the first are known.
    (project.folder / "pkg/one.py").write_text(TWICE.replace("(2)", "(2)\n    save(3)"))
    assert project.lines("pkg/one.py") == [8]


def test_paths_are_those_from_the_baselines_folder(project: Project) -> None:
    project.write()
    inner = Session(project.settings, project.path("pkg"))
    assert inner.analyse(project.path("pkg/two.py"), RACY, 1).findings == ()
    alone = Session(project.settings)
    assert alone.analyse(project.path("pkg/two.py"), RACY, 1).findings == ()
    assert len(alone.analyse("untitled:two.py", RACY, 1).findings) == 1


def test_what_an_editor_names_is_taken_from_the_folder(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write()
    monkeypatch.chdir("/")
    session = Session(project.settings._replace(baseline="known.json"), project.path(""))
    assert session.analyse(project.path("pkg/two.py"), RACY, 1).findings == ()


def test_a_document_may_have_a_baseline_of_its_own(project: Project) -> None:
    project.write("other.json")
    own = project.settings._replace(baseline=project.path("other.json"))
    path = project.path("pkg/two.py")
    assert project.session.analyse(path, RACY, 1, own).findings == ()
    assert len(project.session.analyse(path, RACY, 1).findings) == 1
    none = project.settings._replace(baseline=None)
    assert len(project.session.analyse(path, RACY, 1, none).findings) == 1


def test_known_findings_are_not_fixed(project: Project) -> None:
    path = project.path("pkg/two.py")
    project.look("pkg/two.py")
    assert project.session.fix_all(path)
    project.write()
    project.look("pkg/two.py")
    assert project.session.fix_all(path) == ()


def test_the_file_is_read_once_and_again_when_it_has_changed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []

    def reading(file: str) -> str:
        reads.append(file)
        return read_text(file)

    monkeypatch.setattr(live_baseline, "read_text", reading)
    for name in ("pkg/one.py", "pkg/two.py", "pkg/one.py"):
        project.look(name)
    assert reads == [str(project.file)]
    os.utime(project.file, ns=(1, 1))
    project.look("pkg/one.py")
    assert len(reads) == 2
    os.truncate(project.file, 3)
    os.utime(project.file, ns=(1, 1))
    assert project.look("pkg/one.py").complaint
    assert len(reads) == 3
    project.file.unlink()
    for _ in range(2):
        assert project.look("pkg/one.py").complaint
    assert len(reads) == 4


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "does not exist"), (b"[1,", "is not JSON: "), (b"\xff", "is not UTF-8 text")],
)
def test_without_a_usable_file_all_is_shown_and_it_is_said_why(
    project: Project, content: bytes | None, reason: str
) -> None:
    project.write()
    assert project.look("pkg/two.py").complaint == ""
    project.file.unlink()
    if content is not None:
        project.file.write_bytes(content)
    snapshot = project.look("pkg/two.py")
    assert [each.code for each in snapshot.findings] == ["RL101"]
    assert snapshot.complaint.startswith(f"`baseline`: {project.file}: {reason}")
    assert f"`racelens check --write-baseline {project.file}` makes a new" in snapshot.complaint
    path = project.path("pkg/two.py")
    assert project.session.baseline_fixes(path, snapshot.findings[0]) == ()
    project.write()
    assert project.look("pkg/two.py").complaint == ""


def test_a_path_that_names_nothing_is_no_exception(project: Project) -> None:
    settings = project.settings._replace(baseline="a\0b")
    snapshot = project.session.analyse(project.path("pkg/two.py"), RACY, 1, settings)
    assert len(snapshot.findings) == 1
    assert "cannot be read" in snapshot.complaint


@pytest.mark.parametrize(
    "order",
    [
        [("pkg/one.py", 0), ("pkg/one.py", 0), ("pkg/two.py", 0)],
        [("pkg/two.py", 0), ("pkg/one.py", 1), ("pkg/one.py", 0)],
        [("pkg/one.py", 1), ("pkg/two.py", 0), ("pkg/one.py", 0)],
    ],
)
def test_adding_findings_one_by_one_writes_what_the_command_line_writes(
    project: Project, order: list[tuple[str, int]]
) -> None:
    expected = project.write("expected.json")
    left = 3
    for name, number in order:
        fix = project.add(name, number)
        assert (fix.title, fix.repair, fix.preferred) == (
            "Add to the baseline",
            Repair.SUPPRESS,
            False,
        )
        left -= 1
        assert len(project.lines("pkg/one.py") + project.lines("pkg/two.py")) == left
    assert project.file.read_bytes() == expected


def test_only_the_lines_of_the_entry_are_edited(project: Project) -> None:
    project.write()
    lines = project.file.read_text().splitlines(keepends=True)
    project.file.write_text("".join((*lines[:3], *lines[4:])))
    (fix,) = project.offered("pkg/one.py")
    (edit,) = fix.edits
    assert (edit.span.start, edit.span.end, edit.new_text.count("\n")) == ((3, 0), (3, 0), 1)
    assert '"count": 2' not in edit.new_text
    assert json.loads(edit.new_text.rstrip(",\n"))["path"] == "pkg/one.py"


@pytest.mark.parametrize("content", ['{"version": 1, "findings": []}', f"\ufeff{EMPTY}"])
def test_a_file_in_another_form_comes_into_ours(project: Project, content: str) -> None:
    (project.folder / "pkg/one.py").unlink()
    project.file.write_bytes(content.encode())
    project.add("pkg/two.py")
    assert project.file.read_bytes() == project.write()


def test_line_endings_stay(project: Project) -> None:
    (project.folder / "pkg/one.py").unlink()
    project.file.write_bytes(EMPTY.replace("\n", "\r\n").encode())
    project.add("pkg/two.py")
    assert project.file.read_bytes() == project.write().replace(b"\n", b"\r\n")


def test_halves_of_characters_stay_escaped(project: Project) -> None:
    entry = '{"fingerprint": "x", "message": "\\ud800"}'
    project.file.write_text(EMPTY.replace("[]", f"[{entry}]"))
    project.add("pkg/two.py")
    assert '"message": "\\ud800"' in project.file.read_text()
    assert project.lines("pkg/two.py") == []


def test_what_is_offered_fits_the_file_as_it_is_now(project: Project) -> None:
    first, second = project.look("pkg/one.py").findings
    path = project.path("pkg/one.py")
    (before,) = project.session.baseline_fixes(path, second)
    project.add("pkg/two.py")
    (after,) = project.session.baseline_fixes(path, second)
    assert before.edits != after.edits
    project.write()  # nothing has been analysed since, and all is known now
    assert project.session.baseline_fixes(path, first) == ()
    project.session.close(path)
    assert project.session.baseline_fixes(path, first) == ()


def test_an_offer_is_made_once_for_one_file(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    (before,) = project.offered("pkg/two.py")
    with monkeypatch.context() as patch:
        patch.setattr(live_baseline, "baseline_text", None)
        assert project.offered("pkg/two.py") == (before,)
    monkeypatch.setattr(live_baseline, "_MOST_OFFERS", 1)
    assert project.offered("pkg/one.py")
    assert project.offered("pkg/two.py") == (before,)


def test_nothing_is_offered_without_the_setting(project: Project) -> None:
    none = project.settings._replace(baseline=None)
    path = project.path("pkg/two.py")
    (finding,) = project.session.analyse(path, RACY, 1, none).findings
    assert project.session.baseline_fixes(path, finding) == ()


def test_a_suppression_that_would_not_hold_is_not_offered(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(_entries: object) -> str:
        return EMPTY.replace("[]", "[ ]")

    monkeypatch.setattr(live_baseline, "baseline_text", other)
    assert project.offered("pkg/two.py") == ()
    monkeypatch.setattr(live_baseline, "baseline_text", lambda _entries: "{")
    assert project.offered("pkg/one.py") == ()
