"""One tree checked without each mechanism in turn; its files are read once for all."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

from racelens.cli.json_report import json_report
from racelens.engine.analysis import summarize
from racelens.engine.check import check
from racelens.engine.files import discover
from racelens.engine.settings import Settings
from racelens.findings.levels import Confidence

from bench.ablation.mechanisms import MECHANISMS

if TYPE_CHECKING:
    from pathlib import Path

    from racelens.engine.analysis import Known, Summarized
    from racelens.source.text import SourceFile
    from racelens.summarize.detail import TreeBudget

Findings = list[dict[str, Any]]
_SETTINGS = Settings(confidence=Confidence.POSSIBLE, resolve="own")


class Asked(NamedTuple):
    """A folder, and whether only the mechanisms of the flow analysis are of interest there."""

    folder: Path
    only_flow: bool


def findings(asked: Asked) -> dict[str, Findings]:
    """Return what is found in a folder, by the mechanism that is left out."""
    read: dict[str, Summarized] = {}

    def once(source: SourceFile, known: Known, budget: TreeBudget | None = None) -> Summarized:
        if source.path not in read:
            read[source.path] = summarize(source, known, budget)
        return read[source.path]

    found: dict[str, Findings] = {}
    files = discover((str(asked.folder),), _SETTINGS)
    os.chdir(asked.folder)
    with mock.patch("racelens.engine.file_layer.summarize", once):
        for mechanism in MECHANISMS:
            if asked.only_flow and mechanism.patches and not mechanism.in_flow:
                continue
            with mechanism.left_out():
                report = check(files.files, _SETTINGS, files.folder)
            found[mechanism.name] = json.loads(json_report(report))["findings"]
    return found
