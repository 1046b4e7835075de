"""All rules: found by walking the package `racelens.rules`; there is no list to edit."""

from __future__ import annotations

import functools
import importlib
from pathlib import Path

import racelens.rules
from racelens.findings.rule import Rule


@functools.cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule, by code."""
    found: list[Rule] = []
    files = (file for folder in racelens.rules.__path__ for file in Path(folder).glob("*.py"))
    for name in sorted(file.stem for file in files if file.stem != "__init__"):
        loaded = importlib.import_module(f"racelens.rules.{name}")
        found += (value for value in vars(loaded).values() if isinstance(value, Rule))
    return tuple(sorted(found, key=lambda rule: rule.code))


def find_rule(name: str) -> Rule | None:
    """Return the rule of that code or name, in any case; None where there is none."""
    wanted = name.casefold()
    for rule in all_rules():
        if wanted in {rule.code.casefold(), rule.name.casefold()}:
            return rule
    return None
