"""The command as users run it: exit status, what goes to which stream, settings, start-up."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from racelens import __version__
from racelens.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

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
CLEAN = "async def nothing():\n    pass\n"

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with one racy file, one clean file and one test file that is racy."""
    (tmp_path / "pkg").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "pkg/racy.py").write_text(RACY)
    (tmp_path / "pkg/clean.py").write_text(CLEAN)
    (tmp_path / "tests/test_racy.py").write_text(RACY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


def check(*arguments: str) -> int:
    return main(["check", "--resolve", "own", *arguments])


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "racelens", *arguments],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def found(capsys: Capture) -> list[tuple[str, str]]:
    """Return path and rule of what the JSON report on standard output holds."""
    report = json.loads(capsys.readouterr().out)
    return [(finding["path"], finding["rule"]) for finding in report["findings"]]


def test_findings_are_status_1(project: Path) -> None:
    done = run("check", cwd=project)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("pkg/racy.py:10:9: RL101 lost-update [")
    assert done.stdout.endswith("\n1 race in 3 files\n")


@pytest.mark.usefixtures("project")
def test_nothing_found_is_status_0(capsys: Capture) -> None:
    assert check("pkg/clean.py") == 0
    assert capsys.readouterr() == ("No races in 1 file\n", "")


@pytest.mark.usefixtures("project")
def test_exit_zero_reports_and_ends_with_0(capsys: Capture) -> None:
    assert check("--exit-zero") == 0
    assert "RL101" in capsys.readouterr().out


@pytest.mark.usefixtures("project")
def test_quiet_prints_the_findings_only(capsys: Capture) -> None:
    assert check("--quiet", "pkg/clean.py") == 0
    assert capsys.readouterr() == ("", "")
    assert check("--quiet") == 1
    assert capsys.readouterr().out.endswith("= harm: lost update\n\n")


@pytest.mark.usefixtures("project")
def test_statistics_replace_the_findings(capsys: Capture) -> None:
    assert check("--statistics") == 1
    assert capsys.readouterr().out == "1  RL101  lost-update\n1 race in 3 files\n"


def test_json_is_the_same_from_any_folder(project: Path, capsys: Capture) -> None:
    assert check("--format", "json") == 1
    here = json.loads(capsys.readouterr().out)
    os.chdir("/")
    assert check("--format", "json", str(project)) == 1
    there = json.loads(capsys.readouterr().out)
    del here["summary"]["seconds"], there["summary"]["seconds"]
    assert here == there
    assert [finding["path"] for finding in here["findings"]] == ["pkg/racy.py"]


@pytest.mark.usefixtures("project")
def test_tests_are_reported_on_request(capsys: Capture) -> None:
    assert check("--format", "json", "--include-tests") == 1
    assert found(capsys) == [("pkg/racy.py", "RL101"), ("tests/test_racy.py", "RL101")]


def test_where_all_files_are_tests_it_is_said(project: Path, capsys: Capture) -> None:
    (project / "tests/conftest.py").write_text("")
    assert check("tests") == 0
    assert "--include-tests" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "rules"),
    [
        (["--select", "RL101"], ["RL101"]),
        (["--select", "lost-update,RL2"], ["RL101"]),
        (["--select", "RL2"], []),
        (["--select", "RL2", "--extend-select", "rl1"], ["RL101"]),
        (["--ignore", "RL1"], []),
        (["--ignore", "missing-await", "--ignore", "RL102"], ["RL101"]),
        (["--exclude", "/pkg/r*.py"], []),
        (["--exclude", "clean.py"], ["RL101"]),
        (["--confidence", "possible"], ["RL101"]),
    ],
)
@pytest.mark.usefixtures("project")
def test_options_decide_what_is_reported(
    capsys: Capture, arguments: list[str], rules: list[str]
) -> None:
    assert check("--format", "json", *arguments) == bool(rules)
    assert [rule for _path, rule in found(capsys)] == rules


def test_settings_come_from_the_nearest_file_and_the_command_line_wins(
    project: Path, capsys: Capture
) -> None:
    (project / "pyproject.toml").write_text("[tool.racelens]\nselect = ['RL2']\n")
    assert check("pkg") == 0
    assert check("--select", "RL1", "pkg") == 1
    (project / "pkg/racelens.toml").write_text("select = ['RL1']\n")
    assert check("pkg") == 1
    assert check("pkg/racy.py") == 1
    assert check(".") == 0
    assert capsys.readouterr().err == ""


