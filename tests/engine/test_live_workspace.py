"""The live workspace: what is read, what is analysed again, and what wins."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from racelens.engine.check import check
from racelens.engine.files import discover, find_file, found_below
from racelens.engine.session import Session
from racelens.engine.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from racelens.engine.workspace_reading import Reading
    from racelens.findings.finding import Finding

OWN = Settings(resolve="own")
PAUSE = """\
import asyncio


async def pause():
    await asyncio.sleep(0)


async def other():
    return await pause()
"""
COUNTER = """\
import asyncio
from package.waiting import pause


class Counter:
    def __init__(self):
        self.value = 0

    async def increment(self):
        current = self.value
        await pause()
        self.value = current + 1

    async def unrelated(self):
        await asyncio.sleep(1)


async def main():
    counter = Counter()
    await asyncio.gather(*(counter.increment() for _ in range(10)))
"""


class Live:
    """A session on a folder with a package `package`, and what an editor would do."""

    def __init__(self, folder: Path, settings: Settings = OWN) -> None:
        self.folder = folder
        self.session = Session(settings, str(folder))
        self.session_texts: dict[str, str] = {}

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def write(self, name: str, text: str) -> str:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return str(file)

    def read(self, *names: str) -> bool:
        """Read all files, or those; return whether findings may be others."""
        paths = frozenset(map(self.path, names)) if names else None
        reading = self.session.reading(paths)
        return reading is not None and reading.run(go_on) and self.session.adopt(reading)

    def found(self, name: str, text: str | None = None) -> list[str]:
        """Return the codes of the findings of a document, whose text may be new."""
        text = self.session_texts.get(name) if text is None else text
        self.session_texts[name] = text = text or (self.folder / name).read_text()
        return [each.code for each in self.session.analyse(self.path(name), text, 1).findings]

    def analysed(self) -> list[str]:
        """Return the functions that had to be analysed since the last change."""
        return sorted(function.name for function in self.session.analysed)


def go_on(done: int, total: int) -> bool:
    assert done <= total
    return True


@pytest.fixture
def live(tmp_path: Path) -> Live:
    live = Live(tmp_path)
    live.write("package/__init__.py", "")
    live.write("package/waiting.py", PAUSE)
    live.write("counter.py", COUNTER)
    return live


def test_before_the_folder_is_read_open_documents_know_each_other(live: Live) -> None:
    assert live.found("counter.py") == ["RL101"]
    live.found("package/waiting.py", PAUSE.replace("await asyncio.sleep(0)", "return None"))
    assert live.found("counter.py") == []


def test_the_findings_are_those_of_the_command_line(live: Live) -> None:
    live.write("tests/test_counter.py", "from counter import main\n")
    live.write("generated.py", f"# @generated\n{COUNTER}")
    assert live.read()
    found = discover([str(live.folder)], OWN)
    report = check(found.files, OWN, found.folder)
    ours: list[Finding] = []
    for file in found.files:
        text = Path(file.absolute).read_text()
        ours += live.session.analyse(file.absolute, text, 1).findings
    assert [each.fingerprint for each in ours] == [each.fingerprint for each in report.findings]
    assert ours


def test_blank_lines_on_top_analyse_no_function_again(live: Live) -> None:
    live.read()
    assert live.found("counter.py") == ["RL101"]
    live.found("package/waiting.py")
    live.found("package/waiting.py", "\n" * 100 + PAUSE)
    assert live.found("counter.py", "\n" * 100 + COUNTER) == ["RL101"]
    assert live.analysed() == []


def test_a_comment_analyses_no_function_again(live: Live) -> None:
    live.read()
    live.found("counter.py")
    live.found("package/waiting.py")
    live.found("package/waiting.py", PAUSE.replace("sleep(0)", "sleep(0)  # soon"))
    live.found("counter.py")
    assert live.analysed() == []


def test_a_changed_body_analyses_the_callers_whose_view_of_it_changed(live: Live) -> None:
    live.read()
    live.found("counter.py")
    live.found("package/waiting.py", PAUSE)
    live.found("package/waiting.py", PAUSE.replace("sleep(0)", "sleep(1)"))
    live.found("counter.py")
    assert set(live.analysed()) <= {"pause"}  # it still suspends: nobody else cares
    live.found("package/waiting.py", PAUSE.replace("await asyncio.sleep(0)", "return None"))
    assert live.found("counter.py") == []
    again = set(live.analysed())
    assert {"pause", "Counter.increment"} <= again
    assert "Counter.unrelated" not in again


def test_a_folder_that_goes_is_noticed_with_the_next_file(live: Live) -> None:
    live.write("package/waiting.py", PAUSE.replace("await asyncio.sleep(0)", "return None"))
    live.read()
    assert live.found("counter.py") == []
    shutil.rmtree(live.folder / "package")
    live.write("another.py", "x = 1\n")
    assert live.read("another.py")
    assert live.found("counter.py") == ["RL101"]


def test_a_file_that_is_read_again_and_says_the_same_changes_nothing(live: Live) -> None:
    live.read()
    live.found("counter.py")
    live.write("package/waiting.py", PAUSE + "\n# The end.\n")
    live.read("package/waiting.py")
    live.found("counter.py")
    assert live.analysed() == []
    assert not live.read()


def test_a_buffer_wins_over_the_file_until_it_is_closed(live: Live) -> None:
    live.read()
    calm = PAUSE.replace("await asyncio.sleep(0)", "return None")
    live.found("package/waiting.py", calm)
    live.write("package/waiting.py", PAUSE + "\n")
    live.read("package/waiting.py")
    assert live.found("counter.py") == []
    live.session.close(live.path("package/waiting.py"))
    assert live.found("counter.py") == ["RL101"]
    live.found("package/waiting.py", calm)
    (live.folder / "package/waiting.py").unlink()
    live.session.close(live.path("package/waiting.py"))
    assert live.found("counter.py") == ["RL101"]


def test_a_document_that_is_closed_while_the_folder_is_read_is_not_lost(live: Live) -> None:
    calm = PAUSE.replace("await asyncio.sleep(0)", "return None")
    live.write("package/waiting.py", calm)
    live.found("package/waiting.py", PAUSE)
    reading = live.session.reading(None)
    assert reading is not None
    live.session.close(live.path("package/waiting.py"))
    assert reading.run(go_on)
    live.session.adopt(reading)
    assert live.found("counter.py") == []


def test_what_is_excluded_later_is_no_evidence_and_has_no_findings(live: Live) -> None:
    live.read()
    live.found("package/waiting.py", PAUSE.replace("await asyncio.sleep(0)", "return None"))
    assert live.found("counter.py") == []
    live.session.configure(Settings(resolve="own", exclude=("package",)))
    assert live.read()
    assert live.found("counter.py") == ["RL101"]
    live.session.configure(Settings(resolve="own", exclude=("counter.py",)))
    assert live.read()
    assert live.found("counter.py") == []


def test_a_text_that_says_that_it_is_generated_has_no_findings(live: Live) -> None:
    live.read()
    assert live.found("counter.py", f"# @generated\n{COUNTER}") == []
    assert live.found("counter.py", COUNTER) == ["RL101"]


def test_a_document_under_a_link_is_the_file_behind_it(live: Live) -> None:
    live.read()
    link = live.folder / "link"
    link.symlink_to(live.folder / "package")
    live.found("link/waiting.py", PAUSE.replace("await asyncio.sleep(0)", "return None"))
    assert live.found("counter.py") == []


def test_links_in_a_circle_and_unreadable_files_are_no_errors(live: Live) -> None:
    (live.folder / "circle").symlink_to(live.folder)
    (live.folder / "nowhere.py").symlink_to(live.folder / "nothing")
    (live.folder / "folder.py").mkdir()
    (live.folder / "latin.py").write_bytes(b"name = '\xe9'\n")
    (live.folder / "zero.py").write_bytes(b"\0\0")
    assert live.read()
    assert live.found("counter.py") == ["RL101"]
    assert live.read("folder.py", "latin.py", "nowhere.py") is False


def test_reading_that_is_stopped_is_taken_up_where_it_was(live: Live) -> None:
    for number in range(20):
        live.write(f"m{number}.py", "x = 1\n")

    def reading() -> Reading:
        found = live.session.reading(None)
        assert found is not None
        return found

    def until_ten(done: int, total: int) -> bool:
        return total == 0 or done < 10

    stopped = reading()
    assert not stopped.run(until_ten)
    assert not live.session.adopt(stopped)
    assert len(stopped.found) == 10
    again = reading()
    assert again.run(go_on)
    assert live.session.adopt(again)
    assert all(again.found[path] is known for path, known in stopped.found.items())
    assert live.found("counter.py") == ["RL101"]


def test_a_changed_file_is_not_linked_before_the_folder_has_been_read(live: Live) -> None:
    reading = live.session.reading(frozenset({live.path("counter.py")}))
    assert reading is not None
    assert reading.is_whole


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("package/waiting.py", None),
        ("package/new.py", None),
        ("package/text.txt", None),
        ("build/generated.py", None),
        ("ignored/m.py", None),
        ("kept_pb2.py", None),
        (".venv/lib/m.py", lambda folder: (folder / ".venv/pyvenv.cfg").touch()),
        ("build/packaged.py", lambda folder: (folder / "build/__init__.py").touch()),
        ("excluded/m.py", None),
        ("excluded_not/m.py", None),
        ("node_modules/m.py", None),
    ],
)
def test_one_file_is_found_exactly_if_all_files_are(
    live: Live, name: str, make: Callable[[Path], None] | None
) -> None:
    path = live.write(name, "x = 1\n")
    (live.folder / ".git").mkdir()
    live.write(".gitignore", "ignored/\n")
    if make is not None:
        make(live.folder)
    settings = Settings(exclude=("/excluded",))
    all_of_them = {file.path: file for file in discover([str(live.folder)], settings).files}
    assert find_file(path, str(live.folder), settings) == all_of_them.get(name)
    below = found_below(str(live.folder), settings)
    assert {each.path: each for each in below} == all_of_them


def test_what_is_found_first_is_not_searched_for_garbage(live: Live) -> None:
    live.read()
    before = gc.get_freeze_count()
    try:
        live.found("counter.py")
        first = gc.get_freeze_count()
        live.found("counter.py", (live.folder / "counter.py").read_text() + "\n\nnew = []\n")
        assert gc.get_freeze_count() <= first > before
    finally:
        gc.unfreeze()
