"""RL302: a lock that is given back between the check and the act."""

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

_SAME = "another task in {function} takes the lock and does the same"
_OTHER = "`{name}()` may change it"
_CHECKED = (
    "the lock {lock} is given back between the check of {state} on line {read} and line {write},"
    " which acts on it: {rival} meanwhile"
)
_COMPUTED = (
    "the lock {lock} is given back between line {read}, which reads {state}, and line {write},"
    " which writes what was computed from it: {rival} meanwhile"
)


@function_rule(code="RL302", severity=Severity.WARNING, since="0.1.0")
def lock_gap(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Shared state is read under a lock and written under it, but the lock is given back between.

    ## Why this is a race

    Each region by itself is safe, both together are not. When the first one ends, another task gets
    the lock, reads the same state and acts on it. The first task then takes the lock again and
    writes what it had worked out before: holding the lock twice protects nothing between.

    ## Example

    ```python
    import asyncio


    class Shop:
        def __init__(self):
            self._lock = asyncio.Lock()
            self.stock = 1

        async def buy(self):
            async with self._lock:
                left = self.stock
            if left > 0:
                await asyncio.sleep(0)
                async with self._lock:
                    self.stock = left - 1


    async def main():
        shop = Shop()
        await asyncio.gather(shop.buy(), shop.buy())
    ```

    ## Use instead

    Make one region of the two:

    ```python
    import asyncio


    class Shop:
        def __init__(self):
            self._lock = asyncio.Lock()
            self.stock = 1

        async def buy(self):
            async with self._lock:
                if self.stock > 0:
                    await asyncio.sleep(0)
                    self.stock -= 1


    async def main():
        shop = Shop()
        await asyncio.gather(shop.buy(), shop.buy())
    ```

    Where the await must not be made under the lock, check again in the second region:

    ```python
    import asyncio


    class Shop:
        def __init__(self):
            self._lock = asyncio.Lock()
            self.stock = 1

        async def buy(self):
            async with self._lock:
                if self.stock <= 0:
                    return
            await asyncio.sleep(0)
            async with self._lock:
                if self.stock > 0:
                    self.stock -= 1


    async def main():
        shop = Shop()
        await asyncio.gather(shop.buy(), shop.buy())
    ```

    ## Not reported

    One region from the read to the write; a second region that checks again what it acts on;
    double-checked locking; a place that was reserved in the first region; a write that does not
    depend on what the first region read.

    ## References

    - https://docs.python.org/3/library/asyncio-sync.html#asyncio.Lock
    - https://cwe.mitre.org/data/definitions/367.html
    """
    yield from races(program, function, Shape.LOCK_GAP, _wording)


def _wording(window: Window) -> Wording:
    message = _COMPUTED if window.predicate is None or window.carried else _CHECKED
    return Wording(harm(window), _SAME, message, _OTHER)
