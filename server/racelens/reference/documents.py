"""The generated files of the repository: rules and settings go in, texts by path come out.

Files that a person writes too are taken as they are but for the generated part. Nothing here
writes.
"""

from __future__ import annotations

import dataclasses
import json
from functools import partial
from typing import TYPE_CHECKING

from racelens.reference.pages import DATA_FILE, RulePage
from racelens.reference.settings import editor_properties, toml_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from racelens.findings.rule import Rule

RULES_FOLDER = "docs/rules"
MARK = "<!-- Written by `python -m racelens.reference` from the rule's docstring. -->"
TABLE_BEGIN = "<!-- rules:begin -->"
TABLE_END = "<!-- rules:end -->"
EDITOR_CATEGORY = "Analysis"


class UngeneratableError(ValueError):
    """A text cannot be generated; the message says which, and what is missing."""


def generated_texts(root: Path, rules: Sequence[Rule]) -> dict[str, str | UngeneratableError]:
    """Return every generated file of the checkout `root`: its path, with "/", and its text.

    The text of a README without its two markers, and of a file that cannot be read, is the reason
    why there is none. Raises UngeneratableError for a rule without a page.
    """
    pages = tuple(_page(rule) for rule in rules)
    return {
        f"server/racelens/reference/{DATA_FILE}": _json([dataclasses.asdict(p) for p in pages]),
        "docs/racelens.schema.json": _json(toml_schema(rules)),
        **{f"{RULES_FOLDER}/{page.name}.md": rule_document(page) for page in pages},
        "README.md": _rewritten(root, "README.md", partial(with_rule_table, pages=pages)),
        "package.json": _rewritten(root, "package.json", with_settings),
    }


def rule_document(page: RulePage) -> str:
    """Return the rule's page as a Markdown document of its own."""
    about = " · ".join((f"`{page.code}`", *page.about))
    return f"{MARK}\n\n# {page.name}\n\n{about}\n\n{page.page}\n"


def with_rule_table(readme: str, pages: Sequence[RulePage]) -> str:
    """Return `readme` with the table of rules between its two markers."""
    before, begin, rest = readme.partition(TABLE_BEGIN)
    _old, end, after = rest.partition(TABLE_END)
    if not (begin and end):
        raise UngeneratableError(f"README.md lacks {TABLE_BEGIN} or {TABLE_END}")
    rows = "".join(map(_row, pages))
    return f"{before}{begin}\n\n| code | name | reports |\n|---|---|---|\n{rows}\n{end}{after}"


def with_settings(manifest: str) -> str:
    """Return VS Code's manifest with the settings that are derived from `Settings`.

    They make up a category of their own; the other categories are the extension's.
    """
    document = json.loads(manifest)
    categories = document.setdefault("contributes", {}).setdefault("configuration", [])
    derived = {"title": EDITOR_CATEGORY, "properties": editor_properties()}
    titles = [category["title"] for category in categories]
    if EDITOR_CATEGORY in titles:
        categories[titles.index(EDITOR_CATEGORY)] = derived
    else:
        categories.insert(0, derived)
    return _json(document)


def _page(rule: Rule) -> RulePage:
    if not rule.page:
        raise UngeneratableError(f"{rule.code} {rule.name} has no page (python -OO strips it)")
    severity = rule.severity.name.lower()
    code, name, since = rule.code, rule.name, rule.since
    return RulePage(code, name, severity, since, rule.summary, rule.page, rule.enabled)


def _row(page: RulePage) -> str:
    reports = page.summary if page.enabled else f"{page.summary} (off by default)"
    return f"| {page.code} | [{page.name}]({RULES_FOLDER}/{page.name}.md) | {_cell(reports)} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _rewritten(root: Path, name: str, rewrite: Callable[[str], str]) -> str | UngeneratableError:
    try:
        return rewrite((root / name).read_text(encoding="utf-8"))
    except OSError as error:
        return UngeneratableError(f"{name} cannot be read: {error.strerror}")
    except UngeneratableError as error:
        return error
