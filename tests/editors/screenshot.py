"""Takes the picture of the README: `make screenshot`. No test by name, so that no run makes it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.editors.conftest import Editors, Workbench

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "screenshot.png"


def test_picture(editors: Editors, workbench: Workbench, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(ROOT / "tests" / "demo", folder)
    workbench.set(
        workbench__colorTheme="Default Dark Modern",
        workbench__statusBar__visible=False,
        workbench__activityBar__location="hidden",
        window__commandCenter=False,
        window__title="${activeEditorShort}",
        breadcrumbs__enabled=False,
        editor__minimap__enabled=False,
        editor__fontSize=15,
        editor__occurrencesHighlight="off",
        editor__scrollBeyondLastLine=False,
    )
    PICTURE.parent.mkdir(exist_ok=True)
    order = {
        "url": workbench.url,
        "folder": str(folder),
        "file": "counter.py",
        "line": "await asyncio.sleep(0)",
        "artefacts": str(editors.artefacts),
        "picture": str(PICTURE),
    }
    script = Path(__file__).with_name("screenshot_in_workbench.mjs")
    command: list[str | Path] = [workbench.node, script, json.dumps(order)]
    editors.run(command, name="screenshot", timeout_seconds=300)
    assert PICTURE.stat().st_size > 0
