"""Which rules run: the settings `select` and `ignore`."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from racelens.engine.registry import all_rules
from racelens.engine.settings import DEFAULT_RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racelens.engine.settings import Settings
    from racelens.findings.rule import Rule

_MOST_SETTINGS = 16  # of the folders of one editor


def selected(rule: Rule, settings: Settings) -> bool:
    """Say whether `rule` runs: the longer of the entries that fit it wins, `ignore` on a tie."""
    return _longest(rule, settings.select) > _longest(rule, settings.ignore)


@functools.lru_cache(_MOST_SETTINGS)
def selected_rules(settings: Settings) -> tuple[Rule, ...]:
    """Return the rules that run, by code."""
    return tuple(rule for rule in all_rules() if selected(rule, settings))


def is_asked_for(rule: Rule, settings: Settings) -> bool:
    """Say whether the settings name the rule, by code, name or prefix, and not by "default"."""
    return _longest(rule, settings.select) > 1


def fits(rule: Rule, entry: str) -> int:
    """Return how closely an entry of the settings names a rule; 0 where it does not."""
    return _longest(rule, (entry,))


def _longest(rule: Rule, entries: Iterable[str]) -> int:
    """Return the length of the longest entry that fits; a name counts more than any prefix.

    "default" fits the rules that are on by default, and counts less than any prefix.
    """
    lengths = [0]
    for entry in entries:
        if entry.casefold() == DEFAULT_RULES:
            lengths.append(int(rule.enabled))
        elif entry.casefold() == rule.name.casefold():
            lengths.append(len(rule.code) + 1)
        elif entry and rule.code.casefold().startswith(entry.casefold()):
            lengths.append(len(entry))
    return max(lengths)
