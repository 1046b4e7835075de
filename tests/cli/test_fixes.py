"""`--fix`, `--diff` and `--show-fixes` as users run them: what is shown, written and returned."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from racelens.engine import fixed_files
from racelens.findings.fix import Repair, Safety
from racelens.fixes.plan import Lines
from racy_projects import CLEAN, RACY, Offer, StandardInput, check, offer

if TYPE_CHECKING:
    from pathlib import Path

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch

SAFE = Offer()
UNSAFE = Offer("Guess", Safety.UNSAFE, "it guesses")
DIFF = """\
--- {path}
+++ {path}
@@ -7,7 +7,7 @@
 
     async def increment(self):
         current = self.value
-        await asyncio.sleep(0)
+        pass
         self.value = current + 1
 
 
"""  # noqa: W293 - that is how a diff shows an empty line


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with two racy files, and a test file that is racy."""
    (tmp_path / "pkg").mkdir()
    (tmp_path / "tests").mkdir()
    for name in ("pkg/one.py", "pkg/two.py", "tests/test_racy.py"):
        (tmp_path / name).write_text(RACY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    offer(monkeypatch, SAFE)
    return tmp_path


def texts(project: Path) -> dict[str, str]:
    """Return the texts of all files of a project."""
    return {
        path.relative_to(project).as_posix(): path.read_text()
        for path in sorted(project.rglob("*"))
        if path.is_file()
    }


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_fixes_that_there_are_leave_nothing_and_change_nothing_twice(
    tmp_path: Path, capsys: Capture
) -> None:
    file = tmp_path / "counter.py"
    file.write_text(RACY)
    assert check("--fix", str(tmp_path)) == 0
    assert capsys.readouterr() == ("No races in 1 file (1 fixed in 1 file)\n", "")
    fixed = file.read_text()
    assert fixed != RACY
    assert check("--fix", str(tmp_path)) == 0
    assert capsys.readouterr() == ("No races in 1 file\n", "")
    assert file.read_text() == fixed
    assert check(str(tmp_path)) == 0


def test_fix_changes_what_is_reported_and_nothing_else(project: Path, capsys: Capture) -> None:
    assert check("--fix") == 0
    assert capsys.readouterr() == ("No races in 3 files (2 fixed in 2 files)\n", "")
    assert texts(project) == {"pkg/one.py": CLEAN, "pkg/two.py": CLEAN, "tests/test_racy.py": RACY}


def test_fix_goes_on_until_nothing_is_left(project: Path, capsys: Capture) -> None:
    method = RACY[RACY.index("    async def increment") : RACY.index("\n\nasync def run")]
    second = method.replace("increment", "decrement").replace("+ 1", "- 1")
    starts = "    await asyncio.gather(*[counter.decrement() for _ in range(10)])\n"
    (project / "pkg/one.py").write_text(RACY.replace(method, f"{method}\n{second}") + starts)
    assert check("--fix", "pkg/one.py") == 0
    assert capsys.readouterr().out == "No races in 1 file (2 fixed in 1 file)\n"
    assert (project / "pkg/one.py").read_text().count("pass") == 2


@pytest.mark.usefixtures("project")
def test_what_cannot_be_fixed_is_still_reported(capsys: Capture, monkeypatch: Patch) -> None:
    offer(monkeypatch)
    assert check("--fix", "pkg") == 1
    out, err = capsys.readouterr()
    assert out.count("RL101") == 2
    assert out.endswith("\n2 races in 2 files\n")
    assert err == ""
    assert check("--fix", "--exit-zero", "pkg") == 0


def test_unsafe_fixes_are_hinted_at_and_applied_on_request(
    project: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    offer(monkeypatch, UNSAFE)
    before = texts(project)
    assert check("--fix") == 1
    assert capsys.readouterr().err == "racelens: 2 more could be fixed with --unsafe-fixes\n"
    assert check("--diff") == 0
    hint = "racelens: 2 more could be fixed with --unsafe-fixes\n"
    assert capsys.readouterr() == ("", hint)
    assert check("--fix", "--quiet") == 1
    assert capsys.readouterr().err == ""
    assert texts(project) == before
    assert check("--fix", "--unsafe-fixes") == 0
    assert capsys.readouterr() == ("No races in 3 files (2 fixed in 2 files)\n", "")
    assert (project / "pkg/one.py").read_text() == CLEAN


def test_neither_refactorings_nor_suppressions_are_applied(
    project: Path, monkeypatch: Patch
) -> None:
    for other in (SAFE._replace(rewrites=True), SAFE._replace(repair=Repair.SUPPRESS)):
        offer(monkeypatch, other)
        assert check("--fix", "--unsafe-fixes") == 1
        assert (project / "pkg/one.py").read_text() == RACY


def test_a_diff_shows_what_fix_would_write(project: Path, capsys: Capture) -> None:
    before = texts(project)
    assert check("--diff") == 1
    expected = DIFF.format(path="pkg/one.py") + DIFF.format(path="pkg/two.py")
    assert capsys.readouterr() == (expected, "")
    assert texts(project) == before
    assert check("--diff", "--exit-zero") == 0
    assert check("--diff", "--output-file", "fix.diff") == 1
    assert (project / "fix.diff").read_text() == expected
    subprocess.run(["git", "apply", "-p0", "fix.diff"], cwd=project, check=True)
    assert (project / "pkg/two.py").read_text() == CLEAN
    capsys.readouterr()
    assert check("--diff") == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "content",
    [
        RACY.replace("\n", "\r\n").encode(),
        RACY.encode("utf-8-sig"),
        f"# coding: latin-1\nname = 'é'\n{RACY}".encode("latin-1"),
        RACY.replace("current", "größe").encode(),
        RACY[:-1].replace("= 0\n", "= 0\r\n").encode(),
    ],
    ids=["crlf", "bom", "latin-1", "umlaut", "mixed, no last newline"],
)
def test_bytes_stay_as_they_are_where_nothing_is_fixed(
    project: Path, capfdbinary: pytest.CaptureFixture[bytes], content: bytes
) -> None:
    file = project / "pkg/one.py"
    file.write_bytes(content)
    fixed = content.replace(b"await asyncio.sleep(0)", b"pass")
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    assert check("--diff", "pkg/one.py") == 1
    diff = capfdbinary.readouterr().out
    assert check("--fix", "pkg/one.py") == 0
    assert file.read_bytes() == fixed
    file.write_bytes(content)
    command = ["git", "-c", "core.autocrlf=false", "apply", "-p0"]
    done = subprocess.run(command, cwd=project, check=False, input=diff, capture_output=True)
    assert (done.returncode, file.read_bytes()) == (0, fixed), done.stderr


def test_the_mode_stays_and_nothing_is_left_beside(project: Path) -> None:
    file = project / "pkg/one.py"
    file.chmod(0o750)
    assert check("--fix") == 0
    assert file.stat().st_mode & 0o777 == 0o750
    assert names_in(project / "pkg") == ["one.py", "two.py"]


def test_a_link_stays_a_link(project: Path) -> None:
    (project / "link.py").symlink_to("pkg/one.py")
    assert check("--fix", "link.py") == 0
    assert (project / "link.py").is_symlink()
    assert (project / "pkg/one.py").read_text() == CLEAN


def test_a_file_that_cannot_be_written_is_told_and_the_others_are(
    project: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    replace = os.replace

    def fail(source: str, target: str) -> None:
        if target.endswith("one.py"):
            raise PermissionError(13, "Permission denied")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail)
    assert check("--fix") == 2
    out, err = capsys.readouterr()
    assert err == "racelens: pkg/one.py: cannot be written: Permission denied\n"
    assert out.startswith("pkg/one.py:10:9: RL101")
    assert out.endswith("\n1 race in 3 files (1 fixed in 1 file)\n")
    assert ((project / "pkg/one.py").read_text(), (project / "pkg/two.py").read_text()) == (
        RACY,
        CLEAN,
    )
    assert names_in(project / "pkg") == ["one.py", "two.py"]


def test_a_fix_over_two_files_is_written_whole_or_not_at_all(
    project: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    shared = Lines("pkg/helper.py", 0, 0, ("lock = None",))
    (project / "pkg/helper.py").write_text("import asyncio\n")
    (project / "pkg/two.py").write_text("")
    offer(monkeypatch, SAFE._replace(more=(shared,)))
    monkeypatch.setattr(os, "access", lambda path, _mode: "helper" not in path)
    before = texts(project)
    assert check("--fix", "--quiet") == 2
    assert capsys.readouterr().err == (
        "racelens: pkg/helper.py: cannot be written: it is read-only\n"
        "racelens: pkg/one.py: is left as it is: its fixes change pkg/helper.py as well\n"
    )
    assert texts(project) == before
    monkeypatch.setattr(os, "access", lambda _path, _mode: True)
    assert check("--fix") == 0
    assert capsys.readouterr().out == "No races in 4 files (1 fixed in 2 files)\n"
    assert (project / "pkg/helper.py").read_text() == "lock = None\nimport asyncio\n"


def test_a_file_that_has_changed_since_is_left_as_it_is(
    project: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    write = fixed_files.write_fixed

    def write_late(*arguments: object) -> dict[str, str]:
        (project / "pkg/one.py").write_text(f"{RACY}# mine\n")
        return write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("racelens.cli.fixing.write_fixed", write_late)
    assert check("--fix", "--quiet") == 2
    reason = "pkg/one.py: has changed since it was read, and is left as it is"
    assert capsys.readouterr().err == f"racelens: {reason}\n"
    assert (project / "pkg/one.py").read_text() == f"{RACY}# mine\n"
    assert (project / "pkg/two.py").read_text() == CLEAN


@pytest.mark.usefixtures("project")
def test_standard_input_comes_out_fixed(capsys: Capture, monkeypatch: Patch) -> None:
    for text, option, out, status in (
        (RACY, "--fix", CLEAN, 0),
        (CLEAN, "--fix", CLEAN, 0),
        (RACY, "--diff", DIFF.format(path="pkg/one.py"), 1),
        (CLEAN, "--diff", "", 0),
    ):
        monkeypatch.setattr(sys, "stdin", StandardInput(text.encode()))
        assert check(option, "-", "--stdin-filename", "pkg/one.py") == status
        assert capsys.readouterr() == (out, "")
    offer(monkeypatch)
    monkeypatch.setattr(sys, "stdin", StandardInput(RACY.encode()))
    assert check("--fix", "-") == 1
    assert capsys.readouterr() == (RACY, "")


def test_standard_input_is_never_written_to_its_file(project: Path, monkeypatch: Patch) -> None:
    monkeypatch.setattr(sys, "stdin", StandardInput(RACY.encode()))
    assert check("--fix", "-", "--stdin-filename", "pkg/one.py") == 0
    assert (project / "pkg/one.py").read_text() == RACY


@pytest.mark.usefixtures("project")
def test_fixes_are_shown_below_their_finding(capsys: Capture, monkeypatch: Patch) -> None:
    offer(monkeypatch, UNSAFE, SAFE._replace(note="look at it"), SAFE._replace(title="Do not"))
    assert check("--show-fixes", "pkg/one.py") == 1
    out = capsys.readouterr().out
    assert out.partition("   = harm: lost update\n")[2] == (
        """\
   = fix: Guess (preferred)
   = unsafe: it guesses
   = fix: Do not wait
   = note: look at it
   = fix: Do not
   |
   | --- pkg/one.py
   | +++ pkg/one.py
   | @@ -7,7 +7,7 @@
   |
   |      async def increment(self):
   |          current = self.value
   | -        await asyncio.sleep(0)
   | +        pass
   |          self.value = current + 1
   |
   |

1 race in 1 file (1 fixable with --fix)
"""
    )


@pytest.mark.usefixtures("project")
def test_unsafe_fixes_count_as_fixable_on_request(capsys: Capture, monkeypatch: Patch) -> None:
    offer(monkeypatch, UNSAFE._replace(note=""))
    assert check("--show-fixes", "pkg") == 1
    out = capsys.readouterr().out
    assert "   = unsafe: it may change what the code does\n" in out
    assert out.endswith("\n2 races in 2 files\n")
    assert check("--show-fixes", "--unsafe-fixes", "pkg") == 1
    assert capsys.readouterr().out.endswith("\n2 races in 2 files (2 fixable with --fix)\n")


@pytest.mark.usefixtures("project")
def test_fixes_in_json(capsys: Capture, monkeypatch: Patch) -> None:
    suppression = SAFE._replace(repair=Repair.SUPPRESS)
    offer(monkeypatch, SAFE, UNSAFE, suppression)
    assert check("--format", "json", "--show-fixes", "pkg/one.py") == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    start, end = {"line": 10, "column": 1}, {"line": 11, "column": 1}
    edits = [
        {
            "path": "pkg/one.py",
            "range": {"start": start, "end": end},
            "new_text": "        pass\n",
        }
    ]
    assert finding["fixes"] == [
        {
            "title": "Do not wait",
            "kind": "reorder",
            "safety": "safe",
            "preferred": True,
            "edits": edits,
        },
        {
            "title": "Guess",
            "kind": "reorder",
            "safety": "unsafe",
            "preferred": False,
            "note": "it guesses",
            "edits": edits,
        },
    ]


@pytest.mark.usefixtures("project")
def test_fixes_are_in_the_json_only_where_they_are_asked_for(
    capsys: Capture, monkeypatch: Patch
) -> None:
    assert check("--format", "json", "pkg") == 1
    assert all("fixes" not in each for each in json.loads(capsys.readouterr().out)["findings"])
    offer(monkeypatch, UNSAFE)
    assert check("--format", "json", "--fix", "pkg/one.py", "--quiet") == 1
    report = json.loads(capsys.readouterr().out)
    assert [fix["title"] for fix in report["findings"][0]["fixes"]] == ["Guess"]
    assert (report["summary"]["fixed"], report["summary"]["fixed_files"]) == (0, 0)


def test_a_check_without_these_options_imports_no_fixes(project: Path) -> None:
    script = (
        "import sys; from racelens.cli.main import main;"
        "main(['check', '--resolve', 'own']); print(*sys.modules)"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)
    modules = set(done.stdout.splitlines()[-1].split())
    assert "racelens.cli.check" in modules
    assert not any(name.startswith("racelens.fixes") for name in modules)
    late = {"racelens.engine.repair", "racelens.engine.baseline", "racelens.cli.diff", "tempfile"}
    assert modules.isdisjoint(late)
