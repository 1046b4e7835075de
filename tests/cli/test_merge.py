"""Shards of a project: their merged report is that of the whole, and nothing else is merged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from racelens.cli.main import main
from racy_projects import RACY

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("a", "b", "c", "d"):
        (folder / f"{name}.py").write_text(RACY)
    (folder / "e.py").write_text("def broken(:\n")
    monkeypatch.chdir(tmp_path)
    return folder


def check(*arguments: str) -> int:
    return main(["check", "--resolve", "own", "--format", "json", "project", *arguments])


def parts(count: int, *arguments: str) -> list[str]:
    names = [f"{index}.json" for index in range(1, count + 1)]
    for index, name in enumerate(names, 1):
        check("--shard", f"{index}/{count}", "--output-file", name, *arguments)
    return names


def told(text: str) -> object:
    report = json.loads(text)
    del report["summary"]["seconds"], report["summary"]["cached_files"]
    return list(report.items())


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("count", [1, 2, 3, 7])
@pytest.mark.parametrize("more", [(), ("--statistics",), ("--show-fixes",)])
def test_merged_shards_are_the_report_of_the_whole(
    capsys: Capture, count: int, more: tuple[str, ...]
) -> None:
    assert check(*more) == 1
    whole = capsys.readouterr().out
    assert main(["merge", *reversed(parts(count, *more))]) == 1
    assert told(capsys.readouterr().out) == told(whole)


@pytest.mark.usefixtures("project")
def test_a_shard_is_kept_as_itself(capsys: Capture) -> None:
    first = parts(2)
    again = [json.loads(Path(name).read_bytes()) for name in parts(2)]
    assert [report["summary"]["cached_files"] for report in again] == [5, 5]
    assert main(["merge", *first]) == 1
    assert len(json.loads(capsys.readouterr().out)["findings"]) == 4


def test_clean_shards_are_status_0(project: Path, capsys: Capture) -> None:
    for file in project.iterdir():
        file.write_text("")
    assert main(["merge", *parts(2), "--output-file", "all.json"]) == 0
    assert capsys.readouterr().out == ""


def test_what_is_not_all_of_one_project_is_refused(project: Path, capsys: Capture) -> None:
    one, two, three = parts(3)
    (project.parent / "other.json").write_text("{}")
    check("--output-file", "whole.json")
    (project / "new.py").write_text("x = 1\n")
    check("--shard", "3/3", "--output-file", "later.json")
    capsys.readouterr()
    for names, line in (
        ((one, three), "the report of shard 2/3 is missing"),
        ((one, two, two), ""),
        ((one, two, three, "later.json"), "later.json and 1.json are not of one project"),
        (("other.json",), "other.json is no report of racelens check --shard I/N --format json"),
        (("whole.json",), "whole.json is no report of racelens check --shard"),
        (("none.json",), "none.json cannot be read: No such file or directory"),
    ):
        assert main(["merge", *names]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("racelens merge: ")
        assert line in err
        assert err.count("\n") == 1
    (project.parent / "twice.json").write_bytes((project.parent / two).read_bytes())
    assert main(["merge", one, two, "twice.json", three]) == 2
    assert "2.json and twice.json are of the same shard" in capsys.readouterr().err


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "a/b", "1/0"])
def test_a_shard_that_is_none_is_refused(shard: str, capsys: Capture) -> None:
    assert main(["check", "--shard", shard]) == 2
    assert "is not I/N, such as 1/4 for the first of four" in capsys.readouterr().err


def test_a_shard_is_not_fixed(capsys: Capture) -> None:
    assert main(["check", "--shard", "1/2", "--fix"]) == 2
    assert "--shard reports on a part" in capsys.readouterr().err
