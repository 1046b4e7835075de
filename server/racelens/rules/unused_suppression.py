"""RL001: a comment that suppresses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import nobody
from racelens.findings.levels import Severity
from racelens.findings.rule import function_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL001", severity=Severity.INFORMATION, since="0.2.0", concerns=nobody)
def unused_suppression(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Comments that suppress nothing, or that name no rule.

    ## Why this is a bug

    The comment outlives what it was written for, and will hide the next race in the same place. One
    that misspells its rule has never hidden anything.

    ## Example

    ```python
    class Counter:
        def __init__(self):
            self.value = 0

        async def add(self):
            self.value += 1  # racelens: ignore[lost-update] one writer only
    ```

    ## Use instead

    ```python
    class Counter:
        def __init__(self):
            self.value = 0

        async def add(self):
            self.value += 1
    ```

    ## Not reported

    Comments for rules that do not run here; comments that hide what is reported at a lower level of
    confidence than the settings ask for.

    ## References

    - https://docs.astral.sh/ruff/rules/unused-noqa/
    """
    # Comments belong to files and not to functions: `engine.shown` finds them.
    del program, function
    yield from ()
