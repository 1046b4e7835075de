"""Neovim with its own client; 0.7 knows no pull diagnostics, so this also holds the push."""

from __future__ import annotations

import ast
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.editors.conftest import Editors

SCRIPT = Path(__file__).with_name("neovim.lua")
FIX = "Hold a lock from the read to the write"


def test_neovim_shows_a_race_and_applies_its_fix(
    editors: Editors, racy_file: Path, tmp_path: Path
) -> None:
    racy = racy_file.read_text().splitlines()
    result = tmp_path / "result.json"
    command = [sys.executable, "-m", "racelens", "server"]
    environment = {
        "RACELENS_FILE": str(racy_file),
        "RACELENS_COMMAND": json.dumps(command),
        "RACELENS_FIX": FIX,
        "RACELENS_RESULT": str(result),
    }
    neovim = [os.environ.get("NEOVIM", "nvim"), "--headless", "-u", "NONE", "-i", "NONE"]
    editors.run(
        [*neovim, "-S", SCRIPT], environment=environment, name="neovim", timeout_seconds=120
    )

    seen = json.loads(result.read_text())
    (finding,) = seen["before"]
    assert racy[finding["line"]].strip() == "await asyncio.sleep(0)"
    assert (finding["source"], finding["code"]) == ("racelens", "RL101")
    assert FIX in seen["actions"]
    fixed = racy_file.read_text()
    ast.parse(fixed)
    assert "asyncio.Lock()" in fixed
