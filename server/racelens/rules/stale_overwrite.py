"""RL104: a task takes back what it stored, whoever has stored something since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.levels import Severity
from racelens.findings.race import Wording, races
from racelens.findings.rule import function_rule
from racelens.findings.witness import removes
from racelens.program.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.window import Window

_TAKES_AWAY = Wording(
    "a competitor's state lost",
    "another task in {function} stores its own",
    "line {write} clears {state}, whoever has stored something there since line {read}: during"
    " {suspension}, {rival}",
    "`{name}()` may store something else",
)
_PUTS_BACK = Wording(
    "save and restore",
    "another task in {function} stores its own",
    "line {write} puts back what {state} was on line {read}, whatever has been stored there since:"
    " during {suspension}, {rival}",
    "`{name}()` may store something else",
)


@function_rule(code="RL104", severity=Severity.WARNING, since="0.1.0")
def stale_overwrite(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Shared state is reset or put back after an await, over what another task stored meanwhile.

    ## Why this is a race

    A task stores something for others to see, awaits, and then clears it, or puts back what was
    there before. The clearing is meant for its own value. But at the `await` other tasks run, and
    one of them may have stored a value of its own: that is the one which is cleared or overwritten.
    The other task's connection can no longer be reached, or a setting comes back that nobody wants.

    ## Example

    ```python
    import asyncio


    class Client:
        def __init__(self):
            self._lock = asyncio.Lock()
            self._websocket = None

        async def serve(self, websocket):
            self._websocket = websocket
            try:
                await websocket.wait_closed()
            finally:
                self._websocket = None


    async def main(first, second):
        client = Client()
        await asyncio.gather(*[client.serve(websocket) for websocket in (first, second)])
    ```

    ## Use instead

    Compare before resetting, so that only the task's own value is taken away:

    ```python
    import asyncio


    class Client:
        def __init__(self):
            self._lock = asyncio.Lock()
            self._websocket = None

        async def serve(self, websocket):
            self._websocket = websocket
            try:
                await websocket.wait_closed()
            finally:
                if self._websocket is websocket:
                    self._websocket = None


    async def main(first, second):
        client = Client()
        await asyncio.gather(*[client.serve(websocket) for websocket in (first, second)])
    ```

    Or let one task in at a time, with a lock that is held from the first write to the last:

    ```python
    import asyncio


    class Client:
        def __init__(self):
            self._lock = asyncio.Lock()
            self.timeout = 10

        async def ping(self):
            async with self._lock:
                before = self.timeout
                self.timeout = 1
                try:
                    await asyncio.sleep(0)
                finally:
                    self.timeout = before


    async def main():
        client = Client()
        await asyncio.gather(client.ping(), client.ping())
    ```

    A collection that was taken away is merged with what has come since, instead of put back:

    ```python
    import asyncio


    async def send(letters):
        await asyncio.sleep(0)


    class Outbox:
        def __init__(self):
            self._lock = asyncio.Lock()
            self.letters = []

        async def flush(self):
            letters, self.letters = self.letters, []
            try:
                await send(letters)
            except OSError:
                self.letters = letters + self.letters


    async def main():
        outbox = Outbox()
        await asyncio.gather(outbox.flush(), outbox.flush())
    ```

    ## Not reported

    A reset behind an identity or generation test that is made after the last await; the reset of a
    busy flag that was checked and set without an await between, for then one task at most is
    inside; a region that one acquisition of a lock covers; state of an object that only one task
    has; context variables, which each task has for itself.

    ## References

    - https://docs.python.org/3/library/asyncio-sync.html#asyncio.Lock
    - https://docs.python.org/3/library/contextvars.html
    """
    yield from races(program, function, Shape.STALE_OVERWRITE, _wording)


def _wording(window: Window) -> Wording:
    return _TAKES_AWAY if removes(window) else _PUTS_BACK
