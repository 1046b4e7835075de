"""`racelens explain`: a rule's page, or the list of rules."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from racelens.cli.arguments import UsageError
from racelens.cli.markdown import rendered
from racelens.cli.output import write_text
from racelens.cli.terminal import appearance_of, wrapped
from racelens.reference.pages import find_page, near_names, rule_pages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racelens.cli.arguments import ExplainOptions
    from racelens.cli.terminal import Appearance
    from racelens.reference.pages import RulePage


def run_explain(options: ExplainOptions) -> int:
    """Print the page of the rule, or list all rules or those of a prefix; return the exit status.

    Raises UsageError for an unknown rule; the message holds names that look like it.
    """
    appearance = appearance_of(sys.stdout)
    page = find_page(options.rule) if options.rule is not None else None
    if page is not None:
        write_text(_page_text(page, appearance))
        return 0
    prefix = (options.rule or "").casefold()
    pages = [each for each in rule_pages() if each.code.casefold().startswith(prefix)]
    if not pages:
        raise UsageError(f"racelens explain: {_unknown(options.rule or '')}")
    write_text(_list_text(pages, appearance))
    return 0


def _unknown(name: str) -> str:
    near = near_names(name)
    hint = f"did you mean {', '.join(near)}?" if near else "`racelens explain` lists the rules"
    return f"there is no rule {name!r}; {hint}"


def _page_text(page: RulePage, appearance: Appearance) -> str:
    heading = appearance.paint(f"{page.code} {page.name}", "bold")
    about = appearance.paint(", ".join(page.about), "dim")
    return f"{heading}\n{about}\n\n{rendered(page.page, appearance)}"


def _list_text(pages: Sequence[RulePage], appearance: Appearance) -> str:
    width = max(len(page.name) for page in pages)
    indent = max(len(page.code) for page in pages) + width + 4
    lines: list[str] = []
    for page in pages:
        head = f"{appearance.paint(page.code, 'bold')}  {page.name:<{width}}  "
        first, *more = wrapped(page.summary, appearance.width - indent)
        lines += (head + first, *(" " * indent + line for line in more))
    return "".join(f"{line}\n" for line in lines)
