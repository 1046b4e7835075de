"""RL107: a suspension between two writes that belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.levels import Severity
from racelens.findings.race import Wording, races
from racelens.findings.rule import function_rule
from racelens.program.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.window import Window

_HALF = Wording(
    "half an update seen",
    "another task in {function} finds it so, and writes it too",
    "{state} is half changed between line {read} and line {write}: during {suspension}, {rival}",
    "`{name}()` may find it so, and change it",
)
_TOO_EARLY = Wording(
    "half an update seen",
    "another task in {function} looks at it without the lock, and goes ahead too early",
    "line {write} changes {state} before the work that it stands for is done: during {suspension},"
    " {rival}",
)


@function_rule(code="RL107", severity=Severity.WARNING, since="0.1.0")
def torn_update(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Shared state is left half changed during a suspension, for other tasks to see.

    ## Why this is a race

    Two writes that belong together leave the state wrong between them: a flag says "started"
    before anything runs, a collection is cleared and not yet filled again. Without an `await`
    between them nobody sees that. With one, every other task that runs meanwhile works with half
    an update. A lock around the update does not help those who look at the state without taking
    it.

    ## Example

    ```python
    import asyncio


    async def connect():
        await asyncio.sleep(0)


    class Store:
        def __init__(self):
            self._lock = asyncio.Lock()
            self._started = False

        async def start(self):
            if self._started:
                return
            async with self._lock:
                if self._started:
                    return
                self._started = True
                await connect()


    async def main():
        store = Store()
        await asyncio.gather(*[store.start() for _ in range(3)])
    ```

    ## Use instead

    Do the work first, and change the state once, at the end:

    ```python
    import asyncio


    async def connect():
        await asyncio.sleep(0)


    class Store:
        def __init__(self):
            self._lock = asyncio.Lock()
            self._started = False

        async def start(self):
            if self._started:
                return
            async with self._lock:
                if self._started:
                    return
                await connect()
                self._started = True


    async def main():
        store = Store()
        await asyncio.gather(*[store.start() for _ in range(3)])
    ```

    Or look at the state under the lock only, so that everybody waits for the whole update:

    ```python
    import asyncio


    async def connect():
        await asyncio.sleep(0)


    class Store:
        def __init__(self):
            self._lock = asyncio.Lock()
            self._started = False

        async def start(self):
            async with self._lock:
                if self._started:
                    return
                self._started = True
                await connect()


    async def main():
        store = Store()
        await asyncio.gather(*[store.start() for _ in range(3)])
    ```

    A collection is built under another name and assigned once:

    ```python
    import asyncio


    async def fetch():
        await asyncio.sleep(0)
        return {"tea": 3}


    class Prices:
        def __init__(self):
            self._lock = asyncio.Lock()
            self.prices = {}

        async def refresh(self):
            self.prices = await fetch()

        async def price(self, name):
            return self.prices[name]


    async def main():
        prices = Prices()
        await asyncio.gather(*[prices.refresh() for _ in range(2)], prices.price("tea"))
    ```

    ## Not reported

    Two writes without an `await` that suspends between them; a region that one acquisition of a
    lock or a busy flag covers; progress that is meant to be seen (`self.state = "connecting"`);
    state of an object that has not left the function; start-up and shutdown.

    ## References

    - https://docs.python.org/3/library/asyncio-sync.html#asyncio.Lock
    - https://cwe.mitre.org/data/definitions/662.html
    """
    yield from races(program, function, Shape.TORN_UPDATE, _wording)


def _wording(window: Window) -> Wording:
    return _TOO_EARLY if window.write_node == window.read_node else _HALF
