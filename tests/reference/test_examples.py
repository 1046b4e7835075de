"""The programs on the rules' pages: the examples are reported, by the page's rule and no other.

What is said to be used instead is clean.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from racelens.engine.analysis import Known, summarize
from racelens.engine.registry import all_rules
from racelens.engine.settings import DEFAULT_RULES, Settings
from racelens.engine.shown import reported_in
from racelens.program.program import link
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from racelens.findings.rule import Rule

_PROGRAM = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def programs(rule: Rule, heading: str) -> list[str]:
    """Return the programs below one heading of the rule's page."""
    _, _, rest = rule.page.partition(f"\n## {heading}\n")
    return _PROGRAM.findall(rest.partition("\n## ")[0])


def reported(text: str, rule: Rule) -> list[str]:
    """Return the names of the rules that report in `text`, at the level of a plain run."""
    settings = Settings(select=(DEFAULT_RULES, rule.code), resolve="own")
    source = SourceFile("example.py", text)
    program = link([summarize(source, Known()).module])
    return [finding.name for finding in reported_in(program, source, settings, [])]


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_examples_are_reported(rule: Rule) -> None:
    examples = programs(rule, "Example")
    assert examples
    for example in examples:
        compile(example, "example.py", "exec")
        assert set(reported(example, rule)) == {rule.name}


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_cures_are_clean(rule: Rule) -> None:
    cures = programs(rule, "Use instead")
    assert cures
    for cure in cures:
        compile(cure, "example.py", "exec")
        assert reported(cure, rule) == []