def test_a_broken_setting_is_told_and_the_rest_is_checked(project: Path, capsys: Capture) -> None:
    (project / "racelens.toml").write_text("confidence = 'certain'\n")
    assert check() == 2
    out, err = capsys.readouterr()
    assert "RL101" in out
    assert err.count("\n") == 1
    assert err.startswith(f"racelens: {project / 'racelens.toml'}: `confidence`")


@pytest.mark.usefixtures("project")
def test_a_missing_path_is_told_and_the_rest_is_checked(capsys: Capture) -> None:
    assert check("pkg", "nowhere") == 2
    out, err = capsys.readouterr()
    assert "pkg/racy.py:10:9" in out
    assert err == "racelens: nowhere: no such file or folder\n"
    assert check("nowhere") == 2
    assert capsys.readouterr() == ("", "racelens: nowhere: no such file or folder\n")


def test_problems_are_lines_on_standard_error_or_in_the_json(
    project: Path, capsys: Capture
) -> None:
    (project / "pkg/latin.py").write_bytes(b"# caf\xe9\n")
    assert check("pkg/latin.py") == 0
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("No races in 0 files\n", 1)
    assert err.startswith("racelens: pkg/latin.py: ")
    assert check("--format", "json", "pkg/latin.py") == 0
    out, err = capsys.readouterr()
    assert [problem["path"] for problem in json.loads(out)["problems"]] == ["pkg/latin.py"]
    assert err == ""


def test_a_folder_without_python_is_told(tmp_path: Path, capsys: Capture) -> None:
    assert check(str(tmp_path)) == 0
    assert capsys.readouterr() == (
        "No races in 0 files\n",
        f"racelens: no Python files in {tmp_path}\n",
    )


