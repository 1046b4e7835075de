"""What the README shows is what the tool prints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_example_is_the_output_of_the_demo() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "racelens", "check", "tests/demo/counter.py"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1, done.stderr
    shown = (ROOT / "README.md").read_text("utf-8")
    block = shown.split("<!-- example:begin -->")[1].split("<!-- example:end -->")[0]
    assert block.strip("\n") == f"```text\n{done.stdout.rstrip()}\n```"
