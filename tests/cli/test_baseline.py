"""`--baseline` and `--write-baseline`: what is known is left out, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from racy_projects import CLEAN, RACY, Offer, check, offer

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch

UNAWAITED = """\
async def save(item):
    pass


async def main():
    save(1)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with two racy files, all of whose findings are in `known.json`."""
    (tmp_path / "pkg").mkdir()
    for name in ("pkg/one.py", "pkg/two.py"):
        (tmp_path / name).write_text(RACY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert check("--write-baseline", "known.json", "--quiet") == 0
    return tmp_path


@pytest.mark.usefixtures("project")
def test_writing_a_baseline_makes_all_known(capsys: Capture) -> None:
    assert check("--write-baseline", "new.json") == 0
    assert capsys.readouterr() == (
        "No new races in 2 files (2 known from the baseline)\n",
        "racelens: 2 findings are in new.json now\n",
    )
    assert Path("new.json").read_bytes() == Path("known.json").read_bytes()
    assert check("--baseline", "new.json") == 0
    assert capsys.readouterr() == ("No new races in 2 files (2 known from the baseline)\n", "")


def test_the_file_has_a_line_for_each_finding(project: Path) -> None:
    lines = (project / "known.json").read_text().splitlines()
    assert [lines[:3], lines[-2:]] == [["{", '  "version": 1,', '  "findings": ['], ["  ]", "}"]]
    assert [json.loads(line.rstrip(",")) for line in lines[3:-2]] == [
        {
            "fingerprint": entry["fingerprint"],
            "rule": "RL101",
            "path": path,
            "function": "Counter.increment",
            "message": entry["message"],
        }
        for entry, path in zip(
            json.loads((project / "known.json").read_text())["findings"],
            ("pkg/one.py", "pkg/two.py"),
            strict=True,
        )
    ]
    assert "line 9" not in lines[3]
    assert "computed from line …" in lines[3]


def test_lines_may_move_but_other_races_are_new(project: Path, capsys: Capture) -> None:
    (project / "pkg/one.py").write_text(f"# moved\n\n\n{RACY}")
    assert check("--baseline", "known.json") == 0
    (project / "pkg/two.py").write_text(RACY.replace("value", "total"))
    capsys.readouterr()
    assert check("--baseline", "known.json") == 1
    out, err = capsys.readouterr()
    assert out.startswith("pkg/two.py:10:9: RL101")
    assert out.endswith("\n1 race in 2 files (1 known from the baseline)\n")
    assert err == (
        "racelens: 1 entry matches nothing any more; --write-baseline known.json leaves them out\n"
    )


def test_two_equal_findings_need_two_entries(project: Path, capsys: Capture) -> None:
    (project / "pkg/one.py").write_text(UNAWAITED)
    assert check("--write-baseline", "known.json") == 0
    (project / "pkg/one.py").write_text(UNAWAITED.replace("(1)", "(1)\n    save(2)\n    save(3)"))
    capsys.readouterr()
    assert check("--baseline", "known.json", "--format", "json") == 1
    report = json.loads(capsys.readouterr().out)
    assert [each["range"]["start"]["line"] for each in report["findings"]] == [7, 8]
    assert report["summary"]["known"] == 2
    assert check("--write-baseline", "known.json") == 0
    counts = [each.get("count") for each in json.loads(Path("known.json").read_text())["findings"]]
    assert counts == [3, None]
    assert check("--baseline", "known.json") == 0
    (project / "pkg/one.py").write_text(UNAWAITED)
    capsys.readouterr()
    assert check("--baseline", "known.json") == 0
    assert capsys.readouterr().err.startswith("racelens: 2 entries match nothing any more; ")


def test_it_does_not_matter_from_where_a_check_is_run(
    project: Path, monkeypatch: Patch, capsys: Capture
) -> None:
    assert check("--baseline", "known.json", "pkg") == 0
    assert check("--baseline", "known.json", "pkg/one.py") == 0
    monkeypatch.chdir(project / "pkg")
    assert check("--baseline", "../known.json") == 0
    assert check("--baseline", "../known.json", "one.py", "two.py") == 0
    monkeypatch.chdir("/")
    assert check("--baseline", str(project / "known.json"), str(project)) == 0
    # What was not checked is not called obsolete.
    assert capsys.readouterr().err == ""


def test_a_baseline_that_lies_elsewhere_goes_by_the_paths_of_the_report(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = str(tmp_path_factory.mktemp("ci") / "known.json")
    assert check("--write-baseline", file) == 0
    paths = [entry["path"] for entry in json.loads(Path(file).read_text())["findings"]]
    assert paths == ["pkg/one.py", "pkg/two.py"]
    project.rename(project.with_name("elsewhere"))
    assert check("--baseline", file, str(project.with_name("elsewhere"))) == 0


def test_what_is_gone_is_obsolete_but_not_what_was_not_looked_for(
    project: Path, capsys: Capture
) -> None:
    assert check("--baseline", "known.json", "--select", "RL2") == 0
    assert capsys.readouterr().err == ""
    (project / "pkg/two.py").unlink()
    assert check("--baseline", "known.json", "--quiet") == 0
    assert capsys.readouterr() == ("", "")
    assert check("--baseline", "known.json", "pkg/one.py") == 0
    assert capsys.readouterr().err.startswith("racelens: 1 entry matches nothing any more; ")


def test_known_findings_are_not_fixed(project: Path, capsys: Capture, monkeypatch: Patch) -> None:
    offer(monkeypatch, Offer())
    (project / "pkg/two.py").write_text(RACY.replace("value", "total"))
    assert check("--fix", "--baseline", "known.json", "--quiet") == 0
    assert (project / "pkg/one.py").read_text() == RACY
    assert (project / "pkg/two.py").read_text() == CLEAN.replace("value", "total")
    assert check("--diff", "--baseline", "known.json") == 0
    assert capsys.readouterr().out == ""


def test_what_is_left_after_fixing_is_written(project: Path, monkeypatch: Patch) -> None:
    offer(monkeypatch, Offer())
    assert check("--fix", "--write-baseline", "known.json") == 0
    assert (project / "known.json").read_text() == '{\n  "version": 1,\n  "findings": []\n}\n'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "does not exist"),
        (b"\xff", "is not UTF-8 text"),
        (b"[1,", "is not JSON: Expecting value on line 1"),
        (b"[]", "is no baseline"),
        (b'{"version": 1}', "is no baseline"),
        (b'{"version": true, "findings": []}', "is no baseline"),
        (b'{"version": 1, "findings": [1]}', "is no baseline"),
        (b'{"version": 1, "findings": [{"rule": "RL101"}]}', "has an entry without a fingerprint"),
        (b'{"version": 2, "findings": []}', "is of version 2, which a newer racelens has written"),
        (b"[" * 200_000, "cannot be read"),
    ],
)
def test_what_is_no_baseline_is_one_line_with_the_way_out(
    project: Path, capsys: Capture, content: bytes | None, reason: str
) -> None:
    if content is not None:
        (project / "bad.json").write_bytes(content)
    assert check("--baseline", "bad.json") == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"racelens check: the baseline bad.json {reason}")
    assert err.endswith("; --write-baseline bad.json makes a new one\n")
    assert check("--baseline", "bad.json", "--write-baseline", "bad.json") == 0
    assert check("--baseline", "bad.json") == 0


@pytest.mark.usefixtures("project")
def test_a_baseline_that_cannot_be_written_is_told(capsys: Capture) -> None:
    assert check("--write-baseline", "no/where.json") == 2
    error = "racelens: no/where.json cannot be written: No such file or directory\n"
    assert capsys.readouterr() == ("", error)


def test_the_settings_name_a_baseline(project: Path, monkeypatch: Patch, capsys: Capture) -> None:
    (project / "pkg/racelens.toml").write_text('baseline = "../known.json"\n')
    assert check("pkg") == 0
    assert capsys.readouterr() == ("No new races in 2 files (2 known from the baseline)\n", "")
    (project / "pkg/two.py").write_text(CLEAN)
    monkeypatch.chdir(project / "pkg")
    assert check() == 0
    assert capsys.readouterr().err.startswith("racelens: 1 entry matches nothing any more; ")
    (project / "none.json").write_text('{"version": 1, "findings": []}')
    assert check("--baseline", "../none.json", "--quiet") == 1
    (project / "known.json").unlink()
    assert check("--baseline", "../none.json", "--quiet") == 1
    assert "racelens: " not in capsys.readouterr().err


def test_below_the_current_folder_the_settings_baseline_is_named_as_an_option_would_name_it(
    project: Path, capsys: Capture
) -> None:
    (project / "racelens.toml").write_text('baseline = "known.json"\n')
    (project / "pkg/two.py").write_text(CLEAN)
    assert check() == 0
    assert capsys.readouterr().err == (
        "racelens: 1 entry matches nothing any more; --write-baseline known.json leaves them out\n"
    )


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "does not exist"), (b"[]", "is no baseline")]
)
def test_a_setting_that_names_no_baseline_is_one_line_and_the_rest_is_checked(
    project: Path, capsys: Capture, content: bytes | None, reason: str
) -> None:
    (project / "racelens.toml").write_text('baseline = "bad.json"\n')
    if content is not None:
        (project / "bad.json").write_bytes(content)
    assert check() == 2
    out, err = capsys.readouterr()
    assert out.endswith("\n2 races in 2 files\n")
    assert err == (
        f"racelens: `baseline`: bad.json: {reason}; all findings are reported. "
        "`racelens check --write-baseline bad.json` makes a new one.\n"
    )
    assert check("--write-baseline", "bad.json") == 0
    assert "`baseline`" not in capsys.readouterr().err
    assert check() == 0
    assert (project / "bad.json").read_bytes() == (project / "known.json").read_bytes()


def test_what_the_settings_baseline_knows_is_not_fixed(project: Path, monkeypatch: Patch) -> None:
    offer(monkeypatch, Offer())
    (project / "racelens.toml").write_text('baseline = "known.json"\n')
    assert check("--fix", "--quiet") == 0
    assert (project / "pkg/one.py").read_text() == RACY
