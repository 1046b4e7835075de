"""The report of the run before: when it holds, when it does not, and what damage does."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from racelens.engine import kept_report
from racelens.engine.cache_folder import CacheFolder
from racelens.engine.check import check
from racelens.engine.files import Discovered, discover
from racelens.engine.kept_report import KeptReport
from racelens.engine.settings import Settings
from racelens.engine.stamps import stamps_of, still_hold
from racelens.findings.levels import Confidence
from racy_files import racy

if TYPE_CHECKING:
    from racelens.engine.report import Report

OWN = Settings(resolve="own", select=("RL",), confidence=Confidence.POSSIBLE)
_HOUR = 3600 * 10**9


class Bench:
    """A project and a cache beside it."""

    def __init__(self, folder: Path) -> None:
        self.project, self.entries = folder / "project", folder / "cache"
        self.project.mkdir()
        (self.project / "racy.py").write_text(racy())
        (self.project / "broken.py").write_text("def f(:\n")
        self.cache = CacheFolder(self.entries)

    def found(self, settings: Settings = OWN) -> Discovered:
        return discover([str(self.project)], settings)

    def kept(self, settings: Settings = OWN) -> KeptReport:
        return KeptReport(self.found(settings), [str(self.project)], settings, self.cache)

    def run(self, settings: Settings = OWN, outside: tuple[str, ...] | None = ()) -> Report:
        """Check as the command line does; with `outside`, as if jedi had read that."""
        kept = self.kept(settings)
        report = kept.read()
        if report is None:
            found = self.found(settings)
            report = check(found.files, settings, found.folder)._replace(outside=outside)
            kept.write(report)
        return report


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def told(report: Report) -> Report:
    """Return what of a report does not depend on where it comes from."""
    return report._replace(seconds=0, cached=0, program=None)


def test_an_unchanged_project_has_the_same_report(bench: Bench) -> None:
    first, second = bench.run(), bench.run()
    assert (first.cached, second.cached) == (0, 2)
    assert first.findings
    assert first.problems
    assert told(first) == told(second)


@pytest.mark.parametrize("settings", [OWN._replace(resolve="jedi"), OWN._replace(ignore=("RL5",))])
def test_other_settings_have_another_report(bench: Bench, settings: Settings) -> None:
    bench.run()
    assert bench.kept(settings).read() is None


def test_a_changed_file_ends_it_though_its_times_and_size_are_the_same(bench: Bench) -> None:
    bench.run()
    file = bench.project / "racy.py"
    stat = file.stat()
    file.write_text(racy().replace("current + 1", "current + 2"))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert bench.run().cached == 0
    assert bench.run().cached == 2


def test_files_that_come_or_go_end_it(bench: Bench) -> None:
    bench.run()
    (bench.project / "new.py").write_text("")
    assert bench.run().cached == 0
    (bench.project / "new.py").unlink()
    assert bench.run().cached == 0


def test_a_changed_table_of_libraries_ends_it(bench: Bench) -> None:
    table = bench.project / "own.toml"
    table.write_text("")
    settings = OWN._replace(libraries=(str(table),))
    bench.run(settings)
    assert bench.run(settings).cached == 2
    table.write_text("# changed\n")
    assert bench.run(settings).cached == 0


def test_another_version_ends_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.run()
    monkeypatch.setattr("racelens.__version__", "0.0")
    assert bench.run().cached == 0


def test_changed_code_of_racelens_ends_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.run()
    monkeypatch.setattr(kept_report, "stamp_of_folder", lambda _folder: "another")
    assert bench.run().cached == 0


def library(bench: Bench) -> Path:
    """Return a file outside of the project that was not written just now."""
    file = bench.project.parent / "library.py"
    file.write_text("x = 1\n")
    return file


def test_what_jedi_has_read_must_not_change(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    file = library(bench)
    monkeypatch.setattr("racelens.engine.kept_report.time.time_ns", lambda: 4_000_000_000 * 10**9)
    bench.run(outside=(str(file), str(file.parent / "missing.py")))
    assert bench.run().cached == 2
    file.write_text("x = 22\n")
    assert bench.run().cached == 0


def test_what_changes_while_jedi_reads_is_not_relied_on(bench: Bench) -> None:
    bench.run(outside=(str(library(bench)),))
    assert bench.run().cached == 0


def test_after_a_failure_of_jedis_process_nothing_is_kept(bench: Bench) -> None:
    bench.run(outside=None)
    assert bench.run().cached == 0


def test_any_damage_is_found(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.run()
    (entry,) = bench.entries.iterdir()
    content = entry.read_bytes()
    for cut in {0, 1, 20, 33, 34, len(content) // 2, len(content) - 1}:
        entry.write_bytes(content[:cut])
        assert bench.kept().read() is None
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 1
    entry.write_bytes(flipped)
    assert "damaged" in caplog.text
    assert bench.run().cached == 0
    assert bench.run().cached == 2


@pytest.mark.parametrize("content", ["", "[]", "{}", "[1,2,3,4]", '[["", []], 1, 2, 3]', "\ud800"])
def test_an_entry_of_another_shape_is_damaged(bench: Bench, content: str) -> None:
    bench.run()
    (entry,) = bench.entries.iterdir()
    bench.cache.write(entry.stem, content.encode("utf-8", "surrogatepass"))
    assert bench.run().cached == 0
    assert bench.run().cached == 2


def test_nothing_is_written_into_the_project(bench: Bench) -> None:
    bench.cache = CacheFolder(bench.project / "cache")
    bench.run()
    assert not (bench.project / "cache").exists()


def test_a_folder_that_cannot_be_made_costs_nothing_else(bench: Bench) -> None:
    bench.entries.write_text("a file is in the way")
    assert told(bench.run()) == told(bench.run())


def test_standard_input_is_not_kept(bench: Bench) -> None:
    found = bench.found()
    typed = found._replace(files=tuple(file._replace(buffer=b"") for file in found.files))
    kept = KeptReport(typed, ["-"], OWN, bench.cache)
    assert kept.read() is None
    kept.write(check(typed.files, OWN, found.folder))
    assert not bench.entries.exists()


def test_the_entries_used_last_are_kept_up_to_a_size(tmp_path: Path) -> None:
    cache = CacheFolder(tmp_path, most_bytes=1000)
    for number, name in enumerate("abc"):
        cache.write(name, b"x" * 250)
        os.utime(tmp_path / f"{name}.entry", (number, number))
    assert cache.read("a") is not None
    cache.write("d", b"x" * 250)
    assert [name for name in "abcd" if cache.read(name)] == ["a", "c", "d"]
    cache.write("e", b"x" * 2000)
    assert cache.read("e") is None


def test_readers_and_writers_at_once_see_whole_entries(tmp_path: Path) -> None:
    cache = CacheFolder(tmp_path)
    entries = [bytes([letter]) * 50_000 for letter in b"abcdefgh"]

    def work(entry: bytes) -> bool:
        for _ in range(20):
            cache.write("one", entry)
            if cache.read("one") not in entries:
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, entries))
    assert [path.name for path in tmp_path.iterdir()] == ["one.entry"]


def test_old_files_go_by_their_times_and_new_ones_by_their_content(bench: Bench) -> None:
    files = bench.found().files
    written = max(Path(file.absolute).stat().st_ctime_ns for file in files)
    assert stamps_of(files, written + _HOUR).by_content == ()
    young = stamps_of(files, written)
    assert young.by_content == ("broken.py", "racy.py")
    os.utime(files[0].absolute, (1, 1))
    assert still_hold(young, files)
    assert not still_hold(young._replace(by_content=()), files)


def test_the_command_does_not_import_the_analysis_for_a_kept_report(bench: Bench) -> None:
    code = (
        "import sys; from racelens.cli.main import main; status = main(sys.argv[1:]);"
        " print(status, 'racelens.rules' in sys.modules, file=sys.stderr)"
    )

    def run(*options: str) -> tuple[str, str]:
        command = (sys.executable, "-c", code, "check", *options, str(bench.project))
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout, done.stderr.splitlines()[-1]

    shown, last = run("--resolve", "own")
    assert last == "1 True"
    assert run("--resolve", "own") == (shown, "1 False")
    assert run("--resolve", "own", "--no-cache") == (shown, "1 True")
