"""The runner on a repository of two commits: a race, and its fix."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bench.real_bugs.case import read_cases

ROOT = Path(__file__).parents[2]
RACY = """\
import asyncio


class Counter:
    def __init__(self):
        self.value = 0

    async def increment(self):
        current = self.value
        await asyncio.sleep(0)
        self.value = current + 1


async def main():
    counter = Counter()
    await asyncio.gather(*[counter.increment() for _ in range(1000)])
"""
FIXED = RACY.replace("        await asyncio.sleep(0)\n", "")
IN_FAMILY = {"review": "agreed", "reach": "intra", "quiet_after_fix": True}
ENVIRONMENT = {
    **os.environ,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "n"), ("EMAIL", "e@example.org"))
    },
}


class Project(NamedTuple):
    """A repository at `top`/owner/name, and a file with two cases of it."""

    top: Path
    cases: Path


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=ENVIRONMENT)
    return done.stdout.strip()


def commit(folder: Path, text: str) -> str:
    (folder / "pkg").mkdir(exist_ok=True)
    (folder / "pkg" / "counter.py").write_text(text)
    (folder / "pkg" / "large.bin").write_text("not to be fetched\n")
    (folder / "elsewhere.py").write_text("async def unrelated():\n    pass\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "a commit")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "origin" / "owner" / "name"
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet")
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    parent, fix = commit(folder, RACY), commit(folder, FIXED)
    place = {"repo": "owner/name", "parent": parent, "fix": fix, "file": "pkg/counter.py"}
    about = {"function": "Counter.increment", "state": "self.value", "interprocedural": False}
    lines = {"read_line": 9, "await_line": 10, "write_line": 11}
    race = {"id": "race", "kind": "rmw", **place, **about, **lines, **IN_FAMILY}
    threads = {"id": "threads", "kind": "thread-rmw", **place, **about, **lines}
    cases = tmp_path / "cases.json"
    cases.write_text(json.dumps([race, threads]))
    return Project(folder.parent.parent, cases)


def run(project: Project, *options: str) -> tuple[int, str, dict[str, Any]]:
    out = project.cases.with_name("out.json")
    command = [sys.executable, "-m", "bench.real_bugs", "--cases", str(project.cases)]
    done = subprocess.run(
        [*command, *options, "--json", str(out)],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=ENVIRONMENT,
    )
    return done.returncode, done.stdout, json.loads(out.read_text())


def row(printed: str, name: str) -> list[str]:
    return next(
        line.removeprefix(name).split() for line in printed.splitlines() if line.startswith(name)
    )


def test_found_before_and_quiet_after(project: Project) -> None:
    status, printed, verdicts = run(project, "--mirrors", str(project.top))
    assert status == 0
    assert row(printed, "all") == ["2", "1", "50%", "100%", "1", "50%", "100%"]
    assert row(printed, "reach: intra") == ["1", "1", "100%", "100%", "1", "100%", "100%"]
    assert row(printed, "kind: thread-rmw") == ["1", "0", "0%", "-", "0", "0%", "-"]
    assert "threads: thread-rmw, -, owner/name pkg/counter.py:9: missed" in printed
    assert "race:" not in printed
    assert [finding["rule"] for finding in verdicts["race"]["found"]] == ["RL101"]
    assert verdicts["race"]["still"] == []
    lines = RACY.count("\n")
    assert verdicts["race"]["density"] == {"lines": lines, "possible": 1, "likely": 1}


def test_a_fix_that_changes_nothing_is_not_quiet(project: Project) -> None:
    cases = json.loads(project.cases.read_text())
    for case in cases:
        case["fix"] = case["parent"]
    project.cases.write_text(json.dumps(cases))
    _, printed, verdicts = run(project, "--mirrors", str(project.top), "--only", "race")
    assert row(printed, "all") == ["1", "1", "100%", "0%", "1", "100%", "0%"]
    assert "found, but still there after the fix" in printed
    assert list(verdicts) == ["race"]


def test_clones_hold_what_is_needed_and_are_kept(project: Project, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cloning = ("--origin", project.top.as_uri(), "--cache", str(cache))
    status, printed, verdicts = run(project, *cloning)
    assert status == 0, verdicts
    assert row(printed, "all")[:2] == ["2", "1"]
    large = git(project.top / "owner" / "name", "rev-parse", "HEAD:pkg/large.bin")
    commits = ("--all", "--objects", "--missing=print")
    assert f"?{large}" in git(cache / "owner+name", "rev-list", *commits).splitlines()
    shutil.rmtree(project.top)
    assert run(project, *cloning) == (status, printed, verdicts)


def test_a_repository_that_is_not_there_is_an_error(project: Project, tmp_path: Path) -> None:
    status, printed, verdicts = run(project, "--mirrors", str(tmp_path / "nowhere"))
    assert status == 2
    assert row(printed, "all") == ["2", "0", "0%", "0%", "0", "0%", "0%"]
    assert "no repository owner/name" in verdicts["race"]["error"]


def test_the_cases_can_all_be_read() -> None:
    cases = read_cases(ROOT / "bench" / "real_bugs" / "cases.json")
    assert len({case.name for case in cases}) == len(cases)
    assert all(case.states and case.lines for case in cases if case.is_in_family)
    assert all(len(commit) == 40 for case in cases for commit in (case.parent, case.fix))