class StandardInput:
    """Standard input that holds given bytes."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


def test_standard_input_has_the_name_and_the_settings_of_its_file(
    project: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", StandardInput(RACY.encode()))
    assert check("--format", "json", "-") == 1
    assert found(capsys) == [("<stdin>", "RL101")]
    monkeypatch.setattr(sys, "stdin", StandardInput(RACY.encode()))
    assert check("--format", "json", "-", "--stdin-filename", "pkg/new.py") == 1
    assert found(capsys) == [("pkg/new.py", "RL101")]
    (project / "pkg/racelens.toml").write_text("ignore = ['RL1']\n")
    monkeypatch.setattr(sys, "stdin", StandardInput(RACY.encode()))
    assert check("--format", "json", "-", "--stdin-filename", "pkg/new.py") == 0


def test_a_report_can_go_to_a_file(project: Path, capsys: Capture) -> None:
    assert check("--output-file", "report.txt") == 1
    assert capsys.readouterr() == ("", "")
    assert (project / "report.txt").read_text().endswith("1 race in 3 files\n")
    assert check("--output-file", "nowhere/report.txt") == 2
    error = "racelens: nowhere/report.txt cannot be written: No such file or directory\n"
    assert capsys.readouterr() == ("", error)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["check", "--select", "RL101,RLX"], "--select names 'RLX', which is no code"),
        (["check", "--ignore", "lost-updat"], "--ignore names 'lost-updat'"),
        (["check", "--extend-select", "X"], "--extend-select names 'X'"),
        (["check", "--confidence", "sure"], "--confidence: invalid choice: 'sure'"),
        (["check", "--format", "xml"], "--format knows text and json, but not 'xml'"),
        (["check", "--format", "sarif"], "--format sarif is not there yet"),
        (["check", "--fix", "--diff"], "--fix and --diff exclude each other"),
        (["check", "--unsafe-fixes"], "--unsafe-fixes needs --fix, --diff or --show-fixes"),
        (["check", "--diff", "--write-baseline", "b.json"], "--diff writes nothing"),
        (["check", "--baseline", "b.json"], "the baseline b.json does not exist"),
        (["check", "--jobs", "0"], "--jobs needs 1 process at least"),
        (["check", "--executor", "ray://a:1"], "'ray://a:1' is not dask://HOST:PORT"),
        (["check", "--executor", "dask://here"], "'here' is not HOST:PORT"),
        (["check", "--executor", "dask://a:1", "--jobs", "2"], "so not with --jobs"),
        (["check", "--jedi-queries", "-1"], "'-1' is no whole number"),
        (["check", "--jedi-queries", "many"], "'many' is no whole number"),
        (["check", "--python", "no/where"], "--python no/where: no such file or folder"),
        (["check", "--unknown"], "unrecognized arguments: --unknown"),
        (["check", "-", "pkg"], "- for standard input cannot stand beside other paths"),
        (["check", "pkg", "--stdin-filename", "a.py"], "--stdin-filename needs -"),
        (["prove", "pkg/racy.py:9"], "the command prove is not there yet"),
        (["config", "--help"], "the command config is not there yet"),
        (["bug-report"], "the command bug-report is not there yet"),
        (["explain", "lost-updat"], "did you mean lost-update"),
        (["explain", "zzzzzz"], "`racelens explain` lists the rules"),
        (["server", "--tcp", "here"], "'here' is not HOST:PORT"),
        ([], "the following arguments are required: COMMAND"),
    ],
)
@pytest.mark.usefixtures("project")
def test_bad_arguments_are_status_2_and_one_line(
    capsys: Capture, arguments: list[str], error: str
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert error in err
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("racelens")


def test_what_is_trivially_true_is_accepted(project: Path) -> None:
    assert check("--jobs", "1", "--no-cache", str(project / "pkg/clean.py")) == 0


def test_a_bug_is_status_3(project: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("racelens.engine.check.check", fail)
    assert check(str(project)) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("racelens: a bug in racelens stopped this run (ZeroDivisionError)\n")


def test_version_and_help(capsys: Capture) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"racelens {__version__}\n"
    assert main(["--help"]) == 0
    assert "exit status:" in capsys.readouterr().out
    assert main(["check", "--help"]) == 0
    assert "--write-baseline FILE" in capsys.readouterr().out


def test_explain_shows_the_page_and_lists_the_rules(capsys: Capture) -> None:
    for name in ("RL101", "rl101", "lost-update", "lost_update"):
        assert main(["explain", name]) == 0
        assert capsys.readouterr().out.startswith("RL101 lost-update\nwarning, since 0.1.0\n\n")
    assert main(["explain"]) == 0
    assert "RL201" in capsys.readouterr().out
    assert main(["explain", "RL1"]) == 0
    assert "RL201" not in capsys.readouterr().out


def test_explain_works_where_docstrings_are_stripped(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-OO", "-m", "racelens", "explain", "RL101"],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Why this is a race" in done.stdout


def test_a_reader_that_leaves_early_is_no_error(project: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "racelens", "check", "--resolve", "own", "pkg"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1


def test_characters_that_standard_output_lacks_are_escaped(project: Path) -> None:
    (project / "pkg/racy.py").write_text(RACY.replace("current", "größe"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "racelens", "check", "pkg"],
        cwd=project,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert rb"gr\xf6\xdfe = self.value" in done.stdout


STARTED = "import sys; from racelens.cli.main import main; main({arguments}); print(*sys.modules)"


def imported(*arguments: str, cwd: Path) -> set[str]:
    """Return the names of the modules that the command has imported when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", STARTED.format(arguments=list(arguments))],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.rpartition("\n")[0].rpartition("\n")[2].split())


def test_the_version_imports_next_to_nothing(tmp_path: Path) -> None:
    modules = imported("--version", cwd=tmp_path)
    assert {name for name in modules if name.startswith("racelens")} == {
        "racelens",
        "racelens.cli",
        "racelens.cli.arguments",
        "racelens.cli.main",
        "racelens.source",
        "racelens.source.named_tuple",
    }
    assert modules.isdisjoint({"pygls", "lsprotocol", "jedi", "parso", "asyncio", "json", "shutil"})


def test_a_check_imports_neither_the_protocol_nor_jedi(project: Path) -> None:
    modules = imported("check", "--resolve", "own", "--no-cache", cwd=project)
    assert "racelens.engine.check" in modules
    assert modules.isdisjoint({"pygls", "lsprotocol", "jedi"})
    assert modules.isdisjoint({"dataclasses", "inspect", "hashlib", "subprocess", "json"})
    assert modules.isdisjoint({"shutil", "pickle", "difflib", "tempfile"})
    assert not any(name.startswith("racelens.lsp") for name in modules)
