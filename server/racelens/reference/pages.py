"""The rules' pages, read from the package's data: a name goes in, the page comes out.

The data is generated from the rules (`python -m racelens.reference`) and shipped, because
`python -OO` strips the docstrings that it is made of. Nothing here imports a rule.
"""

from __future__ import annotations

import difflib
import functools
import json
import pkgutil
from dataclasses import dataclass

DATA_FILE = "rules.json"


@dataclass(frozen=True, slots=True)
class RulePage:
    """What is told about one rule. `page` is Markdown and begins with the summary.

    A rule that is not `enabled` is off by default.
    """

    code: str
    name: str
    severity: str
    since: str
    summary: str
    page: str
    enabled: bool = True

    @property
    def about(self) -> tuple[str, ...]:
        """What stands below the rule's heading: severity, age, and whether it is off."""
        off = () if self.enabled else ("off by default",)
        return (self.severity, f"since {self.since}", *off)


@functools.cache
def rule_pages() -> tuple[RulePage, ...]:
    """Return the pages of all rules, by code."""
    content = pkgutil.get_data(__name__.rpartition(".")[0], DATA_FILE) or b"[]"
    return tuple(RulePage(**fields) for fields in json.loads(content))


def find_page(name: str) -> RulePage | None:
    """Return the page of the rule of that code or name, in any case; None where there is none."""
    wanted = name.casefold().replace("_", "-")
    for page in rule_pages():
        if wanted in {page.code.casefold(), page.name}:
            return page
    return None


def near_names(name: str) -> tuple[str, ...]:
    """Return up to three codes or names of rules that look like `name`, the nearest first."""
    known = [word for page in rule_pages() for word in (page.name, page.code)]
    wanted = name.casefold().replace("_", "-")
    near = difflib.get_close_matches(wanted, [word.casefold() for word in known], n=3, cutoff=0.5)
    return tuple(word for close in near for word in known if word.casefold() == close)
