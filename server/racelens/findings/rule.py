"""What a rule is: a function over the program, with what reports say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import has_windows
from racelens.findings.finding import Draft, Finding
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from racelens.findings.levels import Severity
    from racelens.model.names import FunctionId
    from racelens.program.program import Program

    FunctionCheck = Callable[[Program, FunctionId], Iterator[Draft]]
    Concern = Callable[[Program, FunctionId], bool]


_PAGES = "https://github.com/racelens/racelens/blob/main/docs/rules/"


def page_url(name: str) -> str:
    """Return where the page of the rule called `name` can be read."""
    return f"{_PAGES}{name}.md"


class Rule(NamedTuple):
    """One rule: its stable code and name, and its check of one function.

    Only functions that `concerns` lets through are checked. A rule that is not `enabled` runs only
    where the settings ask for it.
    """

    code: str
    name: str
    severity: Severity
    since: str
    check: FunctionCheck
    concerns: Concern = has_windows
    enabled: bool = True

    def findings(
        self, program: Program, function: FunctionId, *, asked: bool = False
    ) -> Iterator[Finding]:
        """Yield what the rule finds in one function; more where the rule is `asked` for by name."""
        for draft in self.check(program, function):
            if asked or not draft.if_asked:
                yield self.finding(draft)

    def finding(self, draft: Draft) -> Finding:
        """Return the finding that a draft is when this rule says it."""
        return Finding(
            self.code,
            self.name,
            self.severity,
            draft.confidence,
            draft.harm,
            draft.message,
            draft.path,
            draft.function,
            draft.span,
            draft.state,
            draft.interleaving,
            draft.covers,
            draft.evidence,
            draft.also,
            draft.subject,
        )

    @property
    def page(self) -> str:
        """What the user reads about the rule, in Markdown: the docstring of its check."""
        import inspect  # noqa: PLC0415 - takes long to import, and a run that checks needs no page

        return inspect.cleandoc(self.check.__doc__ or "")

    @property
    def summary(self) -> str:
        """The first line of the page, without its full stop."""
        return self.page.partition("\n")[0].rstrip(".")


def function_rule(
    *,
    code: str,
    severity: Severity,
    since: str,
    concerns: Concern = has_windows,
    enabled: bool = True,
) -> Callable[[FunctionCheck], Rule]:
    """Make a rule of a check that is run on every function of the program.

    The rule's name is the function's in kebab-case, its page the function's docstring. Functions
    that `concerns` says no to are not checked. A rule that is not `enabled` is off by default.
    """

    def decorate(check: FunctionCheck) -> Rule:
        name = check.__name__.replace("_", "-")
        return Rule(code, name, severity, since, check, concerns, enabled)

    return decorate
