"""VS Code's workbench with the packaged extension, driven in Chromium as a person would."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.editors.conftest import Editors, Workbench

    Drive = Callable[..., dict[str, Any]]

HERE = Path(__file__).parent
FIX = "Hold a lock from the read to the write"
SCENARIO_TIMEOUT_SECONDS = 300


@pytest.fixture
def drive(editors: Editors, workbench: Workbench, racy_file: Path) -> Drive:
    """Return what runs a scenario on the racy file's folder and returns what it saw."""

    def run(name: str, **order: str) -> dict[str, Any]:
        common = {
            "url": workbench.url,
            "folder": str(racy_file.parent),
            "file": racy_file.name,
            "artefacts": str(editors.artefacts),
        }
        script = HERE / f"{name}_in_workbench.mjs"
        command: list[str | Path] = [workbench.node, script, json.dumps({**common, **order})]
        said = editors.run(command, name=name, timeout_seconds=SCENARIO_TIMEOUT_SECONDS)
        seen: dict[str, Any] = json.loads(said)
        return seen

    return run


@pytest.fixture
def noting_python(tmp_path: Path, racy_file: Path) -> tuple[Path, Path]:
    """Return a Python and the file to which it adds a line whenever it is started."""
    starts = tmp_path / "starts" / "starts.txt"
    starts.parent.mkdir()
    python = racy_file.with_name("python")
    python.write_text(f"#!/bin/sh\necho \"$@\" >> '{starts}'\nexec '{sys.executable}' \"$@\"\n")
    python.chmod(0o755)
    (racy_file.parent / ".vscode").mkdir()
    return python, starts


def test_vscode_shows_a_race_and_applies_its_fix(drive: Drive, racy_file: Path) -> None:
    seen = drive("fix", line="await asyncio.sleep(0)", fix=FIX)

    finding = next(row for row in seen["problems"] if "RL101" in row)
    assert "`self.value` may have changed" in finding
    assert FIX in seen["fixes"]
    fixed = racy_file.read_text()
    ast.parse(fixed)
    assert "asyncio.Lock()" in fixed


def test_the_server_restarts_with_the_interpreter_that_is_set(
    drive: Drive, noting_python: tuple[Path, Path]
) -> None:
    python, starts = noting_python
    seen = drive("restart", python=str(python), starts=str(starts))

    assert "RaceLens" in seen["complaint"]
    assert (seen["before"], seen["after"]) == (1, 2)


def test_the_folder_names_no_program_before_it_is_trusted(
    drive: Drive, workbench: Workbench, racy_file: Path, noting_python: tuple[Path, Path]
) -> None:
    workbench.set(
        security__workspace__trust__enabled=True, security__workspace__trust__startupPrompt="never"
    )
    python, starts = noting_python
    settings = racy_file.parent / ".vscode" / "settings.json"
    settings.write_text(json.dumps({"racelens.interpreter": [str(python)]}))
    seen = drive("trust", starts=str(starts))

    assert seen == {"startedUntrusted": False, "startedTrusted": True}


def test_the_project_decides_what_the_editor_leaves_open(drive: Drive, racy_file: Path) -> None:
    nothing_runs_it = racy_file.read_text().partition("async def main")[0]
    racy_file.write_text(nothing_runs_it)
    racy_file.with_name("racelens.toml").write_text('confidence = "possible"\n')
    seen = drive("fix", line="await asyncio.sleep(0)", fix=FIX)

    assert any("RL101" in row for row in seen["problems"])
