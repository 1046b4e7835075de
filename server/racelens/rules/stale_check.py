"""RL102: check, suspension, act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.levels import Severity
from racelens.findings.race import Wording, harm, races
from racelens.findings.rule import function_rule
from racelens.program.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.window import Window

_SAME = "another task in {function} passes it"
_MESSAGE = (
    "the check of {state} on line {read} may no longer hold after {suspension}: {rival} meanwhile,"
    " and line {write} acts on the old answer"
)
_SPAWN_MESSAGE = (
    "the check of {state} on line {read} holds until the task started by {suspension} has run:"
    " {rival} meanwhile, and a second one is started"
)


@function_rule(code="RL102", severity=Severity.WARNING, since="0.1.0")
def stale_check(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Shared state is acted upon although the task suspended since it was checked.

    ## Why this is a race

    A check is true when it is made. At an `await` that suspends, other tasks run: one of them
    passes the same check and acts. When the first task goes on, it acts on an answer that is no
    longer true: the last item is sold twice, a counter drops below zero, a key is deleted that is
    gone, two workers claim one job.

    ## Example

    ```python
    import asyncio


    class Shop:
        def __init__(self):
            self.stock = 1

        async def buy(self):
            if self.stock > 0:
                await asyncio.sleep(0)
                self.stock -= 1
                return True
            return False


    async def main():
        shop = Shop()
        await asyncio.gather(shop.buy(), shop.buy())
    ```

    ## Use instead

    Reserve before the await, so that the next task's check sees it:

    ```python
    import asyncio


    class Shop:
        def __init__(self):
            self.stock = 1

        async def buy(self):
            if self.stock > 0:
                self.stock -= 1
                await asyncio.sleep(0)
                return True
            return False


    async def main():
        shop = Shop()
        await asyncio.gather(shop.buy(), shop.buy())
    ```

    ## Not reported

    A check that is repeated after the last await; a `while` around a wait; a flag that is set in
    the same step as it is checked, and its reset; a value taken out before the await
    (`item, self.item = self.item, None`); a region that one acquisition of a lock covers.

    ## Fix safety

    The lock is made in `__init__`, or next to the variable it guards.

    ## References

    - https://docs.python.org/3/library/asyncio-sync.html
    - https://cwe.mitre.org/data/definitions/367.html
    """
    yield from races(program, function, Shape.STALE_CHECK, _wording)


def _wording(window: Window) -> Wording:
    return Wording(harm(window), _SAME, _SPAWN_MESSAGE if window.spawned else _MESSAGE)
