"""The examples of articles on asyncio races: the broken ones are reported, the repaired are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from racelens.engine.session import Session
from racelens.engine.settings import Settings
from racelens.findings.levels import Confidence

EXAMPLES = Path(__file__).parent / "examples"
DEMO = Path(__file__).parent.parent / "demo" / "counter.py"

BROKEN = [
    ("counter.py", Confidence.PROVEN, {("lost-update", "Counter.increment")}),
    (
        "cache_without_inner_check.py",
        Confidence.LIKELY,
        {("double-initialization", "AsyncCache.get_or_fetch")},
    ),
    ("queue_checked.py", Confidence.POSSIBLE, {("stale-check", "process_if_empty")}),
    (
        "agents_unlocked.py",
        Confidence.LIKELY,
        {
            ("lost-update", "SharedAgentState.increment_counter"),
            ("stale-check", "SharedAgentState.claim_task"),
        },
    ),
]


def found(path: Path, confidence: Confidence) -> set[tuple[str, str]]:
    session = Session(Settings(confidence=confidence, resolve="own"))
    snapshot = session.analyse(path.name, path.read_text("utf-8"), 1)
    assert not snapshot.problems
    return {
        (finding.name, finding.function)
        for finding in snapshot.findings
        if finding.confidence >= confidence
    }


@pytest.mark.parametrize(("name", "confidence", "expected"), BROKEN)
def test_broken_example_is_reported(
    name: str, confidence: Confidence, expected: set[tuple[str, str]]
) -> None:
    assert found(EXAMPLES / name, confidence) == expected


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in sorted(EXAMPLES.glob("*.py"))
        if path.name not in {name for name, _, _ in BROKEN}
    ],
    ids=lambda path: path.stem,
)
def test_repaired_example_is_silent(path: Path) -> None:
    assert found(path, Confidence.POSSIBLE) == set()


def test_demo_is_the_counter_of_the_article() -> None:
    assert DEMO.read_text("utf-8") == (EXAMPLES / "counter.py").read_text("utf-8")
