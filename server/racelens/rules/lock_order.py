"""RL307: two locks, taken in both orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import uses_locks
from racelens.findings.finding import Evidence
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule
from racelens.program.lock_orders import LockOrders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL307", severity=Severity.WARNING, since="0.2.0", concerns=uses_locks)
def lock_order(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Two locks are taken in one order here, and in the other order elsewhere.

    ## Why this is a bug

    One task holds the first lock and waits for the second, another holds the second and waits for
    the first: both wait for ever. It takes only an unlucky moment.

    ## Example

    ```python
    import asyncio

    accounts = asyncio.Lock()
    journal = asyncio.Lock()


    async def pay():
        async with accounts:
            async with journal:
                await asyncio.sleep(0)


    async def close_day():
        async with journal:
            async with accounts:
                await asyncio.sleep(0)
    ```

    ## Use instead

    ```python
    import asyncio

    accounts = asyncio.Lock()
    journal = asyncio.Lock()


    async def pay():
        async with accounts:
            async with journal:
                await asyncio.sleep(0)


    async def close_day():
        async with accounts:
            async with journal:
                await asyncio.sleep(0)
    ```

    ## Not reported

    Locks of one kind that many objects have, where it is not known which object's are meant; locks
    for keys.

    ## References

    - https://docs.python.org/3/library/asyncio-sync.html#asyncio.Lock
    """
    for nested, (other, node) in program.facet(LockOrders).reversed(function):
        outer, inner = nested.held.display(), nested.taken.lock.display()
        name = program.function(other).last_name
        span = program.span(other, node)
        text = f"`{name}()` takes them in the other order"
        yield at(
            program,
            function,
            nested.taken.node,
            f"`{inner}` is taken while `{outer}` is held, and `{name}()` takes them in the other"
            " order: two tasks may wait for each other",
            harm="deadlock",
            confidence=Confidence.LIKELY,
            evidence=(Evidence(other.path, span, text),),
        )
