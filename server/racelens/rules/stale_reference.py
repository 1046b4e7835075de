"""RL106: what was checked is used after a suspension."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import is_coroutine
from racelens.findings.levels import Severity
from racelens.findings.race import Wording, races
from racelens.findings.rule import function_rule
from racelens.program.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program

_WORDING = Wording(
    "crash",
    "another task in {function} may clear it",
    "line {write} uses {state}, which was checked on line {read} only: during {suspension},"
    " {rival}, and then it is gone",
    "`{name}()` may clear it",
)


@function_rule(
    code="RL106", severity=Severity.WARNING, since="0.1.0", concerns=is_coroutine, enabled=False
)
def stale_reference(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Shared state is used after an await although it was checked before, and others may clear it.

    ## Why this is a race

    `if self._writer is not None:` is true when it is evaluated. At the `await` behind it other
    tasks run, and one of them may close the writer and set the attribute to None. The attribute is
    looked up once more when it is used: then it is gone, and the task fails with an
    `AttributeError`, a `TypeError` or a `KeyError`.

    This rule is off by default: whether the others really clear the state at such a time often
    depends on what the code does not tell.

    ## Example

    ```python
    import asyncio


    class Link:
        def __init__(self):
            self._lock = asyncio.Lock()
            self._writer = None

        async def open(self, host):
            reader, writer = await asyncio.open_connection(host, 80)
            self._writer = writer

        async def close(self):
            self._writer = None

        async def send(self, data):
            if self._writer is not None:
                await asyncio.sleep(0)
                self._writer.write(data)


    async def main(host):
        link = Link()
        await link.open(host)
        await asyncio.gather(*[link.send(b"x") for _ in range(3)], link.close())
    ```

    ## Use instead

    Take a local reference before the await; it cannot be cleared by others:

    ```python
    import asyncio


    class Link:
        def __init__(self):
            self._lock = asyncio.Lock()
            self._writer = None

        async def open(self, host):
            reader, writer = await asyncio.open_connection(host, 80)
            self._writer = writer

        async def close(self):
            self._writer = None

        async def send(self, data):
            writer = self._writer
            if writer is not None:
                await asyncio.sleep(0)
                writer.write(data)


    async def main(host):
        link = Link()
        await link.open(host)
        await asyncio.gather(*[link.send(b"x") for _ in range(3)], link.close())
    ```

    Or check again behind the last await:

    ```python
    import asyncio


    class Link:
        def __init__(self):
            self._lock = asyncio.Lock()
            self._writer = None

        async def open(self, host):
            reader, writer = await asyncio.open_connection(host, 80)
            self._writer = writer

        async def close(self):
            self._writer = None

        async def send(self, data):
            if self._writer is not None:
                await asyncio.sleep(0)
                if self._writer is not None:
                    self._writer.write(data)


    async def main(host):
        link = Link()
        await link.open(host)
        await asyncio.gather(*[link.send(b"x") for _ in range(3)], link.close())
    ```

    ## Not reported

    State that nothing clears; a use in the same step as the check; a check that is repeated after
    the last await; local references; a region that one acquisition of a lock covers. Only a rule
    that is asked for (`select = ["default", "RL106"]`) reports at all.

    ## References

    - https://docs.python.org/3/library/asyncio-dev.html#concurrency-and-multithreading
    - https://cwe.mitre.org/data/definitions/367.html
    """
    yield from races(program, function, Shape.STALE_REFERENCE, lambda _: _WORDING)
