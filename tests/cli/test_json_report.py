"""The report for programs: the object that the contract of the command line promises."""

from __future__ import annotations

import json

from racelens import __version__
from racelens.cli.json_report import json_report
from racelens.findings.finding import Problem
from sample_reports import LOST_UPDATE, MISSING_AWAIT, report

RACE = {
    "rule": "RL101",
    "name": "lost-update",
    "severity": "warning",
    "confidence": "proven",
    "harm": "lost update",
    "message": "`self.value` may have changed during this await",
    "path": "pkg/counter.py",
    "function": "Counter.increment",
    "state": "self.value",
    "range": {"start": {"line": 10, "column": 9}, "end": {"line": 10, "column": 31}},
    "witness": [
        {"task": task, "role": role, "path": "pkg/counter.py", "line": line, "text": text}
        for task, role, line, text in (
            ("A", "read", 9, "A reads self.value"),
            ("A", "suspend", 10, "A suspends"),
            ("B", "read", 9, "B reads self.value"),
            ("B", "write", 11, "B writes self.value"),
            ("A", "write", 11, "A writes a value from before"),
        )
    ],
    "evidence": [{"path": "main.py", "line": 2, "text": "gather starts increment() many times"}],
    "also": ["RL104"],
    "fingerprint": LOST_UPDATE.fingerprint,
}
PLAIN_FINDING = {
    "rule": "RL201",
    "name": "missing-await",
    "severity": "error",
    "confidence": "likely",
    "harm": "never runs",
    "message": "this coroutine is never awaited",
    "path": "main.py",
    "function": "",
    "range": {"start": {"line": 2, "column": 1}, "end": {"line": 2, "column": 22}},
    "evidence": [],
    "fingerprint": MISSING_AWAIT.fingerprint,
}


def test_the_whole_object_in_the_order_of_the_contract() -> None:
    problems = (Problem("pkg/bad.py", 6, "is broken"), Problem("pkg/gone.py", None, "is gone"))
    text = json_report(report(LOST_UPDATE, MISSING_AWAIT, problems=problems))
    expected = {
        "version": 1,
        "tool": {"name": "racelens", "version": __version__},
        "summary": {
            "files": 14,
            "lines": 3456,
            "functions": 210,
            "seconds": 0.412,
            "cached_files": 0,
        },
        "problems": [
            {"path": "pkg/bad.py", "line": 7, "message": "is broken"},
            {"path": "pkg/gone.py", "message": "is gone"},
        ],
        "findings": [RACE, PLAIN_FINDING],
    }
    assert text == json.dumps(expected, indent=2) + "\n"


def test_statistics_are_added_on_request() -> None:
    text = json_report(report(MISSING_AWAIT, LOST_UPDATE, MISSING_AWAIT), statistics=True)
    assert json.loads(text)["statistics"] == [
        {"rule": "RL101", "name": "lost-update", "count": 1},
        {"rule": "RL201", "name": "missing-await", "count": 2},
    ]


def test_characters_are_themselves() -> None:
    assert "`größe` 漢" in json_report(report(MISSING_AWAIT._replace(message="`größe` 漢")))
